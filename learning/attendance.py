"""How long people were there: counted by the worker from what Zoom tells, corrected by the desk with a reason."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import timedelta

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts import history
from courses.models import Session, Ticket, Workshop
from kit.work.rounds import do_for_each
from learning.attended import Interval, minutes_of
from learning.models import Attendance, AttendanceSheet, Recognition
from learning.presences import Stay, Who, basis_of, counted, stays_in, tickets_of, union
from meetings import uploads
from meetings.reports import is_told
from meetings.uploads import UploadedFile

COUNTED_FOR = timedelta(days=60)  # after a session; what comes later, a person enters


def count_due() -> int:
    """For the worker: sessions that are over and not counted yet, or of which Zoom has told more since."""
    more = ~Q(rows=F("attendance_sheet__presences"))
    ended = Q(attendance_sheet__is_told=False, meeting__ended_at__gt=F("starts_at"))
    due = (
        _over()
        .annotate(rows=Count("presences", distinct=True))
        .filter(Q(attendance_sheet=None) | more | ended | Exists(_uncounted_places()))
    )
    return do_for_each(list(due), count_session)


def count_changed() -> int:
    """For the worker: sessions that were counted of something else than stands there now. An address of a place was
    corrected, the hours were, or rows were taken away."""
    sheets = AttendanceSheet.objects.filter(session__in=_over()).select_related("session__workshop").order_by("pk")
    return do_for_each(list(sheets), _count_if_changed)


@transaction.atomic
def count_session(session: Session) -> int:
    """Writes the minutes of everybody who has a live place; what the desk has corrected stays."""
    sheet = locked_sheet(AttendanceSheet.objects.get_or_create(session=session)[0].pk)
    tickets = tickets_of(session)
    # What comes while it is counted is not in these yet: it is counted in the next round.
    sheet.basis = basis_of(session, tickets, sheet.recognitions.all())
    sheet.presences = session.presences.count()
    sheet.is_told = is_told(session)
    stays = stays_in(session, tickets, sheet.recognitions.all())
    _store(session, tickets, minutes_by_ticket(session, stays))
    sheet.counted_at = timezone.now()
    sheet.unknown = sum(1 for stay in stays if not stay.is_known and stay.intervals)
    sheet.save(update_fields=["basis", "counted_at", "presences", "is_told", "unknown"])
    return 1


def locked_sheet(pk: int) -> AttendanceSheet:
    return AttendanceSheet.objects.select_for_update().get(pk=pk)


@transaction.atomic
def recognise(sheet: AttendanceSheet, said: dict[Who, Ticket | None], *, undecided: Iterable[Who] = ()) -> None:
    """Somebody at the desk knows who these were: they are counted, and so is whatever else is told of them. Of the
    undecided it was said, and is taken back."""
    locked_sheet(sheet.pk)
    for who in undecided:
        rows = list(_recognitions(sheet, who))
        history.record_deleted(rows)
        _recognitions(sheet, who).delete()
    for who, ticket in said.items():
        _say(sheet, who, ticket)
    count_session(sheet.session)


@transaction.atomic
def take_upload_back(sheet: AttendanceSheet, file: UploadedFile, *, because: str) -> int:
    """How many rows it had told; minutes are counted without them at once."""
    locked_sheet(sheet.pk)
    gone = uploads.take_back(sheet.session, file, because=because)
    count_session(sheet.session)
    return gone


@transaction.atomic
def credit(sheet: AttendanceSheet, tickets: Iterable[Ticket], *, because: str) -> int:
    """These were there for the whole session, as somebody at the desk says; returns of how many that is news."""
    count_session(sheet.session)
    session, done = sheet.session, 0
    whole = minutes_of([(session.starts_at, session.ends_at)])
    for row in Attendance.objects.select_for_update().filter(session=session, ticket__in=list(tickets)):
        if row.minutes_there >= whole:
            continue
        with history.recording(row, reason=because):
            row.corrected_minutes, row.corrected_because = whole, because
            row.save(update_fields=["corrected_minutes", "corrected_because"])
        done += 1
    return done


def minutes_by_ticket(session: Session, stays: Iterable[Stay]) -> dict[int, int]:
    """Somebody who came in by computer and by phone was there once."""
    intervals: dict[int, list[Interval]] = defaultdict(list)
    for stay in stays:
        if stay.ticket:
            intervals[stay.ticket.pk] += stay.intervals
    return {pk: minutes_of(union(found, within=session)) for pk, found in intervals.items()}


def _say(sheet: AttendanceSheet, who: Who, ticket: Ticket | None) -> None:
    if found := _recognitions(sheet, who).first():
        with history.recording(found):
            found.ticket = ticket
            found.save(update_fields=["ticket"])
    else:
        history.record_added(Recognition.objects.create(sheet=sheet, ticket=ticket, **asdict(who)))


def _recognitions(sheet: AttendanceSheet, who: Who) -> QuerySet[Recognition]:
    return sheet.recognitions.filter(**asdict(who))


def _count_if_changed(sheet: AttendanceSheet) -> int:
    session = sheet.session
    is_as_counted = basis_of(session, tickets_of(session), sheet.recognitions.all()) == sheet.basis
    return 0 if is_as_counted else count_session(session)


def _over() -> QuerySet[Session]:
    now = timezone.now()
    ended = Session.objects.filter(ends_at__lte=now, ends_at__gt=now - COUNTED_FOR)
    return ended.filter(workshop__status=Workshop.Status.PUBLISHED).order_by("pk")


def _uncounted_places() -> QuerySet[Ticket]:
    """Live places of a session's workshop that came after it was counted."""
    live = counted(Ticket.objects.filter(workshop=OuterRef("workshop")))
    return live.filter(~Exists(Attendance.objects.filter(ticket=OuterRef("pk"), session=OuterRef(OuterRef("pk")))))


def _store(session: Session, tickets: Sequence[Ticket], minutes: dict[int, int]) -> None:
    rows = [Attendance(ticket=each, session=session, minutes=minutes.get(each.pk, 0)) for each in tickets]
    Attendance.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["ticket", "session"], update_fields=["minutes"]
    )
