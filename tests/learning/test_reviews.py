import json
import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from courses.models import Ticket
from kit.forms.seen import ChangedMeanwhile, seal
from learning import jobs
from learning.models import Review
from learning.reviewing import reviews
from tests.builders import make_ticket, make_user, make_workshop
from tests.learning.certificates import be_there, make_catch_up_ticket, make_certificate, make_past_workshop, watch

pytestmark = pytest.mark.django_db
WORDS = "It helped me to slow down, and to wait."


@pytest.fixture
def workshop():
    return make_past_workshop()


@pytest.fixture
def ticket(workshop):
    found = make_ticket(workshop)
    be_there(found, hours=1)
    return found


def answers(**changed):
    return {"stars": "4", "words": WORDS, "shown_as": "first_name"} | changed


def address(ticket):
    return reverse("reviews:review", args=[ticket.secret])


def published(ticket, **fields):
    return Review.objects.create(
        ticket=ticket, **({"stars": 4, "words": WORDS, "published_at": timezone.now()} | fields)
    )


def course_page(client, workshop):
    return client.get(workshop.course.get_absolute_url()).text


def test_who_was_there_writes_one_and_may_change_it_until_it_is_read(client, ticket):
    codes = [client.post(address(ticket), answers(**each)).status_code for each in ({}, {}, {"stars": "1"})]

    assert (codes, [each.stars for each in Review.objects.all()]) == ([303] * 3, [1])
    reviews.publish(Review.objects.get(), seen=seal(reviews.facts_seen(Review.objects.get())), why="")
    client.post(address(ticket), answers(stars="5"))
    assert Review.objects.get().stars == 1
    assert "Your review is public." in client.get(address(ticket)).text


def test_who_was_not_there_writes_none(client, workshop):
    absent = make_ticket(workshop)
    unopened = make_catch_up_ticket(workshop)
    cancelled = make_ticket(workshop, Ticket.Status.CANCELLED)
    to_come = make_ticket(make_workshop())
    watched = make_catch_up_ticket(workshop)
    watch(watched)

    for each in (absent, unopened, cancelled, to_come, watched):
        client.post(address(each), answers())

    assert [each.ticket for each in Review.objects.all()] == [watched]
    assert "Reviews come from people who were there." in client.get(address(absent)).text


@pytest.mark.parametrize(
    "wrong",
    [{"stars": "0"}, {"stars": "6"}, {"stars": ""}, {"words": "Good."}, {"words": "x" * 2001}, {"shown_as": "x"}],
)
def test_bad_answers_are_shown_again_and_store_nothing(client, ticket, wrong):
    answer = client.post(address(ticket), answers(**wrong))

    assert (answer.status_code, Review.objects.count()) == (422, 0)


def test_a_page_of_a_course_without_reviews_says_nothing_of_them(client, workshop, ticket):
    published(ticket, published_at=None)

    page = course_page(client, workshop)

    assert [word for word in ("AggregateRating", "What people who were there say") if word in page] == []


def test_all_that_are_published_are_shown_with_number_and_average(client, workshop):
    for stars, name in ((5, "Ada Field"), (1, "Ben Moor"), (2, "Cleo Ash")):
        ticket = make_ticket(workshop, attendee_name=name)
        published(
            ticket, stars=stars, words=f"<script>{name}</script> {WORDS}", reply="Thank you" if stars == 1 else ""
        )

    page = course_page(client, workshop)

    assert re.findall(r"<b>(\d) of 5</b>", page) == ["2", "1", "5"]
    assert re.search(r"2\.7 of 5, from 3 reviews\.", page)
    assert [name for name in ("Ada,", "Ben,", "Cleo,") if name not in page] == []
    assert [word for word in ("Field,", "<script>Ada", "noor@example.org") if word in page] == []
    data = json.loads(re.findall(r'<script type="application/ld\+json">\s*(\{.*?)\s*</script>', page, re.DOTALL)[-1])
    assert (data["aggregateRating"]["ratingValue"], data["aggregateRating"]["reviewCount"]) == (2.7, 3)


def test_who_wants_no_name_is_shown_without(ticket):
    assert published(ticket, shown_as="nobody").author == "Somebody who was there"


def test_two_at_the_desk_decide_once_and_each_decision_is_written_down(ticket):
    review = published(ticket, published_at=None)
    seen = seal(reviews.facts_seen(review))
    reviews.publish(review, seen=seen, why="")

    with pytest.raises(ChangedMeanwhile):
        reviews.decline(review, seen=seen, why="A client could be known")
    review.refresh_from_db()
    reviews.decline(review, seen=seal(reviews.facts_seen(review)), why="A client could be known")

    review.refresh_from_db()
    assert (review.status, Review.objects.published().count()) == ("declined", 0)
    assert [(each.before, each.after, each.reason) for each in AuditEntry.objects.order_by("pk")] == [
        ("waiting", "published", ""),
        ("published", "declined", "A client could be known"),
    ]


def test_what_was_written_anew_is_not_published_unread(ticket):
    review = reviews.write(ticket, {"stars": 5, "words": WORDS, "shown_as": "nobody"})
    seen = seal(reviews.facts_seen(review))
    reviews.write(ticket, {"stars": 1, "words": "Something else altogether, and rude.", "shown_as": "nobody"})

    with pytest.raises(ChangedMeanwhile):
        reviews.publish(review, seen=seen, why="")


def test_the_desk_hears_of_what_waits_and_keeps_back_with_a_reason_alone(client, ticket):
    review = published(ticket, published_at=None)
    assert [job.words for job in jobs.reviews_to_read()] == ["1 review to read"]
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))
    page, seen = reverse("admin:learning_review_keep_back", args=[review.pk]), seal(reviews.facts_seen(review))

    codes = [client.post(page, {"why": why, "seen": seen}).status_code for why in ("", "A client could be known")]

    review.refresh_from_db()
    assert (codes, review.status, list(jobs.reviews_to_read())) == ([422, 302], "declined", [])


def test_a_certificate_alone_shows_that_somebody_was_there():
    assert reviews.may_review(make_certificate().ticket) is True


@pytest.mark.parametrize("stars", [0, 6])
def test_stars_are_one_to_five(ticket, stars):
    with pytest.raises(IntegrityError), transaction.atomic():
        published(ticket, stars=stars)
