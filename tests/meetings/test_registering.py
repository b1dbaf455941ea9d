"""Whoever has a live place has a link of their own, and nobody else has."""

from datetime import timedelta

import pytest
from django.utils import timezone

from courses.models import Session, Ticket, TicketType, Workshop
from meetings import registering, syncing, zoom_api
from meetings.links import join_url_for
from meetings.models import Meeting, Registrant
from tests.builders import make_practice, make_ticket, make_workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop(zoom):
    """Its session has a meeting."""
    made = make_workshop()
    Session.objects.update(join_url="")
    syncing.sync_meetings()
    return made


def work() -> tuple[int, int]:
    """One round: how many were taken off, and how many registered."""
    Registrant.objects.update(next_attempt_at=timezone.now())
    return registering.cancel_registrants(), registering.register_attendees()


def number() -> int:
    return Meeting.objects.get().number


def links(ticket):
    ticket.refresh_from_db()
    return join_url_for(ticket, ticket.workshop.sessions.get())


def test_each_attendee_gets_a_link_of_their_own_once(zoom, workshop):
    tickets = [make_ticket(workshop, attendee_email=f"{name}@example.org") for name in ("noor", "ivo")]

    assert (work(), work()) == ((0, 2), (0, 0))

    assert zoom.registrants(number()) == ["ivo@example.org", "noor@example.org"]
    assert links(tickets[0]) == f"{zoom.url}/w/{number()}?tk={zoom.registrant_id(number(), 'noor@example.org')}"
    assert links(tickets[0]) != links(tickets[1])


def test_the_page_of_a_place_with_a_link_of_its_own_asks_nobody_to_add_one(client, zoom, workshop):
    make_practice()
    ticket = make_ticket(workshop)
    before = client.get(ticket.get_absolute_url()).text
    work()
    after = client.get(ticket.get_absolute_url()).text

    words = [
        "The organiser adds the Zoom link before then",
        "The button to join on Zoom appears here 30 minutes before",
    ]
    assert [[each in page for each in words] for page in (before, after)] == [[True, False], [False, True]]


def test_a_link_of_ones_own_is_not_readable_in_the_database(zoom, workshop):
    make_ticket(workshop)
    work()

    assert "tk=" not in repr(list(Registrant.objects.values()))


@pytest.mark.parametrize(
    "fields",
    [
        {"status": Ticket.Status.HELD},
        {"status": Ticket.Status.CANCELLED, "place_number": None},
        {"access": TicketType.Access.CATCH_UP, "place_number": None},
    ],
    ids=["held", "cancelled", "catch-up"],
)
def test_who_has_no_live_place_is_not_registered(zoom, workshop, fields):
    make_ticket(workshop, **fields)

    assert (work(), zoom.registrants(number())) == ((0, 0), [])


@pytest.mark.parametrize(
    ("change", "after"),
    [
        ({"status": Ticket.Status.CANCELLED}, (1, 0)),
        ({"attendee_name": "Ivo Marek", "attendee_email": "ivo@example.org"}, (1, 1)),
        ({"attendee_name": "Her Colleague"}, (1, 1)),  # at the same address
        ({"attendee_email": ""}, (1, 0)),
        ({"access": TicketType.Access.CATCH_UP, "place_number": None}, (1, 0)),
    ],
    ids=["cancelled", "given to somebody else", "to somebody of the same address", "erased", "catch-up"],
)
def test_the_link_of_a_place_that_ended_opens_nothing_at_once_and_at_zoom(zoom, workshop, change, after):
    ticket = make_ticket(workshop)
    work()
    old = links(ticket)

    Ticket.objects.update(**change)
    assert links(ticket) == ""
    assert (work(), work()) == (after, (0, 0))

    assert zoom.registrants(number(), "cancelled") == ["noor@example.org"]
    assert len(zoom.registrants(number())) == after[1]
    assert links(ticket) != old


def test_two_places_of_one_address_have_two_links(zoom, workshop):
    tickets = [make_ticket(workshop) for _ in range(2)]

    assert work() == (0, 2)

    assert len({links(ticket) for ticket in tickets}) == 2
    assert zoom.registrants(number()) == [f"noor+{tickets[1].pk}-1@example.org", "noor@example.org"]


@pytest.mark.parametrize("second", ["Noor@example.org", "NOOR@example.org"])
def test_two_spellings_of_one_address_have_two_links_of_which_one_may_end(zoom, workshop, second):
    tickets = [make_ticket(workshop), make_ticket(workshop, attendee_email=second)]
    tagged = f"noor+{tickets[1].pk}-1@example.org"

    assert (work(), zoom.registrants(number())) == ((0, 2), [tagged, "noor@example.org"])
    kept = links(tickets[1])

    Ticket.objects.filter(pk=tickets[0].pk).update(status=Ticket.Status.CANCELLED)
    work()

    assert (zoom.registrants(number()), zoom.registrants(number(), "cancelled")) == ([tagged], ["noor@example.org"])
    assert links(tickets[1]) == kept != ""


def test_an_address_is_told_to_zoom_in_small_letters(zoom, workshop):
    """Two workers that note two spellings of it at one moment would else note one registrant of Zoom's twice."""
    ticket = make_ticket(workshop, attendee_email="Noor@example.org")

    assert (work(), zoom.registrants(number()), links(ticket) != "") == ((0, 1), ["noor@example.org"], True)


def test_a_place_that_is_booked_anew_after_it_was_cancelled_gets_a_link_again(zoom, workshop):
    first = make_ticket(workshop)
    work()
    Ticket.objects.update(status=Ticket.Status.CANCELLED)
    work()

    second = make_ticket(workshop)

    assert work() == (0, 1)
    assert (links(first), links(second).startswith(zoom.url)) == ("", True)


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "garbage"])
def test_a_lost_answer_registers_nobody_twice(zoom, workshop, kind):
    ticket = make_ticket(workshop)
    zoom.fail("POST", "*/registrants", kind)

    assert (work(), work()) == ((0, 0), (0, 1))
    assert (zoom.registrants(number()), links(ticket).startswith(zoom.url)) == (["noor@example.org"], True)


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_whose_answer_got_lost_and_place_ended_is_taken_off(zoom, workshop, kind):
    make_ticket(workshop)
    zoom.fail("POST", "*/registrants", kind)
    work()
    Ticket.objects.update(status=Ticket.Status.CANCELLED)

    assert (work(), zoom.registrants(number())) == ((1, 0), [])


def test_who_was_taken_off_while_an_answer_took_longer_than_its_lease_is_taken_off_again(zoom, workshop, monkeypatch):
    make_ticket(workshop)
    ask, waits = zoom_api.register, [True]

    def ask_for_long(number, **who):
        if waits.pop():
            Ticket.objects.update(status=Ticket.Status.CANCELLED)
            assert work() == (1, 0)
        return ask(number, **who)

    monkeypatch.setattr(zoom_api, "register", ask_for_long)
    assert work() == (0, 1)
    assert zoom.registrants(number()) == ["noor@example.org"]

    assert (work(), work(), zoom.registrants(number())) == ((1, 0), (0, 0), [])


def test_a_meeting_that_is_gone_at_zoom_gives_everybody_a_new_link(zoom, workshop):
    first, second = make_ticket(workshop), None
    work()
    old = links(first)
    zoom.delete_by_hand(number())
    second = make_ticket(workshop, attendee_email="ivo@example.org")

    assert (work(), links(first)) == ((0, 0), "")
    syncing.sync_meetings()
    assert work() == (0, 2)

    assert (links(first) not in ("", old), links(second) != "") == (True, True)


def test_a_silent_zoom_is_asked_a_few_times_whoever_waits(zoom, workshop):
    for each in range(8):
        make_ticket(workshop, attendee_email=f"{each}@example.org")
    zoom.fail("POST", "*/registrants", "drop_before", times=99)

    assert work() == (0, 0)

    assert len(zoom.asked("POST", "*/registrants")) == 3


def test_nobody_is_registered_for_what_is_over(zoom, workshop):
    make_ticket(workshop)
    over = timezone.now() - timedelta(hours=1)
    Session.objects.update(starts_at=over - timedelta(hours=2), ends_at=over)
    Meeting.objects.update(starts_at=over - timedelta(hours=2), ends_at=over)

    assert work() == (0, 0)


def test_a_cancelled_workshop_ends_every_link(zoom, workshop):
    ticket = make_ticket(workshop)
    work()
    Workshop.objects.update(status=Workshop.Status.CANCELLED, cancelled_because="Ill.")

    syncing.sync_meetings()

    assert (zoom.meetings, links(ticket), Registrant.objects.filter(cancelled_at=None).count()) == ([], "", 0)


def test_a_typed_link_stands_before_one_of_ones_own(zoom, workshop):
    ticket = make_ticket(workshop)
    work()
    Session.objects.update(join_url="https://zoom.us/j/1")

    assert links(ticket) == "https://zoom.us/j/1"


def test_many_places_are_found_by_as_many_questions_as_few(zoom, workshop, django_assert_num_queries):
    for each in range(3):
        make_ticket(workshop, attendee_email=f"{each}@example.org")
    work()

    with django_assert_num_queries(5):
        work()
