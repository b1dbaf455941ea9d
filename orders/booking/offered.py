"""What a booking form offers when it is opened: whoever sends it later reads first what has changed since."""

from collections.abc import Iterable

from courses.models import TicketType, Workshop
from courses.when import when
from kit.money import price
from kit.seen import Facts, digest
from practice.models import Page, SaleTerms


def facts_of(workshop: Workshop, ticket_types: Iterable[TicketType]) -> Facts:
    """All that is agreed to with it: what, when, by whom, for how much, and by which terms."""
    terms = Page.objects.current(Page.Kind.TERMS)
    refunds = SaleTerms.current().refund_lines
    return {
        "title": ["the title", workshop.title],
        "when": ["date and time", "; ".join(when(workshop)) or workshop.starts_on],
        "presenters": ["who teaches", workshop.course.presenter_names or "not said yet"],
        "terms": ["the booking terms", f"version {terms.version}" if terms else "none"],
        "refunds": ["what comes back if you cancel", digest(" ".join(refunds))],
        **{f"ticket-{each.pk}": [f"“{each.name}”", price(each.price)] for each in ticket_types},
    }
