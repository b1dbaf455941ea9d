"""Places that are kept for a cohort while everything else happens: kept, booked with its code, fewer or more, ended."""

from datetime import timedelta

from hypothesis import strategies as st

from courses.models import Cohort
from courses.seats import cohorts
from orders.checkout import paying, placing
from orders.settling import events
from tests.builders import make_cohort
from tests.orders.purchases import buyer, ticket, wish
from tests.proof.desk_steps import there_is
from tests.proof.sale_machine import PEOPLE, nth, person, step


@there_is("running cohort")
def _(sale):
    return Cohort.objects.running().exists()


@step(which=st.integers(0, 2), places=st.integers(1, 2), percent=st.sampled_from([None, 20, 100]))
def keep_places_for_a_cohort(sale, which, places, percent):
    workshop = sale.workshops[which]
    ends_at = min(sale.now + timedelta(days=20), workshop.closes_at)
    wanted = {"places": places, "percent": percent, "ends_at": ends_at}
    cohorts.check_places(Cohort(ticket_type=workshop.ticket_types.get(), **wanted))
    make_cohort(workshop, code=f"OSIER{Cohort.objects.count():02}", **wanted)


@step("running cohort", who=person, which=nth, is_paid=st.booleans())
def book_with_a_cohorts_code(sale, who, which, is_paid):
    """Each for herself; a second time with another spelling of her address is refused."""
    cohort = sale._one(Cohort.objects.running(), which)
    mail = PEOPLE[who].replace("@", "+osier@") if who == which else PEOPLE[who]
    asked = wish([ticket(cohort.ticket_type, email=mail)], by=buyer(mail), code=cohort.code)
    order = placing.place_order(cohort.workshop, asked).order
    assert [each.cohort for each in order.tickets()] == [cohort]
    if is_paid and order.total:
        sale.standin.pay(paying.start_payment(order).session_id)
        events.receive(sale.standin.events[-1])


@step("running cohort", which=nth, places=st.integers(1, 3))
def keep_more_or_fewer(sale, which, places):
    cohort = sale._one(Cohort.objects.running(), which)
    cohort.places = places
    cohorts.check_places(cohort)
    cohort.save(update_fields=["places"])


@step("running cohort", "a later day", which=nth)
def end_a_cohort(sale, which):
    cohorts.end_cohort(sale._one(Cohort.objects.running(), which))
