"""What a booking form offers when it is opened: whoever sends it later reads first what has changed since."""

from collections.abc import Iterable
from functools import cache

from django.db.models import OuterRef

from courses.models import TicketType, Workshop, WorkshopQuerySet
from courses.row_parts import give_parts, with_parts
from courses.when import when
from kit.database.brought import Brought, rows_of
from kit.database.questions import Asked, compiled_once, give
from kit.forms.seen import Facts
from kit.local.money import price
from practice.models import Person


def to_book(slug: str, *, with_places: bool) -> Workshop | None:
    """With its hours, tickets and the names of who teaches, as they stand; `with_places`: and how many are left now."""
    for found in _with_places(slug=slug) if with_places else _published(slug=slug):
        give_parts([found])
        give(found.course, "presenters", rows_of(_who_teaches(), found.its_presenters))
        return found
    return None


def facts_of(workshop: Workshop, ticket_types: Iterable[TicketType]) -> Facts:
    """What, when, by whom and for how much; of the terms the box itself tells (`agreed_terms.py`)."""
    return {
        "title": ["the title", workshop.title],
        "when": ["date and time", "; ".join(when(workshop)) or workshop.starts_on],
        "presenters": ["who teaches", workshop.course.presenter_names or "not said yet"],
        **{f"ticket-{each.pk}": [f"“{each.name}”", price(each.price)] for each in ticket_types},
    }


@compiled_once
def _with_places(slug: Asked) -> WorkshopQuerySet:
    return _offered(slug).with_places_taken()


@compiled_once
def _published(slug: Asked) -> WorkshopQuerySet:
    return _offered(slug)


def _offered(slug: Asked) -> WorkshopQuerySet:
    found = with_parts(Workshop.objects.published().with_course().filter(slug=slug))
    return found.annotate(its_presenters=_who_teaches())


@cache
def _who_teaches() -> Brought:
    return Brought(Person.objects.filter(courses=OuterRef("course")), "id", "name")
