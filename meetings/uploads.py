"""A file of Zoom's becomes rows of who was there. Nothing is stored until somebody has seen what it says."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet

from accounts import audit
from courses.models import Session
from kit.addresses import benefit_key
from meetings.models import Presence
from meetings.reports import store_presences
from meetings.zoom_files import ReadStay


@transaction.atomic
def store_file(session: Session, stays: Sequence[ReadStay]) -> int:
    """How many rows are new; what was uploaded before is not noted twice. It stands in the session's history."""
    rows = [
        Presence(
            session=session,
            source=Presence.Source.FILE,
            name=each.name,
            email=each.email,
            joined_at=each.joined_at,
            left_at=each.left_at,
        )
        for each in stays
    ]
    found = store_presences(rows)
    if found:
        audit.record(session, after="report uploaded", reason=f"Rows of who was there: {found}")
    return found


def uploaded(session: Session) -> QuerySet[Presence]:
    """Rows that came by a file."""
    return Presence.objects.filter(session=session, source=Presence.Source.FILE)


@transaction.atomic
def take_back(session: Session, *, because: str) -> int:
    """The rows of all files go, of how many that is; the right file may be uploaded then."""
    found = uploaded(session).delete()[0]
    if found:
        audit.record(session, before="report uploaded", after=f"taken back, rows: {found}", reason=because)
    return found


def known_addresses(session: Session) -> set[str]:
    """By which somebody of the session may be known, however it is written."""
    emails = session.workshop.tickets.confirmed().values_list("attendee_email", flat=True)
    return {benefit_key(email) for email in emails if email}
