from datetime import date, timedelta

import pytest
import time_machine

from courses.catalogue import to_be_booked
from courses.models import Ticket, Workshop
from kit.database.moments import ThisMoment
from tests.builders import at, make_ticket, make_workshop

pytestmark = pytest.mark.django_db
DAY = date(2027, 1, 15)


@pytest.mark.parametrize(("moment", "found"), [("2027-01-15 15:59", 1), ("2027-01-15 16:00", 0)])
def test_a_question_is_about_the_moment_at_which_it_is_asked(moment, found):
    make_workshop(day=DAY)
    with time_machine.travel(at("2026-11-22 09:00"), tick=False):
        question = Workshop.objects.filter(ends_at__gt=ThisMoment())

    with time_machine.travel(at(moment), tick=False):
        assert question.count() == found


def test_this_moment_is_exact_to_the_microsecond():
    with time_machine.travel(at("2026-11-22 09:00"), tick=False) as clock:
        ticket = make_ticket(make_workshop(), Ticket.Status.HELD)
        clock.move_to(ticket.held_until)
        ended = Ticket.objects.ended_holds().count()
        clock.shift(timedelta(microseconds=-1))

        assert (ended, Ticket.objects.ended_holds().count()) == (1, 0)


def test_a_question_that_is_built_once_is_answered_each_time():
    before = list(to_be_booked())
    workshop = make_workshop()

    assert (before, list(to_be_booked())) == ([], [workshop])
