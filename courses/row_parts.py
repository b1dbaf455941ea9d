"""What every list and page tells of a workshop beside its own row, asked for many of them at once."""

from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from django.db.models import OuterRef

from courses.models import Course, Session, TicketType, Workshop, WorkshopQuerySet
from kit.database.brought import Brought, give_brought
from kit.pages.kept import constant
from kit.texts.sentences import listed
from practice.models import Person


class Presenters(NamedTuple):
    """Of a course, in their order, and the `presenter_names` of it."""

    people: list[Person]
    names: str


NOBODY = Presenters([], "")


def presenters(course_id: int) -> Presenters:
    """As lists and pages show them."""
    return constant("presenters of courses", _presenters_of_courses).get(course_id, NOBODY)


def with_parts(workshops: WorkshopQuerySet) -> WorkshopQuerySet:
    """With their sessions and ticket types, for `give_parts`."""
    return workshops.annotate(**{f"its_{name}": rows for name, rows in _parts().items()})


def give_parts(workshops: Iterable[Workshop]) -> None:
    """To each what it has brought."""
    for workshop in workshops:
        for name, rows in _parts().items():
            give_brought(rows, name, workshop, getattr(workshop, f"its_{name}"))


def sessions_of(workshop: str) -> Brought:
    """For `give_sessions`, of a row that leads to its workshop by this name."""
    return Brought(Session.objects.filter(workshop=OuterRef(workshop)))


def give_sessions(workshop: Workshop, found: str | None) -> None:
    """Unless it knows them already."""
    if "session_list" not in workshop.__dict__:
        give_brought(_parts()["sessions"], "sessions", workshop, found)


@cache
def _parts() -> dict[str, Brought]:
    own = {"workshop": OuterRef("pk")}
    return {
        "sessions": Brought(Session.objects.filter(**own)),
        "ticket_types": Brought(TicketType.objects.filter(**own)),
    }


def _presenters_of_courses() -> dict[int, Presenters]:
    """Of every course that has some, in one query."""
    its: dict[int, list[Person]] = {}
    rows = Course.presenters.through.objects.select_related("person__portrait").order_by(
        "person__position", "person__name"
    )
    for row in rows:
        its.setdefault(row.course_id, []).append(row.person)
    return {course_id: Presenters(people, listed([each.name for each in people])) for course_id, people in its.items()}
