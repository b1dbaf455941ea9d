"""A file of Zoom's becomes rows of who was there. Nothing is stored until somebody has seen what it says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncSecond
from django.utils import timezone

from accounts import audit
from courses.models import Session
from kit.database.locks import lock
from kit.guard.addresses import benefit_key
from meetings.models import Presence
from meetings.reports import store_presences
from meetings.zoom_files import ReadStay


@dataclass(frozen=True)
class UploadedFile:
    """Rows that were stored in one second: what a file told that none before it had told."""

    stored_at: datetime
    rows: int


@transaction.atomic
def store_file(session: Session, stays: Sequence[ReadStay]) -> int:
    """How many rows are new; what was uploaded before is not noted twice. It stands in the session's history."""
    lock(Session.objects, session.pk)  # or of two presses at once each counts what the other has stored
    now = timezone.now()
    rows = [
        Presence(
            recorded_at=now,
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


def files_of(session: Session) -> list[UploadedFile]:
    """The first one first."""
    seconds = _uploaded(session).annotate(second=TruncSecond("recorded_at", tzinfo=UTC)).order_by("second")
    return [UploadedFile(*each) for each in seconds.values_list("second").annotate(rows=Count("pk"))]


@transaction.atomic
def take_back(session: Session, file: UploadedFile, *, because: str) -> int:
    """Its rows go, of how many that is; the right file may be uploaded then."""
    until = file.stored_at + timedelta(seconds=1)
    found = _uploaded(session).filter(recorded_at__gte=file.stored_at, recorded_at__lt=until).delete()[0]
    if found:
        audit.record(session, before="report uploaded", after=f"taken back, rows: {found}", reason=because)
    return found


def known_addresses(session: Session) -> set[str]:
    """By which somebody of the session may be known, however it is written."""
    emails = session.workshop.tickets.confirmed().values_list("attendee_email", flat=True)
    return {benefit_key(email) for email in emails if email}


def _uploaded(session: Session) -> QuerySet[Presence]:
    return Presence.objects.filter(session=session, source=Presence.Source.FILE)
