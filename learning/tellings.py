"""What people are told once their workshop is over: that it can be watched, that this ends, and that we ask them.

Each is one mail to a person, ever. What nobody sent in its time is not sent late: it says what is so today.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from courses.models import Ticket, TicketType, Workshop
from kit.local.times import until_label
from kit.work.rounds import do_for_each
from learning import feedback
from learning.attended import sums_of
from learning.certificates import issuing
from learning.certificates.rules import Missing, outcomes_of
from learning.models import Recording, RecordingExtension
from learning.recordings import Watchable, common_end, ends_for
from orders.changes.recordings import kept_until, with_sale
from outbox.models import Message
from outbox.post import on, queue_message, withdraw
from practice.models import Practice

TOLD_WITHIN = timedelta(days=3)  # of what opened: later it is no news
SETTLED = timedelta(minutes=10)  # whoever publishes several does it one after the other
ENDS = {"7d": timedelta(days=7), "1d": timedelta(days=1)}
ENDS_KEY = "recording-ends:"  # how those of their mails begin
LONGEST = timedelta(days=400)  # that a recording of everybody is open
A_DAY = timedelta(days=1)  # the last day of an extension ends in the organiser's zone
MISSING_WITHIN = timedelta(days=14)  # what nobody sent by then helps nobody
NOT_BEFORE = timedelta(hours=1)  # after the end, so that nobody is asked while still in the room


def tell_of_recordings() -> int:
    """Everybody who may watch, once for all that was published at once, and once more for what came later.

    Returns how many mails.
    """
    now = timezone.now()
    since = now - TOLD_WITHIN
    fresh = Recording.objects.published().filter(published_at__gt=since)
    workshops = _standing().filter(pk__in=fresh.values("workshop"), recording_published_at__lte=now - SETTLED)
    return do_for_each(workshops, lambda workshop: _tell_each(_fresh(workshop, since)))


def tell_of_ends() -> int:
    """A week and a day before any of it closes to somebody, which an extension may have moved."""
    withdraw_old_ends()
    return do_for_each(filter(_ends_soon, _with_open_ones()), lambda workshop: _tell_each(_ending(workshop)))


def withdraw_old_ends() -> int:
    """What waits for the mail server and says a day on which nothing closes to them any more."""
    waiting = Message.objects.filter(key__startswith=ENDS_KEY, state__in=[Message.State.QUEUED, Message.State.FAILED])
    said = {key: key.removeprefix(ENDS_KEY).split(":")[:2] for key in waiting.values_list("key", flat=True)}
    of_them = Ticket.objects.filter(pk__in={int(pk) for pk, _ in said.values()})
    watched = chain.from_iterable(map(_watched, _standing().filter(pk__in=of_them.values("workshop"))))
    right = {(str(ticket.pk), _day(each.ends_at)) for ticket, open_ones in watched for each in open_ones}
    return withdraw(waiting.filter(key__in=[key for key, (pk, day) in said.items() if (pk, day) not in right]))


def ask_for_feedback() -> int:
    """Who was there, an hour after the end, and who bought the recording, a day after they opened it; with what still
    stands between them and their certificate."""
    now = timezone.now()
    over = Q(ends_at__lte=now - NOT_BEFORE, ends_at__gt=now - TOLD_WITHIN)
    opened = Ticket.objects.confirmed().filter(_opened_lately(), workshop=OuterRef("pk"))
    watched = Q(Exists(opened), recording_published_at__gt=now - LONGEST)
    return do_for_each(_standing().filter(over | watched), lambda workshop: _tell_each(_asked(workshop)))


def tell_what_is_missing() -> int:
    """Whose certificate waits for one thing that they can do something about: once for each such thing.

    A day after it was all that is missing, because most see to it by themselves.
    """
    now = timezone.now()
    over = _standing().filter(ends_at__lte=now - A_DAY, ends_at__gt=now - issuing.LOOKED_AT_FOR)
    waiting = issuing.with_places_left(over, moved_since=now - MISSING_WITHIN)
    return do_for_each(waiting, lambda workshop: _tell_each(_missing(workshop)))


@dataclass(frozen=True)
class Telling:
    """One mail to whoever has the place; `said` is for its template."""

    ticket: Ticket
    key: str
    template: str
    said: dict[str, object]
    until: datetime | None = None

    @property
    def pk(self) -> int:
        """For the log, if it fails."""
        return self.ticket.pk


def _standing() -> QuerySet[Workshop]:
    return Workshop.objects.filter(status=Workshop.Status.PUBLISHED).select_related("course").order_by("pk")


def _with_open_ones() -> QuerySet[Workshop]:
    """More than those: of what was published long ago, only what is still open to somebody."""
    longer = RecordingExtension.objects.filter(last_day__gte=timezone.now().date() - A_DAY).values("ticket__workshop")
    since = timezone.now() - LONGEST
    return _standing().filter(
        Q(recording_published_at__gt=since) | Q(pk__in=longer, recording_published_at__isnull=False)
    )


def _ends_soon(workshop: Workshop) -> bool:
    published = Recording.objects.published().filter(workshop=workshop).select_related("workshop")
    ends = [each.ends_at for each in published if each.ends_at]
    longer = RecordingExtension.objects.filter(ticket__workshop=workshop).select_related("ticket__workshop")
    week = timezone.now() + ENDS["7d"]
    return any(timezone.now() < end <= week for end in [*ends, *(each.ends_at for each in longer)])


def _places(workshop: Workshop) -> QuerySet[Ticket]:
    places = Ticket.objects.confirmed().filter(workshop=workshop).exclude(attendee_email="")
    return places.select_related("workshop__course").order_by("pk")


def _watched(workshop: Workshop) -> Iterator[tuple[Ticket, list[Watchable]]]:
    """Each place with what may be watched at this moment, in three queries; where nothing may, it is left out."""
    published = list(Recording.objects.published().filter(workshop=workshop).select_related("workshop"))
    longer = {each.ticket_id: each for each in RecordingExtension.objects.filter(ticket__workshop=workshop)}
    for ticket in with_sale(_places(workshop)):
        if extension := longer.get(ticket.pk):
            extension.ticket = ticket
        found = [Watchable(each, ends_for(each, extension)) for each in published]
        if open_ones := [each for each in found if each.is_open]:
            yield ticket, open_ones


def _fresh(workshop: Workshop, since: datetime) -> Iterator[Telling]:
    """Who booked it after it was published has been told by that."""
    for ticket, open_ones in _watched(workshop):
        if new := [each.recording for each in open_ones if _is_news(each.recording, ticket, since)]:
            newest = max(new, key=lambda each: (each.published_at, each.pk))
            # Taken back and published again, it is news once more.
            key = f"recording:{newest.pk}:{newest.published_at:%Y%m%d%H%M%S}:{ticket.pk}"
            yield _of_recording("recording_ready", ticket, open_ones, key=key)


def _is_news(recording: Recording, ticket: Ticket, since: datetime) -> bool:
    at, confirmed_at = recording.published_at, ticket.confirmed_at
    return at is not None and at > since and (confirmed_at is None or confirmed_at < at)


def _ending(workshop: Workshop) -> Iterator[Telling]:
    """Of each day on which something closes; what closes on one day is in one mail.

    That of a week before, for what is open no longer than that, would say what that of its opening has said.
    """
    now = timezone.now()
    for ticket, open_ones in _watched(workshop):
        for end in sorted({each.ends_at for each in open_ones}):
            closing = [each for each in open_ones if each.ends_at == end]
            first = min(each.recording.published_at or now for each in closing)
            due = [name for name, before in ENDS.items() if end - now <= before < end - first]
            if due:
                key = f"{ENDS_KEY}{ticket.pk}:{_day(end)}:{due[-1]}"
                is_part = len(closing) < len(open_ones)
                yield _of_recording("recording_ends", ticket, closing, key=key, is_part=is_part)


def _day(end: datetime) -> str:
    return f"{end:%Y%m%d}"


def _of_recording(template: str, ticket: Ticket, told: list[Watchable], *, key: str, is_part: bool = False) -> Telling:
    """`until` is empty where they close on different days: the mail then says it of each."""
    kept = None if ticket.recording_opened_at else kept_until(ticket)
    said: dict[str, object] = {
        "recordings": told,
        "until": common_end(told),
        "is_part": is_part,
        "kept_until": until_label(kept, ticket.workshop.time_zone) if kept else "",
    }
    return Telling(ticket, key, template, said, until=max(each.ends_at for each in told))


def _asked(workshop: Workshop) -> Iterator[Telling]:
    """Whoever is known to have been there for no minute, and has not watched it since, has nothing to say of it."""
    unasked = feedback.without_answer(_places(workshop)).filter(_opened_lately() | Q(access=TicketType.Access.LIVE))
    places = [each for each in unasked if feedback.may_be_given(each) and _is_time_to_ask(each)]
    if not places:
        return
    sums, outcomes = sums_of(places), outcomes_of(workshop, places)
    for ticket in places:
        was_away = not ticket.is_live or (sums[ticket.pk].is_whole and not sums[ticket.pk].minutes)
        if not was_away or ticket.recording_opened_at:
            said: dict[str, object] = {"blocks": outcomes[ticket.pk].blocks, "has_watched": was_away}
            yield Telling(ticket, f"feedback:{ticket.pk}", "feedback_open", said)


def _opened_lately() -> Q:
    now = timezone.now()
    opened = Q(recording_opened_at__lte=now - A_DAY, recording_opened_at__gt=now - A_DAY - TOLD_WITHIN)
    return opened & Q(access=TicketType.Access.CATCH_UP)


def _is_time_to_ask(ticket: Ticket) -> bool:
    """A live place is asked while it is news that the workshop is over, whoever watched it lately."""
    ends_at = ticket.workshop.ends_at
    return not ticket.is_live or (ends_at is not None and NOT_BEFORE <= timezone.now() - ends_at < TOLD_WITHIN)


def _missing(workshop: Workshop) -> Iterator[Telling]:
    now = timezone.now()
    places = {each.pk: each for each in issuing.without_certificate(_places(workshop))}
    for pk, outcome in outcomes_of(workshop, list(places.values())).items():
        since = outcome.stands_since
        if outcome.missing and since and now - MISSING_WITHIN < since <= now - A_DAY:
            said: dict[str, object] = {"blocks": outcome.blocks, "is_name": outcome.missing == Missing.NAME}
            yield Telling(places[pk], f"certificate-waits:{pk}:{outcome.missing}", "certificate_waits", said)


def _tell_each(tellings: Iterable[Telling]) -> int:
    found = {each.key: each for each in tellings}
    told = set(Message.objects.filter(key__in=found).values_list("key", flat=True))
    return do_for_each([each for key, each in found.items() if key not in told], _tell)


def _tell(telling: Telling) -> int:
    ticket = telling.ticket
    queue_message(
        key=telling.key,
        about=on(ticket),
        to=ticket.attendee_email,
        template=f"learning/{telling.template}",
        context={
            **telling.said,
            "workshop": ticket.workshop,
            "name": ticket.attendee_name,
            "page": settings.SITE_URL + ticket.get_absolute_url(),
        },
        reply_to=Practice.current().email,
        useless_after=telling.until,
    )
    return 1
