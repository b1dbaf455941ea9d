"""Writing to the people of a workshop. Who gets it is written down at once, in one transaction; the worker then writes
the mails one by one, so that one that dies loses none and writes none twice."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import audit
from accounts.models import User
from courses.models import Announcement, AnnouncementCopy, Ticket, TicketQuerySet
from courses.seats.places import lock_workshop
from kit.guard.addresses import email_key
from kit.work.checkpoints import checkpoint
from kit.work.rounds import do_for_each
from orders.mails import announcement_mails
from orders.models import Order, OrderLine
from outbox.post import on

AT_ONCE = 500  # copies of one round
PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
PLACEHOLDERS = {
    "name": "their name",
    "workshop": "its title",
    "date": "its first day",
    "times": "every session, in its own time and the reader's",
    "link": "their joining page; to buyers, the page of their booking",
}


class NobodyToWriteTo(Exception):
    """Nobody has such a place."""


class OthersMeanwhile(Exception):
    """Not the people who were shown would get it."""


@dataclass(frozen=True)
class Reader:
    """One person who gets it, and the place that stands for them."""

    ticket: Ticket
    order: Order | None = None  # as its buyer

    @property
    def name(self) -> str:
        return self.order.buyer_name if self.order else self.ticket.attendee_name

    @property
    def email(self) -> str:
        return self.order.buyer_email if self.order else self.ticket.attendee_email

    @property
    def time_zone(self) -> str:
        return self.order.time_zone if self.order else self.ticket.attendee_time_zone

    @property
    def link(self) -> str:
        return settings.SITE_URL + (self.order or self.ticket).get_absolute_url()


def unknown_placeholders(text: str) -> list[str]:
    return [f"{{{found}}}" for found in PLACEHOLDER.findall(text) if found not in PLACEHOLDERS]


def readers_of(announcement: Announcement, *, tickets: Sequence[int] = ()) -> list[Reader]:
    """Each person once, however many places they have; of these tickets alone, if any are named.

    Whoever comes and pays too is written to as an attendee, unless it goes to buyers alone.
    """
    rows = (
        with_known_address(Ticket.objects.filter(workshop=announcement.workshop))
        .select_related("ticket_type")
        .order_by("pk")
    )
    rows = rows.confirmed() if announcement.places == Announcement.PlaceState.BOOKED else rows.occupying()
    if announcement.ticket_type_id:
        rows = rows.filter(ticket_type=announcement.ticket_type_id)
    if tickets:
        rows = rows.filter(pk__in=tickets)
    found: dict[str, Reader] = {}
    for reader in _everybody(announcement, list(rows)):
        if reader.email:  # who was erased has none
            found.setdefault(email_key(reader.email), reader)
    return list(found.values())


def with_known_address(tickets: TicketQuerySet) -> TicketQuerySet:
    """Without those of orders whose address anybody may have typed: it gets no mail but the one that asks."""
    typed = OrderLine.objects.filter(order__status=Order.Status.UNCONFIRMED)
    return tickets.exclude(pk__in=typed.values("ticket"))


def send_announcement(
    announcement: Announcement, *, tickets: Sequence[int] = (), shown: Sequence[str] | None = None, by: User | None
) -> Announcement:
    """Stores it with everybody who gets it; the one that was sent before, if the same form comes again.

    `shown` are the addresses that a page showed, as `keys_of` gives them. Raises NobodyToWriteTo and OthersMeanwhile.
    """
    with transaction.atomic():
        lock_workshop(announcement.workshop_id)
        if sent := Announcement.objects.filter(key=announcement.key).first():
            return sent
        readers = readers_of(announcement, tickets=tickets)
        if not readers:
            raise NobodyToWriteTo
        if shown is not None and keys_of(readers) != list(shown):
            raise OthersMeanwhile
        announcement.people, announcement.written_by = len(readers), by
        announcement.save()
        AnnouncementCopy.objects.bulk_create(_copy(announcement, reader) for reader in readers)
        audit.record(announcement, after=f"sent to {len(readers)}")
    return announcement


def keys_of(readers: Sequence[Reader]) -> list[str]:
    return sorted(email_key(reader.email) for reader in readers)


def write_announcements() -> int:
    """For the worker: puts what is not in the outbox yet there; returns how many mails."""
    waiting = AnnouncementCopy.objects.filter(queued_at=None).order_by("pk").values_list("pk", flat=True)
    return do_for_each(list(waiting[:AT_ONCE]), _write)


def filled_in(announcement: Announcement, reader: Reader, *, link: str = "") -> announcement_mails.Letter:
    """Its words for this reader. A link of their own is nobody else's: what others are to see has another `link`."""
    link = link or reader.link
    workshop = announcement.workshop
    values = {
        "name": reader.name,
        "workshop": workshop.title,
        "date": workshop.starts_on,
        "times": announcement_mails.times_in_words(workshop, reader.time_zone),
        "link": link,
    }
    subject, text = (
        PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), words)
        for words in (announcement.subject, announcement.text)
    )
    return announcement_mails.Letter(workshop, subject, text, link, is_to_buyer=reader.order is not None)


@transaction.atomic
def _write(pk: int) -> int:
    waiting = AnnouncementCopy.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=pk, queued_at=None)
    copy = waiting.select_related("announcement__workshop__course", "ticket__ticket_type").first()
    if copy is None:  # another worker has it
        return 0
    copy.queued_at = timezone.now()
    copy.save(update_fields=["queued_at"])
    copy.ticket.workshop = copy.announcement.workshop
    line = OrderLine.objects.select_related("order").get(ticket=copy.ticket_id) if copy.is_to_buyer else None
    reader = Reader(copy.ticket, line.order if line else None)
    if not reader.email:  # erased meanwhile
        return 0
    letter = filled_in(copy.announcement, reader)
    key = f"announcement:{copy.announcement_id}:{copy.pk}"
    announcement_mails.tell(letter, to=reader.email, key=key, about=on(copy.ticket))
    checkpoint("announcement written to one")
    return 1


def _everybody(announcement: Announcement, tickets: Sequence[Ticket]) -> list[Reader]:
    readers = []
    if announcement.whom != Announcement.Whom.BUYERS:
        readers += [Reader(ticket) for ticket in tickets]
    if announcement.whom != Announcement.Whom.ATTENDEES:
        by_ticket = {ticket.pk: ticket for ticket in tickets}
        lines = OrderLine.objects.filter(ticket__in=by_ticket).select_related("order").order_by("pk")
        readers += [Reader(by_ticket[line.ticket_id], line.order) for line in lines]
    return readers


def _copy(announcement: Announcement, reader: Reader) -> AnnouncementCopy:
    return AnnouncementCopy(
        announcement=announcement,
        ticket=reader.ticket,
        is_to_buyer=reader.order is not None,
        email_key=email_key(reader.email),
    )
