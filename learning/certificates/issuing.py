"""Certificates are issued by the worker as soon as their rule is met; at the desk they are corrected and revoked."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts import audit
from courses.models import Ticket, Workshop
from kit.forms.seen import Facts, check_seen
from kit.work.rounds import do_for_each
from learning.certificates.facts import facts_of, hours_of, shown
from learning.certificates.rules import Outcome, outcome_of, outcomes_of
from learning.certificates.wholes import (
    Whole,
    bought_whole,
    make_whole,
    order_of,
    says_the_same,
    whole_beside,
    whole_of,
)
from learning.models import Attendance, Certificate, CpdEntry, FeedbackGiven, RecordingView
from orders.models import Order, OrderLine
from outbox.post import on, queue_message
from practice.models import Practice

LOOKED_AT_FOR = timedelta(days=180)  # after a workshop: the recording, and whoever answers late
LATELY = timedelta(days=7)  # what is older is looked at less often
ISSUED, REVOKED, REPLACED = "issued", Certificate.Status.REVOKED, Certificate.Status.REPLACED


class NotEarned(Exception):
    """The rule is not met; the words say what is missing."""


class NotValidAnyMore(Exception):
    """Somebody else revoked or replaced it."""


def issue_due() -> int:
    """For the worker: one for each place whose rule is met and which has none. Returns how many."""
    return do_for_each(_over(having=_there_or_watched(_without())), issue_all)


def issue_recent() -> int:
    """The same where a workshop was over lately, or where somebody watched or answered since. Most change no more."""
    return do_for_each(_over(having=_moved(_without(), since=timezone.now() - LATELY)), issue_all)


def with_places_left(workshops: QuerySet[Workshop], *, moved_since: datetime) -> QuerySet[Workshop]:
    """Those where somebody has no certificate, and where something that it waits for has happened since then."""
    return _with_any(_moved(_without(), since=moved_since), workshops)


def without_certificate(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Of these places; revoked ones count: who lost one gets no other by itself."""
    return tickets.filter(~Exists(Certificate.objects.of_places().latest().filter(ticket=OuterRef("pk"))))


def issue_all(workshop: Workshop) -> int:
    tickets = list(_without().filter(workshop=workshop).order_by("pk"))
    outcomes = outcomes_of(workshop, tickets)
    return do_for_each([ticket for ticket in tickets if outcomes[ticket.pk].is_met], issue)


@transaction.atomic
def issue(ticket: Ticket) -> int:
    """Returns 0 if it has one, or if its place ended meanwhile."""
    locked = locked_ticket(ticket.pk)
    outcome = outcome_of(locked)
    if not outcome.is_met or Certificate.objects.of_places().latest().filter(ticket=locked).exists():
        return 0
    made = _make(locked, outcome, name=locked.attendee_name, version=1)
    audit.record(made, after=ISSUED)
    tell_ready(made)
    return 1


def issue_wholes() -> int:
    """For the worker: for each series that was bought and is over, as its places stand by now. Returns how many."""
    now, own = timezone.now(), Certificate.objects.filter(order=OuterRef("pk"), replaced_at=None)
    places = Ticket.objects.confirmed()
    over = places.filter(workshop__ends_at__lte=now, workshop__ends_at__gt=now - LOOKED_AT_FOR)
    to_come = places.filter(Q(workshop__ends_at__gt=now) | Q(workshop__ends_at=None))
    goes_on = OrderLine.objects.filter(order=OuterRef("pk"), ticket__in=to_come)
    bought = bought_whole(over).filter(~Exists(own), ~Exists(goes_on), paid_at__isnull=False)
    return do_for_each(bought.order_by("pk"), issue_whole)


@transaction.atomic
def issue_whole(order: Order) -> int:
    """Returns 0 if it has one, or if a part of it has none."""
    whole = _locked_whole(order)
    if not whole.is_met or Certificate.objects.filter(order=order, replaced_at=None).exists():
        return 0
    made = make_whole(whole, name=whole.certificates[-1].name, version=1)
    audit.record(made, after=ISSUED)
    tell_ready(made)
    return 1


@transaction.atomic
def reissue(certificate: Certificate, *, name: str, seen: str, why: str) -> Certificate:
    """A new one, with a new number and all facts as they are now, in the place of this one; its holder is told. So is
    that of the whole series, where what it says is not what its parts say any more.

    Raises ChangedMeanwhile, NotValidAnyMore and NotEarned.
    """
    if order := certificate.order or order_of(certificate.ticket):
        _locked_whole(order)
    locked = _locked(certificate, seen)
    if blocks := blocks_of(locked):
        raise NotEarned(" ".join(blocks))
    made = _replace(locked, name=name, why=why)
    if beside := whole_beside(locked):
        _bring_along(beside, name=name if name != locked.name else beside.name, why=why)
    return made


@transaction.atomic
def revoke(certificate: Certificate, *, seen: str, why: str) -> None:
    """Raises ChangedMeanwhile and NotValidAnyMore."""
    locked = _locked(certificate, seen)
    if not locked.is_valid:
        raise NotValidAnyMore
    locked.revoked_at, locked.because = timezone.now(), why
    locked.save(update_fields=["revoked_at", "because"])
    locked.files.all().delete()
    audit.record(locked, before=Certificate.Status.VALID, after=REVOKED, reason=why)


def blocks_of(certificate: Certificate) -> tuple[str, ...]:
    """What stands in the way of another like it; nothing if its rule is met."""
    return whole_of(certificate.order).blocks if certificate.order else outcome_of(ticket_of(certificate)).blocks


def facts_seen(certificate: Certificate) -> Facts:
    return {
        "status": ["status", certificate.status_words],
        "name": ["name", certificate.name],
        "attendee": ["name of the place", certificate.ticket.attendee_name],
    }


def locked_ticket(pk: int) -> Ticket:
    """Whoever cancels a place waits for this, or this for them."""
    locked = Ticket.objects.select_for_update().get(pk=pk)
    locked.workshop = Workshop.objects.select_related("course").get(pk=locked.workshop_id)
    return locked


def ticket_of(certificate: Certificate) -> Ticket:
    """With its workshop and course, for the rule."""
    return Ticket.objects.select_related("workshop__course").get(pk=certificate.ticket_id)


def tell_ready(certificate: Certificate) -> None:
    queue_message(
        key=f"certificate:{certificate.pk}",
        about=on(certificate.ticket),
        to=certificate.ticket.attendee_email,
        template="learning/certificate_ready",
        context={
            "certificate": certificate,
            "what_for": certificate.what_for,
            "hours": shown(certificate.hours),
            "page": settings.SITE_URL + certificate.get_absolute_url(),
        },
        reply_to=Practice.current().email,
    )


def verify_url(certificate: Certificate) -> str:
    """What the QR code holds."""
    return f"{settings.SITE_URL}/verify/{certificate.serial}/"


def _over(*, having: QuerySet[Ticket]) -> QuerySet[Workshop]:
    """Workshops that are over, with any of these places, which may still bring a certificate."""
    now = timezone.now()
    over = Workshop.objects.filter(ends_at__lte=now, ends_at__gt=now - LOOKED_AT_FOR, status=Workshop.Status.PUBLISHED)
    return _with_any(having, over).select_related("course").order_by("pk")


def _with_any(places: QuerySet[Ticket], workshops: QuerySet[Workshop]) -> QuerySet[Workshop]:
    return workshops.filter(Exists(places.filter(workshop=OuterRef("pk"))))


def _moved(places: QuerySet[Ticket], *, since: datetime) -> QuerySet[Ticket]:
    """Whose workshop ended, who watched, or who answered since."""
    watched = RecordingView.objects.filter(ticket=OuterRef("pk"), opened_at__gt=since)
    answered = FeedbackGiven.objects.filter(ticket=OuterRef("pk"), given_at__gt=since)
    return places.filter(Q(workshop__ends_at__gt=since) | Q(Exists(watched)) | Q(Exists(answered)))


def _there_or_watched(places: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Whoever did neither gets none, whatever else the rule asks, and they are most of those who have none."""
    was_there = Q(minutes__gt=0) | Q(corrected_minutes__gt=0)
    attended = Attendance.objects.filter(was_there, ticket=OuterRef("pk"))
    return places.filter(Exists(attended) | Exists(RecordingView.objects.filter(ticket=OuterRef("pk"))))


def _without() -> QuerySet[Ticket]:
    """Booked places."""
    return without_certificate(Ticket.objects.confirmed().exclude(attendee_email=""))


def _locked(certificate: Certificate, seen: str) -> Certificate:
    ticket = locked_ticket(certificate.ticket_id)
    locked = Certificate.objects.select_for_update().get(pk=certificate.pk)
    locked.ticket = ticket
    check_seen(seen, facts_seen(locked))
    if locked.replaced_at:
        raise NotValidAnyMore
    return locked


def _locked_whole(order: Order) -> Whole:
    """Read again once its places are locked."""
    places = [each.ticket.pk for each in whole_of(order).parts]
    list(Ticket.objects.select_for_update().filter(pk__in=places).order_by("pk"))
    return whole_of(order)


def _replace(locked: Certificate, *, name: str, why: str) -> Certificate:
    before = locked.status
    locked.replaced_at, locked.because = timezone.now(), why
    locked.save(update_fields=["replaced_at", "because"])
    locked.files.all().delete()
    made = _make_anew(locked, name=name)
    CpdEntry.objects.filter(certificate=locked).update(certificate=made)  # what they noted of it stays in their record
    audit.record(locked, before=before, after=REPLACED, reason=why)
    audit.record(made, after=ISSUED, reason=why)
    tell_ready(made)
    return made


def _bring_along(certificate: Certificate, *, name: str, why: str) -> None:
    """That of the whole. The places must be locked."""
    assert certificate.order
    whole = whole_of(certificate.order)
    if whole.is_met and not (name == certificate.name and says_the_same(certificate, whole)):
        _replace(certificate, name=name, why=why)


def _make_anew(certificate: Certificate, *, name: str) -> Certificate:
    version = certificate.version + 1
    if certificate.order:
        return make_whole(_locked_whole(certificate.order), name=name, version=version)
    return _make(certificate.ticket, outcome_of(certificate.ticket), name=name, version=version)


def _make(ticket: Ticket, outcome: Outcome, *, name: str, version: int) -> Certificate:
    if outcome.completed_on is None:
        raise NotEarned
    facts = facts_of(ticket, completed_on=outcome.completed_on, attended=outcome.attended)
    return Certificate.objects.create(
        ticket=ticket,
        version=version,
        name=name,
        kind=outcome.kind,
        hours=hours_of(ticket.workshop),
        completed_on=outcome.completed_on,
        facts=facts.as_json(),
    )
