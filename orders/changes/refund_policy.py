"""What comes back for a place at a moment, why, and until when that holds. It only computes; nothing is changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from courses.models import TicketType, Workshop
from kit.times import end_of_day, long_day
from orders.models import Order, OrderLine
from orders.pricing.prices import percent_of
from practice.refund_policy import EVERYTHING, RefundPolicy, days_in_words, from_snapshot, share_in_words

NOTHING_PAID = "Nothing was paid for this place."
NOTHING_LEFT = "What was paid for this place has gone back already."
ALL_THAT_IS_LEFT = "This is all that is left of what was paid: the rest has gone back already, or a bank holds it."
ASK_US = "This booking was made under terms in words alone, so a person must say what comes back."


@dataclass(frozen=True)
class LineRefund:
    """What comes back for one place."""

    line: OrderLine
    amount: Decimal
    reason: str


@dataclass(frozen=True)
class RefundQuote:
    """`percent` is None where only a person can say; `holds_until` where nothing will change it."""

    lines: tuple[LineRefund, ...]
    percent: int | None
    reason: str
    holds_until: datetime | None = None

    @property
    def total(self) -> Decimal:
        return sum((each.amount for each in self.lines), Decimal())


@dataclass(frozen=True)
class Facts:
    """All that the percentage follows from."""

    policy: RefundPolicy | None
    booked_at: datetime
    starts_at: datetime | None
    used_from: datetime | None  # for the recording alone that is later
    zone: str
    is_cancelled_by_us: bool = False

    @property
    def free_until(self) -> datetime | None:
        """The end of the last day on which one may simply change one's mind."""
        if not self.policy or not self.policy.free_days:
            return None
        return end_of_day(self.day(self.booked_at) + timedelta(days=self.policy.free_days), self.zone)

    def day(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def days_before(self, moment: datetime) -> int:
        return (self.day(self.starts_at) - self.day(moment)).days


def refund_for(order: Order, lines: Sequence[OrderLine], at: datetime) -> RefundQuote:
    """For these places of the order, cancelled at that moment; never more than what is left of the money."""
    facts = facts_of(order, lines)
    percent, reason = percent_at(facts, at)
    left = order.balance()
    shares = []
    for line in lines:
        whole = percent_of(line.total, percent or 0)
        amount = min(whole, line.left(), left)
        left -= amount
        shares.append(LineRefund(line, amount, _reason_for(line, reason, is_whole=amount == whole)))
    return RefundQuote(tuple(shares), percent, reason, _holds_until(facts, at))


def facts_of(order: Order, lines: Sequence[OrderLine]) -> Facts:
    workshop = order.workshop
    is_recording = all(line.ticket.access == TicketType.Access.CATCH_UP for line in lines)
    return Facts(
        policy=from_snapshot(order.refund_terms),
        booked_at=order.paid_at or order.placed_at,
        starts_at=workshop.starts_at,
        used_from=workshop.ends_at if is_recording else workshop.starts_at,
        zone=workshop.time_zone,
        is_cancelled_by_us=workshop.status == Workshop.Status.CANCELLED,
    )


def percent_at(facts: Facts, at: datetime) -> tuple[int | None, str]:
    """The percentage and why. Of two rules that fit, the one that is better for the buyer counts."""
    if facts.is_cancelled_by_us:
        return EVERYTHING, "We have cancelled this workshop, so everything comes back."
    if facts.policy is None:
        return None, ASK_US
    if facts.starts_at is None:
        return EVERYTHING, "This workshop has no date at present, so everything comes back."
    has_started = at >= facts.starts_at
    by_steps = 0 if has_started else facts.policy.percent_before(facts.days_before(at))
    if facts.free_until and at < min(facts.free_until, facts.used_from) and by_steps < EVERYTHING:
        days = days_in_words(facts.policy.free_days)
        booked_on = long_day(facts.day(facts.booked_at))
        return EVERYTHING, f"Booked on {booked_on}: within {days} of booking everything comes back."
    if has_started:
        return 0, "The workshop has started, so nothing comes back."
    return by_steps, f"The workshop is {_days_away(facts.days_before(at))}, so {share_in_words(by_steps)} comes back."


def _holds_until(facts: Facts, at: datetime) -> datetime | None:
    now, _ = percent_at(facts, at)
    later = sorted(moment for moment in _moments(facts) if moment > at)
    return next((moment for moment in later if percent_at(facts, moment)[0] != now), None)


def _moments(facts: Facts) -> Iterator[datetime]:
    """When the percentage may change."""
    if facts.policy is None or facts.starts_at is None:
        return
    yield facts.starts_at
    yield facts.used_from
    if facts.free_until:
        yield facts.free_until
    first_day = facts.day(facts.starts_at)
    for tier in facts.policy.tiers:
        yield end_of_day(first_day - timedelta(days=tier.days_before), facts.zone)


def _reason_for(line: OrderLine, reason: str, *, is_whole: bool) -> str:
    """Why this amount; other than the policy's, where so much is not left."""
    if not line.total:
        return NOTHING_PAID
    if not line.left():
        return NOTHING_LEFT
    return reason if is_whole else ALL_THAT_IS_LEFT


def _days_away(days: int) -> str:
    return f"{days_in_words(days)} away" if days else "today"
