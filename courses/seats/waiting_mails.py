"""What people on a waiting list are told, each mail in the transaction of what it tells of."""

from datetime import UTC
from typing import Any

from django.conf import settings
from django.utils import timezone

from courses.catalogue import live_types, price_label
from courses.models import WaitingListEntry
from kit.times import moment_label
from kit.tokens import new_secret
from outbox.models import Message, person_of
from outbox.post import queue_message
from practice import shown
from practice.models import Practice

JOINED = "courses/waiting_list_joined"
CONFIRM = "courses/waiting_list_confirm"


def tell_joined(entry: WaitingListEntry) -> None:
    """At most one in 24 hours for one mailbox and workshop, and three for one mailbox, however often it is asked."""
    hour = f"{timezone.now().astimezone(UTC):%Y-%m-%dT%H}"
    key = f"waiting-list:joined:{person_of(entry.email)}:{entry.workshop_id}:{hour}"
    _answer(entry, JOINED, key=key)


def ask_to_confirm(entry: WaitingListEntry) -> None:
    """As often as tell_joined(); whoever has followed such a link before may ask anew."""
    has_confirmed = entry.status != WaitingListEntry.Status.UNCONFIRMED
    key = f"waiting-list:confirm:{entry.pk}:{new_secret()}"
    _answer(entry, CONFIRM, key=key, answered_at=entry.created_at if has_confirmed else None)


def tell_offered(entry: WaitingListEntry) -> None:
    _tell(
        entry,
        "courses/waiting_list_offer",
        key=_key(entry, "offer"),
        facts={"until": until_lines(entry), "price": price_label(live_types(entry.workshop))},
        useless_after=entry.offer_ends_at,
        priority=Message.Priority.AWAITED,
    )


def tell_expired(entry: WaitingListEntry) -> None:
    _tell(entry, "courses/waiting_list_expired", key=_key(entry, "expired"))


def tell_closed(entry: WaitingListEntry) -> None:
    _tell(entry, "courses/waiting_list_closed", key=f"waiting-list:{entry.pk}:{entry.created_at:%Y%m%dT%H%M%S}:closed")


def until_lines(entry: WaitingListEntry) -> list[str]:
    """When the offer ends, on the clocks of the organiser and of every city that we show; none where there is none."""
    if entry.offer_ends_at is None:
        return []
    ours = entry.workshop.time_zone
    clocks = shown.clocks()
    cities = {clock.zone: clock.city for clock in reversed(clocks)}
    zones = dict.fromkeys([ours, *(clock.zone for clock in clocks)])
    return [moment_label(entry.offer_ends_at, zone, cities.get(zone, "")) for zone in zones]


def _answer(entry: WaitingListEntry, template: str, *, key: str, **options: Any) -> None:
    """To what anybody may have typed, so its limits are those of outbox/limits.py."""
    about = f"workshop:{entry.workshop_id}"
    _tell(entry, template, key=key, about=about, priority=Message.Priority.STRANGER, **options)


def _tell(
    entry: WaitingListEntry, template: str, *, key: str, facts: dict[str, Any] | None = None, **options: Any
) -> None:
    url = settings.SITE_URL + entry.get_absolute_url()
    queue_message(
        key=key,
        to=entry.email,
        template=template,
        context={"workshop": entry.workshop, "entry_url": url, **(facts or {})},
        reply_to=Practice.current().email,
        **options,
    )


def _key(entry: WaitingListEntry, fact: str) -> str:
    """Each offer is told of once."""
    return f"waiting-list:{entry.pk}:{entry.offered_at:%Y%m%dT%H%M%S%f}:{fact}"
