"""Free places go to the people who wait, in their order, each for a time."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from courses.models import Ticket, WaitingListEntry, Workshop
from courses.seats import places, waiting_offers
from courses.seats.places import NewTicket, SoldOut
from courses.seats.waiting import WaitingListClosed, join_waiting_list
from courses.seats.waiting_offers import OfferInUse
from outbox.models import Message
from tests.builders import at, make_cities, make_practice, make_ticket, make_ticket_type, make_workshop

pytestmark = pytest.mark.django_db

JANUARY = date(2027, 1, 15)
NOW = at("2026-11-22 09:00")
Status = WaitingListEntry.Status


@pytest.fixture(autouse=True)
def _today(time_machine):
    make_practice()
    make_cities()
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def workshop():
    """Of one place, which is taken; Ada waits first, then Ben, then Cy."""
    workshop = make_workshop(day=JANUARY, capacity=1, slug="full")
    make_ticket(workshop)
    for name in ("ada", "ben", "cy"):
        join(workshop, name)
    Message.objects.all().delete()
    return workshop


def join(workshop, name):
    return join_waiting_list(workshop=workshop, email=f"{name}@example.org")


def entry(name):
    return WaitingListEntry.objects.get(email=f"{name}@example.org")


def statuses():
    return [each.status for each in WaitingListEntry.objects.order_by("email")]


def told():
    return sorted((message.to.split("@")[0], message.key.rpartition(":")[2]) for message in Message.objects.all())


def free_a_place(workshop):
    """Without offering it."""
    ticket = workshop.tickets.confirmed().first()
    places.cancel_ticket(ticket)


def public_hold(workshop, count=1):
    with transaction.atomic():
        wanted = [NewTicket(workshop.ticket_types.first(), "Zoe", "zoe@example.org", "Europe/London")] * count
        return places.hold_places(
            places.lock_workshop(workshop.pk), wanted=wanted, until=timezone.now() + timedelta(minutes=45)
        )


def test_a_free_place_is_held_for_the_first_in_line_who_is_told(workshop):
    free_a_place(workshop)

    changed = waiting_offers.offer_everywhere()

    held = Ticket.objects.get(status=Ticket.Status.HELD)
    ada = entry("ada")
    assert (changed, statuses(), told()) == (1, ["offered", "waiting", "waiting"], [("ada", "offer")])
    assert (ada.ticket, ada.offered_at, ada.offer_ends_at) == (held, NOW, held.held_until)
    assert (held.place_number, held.attendee_email) == (1, "ada@example.org")


def test_a_second_worker_offers_nothing_twice(workshop):
    free_a_place(workshop)

    waiting_offers.offer_everywhere()

    assert (waiting_offers.offer_everywhere(), told()) == (0, [("ada", "offer")])


def test_several_free_places_go_to_as_many_people(workshop):
    Workshop.objects.update(capacity=3)

    waiting_offers.offer_everywhere()

    assert statuses() == ["offered", "offered", "waiting"]


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        ("2026-11-22 09:00", "2026-11-23 09:00"),
        ("2027-01-11 10:00", "2027-01-12 10:00"),  # four days before the start: the last whole day
        ("2027-01-13 10:00", "2027-01-13 22:00"),  # two days before: half a day
        ("2027-01-15 06:00", "2027-01-15 08:00"),  # never under two hours
        ("2027-01-15 08:00", "2027-01-15 10:00"),
        ("2027-01-15 08:01", None),
        ("2027-01-15 10:00", None),
    ],
)
def test_an_offer_runs_for_a_day_and_for_less_near_the_close(time_machine, now, ends):
    workshop = make_workshop(day=JANUARY)
    time_machine.move_to(at(now), tick=False)

    assert workshop.offer_ends_at() == (at(ends) if ends else None)


@pytest.mark.parametrize(("now", "ends"), [("2027-03-27 20:00", "2027-03-28 20:00"), ("2027-10-30 20:00",) * 2])
def test_a_day_is_24_hours_also_when_the_clocks_change(time_machine, now, ends):
    workshop = make_workshop(day=date(2027, 12, 1))
    time_machine.move_to(at(now), tick=False)

    assert workshop.offer_ends_at() == at(now) + timedelta(hours=24)


def test_the_short_clock_counts_hours_over_the_change_to_summer_time(time_machine):
    """London's clocks go forward at 01:00 on 28 March 2027; sale closes at 10:00 that day, which is 09:00 UTC."""
    workshop = make_workshop(day=date(2027, 3, 28))
    time_machine.move_to(at("2027-03-27 09:00"), tick=False)

    assert (workshop.starts_at, workshop.offer_ends_at()) == (at("2027-03-28 09:00"), at("2027-03-27 15:00"))


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "draft"},
        {"status": "cancelled"},
        {"sales_close_at": at("2026-11-22 08:00")},
        {"sales_close_at": at("2026-11-22 10:59")},
        {"sales_open_at": at("2026-11-23 09:00")},
    ],
)
def test_nothing_is_offered_where_nothing_is_sold_long_enough(fields):
    assert make_workshop(day=JANUARY, **fields).offer_ends_at() is None


def test_nothing_is_offered_where_no_live_ticket_can_be_bought():
    workshop = make_workshop(day=JANUARY, price=None)
    make_ticket_type(workshop, "Early bird", last_day=date(2026, 11, 1))
    make_ticket_type(workshop, "Catch-up", access="catch_up")

    assert workshop.offer_ends_at() is None


def test_the_next_in_line_has_a_declined_place_at_once(workshop):
    free_a_place(workshop)
    waiting_offers.offer_everywhere()

    waiting_offers.give_up(entry("ada"))

    assert (statuses(), told()) == (["declined", "offered", "waiting"], [("ada", "offer"), ("ben", "offer")])


def test_declining_twice_declines_once(workshop):
    free_a_place(workshop)
    waiting_offers.offer_everywhere()
    ada = entry("ada")

    waiting_offers.give_up(ada)
    waiting_offers.give_up(ada)

    assert statuses() == ["declined", "offered", "waiting"]


def test_leaving_the_list_ends_the_waiting(workshop):
    waiting_offers.give_up(entry("ada"))
    free_a_place(workshop)

    waiting_offers.offer_everywhere()

    assert statuses() == ["declined", "offered", "waiting"]


def test_an_offer_that_was_let_pass_goes_to_the_next_in_line(workshop, time_machine):
    free_a_place(workshop)
    waiting_offers.offer_everywhere()
    time_machine.move_to(NOW + timedelta(hours=24), tick=False)

    waiting_offers.offer_everywhere()

    assert statuses() == ["expired", "offered", "waiting"]
    assert told() == [("ada", "expired"), ("ada", "offer"), ("ben", "offer")]
    assert list(Ticket.objects.filter(status="held").values_list("attendee_email", flat=True)) == ["ben@example.org"]


def test_an_offer_lasts_to_its_last_second(workshop, time_machine):
    free_a_place(workshop)
    waiting_offers.offer_everywhere()
    time_machine.move_to(NOW + timedelta(hours=24, seconds=-1), tick=False)

    assert (waiting_offers.offer_everywhere(), workshop.places_left()) == (0, 0)


def test_a_place_that_just_came_free_is_not_for_the_public_while_people_wait(workshop):
    free_a_place(workshop)

    assert (workshop.free_places(), workshop.places_left()) == (1, 0)
    with pytest.raises(SoldOut) as error:
        public_hold(workshop)
    assert error.value.places_left == 0


def test_places_beyond_those_that_people_wait_for_are_for_everybody(workshop):
    Workshop.objects.update(capacity=6)
    workshop.refresh_from_db()

    assert workshop.places_left() == 2
    with pytest.raises(SoldOut) as error:
        public_hold(workshop, 3)
    assert (error.value.places_left, len(public_hold(workshop, 2))) == (2, 2)


def test_an_offer_that_ended_a_moment_ago_is_not_for_the_public(workshop, time_machine):
    free_a_place(workshop)
    waiting_offers.offer_everywhere()
    time_machine.move_to(NOW + timedelta(hours=24), tick=False)

    assert workshop.places_left() == 0
    with pytest.raises(SoldOut):
        public_hold(workshop)


def test_the_desk_may_give_a_free_place_to_anybody(workshop):
    free_a_place(workshop)

    given = places.give_place(
        workshop, ticket=NewTicket(workshop.ticket_types.first(), "Zoe", "zoe@example.org", "Europe/London")
    )

    assert given.status == Ticket.Status.CONFIRMED


def test_an_offer_ends_when_its_workshop_is_cancelled(workshop):
    free_a_place(workshop)
    waiting_offers.offer_everywhere()
    Workshop.objects.update(status=Workshop.Status.CANCELLED)

    waiting_offers.offer_everywhere()

    assert (statuses(), Ticket.objects.filter(status="held").count()) == (["closed"] * 3, 0)
    assert [fact for _, fact in told()] == ["closed", "offer", "closed", "closed"]


def test_the_list_closes_two_hours_before_sale_ends_and_an_open_offer_still_runs(workshop, time_machine):
    free_a_place(workshop)
    time_machine.move_to(at("2027-01-15 07:30"), tick=False)
    waiting_offers.offer_everywhere()
    time_machine.move_to(at("2027-01-15 08:30"), tick=False)

    waiting_offers.offer_everywhere()

    assert (statuses(), entry("ada").offer_ends_at) == (["offered", "closed", "closed"], at("2027-01-15 09:30"))


def test_once_the_list_is_closed_a_free_place_is_for_everybody(workshop, time_machine):
    time_machine.move_to(at("2027-01-15 08:30"), tick=False)
    free_a_place(workshop)

    assert workshop.places_left() == 1
    assert len(public_hold(workshop)) == 1


def test_an_offer_ends_when_sale_is_closed_earlier(workshop):
    free_a_place(workshop)
    waiting_offers.offer_everywhere()
    Workshop.objects.update(sales_close_at=NOW)

    waiting_offers.offer_everywhere()

    assert (statuses(), Ticket.objects.filter(status="held").count()) == (["closed"] * 3, 0)


def test_people_wait_on_while_sale_opens_later(workshop):
    Workshop.objects.update(sales_open_at=NOW + timedelta(days=1), capacity=3)

    assert (waiting_offers.offer_everywhere(), statuses()) == (0, ["waiting"] * 3)


@pytest.mark.parametrize("status", ["booked", "declined", "expired", "closed"])
def test_who_comes_back_stands_at_the_end_of_the_line(workshop, time_machine, status):
    WaitingListEntry.objects.filter(email="ada@example.org").update(status=status)
    time_machine.shift(timedelta(hours=1))

    join(workshop, "ada")

    waiting = [each.email for each in workshop.waiting_list.all() if each.status == "waiting"]
    assert waiting == ["ben@example.org", "cy@example.org", "ada@example.org"]


def test_who_waits_keeps_her_place_in_line_when_she_joins_again(workshop, time_machine):
    time_machine.shift(timedelta(hours=1))

    join(workshop, "ada")

    assert waiting_offers.position_of(entry("ada")) == 1


def test_nobody_joins_a_list_from_which_no_offer_can_come(workshop, time_machine):
    time_machine.move_to(at("2027-01-15 08:30"), tick=False)

    with pytest.raises(WaitingListClosed):
        join(workshop, "dan")


def test_the_desk_closes_entries_and_the_place_goes_on(workshop):
    free_a_place(workshop)
    waiting_offers.offer_everywhere()

    closed = waiting_offers.close([entry("ada"), entry("ben")])

    assert (closed, statuses()) == (2, ["closed", "closed", "offered"])


def test_a_booking_that_began_is_neither_declined_nor_closed(workshop):
    free_a_place(workshop)
    waiting_offers.offer_everywhere()
    ada = entry("ada")
    with transaction.atomic():
        wanted = [NewTicket(workshop.ticket_types.first(), "Ada", "ada@example.org", "Europe/London")]
        waiting_offers.hold_places(
            places.lock_workshop(workshop.pk), wanted=wanted, until=NOW + timedelta(minutes=45), offer=ada.secret
        )

    with pytest.raises(OfferInUse):
        waiting_offers.give_up(ada)
    assert (waiting_offers.close([ada]), statuses()) == (0, ["offered", "waiting", "waiting"])


def test_a_booking_that_is_given_back_leaves_the_rest_of_the_offer(workshop):
    free_a_place(workshop)
    waiting_offers.offer_everywhere()
    ada = entry("ada")
    with transaction.atomic():
        locked = places.lock_workshop(workshop.pk)
        wanted = [NewTicket(workshop.ticket_types.first(), "Ada", "ada@example.org", "Europe/London")]
        held = waiting_offers.hold_places(locked, wanted=wanted, until=NOW + timedelta(minutes=45), offer=ada.secret)
        places.release_tickets(tickets=held, status=Ticket.Status.CANCELLED)

    waiting_offers.offer_everywhere()

    ada.refresh_from_db()
    assert (statuses(), ada.ticket.status) == (["offered", "waiting", "waiting"], Ticket.Status.HELD)
    assert ada.ticket.held_until == ada.offer_ends_at
