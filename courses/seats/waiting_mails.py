"""What people on a waiting list are told, each mail in the transaction of what it tells of."""

from datetime import UTC
from typing import Any

from django.conf import settings
from django.utils import timezone

from courses.catalogue import live_types, price_label
from courses.models import SeriesWaitingEntry, Waiting, WaitingListEntry, Workshop
from courses.series import Offered, offered
from courses.when import when
from kit.guard.tokens import new_secret
from kit.local.money import money
from kit.local.times import moment_label
from outbox.models import Message, person_of
from outbox.post import queue_message, way_out
from practice import shown
from practice.models import Practice

JOINED = "courses/waiting_list_joined"
CONFIRM = "courses/waiting_list_confirm"
Entry = WaitingListEntry | SeriesWaitingEntry


def tell_joined(entry: Entry) -> None:
    """At most one in 24 hours for one mailbox and list, and three for one mailbox, however often it is asked."""
    hour = f"{timezone.now().astimezone(UTC):%Y-%m-%dT%H}"
    key = f"waiting-list:joined:{person_of(entry.email)}:{_list_of(entry)}:{hour}"
    _answer(entry, JOINED, key=key, headers=_way_out(entry))


def ask_to_confirm(entry: Entry) -> None:
    """As often as tell_joined(); whoever has followed such a link before may ask anew."""
    has_confirmed = entry.status != Waiting.Status.UNCONFIRMED
    key = f"waiting-list:confirm:{_name_of(entry)}:{new_secret()}"
    _answer(entry, CONFIRM, key=key, answered_at=entry.created_at if has_confirmed else None)


def tell_offered(entry: Entry) -> None:
    sold = sold_of(entry)
    _tell(
        entry,
        "courses/waiting_list_offer",
        key=_key(entry, "offer"),
        facts={"until": until_lines(entry, sold), "price": price_of(sold), "hours": hours_of(sold)},
        headers=_way_out(entry),
        useless_after=entry.offer_ends_at,
        priority=Message.Priority.AWAITED,
    )


def tell_expired(entry: Entry) -> None:
    _tell(entry, "courses/waiting_list_expired", key=_key(entry, "expired"))


def tell_closed(entry: Entry) -> None:
    key = f"waiting-list:{_name_of(entry)}:{entry.created_at:%Y%m%dT%H%M%S}:closed"
    _tell(entry, "courses/waiting_list_closed", key=key)


def sold_of(entry: Entry) -> Workshop | Offered:
    """What she waits for."""
    return offered(entry.series) if isinstance(entry, SeriesWaitingEntry) else entry.workshop


def price_of(sold: Workshop | Offered) -> str:
    return money(sold.price) if isinstance(sold, Offered) else price_label(live_types(sold))


def hours_of(sold: Workshop | Offered) -> list[str]:
    """When it takes place, on the clocks of the organiser and of every city that we show."""
    zones = [sold.time_zone, *(clock.zone for clock in shown.clocks())]
    return list(dict.fromkeys(line for zone in zones for line in when(sold, zone))) or [sold.starts_on]


def until_lines(entry: Entry, sold: Workshop | Offered) -> list[str]:
    """When the offer ends, on the clocks of the organiser and of every city that we show; none where there is none."""
    if entry.offer_ends_at is None:
        return []
    ours = sold.time_zone
    clocks = shown.clocks()
    cities = {clock.zone: clock.city for clock in reversed(clocks)}
    zones = dict.fromkeys([ours, *(clock.zone for clock in clocks)])
    return [moment_label(entry.offer_ends_at, zone, cities.get(zone, "")) for zone in zones]


def _answer(entry: Entry, template: str, *, key: str, **options: Any) -> None:
    """To what anybody may have typed, so its limits are those of outbox/limits.py."""
    about = f"series:{entry.series_id}" if isinstance(entry, SeriesWaitingEntry) else f"workshop:{entry.workshop_id}"
    _tell(entry, template, key=key, about=about, priority=Message.Priority.STRANGER, **options)


def _tell(entry: Entry, template: str, *, key: str, facts: dict[str, Any] | None = None, **options: Any) -> None:
    url, sold = settings.SITE_URL + entry.get_absolute_url(), sold_of(entry)
    queue_message(
        key=key,
        to=entry.email,
        template=template,
        context={"workshop": sold, "is_series": isinstance(sold, Offered), "entry_url": url, **(facts or {})},
        reply_to=Practice.current().email,
        **options,
    )


def _way_out(entry: Entry) -> dict[str, str]:
    """Whoever leaves gives up what is offered, too."""
    return way_out(settings.SITE_URL + entry.get_absolute_url(), email=Practice.current().email)


def _key(entry: Entry, fact: str) -> str:
    """Each offer is told of once."""
    return f"waiting-list:{_name_of(entry)}:{entry.offered_at:%Y%m%dT%H%M%S%f}:{fact}"


def _name_of(entry: Entry) -> str:
    """In keys, which both kinds of list share."""
    return f"series:{entry.pk}" if isinstance(entry, SeriesWaitingEntry) else str(entry.pk)


def _list_of(entry: Entry) -> str:
    return f"series:{entry.series_id}" if isinstance(entry, SeriesWaitingEntry) else str(entry.workshop_id)
