"""What would help whoever comes: they are promised an answer, and somebody of the team says that they have had it."""

from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from courses.models import Ticket
from courses.seats.places import lock_workshop
from kit.forms.seen import Facts, check_seen
from kit.guard.acting import who_acts
from kit.local import locales
from kit.local.times import moment_label

HELP = locales.said(
    "Anything that would help. Only the organisers read it, and one of them writes back to you before the workshop."
)


def facts_seen(ticket: Ticket) -> Facts:
    """An answer to other words, or to somebody else, is none."""
    return {
        "attendee": ["who comes", f"{ticket.attendee_name}, {ticket.attendee_email}"],
        "needs": ["access needs", ticket.access_needs],
    }


def mark_answered(ticket: Ticket, *, seen: str, why: str = "") -> bool:
    """False if somebody said so already, or there is nothing to answer. Raises kit.forms.seen.ChangedMeanwhile."""
    with transaction.atomic():
        lock_workshop(ticket.workshop_id)
        locked = Ticket.objects.select_for_update().get(pk=ticket.pk)
        if not locked.needs_wait:
            return False
        check_seen(seen, facts_seen(locked))
        locked.needs_answered_at = timezone.now()
        locked.needs_answered_by = User.objects.filter(pk=who_acts().user_id).first()
        locked.save(update_fields=["needs_answered_at", "needs_answered_by"])
        audit.record(locked, before="access needs wait", after="access needs answered", reason=why)
    return True


def standing(ticket: Ticket) -> str:
    """In words for the desk."""
    if ticket.needs_answered_at:
        who = ticket.needs_answered_by
        by = who.get_short_name() if who else "somebody of the team"
        return f"answered by {by}, {moment_label(ticket.needs_answered_at, ticket.workshop.time_zone)}"
    return "no answer yet" if ticket.needs_wait else ""
