"""All that stands on a certificate, taken down once: later changes of course, practice or people are not on it."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from courses.models import Course, Ticket, Workshop
from kit.guard.privacy import ERASED
from kit.local.times import city_of, long_day
from kit.texts.sentences import listed
from learning.attended import AttendanceSum
from learning.models import Accreditation, Certificate
from practice.models import Practice

HALVES = 2


@dataclass(frozen=True)
class CertificateFacts:
    """Days are the organiser's, in words; the minutes are the evidence and are printed nowhere."""

    course: str
    workshop: str
    days: tuple[str, ...]
    city: str
    presenters: tuple[str, ...]
    aims: tuple[str, ...]
    provider: str
    trading_name: str
    address: str
    legal_line: str
    email: str
    issued_on: str
    signed_by: str
    accreditations: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()  # of a series: each workshop, with its hours and how it was attended
    minutes: int = 0
    of_minutes: int = 0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def read(stored: dict[str, Any]) -> CertificateFacts:
    """What a certificate's row holds; words that this version does not know are left out."""
    known = {each.name for each in fields(CertificateFacts)}
    return CertificateFacts(**{name: _read(value) for name, value in stored.items() if name in known})


def facts_of(ticket: Ticket, *, completed_on: date, attended: AttendanceSum | None = None) -> CertificateFacts:
    """`attended` only for what was attended live."""
    workshop, course, practice = ticket.workshop, ticket.workshop.course, Practice.current()
    people = list(course.presenters.all())
    return CertificateFacts(
        course=course.title,
        workshop=workshop.slug,
        days=tuple(long_day(each.day) for each in workshop.session_list),
        city=city_of(workshop.time_zone),
        presenters=tuple(_with_role(person.name, person.role) for person in people),
        aims=tuple(course.aim_lines),
        provider=practice.legal_name,
        trading_name=practice.name,
        address="" if practice.is_at_registered_office else practice.address,
        legal_line=practice.legal_line,
        email=practice.email,
        issued_on=long_day(practice.today()),
        signed_by=people[0].name if people else practice.name,
        accreditations=tuple(_sentences(course, completed_on)),
        minutes=attended.minutes if attended else 0,
        of_minutes=attended.of_minutes if attended else 0,
    )


def facts_of_whole(title: str, slug: str, parts: Sequence[Certificate]) -> CertificateFacts:
    """Of a series, from what stands on the certificates of its parts. A body is named if it has granted each."""
    stand, practice = [read(each.facts) for each in parts], Practice.current()
    granted = [
        sentence for sentence in stand[0].accreditations if all(sentence in each.accreditations for each in stand)
    ]
    return CertificateFacts(
        course=title,
        workshop=slug,
        days=_each_once(day for each in stand for day in each.days),
        city=listed(_each_once(each.city for each in stand)),
        presenters=_each_once(person for each in stand for person in each.presenters),
        aims=(),
        provider=practice.legal_name,
        trading_name=practice.name,
        address="" if practice.is_at_registered_office else practice.address,
        legal_line=practice.legal_line,
        email=practice.email,
        issued_on=long_day(practice.today()),
        signed_by=stand[0].signed_by,
        accreditations=tuple(granted),
        parts=tuple(_part_words(each, read(each.facts)) for each in parts),
        minutes=sum(each.minutes for each in stand),
        of_minutes=sum(each.of_minutes for each in stand),
    )


def hours_of(workshop: Workshop) -> Decimal:
    """Hours of teaching, breaks left out, in whole and half hours: what is left over is not rounded up."""
    return (workshop.course.cpd_hours * HALVES).to_integral_value(ROUND_FLOOR) / HALVES


def shown(hours: Decimal) -> str:
    """`5`, `5.5`"""
    return f"{hours.normalize():f}"


def initials(name: str) -> str:
    """All that a stranger with the number is shown of whose it is: the first letter of each word."""
    return "" if name == ERASED else " ".join(word[0].upper() for word in name.split() if word[0].isalpha())


def context_of(certificate: Certificate) -> dict[str, Any]:
    """What page and PDF show alike."""
    return {"certificate": certificate, "facts": read(certificate.facts), "hours": shown(certificate.hours)}


def _read(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _each_once(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def _part_words(certificate: Certificate, stands: CertificateFacts) -> str:
    hours = f"{shown(certificate.hours)} hour{'' if certificate.hours == 1 else 's'}"
    return f"{stands.course}: {listed(stands.days)}; {hours}, {certificate.get_kind_display()}"


def _with_role(name: str, role: str) -> str:
    return f"{name}, {role}" if role else name


def _sentences(course: Course, day: date) -> list[str]:
    """Of what was granted for this course, or for all, and was good on that day."""
    granted = Accreditation.objects.filter(valid_from__lte=day, valid_to__gte=day)
    return [each.sentence for each in granted if each.course_id in {None, course.pk}]
