"""What every list and page tells of a workshop beside its own row, asked for many of them at once."""

from collections.abc import Sequence

from django.db.models import QuerySet

from courses.models import Session, TicketType, Workshop
from kit.questions import Among, Asked, compiled_once, hand_out


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
