"""What a booking form offers when it is opened: whoever sends it later reads first what has changed since."""

from collections.abc import Iterable

from courses.models import TicketType, Workshop
from courses.when import when
from kit.money import price
from kit.seen import Facts


def facts_of(workshop: Workshop, ticket_types: Iterable[TicketType]) -> Facts:
    """What, when, by whom and for how much; of the terms the box itself tells (`agreed_terms.py`)."""
    return {
        "title": ["the title", workshop.title],
        "when": ["date and time", "; ".join(when(workshop)) or workshop.starts_on],
        "presenters": ["who teaches", workshop.course.presenter_names or "not said yet"],
        **{f"ticket-{each.pk}": [f"“{each.name}”", price(each.price)] for each in ticket_types},
    }
