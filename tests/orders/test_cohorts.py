"""Places that are kept for a cohort: for whoever has its code, for nobody else, until it ends."""

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from courses.models import Cohort, WaitingListEntry
from courses.seats import capacity, cohorts, places, waiting_offers
from courses.seats.capacity import PlacesTaken
from courses.seats.cohorts import PlacesBooked, TooFewFree
from courses.seats.places import Attendee, NewTicket, SoldOut
from orders.booking.booking import CODE_TRIES_PER_HOUR
from orders.books import books
from orders.changes import attendees, moves
from orders.changes.moves import MoveWish
from orders.checkout import paying, placing
from orders.models import Order
from orders.pricing import codes
from orders.pricing.codes import CodeNotUsable
from orders.pricing.cohort_codes import AGAIN, ALL_HELD, ALL_TAKEN, ENDED, FOR_THEM_ALREADY, ONE_EACH, OTHER_TICKET
from orders.settling import reconcile, settle
from tests.builders import (
    make_cohort,
    make_discount,
    make_general_code,
    make_practice,
    make_refund_tiers,
    make_ticket,
    make_ticket_type,
    make_workshop,
)
from tests.orders.purchases import as_stripe_sees_it, buy, buyer, open_session, place, ticket, wish

pytestmark = pytest.mark.django_db
CODE = "OSIER2027"


@pytest.fixture(autouse=True)
def _practice():
    make_practice(time_zone="Europe/London")


def with_code(workshop, mail="ada@example.org", **options):
    """For whoever pays herself, unless a test says which tickets."""
    if options:
        return place(workshop, by=buyer(mail), code=CODE, **options)
    wanted = [ticket(workshop.ticket_types.first(), email=mail)]
    return placing.place_order(workshop, wish(wanted, by=buyer(mail), code=CODE)).order


def refusal(workshop, mail="ada@example.org", **options):
    with pytest.raises(CodeNotUsable) as error:
        with_code(workshop, mail, **options)
    return error.value.reason


def make_waiting_entry(workshop):
    return WaitingListEntry.objects.create(workshop=workshop, email="ivo@example.org", email_key="ivo@example.org")


def left(workshop):
    workshop.__dict__.pop("places_taken", None)
    return workshop.places_left()


# What is kept ------------------------------------------------------------------------


def test_kept_places_are_taken_for_everybody_else():
    workshop = make_workshop(capacity=5)
    make_cohort(workshop, places=3)

    assert left(workshop) == 2
    with pytest.raises(SoldOut):
        place(workshop, 3)
    place(workshop, 2)
    assert left(workshop) == 0


def test_who_has_the_code_takes_one_of_them_and_the_sum_stays():
    workshop = make_workshop(capacity=5)
    cohort = make_cohort(workshop, places=3)
    order = with_code(workshop)

    assert [ticket.cohort for ticket in order.tickets()] == [cohort]
    assert (cohort.places_taken(), cohort.places_kept(), left(workshop)) == (1, 2, 2)
    assert list(books.findings()) == []


def test_the_code_works_when_everybody_else_is_told_that_it_is_full():
    workshop = make_workshop(capacity=2)
    cohort = make_cohort(workshop, places=1)
    place(workshop)

    assert left(workshop) == 0
    with_code(workshop)
    assert cohort.places_kept() == 0


def test_a_free_place_of_the_desk_takes_none_that_is_kept():
    workshop = make_workshop(capacity=1)
    make_cohort(workshop, places=1)
    wanted = places.NewTicket(workshop.ticket_types.get(), "Ivo", "ivo@example.org", "Europe/London")

    with pytest.raises(SoldOut):
        places.give_place(workshop, ticket=wanted)


def test_the_capacity_cannot_go_below_what_is_booked_and_kept():
    workshop = make_workshop(capacity=5)
    make_cohort(workshop, places=3)
    make_ticket(workshop)

    with pytest.raises(PlacesTaken) as error:
        capacity.check_capacity(workshop, capacity=3)
    assert error.value.taken == 4
    capacity.check_capacity(workshop, capacity=4)


# What it costs -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("worth", "total", "words"),
    [
        ({}, "105.00", ""),
        ({"percent": 20}, "84.00", "20% off with OSIER2027"),
        ({"price": Decimal(60)}, "60.00", "A kept place for £60 with OSIER2027"),
        ({"price": Decimal(500)}, "105.00", ""),
        ({"percent": 100}, "0.00", "100% off with OSIER2027"),
        ({"price": Decimal()}, "0.00", "A free place with OSIER2027"),
    ],
)
def test_what_a_kept_place_costs(worth, total, words):
    workshop = make_workshop()
    make_cohort(workshop, **worth)
    order = with_code(workshop)

    assert (order.total, order.discount_words) == (Decimal(total), words)
    assert list(books.findings()) == []


def test_books_find_a_place_that_cost_something_else():
    workshop = make_workshop()
    make_cohort(workshop, price=Decimal(60))
    order = with_code(workshop)
    order.lines.update(discount=Decimal(40))
    Order.objects.update(total=Decimal(65))

    assert "a discount is as its words tell" in [finding.rule for finding in books.findings()]


# Who may not -------------------------------------------------------------------------


def test_a_code_is_good_for_one_place_of_each_person(standin):
    workshop = make_workshop()
    make_cohort(workshop)

    assert refusal(workshop, ticket_types=[workshop.ticket_types.get()] * 2) == ONE_EACH
    buy(standin, workshop, by=buyer("ada@example.org"), code=CODE)
    assert refusal(workshop, "ADA+work@example.org") == AGAIN


def test_who_holds_a_place_unpaid_is_told_until_when():
    workshop = make_workshop()
    make_cohort(workshop)
    with_code(workshop)

    assert "not paid yet, holds this code until" in refusal(workshop)


def test_a_code_is_for_its_own_workshop_and_ticket_alone():
    workshop, other = make_workshop(), make_workshop()
    make_cohort(workshop)
    reduced = make_ticket_type(workshop, "Concession", price="60.00")

    assert refusal(other) == f"This code is for another workshop: “{workshop.title}”, {workshop.starts_on}."
    assert "are for the ticket “Full price”" in refusal(workshop, ticket_types=[reduced])


def test_a_used_up_code_says_whether_waiting_may_help(standin):
    workshop = make_workshop()
    make_cohort(workshop, places=1)
    order = with_code(workshop, "ben@example.org")

    assert refusal(workshop) == ALL_HELD
    session_id = open_session(order)
    standin.pay(session_id)
    settle.settle(as_stripe_sees_it(session_id))
    assert refusal(workshop) == ALL_TAKEN


def test_an_unknown_code_is_refused_as_any_other():
    workshop = make_workshop()
    make_cohort(workshop, code="OTHER2027")

    assert refusal(workshop).startswith("We do not know this code")


# How it ends -------------------------------------------------------------------------


def test_places_are_everybodys_from_the_moment_it_ends(time_machine):
    workshop = make_workshop(capacity=3)
    cohort = make_cohort(workshop, places=2)
    with_code(workshop)
    time_machine.move_to(cohort.ends_at - timedelta(seconds=1), tick=False)

    assert left(workshop) == 1
    time_machine.move_to(cohort.ends_at, tick=False)
    assert left(workshop) == 3  # the hold has ended as well
    assert refusal(workshop).startswith("Places were kept for this code until")


def test_the_desk_ends_it_and_who_waits_comes_first():
    workshop = make_workshop(capacity=2)
    cohort = make_cohort(workshop, places=2)
    taken, entry = with_code(workshop), make_waiting_entry(workshop)
    waiting_offers.offer_places_of(workshop.pk)
    entry.refresh_from_db()
    assert entry.status == WaitingListEntry.Status.WAITING

    assert (cohorts.end_cohort(cohort), cohorts.end_cohort(cohort)) == (True, False)
    entry.refresh_from_db()
    assert (entry.status, taken.tickets()[0].is_holding) == (WaitingListEntry.Status.OFFERED, True)
    assert refusal(workshop) == ENDED
    assert list(books.findings()) == []


def test_the_worker_offers_what_an_ended_cohort_left(time_machine):
    workshop = make_workshop(capacity=1)
    cohort = make_cohort(workshop, places=1)
    entry = make_waiting_entry(workshop)

    assert waiting_offers.offer_everywhere() == 0
    time_machine.move_to(cohort.ends_at, tick=False)
    assert (waiting_offers.offer_everywhere(), waiting_offers.offer_everywhere()) == (1, 0)
    entry.refresh_from_db()
    assert entry.status == WaitingListEntry.Status.OFFERED


# What comes back ---------------------------------------------------------------------


def test_a_hold_that_lapses_is_the_cohorts_again_and_nobody_slips_in(time_machine):
    workshop = make_workshop(capacity=1)
    cohort = make_cohort(workshop, places=1)
    order = with_code(workshop)
    time_machine.move_to(order.held_until + timedelta(seconds=1), tick=False)

    with pytest.raises(SoldOut):  # before any worker has looked
        place(workshop)
    reconcile.close_ended_holds()
    with pytest.raises(SoldOut):
        place(workshop)
    assert cohort.places_kept() == 1


def test_a_cancelled_place_is_the_cohorts_again(standin):
    make_refund_tiers((0, 100))
    workshop = make_workshop(capacity=1)
    cohort = make_cohort(workshop, places=1)
    order = buy(standin, workshop, by=buyer("ada@example.org"), code=CODE)
    places.cancel_ticket(order.tickets()[0])

    assert (cohort.places_kept(), left(workshop)) == (1, 0)
    with_code(workshop, "ben@example.org")


def pay_late(standin, order, meanwhile):
    """Paid before it lapsed; we hear of it when somebody else has had her chance."""
    session_id = open_session(order)
    standin.pay(session_id)
    settle.end_attempt(order.payments.get(), "expired")
    meanwhile()
    settle.settle(as_stripe_sees_it(session_id))
    order.refresh_from_db()


@pytest.mark.django_db(transaction=True)
def test_a_late_payment_has_the_cohorts_place_again(standin):
    workshop = make_workshop(capacity=1)
    cohort = make_cohort(workshop, places=1)
    late = with_code(workshop)
    pay_late(standin, late, lambda: None)

    assert (late.status, [ticket.cohort for ticket in late.tickets()]) == (Order.Status.PAID, [cohort])


@pytest.mark.django_db(transaction=True)
def test_a_late_payment_has_one_of_everybodys_once_the_cohorts_are_gone(standin):
    workshop = make_workshop(capacity=2)
    cohort = make_cohort(workshop, places=1)
    late = with_code(workshop)
    pay_late(standin, late, lambda: with_code(workshop, "ben@example.org"))

    assert [ticket.cohort for ticket in late.tickets()] == [None]
    assert (cohort.places_taken(), left(workshop), list(books.findings())) == (1, 0, [])


@pytest.mark.django_db(transaction=True)
def test_a_late_payment_takes_no_place_that_is_kept_for_others(standin):
    workshop = make_workshop(capacity=2)
    cohort = make_cohort(workshop, places=1)
    late = place(workshop)
    pay_late(standin, late, lambda: place(workshop, by=buyer("ben@example.org")))

    assert (late.status, cohort.places_kept()) == (Order.Status.REFUNDED, 1)


# A place that moves, or changes hands ------------------------------------------------


def move(line, to, *, waive=""):
    shown = moves.quote_move(line, to, waive=waive).difference
    return moves.move_at_desk(MoveWish(line, to, shown, uuid4(), waive=waive))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_ended", [False, True])
def test_a_place_that_gets_an_order_of_its_own_stays_the_cohorts(standin, is_ended):
    """In a full workshop, too: it needs no place but its own."""
    workshop = make_workshop(capacity=2)
    cohort = make_cohort(workshop, places=2, percent=20)
    line = buy(standin, workshop, by=buyer("ada@example.org"), code=CODE).lines.get()
    with_code(workshop, "ben@example.org")
    if is_ended:
        Cohort.objects.update(ended_at=timezone.now())

    new = move(line, line.ticket.ticket_type, waive="In an order of its own")

    assert (new.status, [ticket.cohort for ticket in new.tickets()]) == (Order.Status.PAID, [cohort])
    assert (cohort.places_taken(), left(workshop), list(books.findings())) == (2, 0, [])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("price", [50, 200])
def test_a_place_with_another_ticket_of_its_workshop_stays_the_cohorts(standin, price):
    """Without a difference to pay, or after it came; nobody gets a second one by that."""
    workshop = make_workshop(capacity=3)
    cohort = make_cohort(workshop, places=1)
    other = make_ticket_type(workshop, name="Other", price=price)
    line = buy(standin, workshop, by=buyer("ada@example.org"), code=CODE).lines.get()

    new = move(line, other)
    if not new.is_paid:
        session_id = open_session(new)
        standin.pay(session_id)
        settle.settle(as_stripe_sees_it(session_id))

    assert [(ticket.status, ticket.cohort) for ticket in new.tickets()] == [("confirmed", cohort)]
    assert (cohort.places_kept(), left(workshop), refusal(workshop)) == (0, 2, AGAIN)
    assert list(books.findings()) == []


@pytest.mark.django_db(transaction=True)
def test_a_place_that_moves_to_another_workshop_is_the_cohorts_again(standin):
    workshop = make_workshop(capacity=1)
    elsewhere = make_workshop(slug="elsewhere", course=workshop.course, capacity=2)
    there = make_cohort(elsewhere, places=1, code="ELDER2027")
    cohort = make_cohort(workshop, places=1)
    line = buy(standin, workshop, by=buyer("ada@example.org"), code=CODE).lines.get()

    new = move(line, elsewhere.ticket_types.get())

    assert [ticket.cohort for ticket in new.tickets()] == [None]
    assert (cohort.places_kept(), there.places_kept(), left(elsewhere)) == (1, 1, 0)
    with_code(workshop)


@pytest.mark.django_db(transaction=True)
def test_a_place_that_was_handed_over_is_the_one_of_both(standin):
    """Of whoever booked it, and of whoever comes."""
    workshop = make_workshop(capacity=5)
    cohort = make_cohort(workshop, places=5)
    order = buy(standin, workshop, by=buyer("ada@example.org"), code=CODE)

    attendees.hand_over(order, ticket=order.tickets()[0], to=Attendee("Ben", "ben@example.org", "Europe/London"))

    assert cohort.places_taken() == 1
    assert (refusal(workshop), refusal(workshop, "Ben+work@example.org")) == (AGAIN, AGAIN)


@pytest.mark.django_db(transaction=True)
def test_nobody_is_handed_a_second_place_of_a_cohort(standin, client):
    workshop = make_workshop(capacity=5)
    cohort = make_cohort(workshop, places=4)
    buy_for(standin, workshop, "ben@example.org")
    order = buy_for(standin, workshop, "ada@example.org")
    [its] = order.tickets()
    page = reverse("orders:hand_over", args=[order.secret, order.lines.get().pk])
    answers = {"name": "Ben", "email": "ben+2@example.org", "time_zone": "Europe/London", "access_needs": ""}

    answer = client.post(page, answers)
    again = client.post(page, answers | {"name": "Ada", "email": "ada@example.org"})

    its.refresh_from_db()
    assert (answer.status_code, again.status_code, its.attendee_email) == (422, 303, "ada@example.org")
    assert "has a place that is kept for Osier University already" in answer.content.decode()
    assert cohort.places_taken() == 2


def buy_for(standin, workshop, mail):
    order = with_code(workshop, mail)
    session_id = open_session(order)
    standin.pay(session_id)
    settle.settle(as_stripe_sees_it(session_id))
    order.refresh_from_db()
    return order


@pytest.mark.django_db(transaction=True)
def test_who_is_booked_for_by_somebody_else_has_her_one_place(standin):
    workshop = make_workshop(capacity=5)
    make_cohort(workshop, places=5)
    [ticket_type] = workshop.ticket_types.all()
    ada = NewTicket(ticket_type, "Ada", "ada@example.org", "Europe/London")
    placing.place_order(workshop, wish([ada], by=buyer("secretary@example.org"), code=CODE))

    with pytest.raises(CodeNotUsable) as again:
        placing.place_order(workshop, wish([ada], by=buyer("other@example.org"), code=CODE))

    assert again.value.reason == FOR_THEM_ALREADY


@pytest.mark.django_db(transaction=True)
def test_a_late_payment_is_no_second_place_of_the_same_person(standin):
    """She booked again with the code when the first one had lapsed: that money goes back."""
    workshop = make_workshop(capacity=5)
    cohort = make_cohort(workshop, places=5)
    late = with_code(workshop)
    pay_late(standin, late, lambda: with_code(workshop))

    assert (late.status, cohort.places_taken()) == (Order.Status.REFUNDED, 1)


def test_a_booking_that_lapsed_is_not_taken_up_beside_another_of_the_same_person(time_machine):
    workshop = make_workshop(capacity=5)
    cohort = make_cohort(workshop, places=5)
    first = with_code(workshop)
    time_machine.move_to(first.held_until + timedelta(seconds=1), tick=False)
    reconcile.close_ended_holds()
    with_code(workshop)

    with pytest.raises(paying.HoldEnded):
        paying.start_payment(first)
    assert cohort.places_taken() == 1


def test_a_booking_for_somebody_is_not_taken_up_beside_the_place_that_they_have_booked_meanwhile(time_machine):
    workshop = make_workshop(capacity=5)
    cohort = make_cohort(workshop, places=5)
    for_ben = [ticket(workshop.ticket_types.get(), email="ben@example.org")]
    first = placing.place_order(workshop, wish(for_ben, by=buyer("ada@example.org"), code=CODE)).order
    time_machine.move_to(first.held_until + timedelta(seconds=1), tick=False)
    reconcile.close_ended_holds()
    with_code(workshop, "Ben+work@example.org")

    with pytest.raises(paying.HoldEnded):
        paying.start_payment(first)
    assert cohort.places_taken() == 1


# What the desk may keep --------------------------------------------------------------


def test_no_more_is_kept_than_is_free_and_waited_for_by_nobody():
    workshop = make_workshop(capacity=4)
    make_ticket(workshop)
    wanted = Cohort(ticket_type=workshop.ticket_types.get(), places=4, ends_at=timezone.now() + timedelta(days=1))

    with pytest.raises(TooFewFree) as error:
        cohorts.check_places(wanted)
    assert error.value.most == 3
    make_waiting_entry(workshop)
    with pytest.raises(TooFewFree) as error:
        cohorts.check_places(wanted)
    assert error.value.most == 2


def test_a_cohort_grows_by_what_is_free_and_shrinks_to_what_is_booked():
    workshop = make_workshop(capacity=4)
    cohort = make_cohort(workshop, places=2)
    with_code(workshop)

    cohort.places = 4
    cohorts.check_places(cohort)
    cohort.places = 5
    with pytest.raises(TooFewFree):
        cohorts.check_places(cohort)
    cohort.places = 0
    with pytest.raises(PlacesBooked):
        cohorts.check_places(cohort)


def test_an_ended_cohort_runs_again_only_with_places_that_are_free():
    workshop = make_workshop(capacity=2)
    cohort = make_cohort(workshop, places=2, ends_at=timezone.now() - timedelta(hours=1))
    place(workshop)

    cohort.ends_at = timezone.now() + timedelta(days=1)
    with pytest.raises(TooFewFree) as error:
        cohorts.check_places(cohort)
    assert error.value.most == 1


def test_books_find_a_cohort_that_has_too_many():
    workshop = make_workshop(capacity=3)
    cohort = make_cohort(workshop, places=1)
    make_ticket(workshop, cohort=cohort)
    make_ticket(workshop, cohort=cohort)

    assert [finding.rule for finding in books.findings()] == ["a cohort keeps to its places"]


def test_books_find_who_has_booked_two_of_them(standin):
    workshop = make_workshop()
    make_cohort(workshop)
    buy_for(standin, workshop, "ada@example.org")
    second = buy_for(standin, workshop, "ben@example.org")
    Order.objects.filter(pk=second.pk).update(benefit_key="ada@example.org")

    assert [(each.rule, each.about) for each in books.findings()] == [
        ("a cohort's place is one of its own", f"cohort {CODE}")
    ]


def test_books_find_a_kept_place_that_somebody_else_has():
    workshop = make_workshop(capacity=1)
    make_cohort(workshop, places=1)
    make_ticket(workshop)

    assert [finding.rule for finding in books.findings()] == ["what is kept for a cohort is there"]


def test_a_cohorts_code_stands_beside_general_ones():
    workshop = make_workshop()
    make_cohort(workshop, percent=20)
    make_general_code("SPRING26", percent=10)

    assert place(workshop, code="spring 26").total == Decimal("94.50")
    assert with_code(workshop).total == Decimal("84.00")


# What pages say ----------------------------------------------------------------------


def test_a_full_workshops_page_leads_to_the_form_for_whoever_has_a_code(client):
    workshop = make_workshop(capacity=1)
    cohort = make_cohort(workshop, places=1)
    address = reverse("orders:book", args=[workshop.slug])

    assert "Book with your code" in client.get(workshop.get_absolute_url()).content.decode()
    assert client.get(address).status_code == 302
    assert f'value="{CODE}"' in client.get(f"{address}?code={CODE}").content.decode()
    cohorts.end_cohort(cohort)
    assert "Book with your code" not in client.get(workshop.get_absolute_url()).content.decode()
    make_ticket(workshop)
    assert client.get(f"{address}?code={CODE}").status_code == 302


def test_the_form_says_what_the_code_does_before_anything_is_booked(client):
    workshop = make_workshop(capacity=1)
    make_cohort(workshop, places=1, percent=20)
    answers = {
        "action": "update",
        "email": "ada@example.org",
        "code": "osier 2027",
        "places": "1",
        "place0-ticket_type": workshop.ticket_types.get().pk,
    }
    page = client.post(reverse("orders:book", args=[workshop.slug]), answers).content.decode()

    assert "You take one of the places that are kept for Osier University." in page
    assert "20% off with OSIER2027" in page
    assert Order.objects.count() == 0


# The link that carries a code ------------------------------------------------------


def by_link(client, workshop, code=CODE, **more):
    return client.get(reverse("orders:book", args=[workshop.slug]), {"code": code} | more).content.decode()


def chosen_ticket(page):
    """With which the form begins."""
    tickets = re.search(r'<select name="place0-ticket_type".*?</select>', page, re.DOTALL)[0]
    return int(re.search(r'value="(\d+)" selected', tickets)[1])


def test_a_link_with_a_cohorts_code_shows_its_price_before_anything_is_typed(client):
    workshop = make_workshop()
    make_cohort(workshop, price=Decimal(60))

    page = by_link(client, workshop)

    assert "Code applied" in page
    assert "<dd>£60.00</dd>" in page
    assert 'name="shown_total" value="60.00"' in page


def test_a_link_with_a_general_code_does_so_too(client):
    workshop = make_workshop()
    make_general_code("SPRING20", percent=20)

    assert "<dd>£84.00</dd>" in by_link(client, workshop, "SPRING20")


@pytest.mark.parametrize("code", ["OTHER2027", "no code\x00", "x" * 500])
def test_a_link_with_no_good_code_says_so_and_shows_the_full_price(client, code):
    page = by_link(client, make_workshop(), code)

    assert page.count('class="field__error"') == 1
    assert "Code applied" not in page
    assert "<dd>£105.00</dd>" in page


def test_a_link_with_a_personal_code_waits_for_its_persons_address(client):
    code = codes.issue_code(discount=make_discount(), email="ada@example.org", percent=20)
    page = by_link(client, make_workshop(), str(code))

    assert 'class="field__error"' not in page
    assert "<dd>£105.00</dd>" in page


def test_guessing_by_links_is_bounded_as_guessing_by_the_form_is(client):
    workshop = make_workshop()
    make_cohort(workshop, price=Decimal(60))
    for guess in range(CODE_TRIES_PER_HOUR):
        by_link(client, workshop, f"GUESS{guess}")

    assert "Code applied" not in by_link(client, workshop)


def test_a_link_without_a_ticket_begins_with_the_one_that_its_cohorts_code_is_for(client):
    workshop = make_workshop()
    make_ticket_type(workshop, "Early bird", "89.00")
    cohort = make_cohort(workshop, price=Decimal(60))

    page = by_link(client, workshop)

    assert chosen_ticket(page) == cohort.ticket_type_id
    assert "Code applied" in page
    assert 'name="shown_total" value="60.00"' in page


def test_a_ticket_that_the_link_names_stays_chosen_beside_a_cohorts_code(client):
    workshop = make_workshop()
    early = make_ticket_type(workshop, "Early bird", "89.00")
    make_cohort(workshop, price=Decimal(60))

    page = by_link(client, workshop, ticket=early.pk)

    assert chosen_ticket(page) == early.pk
    assert OTHER_TICKET.format("Full price") in unescape(page)
    assert 'name="shown_total" value="89.00"' in page


def test_a_link_begins_with_the_usual_ticket_where_the_codes_own_is_not_on_sale_or_its_places_are_gone(client):
    workshop = make_workshop()
    early = make_ticket_type(workshop, "Early bird", "89.00")
    ended = make_ticket_type(workshop, "Students", "50.00", last_day=timezone.localdate() - timedelta(days=2))
    make_cohort(workshop, ticket_type=ended)
    make_cohort(workshop, code="GONE2027", places=1)
    place(workshop, code="GONE2027")

    assert chosen_ticket(by_link(client, workshop)) == early.pk
    assert chosen_ticket(by_link(client, workshop, "GONE2027")) == early.pk


def test_after_too_many_guesses_a_link_begins_as_if_it_had_no_code(client):
    """Which ticket is chosen would tell that the code is one."""
    workshop = make_workshop()
    early = make_ticket_type(workshop, "Early bird", "89.00")
    make_cohort(workshop)
    for guess in range(CODE_TRIES_PER_HOUR):
        by_link(client, workshop, f"GUESS{guess}")

    assert chosen_ticket(by_link(client, workshop)) == early.pk
