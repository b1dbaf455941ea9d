"""Days and numbers that others rely on are refused where they cannot be true."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import DateField
from django.forms import inlineformset_factory
from django.urls import reverse

from articles.publishing import complaints
from practice import clock
from practice.admin.practice import RefundTierFormSet
from practice.models import Fee, Page, Practice, RefundTier, SaleTerms
from tests.builders import make_article, make_person, make_practice, make_sale_terms, make_user

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def desk(client):
    make_practice()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    return client


def words_of(error):
    return [message for messages in error.value.message_dict.values() for message in messages]


# Days that somebody types and that may be ahead, or long ago; whatever else is typed was done by then.
MAY_BE_AHEAD = {
    *("articles.article.published_on", "articles.article.next_review_on", "practice.page.published_on"),
    *("courses.session.day", "courses.tickettype.last_day", "practice.registration.valid_until"),
    *("learning.recordingextension.last_day", "learning.accreditation.valid_from", "learning.accreditation.valid_to"),
    "practice.practice.professional_body_until",
    "learning.cpdentry.done_on",  # one's own list may say what one plans
}
FROM_ELSEWHERE = {
    *("orders.bankline.booked_on", "orders.payout.arrives_on", "orders.order.invoice_due_on"),
    *("orders.salesexport.first_day", "orders.salesexport.last_day", "practice.enquirytally.month"),
    *("learning.feedback.given_on", "search.searchentry.live_from"),
}


def days_that_were():
    fields = [field for model in apps.get_models() for field in model._meta.concrete_fields]
    days = [field for field in fields if type(field) is DateField and field.editable]
    named = {f"{field.model._meta.label_lower}.{field.name}": field for field in days}
    return {name: field for name, field in named.items() if name not in MAY_BE_AHEAD | FROM_ELSEWHERE}


@pytest.mark.parametrize("name", days_that_were())
def test_nobody_has_checked_or_reviewed_in_the_future(name):
    make_practice()
    field = days_that_were()[name]

    field.run_validators(clock.today())
    with pytest.raises(ValidationError) as error:
        field.run_validators(clock.today() + DAY)

    assert error.value.messages == ["This day is still to come. Give the day on which it was done."]


def test_what_is_read_reviewed_and_said_is_among_them():
    known = {"practice.crisisline.checked_on", "practice.person.openness_said_on", "articles.article.reviewed_on"}

    assert days_that_were().keys() >= known


def test_an_article_that_names_a_reviewer_says_when():
    article = make_article(reviewer=make_person(), reviewed_on=None)

    assert "It names a reviewer, and no day of the review." in complaints(article)


def test_enquiries_are_kept_a_week_at_least():
    practice = make_practice()
    practice.enquiries_kept_days = 6

    with pytest.raises(ValidationError):
        practice.full_clean()
    with pytest.raises(IntegrityError):
        Practice.objects.update(enquiries_kept_days=6)


def test_a_fee_is_not_negative_in_words():
    with pytest.raises(ValidationError) as error:
        Fee(name="One", minutes=50, amount=-1).full_clean()

    assert words_of(error) == ["A fee is 0 or more."]


@pytest.mark.parametrize(
    ("tiers", "is_taken"),
    [
        ([(14, 0), (7, 50)], False),
        ([(7, 50), (14, 0)], False),
        ([(14, 100), (7, 50)], True),
        ([(14, 50), (7, 50)], True),
        ([(14, 100), (7, 50), (2, 60)], False),
    ],
)
def test_who_cancels_later_never_gets_more(tiers, is_taken):
    terms = make_sale_terms()
    formset = inlineformset_factory(SaleTerms, RefundTier, formset=RefundTierFormSet, fields="__all__")
    facts = {"refund_tiers-TOTAL_FORMS": len(tiers), "refund_tiers-INITIAL_FORMS": 0}
    for number, (days, percent) in enumerate(tiers):
        facts |= {f"refund_tiers-{number}-days_before": days, f"refund_tiers-{number}-percent": percent}

    assert formset(facts, instance=terms).is_valid() == is_taken


def new_page(desk, day, version="2"):
    facts = {"kind": "terms", "version": version, "title": "Terms", "body": "<p>New words.</p>", "published_on": day}
    return desk.post(reverse("admin:practice_page_add"), facts)


@pytest.mark.parametrize(("days", "is_taken"), [(-1, False), (0, False), (1, True)])
def test_a_legal_page_is_never_backdated_and_read_before_it_counts(desk, days, is_taken):
    new_page(desk, clock.today() + days * DAY)

    assert Page.objects.exists() == is_taken


def test_a_version_that_was_saved_is_shown_as_readers_will_get_it_and_may_then_begin_today(desk):
    new_page(desk, clock.today() + DAY)
    address = reverse("admin:practice_page_change", args=[Page.objects.get().pk])

    preview = desk.get(address).content.decode()
    facts = {"kind": "terms", "version": "2", "title": "Terms", "body": "<p>New words.</p>"}
    desk.post(address, facts | {"published_on": clock.today()})

    assert "As readers will get it" in preview
    assert "<p>New words.</p>" in preview
    assert Page.objects.current("terms").version == "2"
