"""What may happen to a series: it is bought whole or not at all, and then each of its places has its own fate."""

from decimal import Decimal

from hypothesis import strategies as st

from courses import series as offers
from courses.models import SeriesWaitingEntry, WorkshopSeries
from courses.seats import series_offers, waiting
from courses.seats.places import Attendee
from orders.changes import attendees, cancellations
from orders.models import Order, OrderLine
from orders.settling import events
from tests.proof.desk_steps import there_is
from tests.proof.sale_machine import PEOPLE, nth, person, step

METHODS = st.sampled_from(["card", "card", "delayed"])


@there_is("booked series")
def _(sale):
    return _booked_parts().exists()


@there_is("unpaid series")
def _(sale):
    return _unpaid().exists()


@there_is("series entry")
def _(sale):
    return SeriesWaitingEntry.objects.exists()


@there_is("series offer")
def _(sale):
    return SeriesWaitingEntry.objects.offered().exists()


@step(who=person)
def wait_for_a_series(sale, who):
    waiting.join_waiting_list(workshop=offers.offered(sale.series), email=PEOPLE[who])


@step("series offer", which=nth)
def take_the_offer_of_a_series(sale, which):
    entry = sale._one(SeriesWaitingEntry.objects.offered(), which)
    sale._series_order(PEOPLE.index(entry.email), waiting_offer=entry.secret)


@step("series entry", which=nth)
def give_the_offer_of_a_series_up(sale, which):
    series_offers.give_up(sale._one(SeriesWaitingEntry.objects.all(), which))


@step(who=person)
def hold_a_series(sale, who):
    sale._series_order(who)


@step(who=person, method=METHODS, is_told=st.booleans())
def buy_a_series(sale, who, method, is_told):
    sale._buy_series(who, method=method)
    if is_told:
        events.receive(sale.standin.events[-1])


@step("unpaid series", which=nth, part=st.integers(0, 1))
def somebody_else_takes_a_part_meanwhile(sale, which, part):
    """A hold of a series ended by the clock, and one of its places is another's."""
    order = sale._one(_unpaid(), which)
    sale._move_clock(max(0, (order.held_until - sale.now).total_seconds() // 60 + 1))
    for who in range(len(PEOPLE)):
        sale._order(who, 1, 2 * part, "none")


@step("booked series", which=nth, share=st.sampled_from([None, 0, 50, 100]))
def cancel_a_part_at_the_desk(sale, which, share):
    line = sale._one(_booked_parts(), which)
    order, tickets = line.order, [line.ticket]
    decision = None if share is None else sale._decision(order, tickets, share)
    shares = cancellations.desk_shares(order, cancellations.lines_to_cancel(order, tickets), decision)
    shown = sum((each.amount for each in shares), Decimal())
    cancellations.cancel_at_desk(order, tickets=tickets, shown=shown, decision=decision)


@step("booked series", which=nth, share=st.sampled_from([50, 100]))
def refund_a_part_at_the_desk(sale, which, share):
    line = sale._one(_booked_parts(), which)
    decision = sale._decision(line.order, [line.ticket], share)
    shown = line.order.balance()
    cancellations.refund_at_desk(line.order, tickets=[line.ticket], decision=decision, shown_left=shown)


@step("booked series", which=nth, whom=person)
def hand_a_series_over(sale, which, whom):
    line = sale._one(_booked_parts(), which)
    to = Attendee("Colleague", PEOPLE[whom], "Europe/Paris")
    attendees.hand_over(line.order, ticket=line.ticket, to=to)
    left = {each.ticket.attendee_email for each in _booked_parts().filter(order=line.order)}
    assert left == {PEOPLE[whom]}


@step(is_sold=st.booleans())
def take_the_series_off_sale_or_put_it_on_again(sale, is_sold):
    change = offers.publish_series if is_sold else offers.take_back_series
    change(WorkshopSeries.objects.get(pk=sale.series.pk))


def _booked_parts():
    sold = OrderLine.objects.filter(order__status="paid", order__series__isnull=False, ticket__status="confirmed")
    return sold.select_related("order", "ticket")


def _unpaid():
    return Order.objects.filter(status="pending").exclude(series=None)
