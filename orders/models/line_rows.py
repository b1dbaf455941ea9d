"""Lines of orders, asked for with what is known of them elsewhere."""

from django.apps import apps
from django.db.models import Exists, OuterRef, QuerySet

from courses.models import WaitingListEntry
from courses.row_parts import sessions_of
from kit.database.questions import Asked, written_once


@written_once
def lines_of(order: Asked) -> QuerySet:
    """With the hours of their workshops; whether there are consents of them, or an offer of the ticket: most have
    neither."""
    lines, consents = (apps.get_model("orders", name).objects for name in ("OrderLine", "Consent"))
    offers = WaitingListEntry.objects.offered().filter(ticket=OuterRef("ticket"))
    more = {"has_consents": Exists(consents.filter(line=OuterRef("pk"))), "was_offered": Exists(offers)}
    found = lines.filter(order=order).select_related("ticket__ticket_type")
    return found.annotate(its_sessions=sessions_of("ticket__workshop"), **more)
