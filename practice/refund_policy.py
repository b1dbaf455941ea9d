"""The refund policy as data. The sentences are made from the same numbers as the money, so the two cannot differ."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError

from kit.local import locales
from kit.local.times import end_of_day

VERSION = 2  # of the snapshot's shape; 1 was written before a start within the free days was asked for
READABLE = {1, VERSION}
LEAST_FREE_DAYS = 14  # of whoever buys at a distance, whatever a seller's own policy (Consumer Contracts Regulations)
EVERYTHING = 100
OPEN_NOW = "Open the recording now: I know that I then lose the right to cancel."


def validate_free_days(days: int) -> None:
    """The law of the United Kingdom and the EU; that of America gives no days."""
    if days < LEAST_FREE_DAYS and locales.current() == locales.BRITISH:
        raise ValidationError("The law gives whoever buys at a distance 14 days; you may give more.", code="too_few")


@dataclass(frozen=True)
class Tier:
    """So many per cent come back at least so many days before the first session."""

    days_before: int
    percent: int


@dataclass(frozen=True)
class RefundPolicy:
    """Days are calendar days in the organiser's zone. Of two rules that fit, the better one for the buyer counts."""

    free_days: int
    tiers: tuple[Tier, ...]
    note: str = ""

    def percent_before(self, days: int) -> int:
        """What comes back so many days before the first session, by the tiers alone."""
        fitting = [tier for tier in self.tiers if tier.days_before <= days]
        return max(fitting, key=lambda tier: tier.days_before).percent if fitting else 0

    def free_until(self, booked_at: datetime, zone: str) -> datetime:
        """The end of the last day on which one may simply change one's mind; the booking itself where there is none."""
        if not self.free_days:
            return booked_at
        return end_of_day(booked_at.astimezone(ZoneInfo(zone)).date() + timedelta(days=self.free_days), zone)


@dataclass(frozen=True)
class Band:
    """Days from `first` to `last` before the workshop, both included; None is without end."""

    first: int
    last: int | None
    percent: int


def in_words(policy: RefundPolicy) -> list[str]:
    """The sentences shown beside booking, on the order and in its mails."""
    return [
        *_free_sentences(policy),
        _tiers_sentence(policy),
        "If we cancel, or change the date or who teaches, you get everything back.",
        *(["We count calendar days in the city of the workshop."] if policy.free_days or policy.tiers else []),
        *(line.strip() for line in policy.note.splitlines() if line.strip()),
    ]


def start_request(policy: RefundPolicy) -> str:
    """What a buyer ticks whose workshop begins within the free days."""
    return (
        f"Start within {days_in_words(policy.free_days)}: I ask for it, and pay for what has taken place if I cancel. "
        "Once all of it has, nothing comes back."
    )


def recording_consent(policy: RefundPolicy) -> str:
    """What a buyer ticks who wants a recording within the free days that is still to be made."""
    return (
        f"Open the recording as soon as it is there, also within {days_in_words(policy.free_days)}: "
        "I know that I then lose the right to cancel."
    )


def snapshot(policy: RefundPolicy) -> dict[str, Any]:
    """What an order keeps: the numbers, and the sentences as the buyer saw them."""
    return {
        "version": VERSION,
        "free_days": policy.free_days,
        "tiers": [[tier.days_before, tier.percent] for tier in policy.tiers],
        "words": in_words(policy),
    }


def from_snapshot(kept: dict[str, Any]) -> RefundPolicy | None:
    """None where an order holds words alone: then only a person can say what they come to.

    An order of the first version may have been promised fewer free days than the law gives; it has those of the law.
    """
    if kept.get("version") not in READABLE:
        return None
    least = LEAST_FREE_DAYS if kept["version"] < VERSION else 0
    return RefundPolicy(max(kept["free_days"], least), tuple(Tier(days, percent) for days, percent in kept["tiers"]))


def words_of(kept: dict[str, Any]) -> list[str]:
    return kept.get("words", [])


def group_sentence(places: int) -> str:
    """Beside the policy, where places have a group price."""
    return (
        f"The group price is for {places} places or more. If fewer stay, those that stay cost their full price, and "
        "the difference is taken off what comes back."
    )


def share_in_words(percent: int) -> str:
    """`everything`, `half`, `30%`, `nothing`"""
    return {EVERYTHING: "everything", 50: "half", 0: "nothing"}.get(percent, f"{percent}%")


def days_in_words(days: int) -> str:
    return f"{days} day" if days == 1 else f"{days} days"


def _free_sentences(policy: RefundPolicy) -> Iterator[str]:
    if policy.free_days:
        days = days_in_words(policy.free_days)
        yield f"Changed your mind? Within {days} of booking you get everything back, as long as no session has started."
        yield (
            f"If you asked us to start within these {days}, you pay for the sessions that have started, and the rest "
            "comes back. If you did not ask, everything does."
        )
        yield (
            f"If you bought the recording alone, you get everything back within these {days}; if you asked us to open "
            "it earlier, until it is opened."
        )


def _tiers_sentence(policy: RefundPolicy) -> str:
    bands = _bands(policy)
    if not bands:
        return "After that there is no refund." if policy.free_days else "There is no refund once you have booked."
    first, *others = [f"{share_in_words(band.percent)} {_when(band)}" for band in bands]
    end = "nothing later" if bands[-1].first else "nothing once it has started"
    start = "After that: " if policy.free_days else "If you cannot come, you get back: "
    return f"{start}{', '.join([first, *others])}{',' if others else ''} and {end}."


def _bands(policy: RefundPolicy) -> list[Band]:
    """The tiers as spans of days, the furthest first; neighbours that pay the same are one, the last pays something."""
    bands: list[Band] = []
    last = None
    for tier in sorted(policy.tiers, key=lambda tier: -tier.days_before):
        if bands and bands[-1].percent == tier.percent:
            bands[-1] = Band(tier.days_before, bands[-1].last, tier.percent)
        else:
            bands.append(Band(tier.days_before, last, tier.percent))
        last = tier.days_before - 1
    while bands and not bands[-1].percent:
        bands.pop()
    return bands


def _when(band: Band) -> str:
    if band.last is None:
        return f"if the workshop is {days_in_words(band.first)} or more away" if band.first else "until it starts"
    if band.last == 0:
        return "on the day itself"
    span = f"{band.first} to " if band.first < band.last else ""
    return f"if the workshop is {span}{days_in_words(band.last)} away"
