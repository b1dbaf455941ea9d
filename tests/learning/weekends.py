"""A series of two weekends that somebody bought, and what becomes of it."""

from decimal import Decimal
from uuid import uuid4

from learning.certificates import issuing
from learning.certificates.wholes import whole_of
from orders.changes import moves
from orders.changes.moves import MoveWish
from tests.builders import at, make_course, make_person, make_workshop
from tests.learning.certificates import be_there

AFTER = at("2027-04-01 09:00")
HOURS = Decimal("5.0")


def weekend(day, title):
    course = make_course(title, presenters=[make_person(f"Presenter of {title}")], cpd_hours=HOURS)
    return make_workshop(day=at(f"{day} 09:00").date(), course=course, price="105.00")


def go_there(order, time_machine, *, to=slice(None)):
    """To these of its workshops; all of them are over then."""
    time_machine.move_to(AFTER, tick=False)
    for part in whole_of(order).parts[to]:
        be_there(part.ticket)


def issue_everything():
    issuing.issue_due()
    return issuing.issue_wholes()


def moved(line, day):
    """By the desk, to another workshop on that day."""
    to = weekend(day, f"Play on {day}").ticket_types.get()
    new = moves.move_at_desk(MoveWish(line, to, moves.quote_move(line, to).difference, uuid4()))
    return new.lines.get()
