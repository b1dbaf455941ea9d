from datetime import date, timedelta

import pytest
from django.utils import timezone

from practice import markers
from practice.jobs import pages_that_differ
from practice.models import Page, Practice, RefundTier, SaleTerms
from tests.builders import make_offer, make_practice, make_sale_terms, make_user, make_workshop
from tests.desk_forms import save

pytestmark = pytest.mark.django_db


def a_page(body: str, *, version="1", kind=Page.Kind.TERMS, day=date(2026, 1, 1)) -> Page:
    page = Page(kind=kind, version=version, title="Booking terms", body=body, published_on=day)
    markers.fill(page).save()
    return page


def test_a_page_takes_its_words_from_the_rows():
    terms = make_sale_terms(refund_free_days=21)
    RefundTier.objects.create(terms=terms, days_before=14, percent=100)
    Practice.objects.update(legal_name="Osier <Rooms> Ltd", enquiries_kept_days=30)

    html = markers.filled_html(a_page("<p>[company name], [enquiries kept].</p><p>[refund policy]</p>"))

    first, policy = html.split("</p>", 1)
    assert first == "<p>Osier &lt;Rooms&gt; Ltd, 30 days."
    assert policy.startswith("<ul><li>Changed your mind? Within 21 days of booking you get everything back")
    assert "everything if the workshop is 14 days or more away" in policy


@pytest.mark.parametrize(
    ("rate", "words"),
    [(None, "No VAT is charged, because we are not registered for VAT."), (20, "VAT at 20% is included.")],
)
def test_the_terms_say_of_vat_what_is_charged(rate, words):
    make_sale_terms(vat_rate=rate)

    assert markers.filled_html(a_page("<p>[VAT]</p>")) == f"<p>{words}</p>"


def test_what_somebody_agreed_to_keeps_its_words_when_the_rules_change(client):
    make_sale_terms(refund_free_days=14)
    page = a_page("<p>Within [days to change your mind].</p>")

    SaleTerms.objects.update(refund_free_days=21)

    assert "Within 14 days." in client.get(page.version_url).text
    assert markers.differing(page) == ["days to change your mind"]


def test_the_desk_is_told_when_words_and_rules_differ():
    make_sale_terms(refund_free_days=14)
    a_page("<p>Within [days to change your mind].</p>")
    before = list(pages_that_differ())

    SaleTerms.objects.update(refund_free_days=21)

    words = [job.words for job in pages_that_differ()]
    assert (before, words) == ([], ["1 legal page does not say what the rules are now: write a new version"])


def test_terms_say_the_days_of_codes_recordings_and_invoices_as_the_rows_and_rules_have_them():
    offer, workshop = make_offer(20), make_workshop(catch_up_days=21)
    page = a_page(
        "<p>[code days], [code days again], [catch up days], [invoice days before], [invoice days after].</p>"
    )
    assert markers.filled_html(page) == "<p>90 days, 30 days, 21 days, 7 days, 7 days.</p>"
    assert list(pages_that_differ()) == []

    type(offer.discount).objects.update(valid_days=60)
    assert markers.differing(page) == ["code days"]
    make_workshop(catch_up_days=28)
    make_workshop(catch_up_days=0)
    assert markers.differing(page) == ["catch up days", "code days"]
    assert markers.words_now("[catch up days]") == {"catch up days": "as many days as the page of the workshop says"}
    workshop.delete()
    assert markers.words_now("[catch up days]") == {"catch up days": "28 days"}


def test_a_number_that_is_written_by_hand_is_said_to_the_desk_with_the_marker_that_follows_the_rule(client):
    make_practice()
    make_sale_terms(refund_free_days=14)
    client.force_login(make_user(is_staff=True, is_superuser=True))
    tomorrow = timezone.localdate() + timedelta(days=1)
    answers = {"kind": "terms", "version": "2", "title": "Terms", "published_on": tomorrow}

    body = "<p>Within 14 days, or 114 days, of [days to change your mind].</p>"
    saved = save(client, "/admin/practice/page/add/", **answers, body=body)

    told = client.get(saved["Location"]).text
    assert "It says “14 days” by hand." in told
    assert "write [days to change your mind]: then it follows the rule." in told
    assert markers.by_hand(a_page("<p>[days to change your mind], 114 days.</p>")) == {}


def test_a_marker_that_nobody_fills_is_refused_and_one_that_is_missing_is_said(client):
    make_practice()
    client.force_login(make_user(is_staff=True, is_superuser=True))
    tomorrow = timezone.localdate() + timedelta(days=1)
    answers = {"kind": "privacy", "version": "2", "title": "Privacy", "published_on": tomorrow}

    wrong = save(client, "/admin/practice/page/add/", **answers, body="<p>[enquires kept]</p>")
    right = save(client, "/admin/practice/page/add/", **answers, body="<p>Little.</p>")

    assert "Nothing fills [enquires kept]. Known are" in wrong.text
    assert Page.objects.count() == 1
    assert "It does not say [enquiries kept]" in client.get(right["Location"]).text


def test_every_version_that_was_in_force_stays_readable_and_says_which_one_is(client):
    make_practice()
    for version, day in (("1", date(2026, 1, 1)), ("2", date(2026, 2, 1)), ("3", timezone.localdate() + timedelta(9))):
        a_page(f"<p>Words {version}.</p>", version=version, day=day)

    answers = {version: client.get(f"/legal/terms/{version}/") for version in "123"}
    now = client.get("/legal/terms/").text

    assert {version: answer.status_code for version, answer in answers.items()} == {"1": 200, "2": 200, "3": 404}
    assert "The one in force is version 2" in " ".join(answers["1"].text.split())
    assert ("Words 2." in now, 'href="/legal/terms/1/"' in now, "/legal/terms/3/" in now) == (True, True, False)


@pytest.mark.parametrize("path", ["/legal/terms/9/", "/legal/nothing/1/", "/legal/terms/%00/"])
def test_a_version_that_there_was_not_is_not_found(client, path):
    make_practice()
    a_page("<p>Words.</p>")

    assert client.get(path).status_code == 404
