"""The refund policy as data. The sentences are made from the same numbers as the money, so the two cannot differ."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

VERSION = 1  # of the snapshot's shape
EVERYTHING = 100


@dataclass(frozen=True)
class Tier:
    """So many per cent come back at least so many days before the first session."""

    days_before: int
    percent: int


@dataclass(frozen=True)
class RefundPolicy:
    """Days are calendar days in the organiser's zone. What fits best counts; once a session has started, nothing."""

    free_days: int
    tiers: tuple[Tier, ...]
    note: str = ""

    def percent_before(self, days: int) -> int:
        """What comes back so many days before the first session, by the tiers alone."""
        fitting = [tier for tier in self.tiers if tier.days_before <= days]
        return max(fitting, key=lambda tier: tier.days_before).percent if fitting else 0


@dataclass(frozen=True)
class Band:
    """Days from `first` to `last` before the workshop, both included; None is without end."""

    first: int
    last: int | None
    percent: int


def in_words(policy: RefundPolicy) -> list[str]:
    """The sentences shown beside booking, on the order and in its mails."""
    return [
        *_free_sentence(policy),
        _tiers_sentence(policy),
        "If we cancel, you get everything back.",
        *(["Days are calendar days where the workshop is organised."] if policy.free_days or policy.tiers else []),
        *(line.strip() for line in policy.note.splitlines() if line.strip()),
    ]


def snapshot(policy: RefundPolicy) -> dict[str, Any]:
    """What an order keeps: the numbers, and the sentences as the buyer saw them."""
    return {
        "version": VERSION,
        "free_days": policy.free_days,
        "tiers": [[tier.days_before, tier.percent] for tier in policy.tiers],
        "words": in_words(policy),
    }


def from_snapshot(kept: dict[str, Any]) -> RefundPolicy | None:
    """None where an order holds words alone: then only a person can say what they come to."""
    if kept.get("version") != VERSION:
        return None
    return RefundPolicy(kept["free_days"], tuple(Tier(days, percent) for days, percent in kept["tiers"]))


def words_of(kept: dict[str, Any]) -> list[str]:
    return kept.get("words", [])


def share_in_words(percent: int) -> str:
    """`everything`, `half`, `30%`, `nothing`"""
    return {EVERYTHING: "everything", 50: "half", 0: "nothing"}.get(percent, f"{percent}%")


def days_in_words(days: int) -> str:
    return f"{days} day" if days == 1 else f"{days} days"


def _free_sentence(policy: RefundPolicy) -> Iterator[str]:
    if policy.free_days:
        days = days_in_words(policy.free_days)
        yield (
            f"Changed your mind? You get everything back within {days} of booking, as long as no session has started; "
            "for the recording alone, as long as the workshop is not over."
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
