"""What somebody on a waiting list sees and does by her secret link. Opening it never acts."""

from datetime import date, timedelta

import pytest

from courses.models import WaitingListEntry, Workshop
from courses.seats import places, waiting_offers
from courses.seats.waiting import join_waiting_list
from outbox.models import Message
from tests.builders import at, make_cities, make_practice, make_ticket, make_workshop
from tests.markup import answered, heading

pytestmark = pytest.mark.django_db

NOW = at("2026-11-22 09:00")


@pytest.fixture(autouse=True)
def _today(time_machine):
    make_practice()
    make_cities()
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def entry():
    """Ada waits for the one place of a workshop."""
    workshop = make_workshop(day=date(2027, 1, 15), capacity=1, slug="full")
    make_ticket(workshop)
    return join_waiting_list(workshop=workshop, email="ada@example.org")


@pytest.fixture
def offered(entry):
    places.cancel_ticket(entry.workshop.tickets.get())
    waiting_offers.offer_everywhere()
    entry.refresh_from_db()
    return entry


def status(entry):
    return WaitingListEntry.objects.values_list("status", flat=True).get(pk=entry.pk)


def test_who_waits_sees_where_she_stands(client, entry):
    join_waiting_list(workshop=entry.workshop, email="ben@example.org")

    response = client.get(entry.get_absolute_url())

    page = " ".join(response.text.split())
    assert heading(response) == "You are on the list."
    assert f"You are number 1 in line for “{entry.workshop.title}”, Friday 15 January 2027.</p>" in page
    assert page.count("When a place comes free, we hold it for the first in line and write to them. ") == 1


def test_an_offer_says_until_when_in_every_city(client, offered):
    page = client.get(offered.get_absolute_url())

    assert heading(page) == "A place is held for you."
    for line in (
        "Monday 23 November 2026 at 09:00, London time",
        "Monday 23 November 2026 at 10:00, Paris time",
        "Monday 23 November 2026 at 04:00, New York time",
    ):
        assert page.content.decode().count(line) == 1


def test_an_offer_says_when_the_workshop_is_in_every_city(client, offered):
    page = client.get(offered.get_absolute_url()).text
    mail = Message.objects.get(kind="courses/waiting_list_offer")

    for hours in ("10:00–16:00 in London", "11:00–17:00 in Paris", "05:00–11:00 in New York"):
        line = f"Friday 15 January 2027, {hours}"
        assert [text.count(line) for text in (page, mail.text, mail.html)] == [1, 1, 1]


def test_the_page_is_kept_nowhere_and_sets_no_cookie(client, offered):
    response = client.get(offered.get_absolute_url())

    assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("private, no-store", "noindex, nofollow")
    assert response.cookies == {}


def test_opening_the_link_does_nothing(client, offered):
    for _ in range(3):
        client.get(offered.get_absolute_url())
        client.head(offered.get_absolute_url())

    assert status(offered) == "offered"


def test_the_button_declines_and_the_next_has_the_place(client, offered):
    ben = join_waiting_list(workshop=offered.workshop, email="ben@example.org")

    answers = [client.post(offered.get_absolute_url()) for _ in range(2)]

    assert [(answer.status_code, answer["Location"]) for answer in answers] == [
        (303, f"{offered.get_absolute_url()}?done=1")
    ] * 2
    assert (status(offered), status(ben)) == ("declined", "offered")
    assert answered(client.get(answers[0]["Location"])) == "You have left the list."


def test_the_button_leaves_the_list(client, entry):
    client.post(entry.get_absolute_url())

    assert status(entry) == "declined"


def test_another_site_cannot_press_the_button(client, offered):
    response = client.post(offered.get_absolute_url(), headers={"Origin": "https://evil.example"})

    assert (response.status_code, status(offered)) == (403, "offered")


@pytest.mark.parametrize("secret", ["x", "A" * 32, "A" * 5000])
def test_a_forged_link_is_not_found(client, offered, secret):
    path = f"/waiting-list/{secret}/"

    assert (client.get(path).status_code, client.post(path).status_code) == (404, 404)


def test_an_offer_that_ended_says_so_before_the_worker_came_by(client, offered, time_machine):
    time_machine.shift(timedelta(hours=24))

    assert heading(client.get(offered.get_absolute_url())) == "This offer has ended."


@pytest.mark.parametrize("change", [{"status": "cancelled"}, {"status": "draft"}, {"sales_close_at": NOW}])
def test_an_offer_of_what_is_no_longer_sold_says_so_at_once(client, offered, change):
    Workshop.objects.update(**change)

    assert heading(client.get(offered.get_absolute_url())) == "This list is closed."


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("booked", "You have booked this place."),
        ("declined", "You have left the list."),
        ("expired", "This offer has ended."),
        ("closed", "This list is closed."),
    ],
)
def test_a_link_whose_time_is_over_says_what_happened(client, entry, status, said):
    WaitingListEntry.objects.update(status=status)

    assert heading(client.get(entry.get_absolute_url())) == said


# The mails --------------------------------------------------------------------


def test_the_mail_on_joining_has_the_way_out(entry, settings):
    mail = Message.objects.get()

    subject = f"On the waiting list: {entry.workshop.title}, Friday 15 January 2027"
    assert (mail.to, mail.subject) == ("ada@example.org", subject)
    assert f"or leave the list: {settings.SITE_URL}{entry.get_absolute_url()}\n" in mail.text


def test_one_mailbox_is_written_to_once_a_day_and_workshop_however_it_is_spelled(entry, time_machine):
    for email in ("ada@example.org", "ADA@example.org", "ada+1@example.org", "ada+2@example.org"):
        join_waiting_list(workshop=entry.workshop, email=email)
    assert Message.objects.count() == 1

    time_machine.shift(timedelta(hours=24, seconds=1))
    join_waiting_list(workshop=entry.workshop, email="ada@example.org")

    assert Message.objects.count() == 2


def test_the_lists_of_many_workshops_do_not_fill_a_mailbox(entry):
    for number in range(6):
        workshop = make_workshop(day=date(2027, 1, 15), capacity=1, slug=f"full-{number}")
        make_ticket(workshop)
        join_waiting_list(workshop=workshop, email="ada@example.org")

    assert (WaitingListEntry.objects.count(), Message.objects.count()) == (7, 3)


def test_each_offer_is_told_of_once_and_is_useless_after_its_end(offered):
    waiting_offers.offer_everywhere()

    mail = Message.objects.get(key__endswith=":offer")
    assert (mail.to, mail.useless_after) == ("ada@example.org", offered.offer_ends_at)
    assert mail.text.count("Monday 23 November 2026 at 09:00, London time") == 1
    assert (mail.text.count(offered.get_absolute_url()), mail.html.count(offered.get_absolute_url())) == (1, 1)


def test_who_let_the_offer_pass_is_told_how_to_join_again(client, offered, time_machine):
    time_machine.shift(timedelta(hours=24))

    waiting_offers.offer_everywhere()

    mail = Message.objects.get(key__endswith=":expired")
    assert (mail.to, "Join the list again" in mail.text, "/workshops/full/" in mail.text) == (
        "ada@example.org",
        True,
        True,
    )
