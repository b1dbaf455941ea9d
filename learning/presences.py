"""Who was in the meeting of a session, and when: raw rows brought together, and each given to the place it fits.

A registrant's number proves who somebody is, and so does the address of exactly one place. A name proves nothing.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import AuditEntry
from courses.models import Session, Ticket, TicketType
from kit.guard.addresses import benefit_key, email_key
from kit.guard.privacy import ERASED
from learning.attended import Interval, minutes_of
from learning.models import Recognition
from meetings.models import Host, Presence, Registrant
from meetings.reports import is_told

SAID, SAID_BEFORE = "said at the desk", "said of another session"


@dataclass(frozen=True)
class Who:
    """Somebody as Zoom names them."""

    registrant: str
    email: str
    name: str

    def __str__(self) -> str:
        return self.name or self.email or f"registrant {self.registrant}"


@dataclass(frozen=True)
class Stay:
    """Somebody's time in a meeting; without a ticket and not `is_known`, nobody has said yet who that was."""

    who: Who
    intervals: list[Interval]
    were_two: bool
    ticket: Ticket | None = None
    how: str = ""

    @property
    def is_known(self) -> bool:
        return bool(self.how)

    @property
    def is_said(self) -> bool:
        return self.how in (SAID, SAID_BEFORE)

    @property
    def minutes(self) -> int:
        return minutes_of(self.intervals)


def tickets_of(session: Session) -> list[Ticket]:
    """The places that count: booked, and live. What was counted of somebody stays as it is once they are erased."""
    return list(counted(Ticket.objects.filter(workshop=session.workshop_id)).order_by("attendee_name", "pk"))


def counted(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    live = tickets.filter(status=Ticket.Status.CONFIRMED, access=TicketType.Access.LIVE)
    return live.exclude(attendee_name=ERASED)


def stays_in(session: Session, tickets: Sequence[Ticket], said: Iterable[Recognition] = ()) -> list[Stay]:
    """Everybody who was in a meeting of the session, in the order in which they came."""
    rows: dict[Who, list[Presence]] = defaultdict(list)
    for each in _rows(session):
        rows[Who(each.registrant, each.email, each.name)].append(each)
    known = _Known(session, tickets, said)
    return [_stay(session, who, found, *known.find(who)) for who, found in rows.items()]


def basis_of(session: Session, tickets: Sequence[Ticket], said: Iterable[Recognition]) -> str:
    """A digest of all that is counted. Names and addresses of the rows are not in it: they change only when somebody is
    erased, and what was counted of them stays."""
    rows = [(each.pk, _seconds(each.joined_at), _seconds(each.left_at)) for each in _rows(session)]
    hours = (_seconds(session.starts_at), _seconds(session.ends_at))
    facts = (hours, is_told(session), rows, _Known(session, tickets, said).facts())
    return sha256(repr(facts).encode()).hexdigest()


def union(intervals: Iterable[Interval], *, within: Session) -> list[Interval]:
    """Without overlaps and in order, cut to the session."""
    merged: list[Interval] = []
    for start, end in sorted(intervals):
        start, end = max(start, within.starts_at), min(end, within.ends_at)
        if start >= end:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def likely(stay: Stay, tickets: Iterable[Ticket]) -> Ticket | None:
    """For a person to say yes to: the only place whose attendee has the same words in the name."""
    words = _words(stay.who.name)
    found = [each for each in tickets if words and _words(each.attendee_name) == words]
    return found[0] if len(found) == 1 else None


class _Known:
    """What tells who somebody is, in the order in which it counts."""

    def __init__(self, session: Session, tickets: Sequence[Ticket], said: Iterable[Recognition]) -> None:
        self.by_pk = {ticket.pk: ticket for ticket in tickets}
        self.said = {Who(each.registrant, each.email, each.name): each.ticket_id for each in said}
        self.numbers, self.addresses = registrants_of(session)
        self.hosts = {benefit_key(email) for email in Host.objects.values_list("email", flat=True)}
        self.nobody = nobody_before(session)
        self.by_key: dict[str, list[Ticket]] = defaultdict(list)
        self.earlier = addresses_then(session, tickets)
        for ticket in tickets:
            for key in {benefit_key(each) for each in self._addresses_of(ticket)}:
                self.by_key[key].append(ticket)

    def find(self, who: Who) -> tuple[Ticket | None, str]:
        if who in self.said:
            return self.by_pk.get(self.said[who] or 0), SAID
        registered = self.numbers.get(who.registrant) or self.addresses.get(email_key(who.email))
        if ticket := self.by_pk.get(registered or 0):
            return ticket, "by their own link"
        if who.email and (ticket := self._of_address(who.email)):
            return ticket, "by their address"
        if who.name.startswith(f"{ERASED} "):
            return None, "erased"
        return None, self._who_had_not_booked(benefit_key(who.email)) if who.email else ""

    def _who_had_not_booked(self, key: str) -> str:
        return "a host" if key in self.hosts else SAID_BEFORE if key in self.nobody else ""

    def facts(self) -> list[object]:
        """In an order that is always the same."""
        keys = [(key, [ticket.pk for ticket in found]) for key, found in self.by_key.items()]
        addresses = [(ticket.pk, self._addresses_of(ticket)) for ticket in self.by_pk.values()]
        said = [(str(who.registrant), who.email, who.name, pk) for who, pk in self.said.items()]
        known = (keys, addresses, said, self.numbers.items(), self.addresses.items(), self.hosts, self.nobody)
        return [sorted(each, key=repr) for each in known]

    def _of_address(self, email: str) -> Ticket | None:
        """Several people may have one mailbox: then only the address as it is written tells, if it tells."""
        found = self.by_key.get(benefit_key(email), [])
        if len(found) > 1:
            found = [each for each in found if email_key(email) in map(email_key, self._addresses_of(each))]
        return found[0] if len(found) == 1 else None

    def _addresses_of(self, ticket: Ticket) -> list[str]:
        return [ticket.attendee_email, *self.earlier.get(ticket.pk, [])]


def addresses_then(session: Session, tickets: Sequence[Ticket]) -> dict[int, list[str]]:
    """By place, the addresses that its attendee had during the session and that were corrected since. What was changed
    before it is nobody's who came: the place may have been somebody else's."""
    changes = AuditEntry.objects.filter(
        model=Ticket._meta.label_lower,
        object_id__in=[ticket.pk for ticket in tickets],
        at__gte=session.starts_at,
        changes__has_key="attendee_email",
    )
    found: dict[int, list[str]] = defaultdict(list)
    for pk, columns in changes.values_list("object_id", "changes"):
        found[pk].append(columns["attendee_email"][0])
    return found


def nobody_before(session: Session) -> set[str]:
    """Whose addresses they are who came to other sessions of the course and had not booked, by the latest word of the
    desk: its presenters, who need not be said again after each session."""
    rows = Recognition.objects.filter(sheet__session__workshop__course=session.workshop.course_id).exclude(email="")
    others = rows.exclude(sheet__session=session).order_by("sheet__session__starts_at", "pk")
    latest = {benefit_key(email): ticket for email, ticket in others.values_list("email", "ticket")}
    return {key for key, ticket in latest.items() if ticket is None}


def registrants_of(session: Session) -> tuple[dict[str, int], dict[str, int]]:
    """Whose place each registrant of the meeting has, by Zoom's number and by the address that Zoom knows."""
    rows = Registrant.objects.filter(meeting__session=session).exclude(number="")
    their_own = rows.exclude(ended_at__lt=session.starts_at)  # since then it was somebody else's place
    known = list(their_own.values_list("number", "address", "ticket"))
    return (
        {number: ticket for number, _, ticket in known},
        {email_key(address): ticket for _, address, ticket in known},
    )


def _rows(session: Session) -> QuerySet[Presence]:
    """What was told while it went on is a first word: of a run whose report was read, that alone counts."""
    run = Presence.objects.filter(session=session, source=Presence.Source.REPORT, instance=OuterRef("instance"))
    return Presence.objects.filter(session=session).exclude(Exists(run), source=Presence.Source.WEBHOOK)


def _seconds(moment: datetime) -> float:
    return moment.timestamp()


def _stay(session: Session, who: Who, rows: list[Presence], ticket: Ticket | None, how: str) -> Stay:
    intervals = union([(each.joined_at, each.left_at) for each in rows], within=session)
    return Stay(who, intervals, _were_two(rows), ticket, how)


def _were_two(rows: list[Presence]) -> bool:
    """The same source tells of two times at once: two devices, or two people of one name."""
    latest: dict[str, datetime] = {}
    for each in sorted(rows, key=lambda row: row.joined_at):
        if (before := latest.get(each.source)) and each.joined_at < before:
            return True
        latest[each.source] = max(each.left_at, latest.get(each.source, each.left_at))
    return False


def _words(name: str) -> frozenset[str]:
    return frozenset(unicodedata.normalize("NFKC", name).casefold().replace(".", " ").split())
