"""A therapist's own record of training: our certificates by themselves, entries from elsewhere, and their thoughts."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from kit.database.locks import lock
from learning.certificates import facts
from learning.models import Certificate, CpdEntry
from practice.models import Practice

MOST_ENTRIES = 2000  # of one person, so that no page and no file grows without end
FIRST_YEAR = 2000


class TooMany(Exception):
    """Nobody has so many; somebody plays with the form."""


@dataclass(frozen=True)
class Line:
    """One thing that was done, from wherever it is known."""

    done_on: date
    title: str
    provider: str
    kind: str
    hours: Decimal
    certificate: Certificate | None = None
    entry: CpdEntry | None = None
    name: str = ""  # on the certificate, if it is not the name of the account

    @property
    def kind_words(self) -> str:
        return CpdEntry.Kind(self.kind).label

    @property
    def hours_words(self) -> str:
        return facts.shown(self.hours)

    @property
    def words(self) -> tuple[str, str, str]:
        """Plan, review, reflection."""
        return (self.entry.plan, self.entry.review, self.entry.reflection) if self.entry else ("", "", "")

    @property
    def has_words(self) -> bool:
        return any(self.words)


@dataclass(frozen=True)
class Year:
    """Lines of a year in order, the latest first."""

    year: int
    lines: list[Line]

    @property
    def total(self) -> str:
        return facts.shown(_hours(self.lines))

    @property
    def by_kind(self) -> list[tuple[str, str]]:
        kinds = [(kind, [line for line in self.lines if line.kind == kind]) for kind in CpdEntry.Kind.values]
        return [(CpdEntry.Kind(kind).label, facts.shown(_hours(lines))) for kind, lines in kinds if lines]


def years_of(user: User) -> list[Year]:
    """All that there is, by calendar year, the latest year first."""
    lines = sorted(_lines(user), key=lambda line: (line.done_on, line.title), reverse=True)
    years = sorted({line.done_on.year for line in lines}, reverse=True)
    return [Year(year, [line for line in lines if line.done_on.year == year]) for year in years]


def year_of(user: User, year: int) -> Year:
    return next((each for each in years_of(user) if each.year == year), Year(year, []))


def certificates_of(user: User) -> list[Certificate]:
    """Valid ones of places under the addresses that this account has confirmed. None of a series: the hours of its
    workshops are there already."""
    addresses = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    theirs = Q(pk=None)
    for address in addresses:
        theirs |= Q(ticket__attendee_email__iexact=address)
    return list(Certificate.objects.of_places().valid().filter(theirs).select_related("ticket"))


@transaction.atomic
def add_entry(user: User, *, key: UUID, values: dict[str, Any]) -> CpdEntry:
    """The same key finds the first. Raises TooMany."""
    lock(User.objects, user.pk)
    if found := CpdEntry.objects.filter(user=user, key=key).first():
        return found
    if CpdEntry.objects.filter(user=user).count() >= MOST_ENTRIES:
        raise TooMany
    return CpdEntry.objects.create(user=user, key=key, **values)


def change_entry(entry: CpdEntry, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(entry, name, value)
    entry.save(update_fields=list(values))


def note_words(user: User, certificate: Certificate, values: dict[str, Any]) -> None:
    """What somebody thinks of what a certificate is for; without a word, nothing is kept."""
    if not any(values.values()):
        CpdEntry.objects.filter(user=user, certificate=certificate).delete()
        return
    CpdEntry.objects.update_or_create(user=user, certificate=certificate, defaults=values)


def today() -> date:
    return Practice.current().today()


def _lines(user: User) -> Iterable[Line]:
    entries = list(CpdEntry.objects.filter(user=user))
    about = {each.certificate_id: each for each in entries if each.certificate_id}
    for certificate in _one_for_each_workshop(user, about):
        stands = facts.read(certificate.facts)
        yield Line(
            done_on=certificate.completed_on,
            title=stands.course,
            provider=stands.trading_name,
            kind=certificate.kind,
            hours=certificate.hours,
            certificate=certificate,
            entry=about.get(certificate.pk),
            name=certificate.name if user.name and not _is_named(certificate, user) else "",
        )
    for each in entries:
        if each.certificate_id is None and each.done_on and each.hours:
            yield Line(each.done_on, each.title, each.provider, each.kind, each.hours, entry=each)


def _one_for_each_workshop(user: User, about: Container[int]) -> Iterable[Certificate]:
    """Nobody was there twice: whoever booked for a colleague by their own address has two. What they wrote something
    about comes first, then what is in their name, then the first place."""
    found: dict[int, Certificate] = {}
    theirs = certificates_of(user)
    for each in sorted(theirs, key=lambda one: (one.pk not in about, not _is_named(one, user), one.ticket_id)):
        found.setdefault(each.ticket.workshop_id, each)
    return found.values()


def _is_named(certificate: Certificate, user: User) -> bool:
    return certificate.name.split() == user.name.split()


def _hours(lines: Iterable[Line]) -> Decimal:
    return sum((line.hours for line in lines), Decimal())
