"""What every list and page tells of a workshop beside its own row, asked for many of them at once."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db.models import QuerySet

from courses.models import Course, Session, TicketType, Workshop
from kit.kept import constant
from kit.questions import Among, Asked, compiled_once, hand_out
from kit.sentences import listed
from practice.models import Person


class Presenters(NamedTuple):
    """Of a course, in their order, and the `presenter_names` of it."""

    people: list[Person]
    names: str


NOBODY = Presenters([], "")


def presenters(course_id: int) -> Presenters:
    """As lists and pages show them."""
    return constant("presenters of courses", _presenters_of_courses).get(course_id, NOBODY)


def hand_out_parts(workshops: Sequence[Workshop]) -> None:
    """Their sessions and ticket types, in two queries."""
    keys = [workshop.pk for workshop in workshops]
    hand_out(_sessions(workshops=keys), "sessions", workshops)
    hand_out(_ticket_types(workshops=keys), "ticket_types", workshops)


@compiled_once
def _sessions(workshops: list[Asked]) -> QuerySet[Session]:
    return Session.objects.filter(Among("workshop", workshops))


@compiled_once
def _ticket_types(workshops: list[Asked]) -> QuerySet[TicketType]:
    return TicketType.objects.filter(Among("workshop", workshops))


def _presenters_of_courses() -> dict[int, Presenters]:
    """Of every course that has some, in one query."""
    its: dict[int, list[Person]] = {}
    rows = Course.presenters.through.objects.select_related("person__portrait").order_by(
        "person__position", "person__name"
    )
    for row in rows:
        its.setdefault(row.course_id, []).append(row.person)
    return {course_id: Presenters(people, listed([each.name for each in people])) for course_id, people in its.items()}
