"""What comes back for a place at a moment, why, and until when that holds. It only computes; nothing is changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.db.models import prefetch_related_objects

from courses.models import TicketType, Workshop
from kit.local import locales
from kit.local.money import money
from kit.local.times import end_of_day, long_day
from orders.models import Consent, Order, OrderLine
from orders.pricing import group_price
from orders.pricing.prices import PENNY, spread
from practice.refund_policy import RefundPolicy, days_in_words, from_snapshot, share_in_words

ALL, NONE = Fraction(1), Fraction(0)
NOTHING_PAID = "Nothing was paid for this place."
NOTHING_LEFT = "What was paid for this place has gone back already."
ALL_THAT_IS_LEFT = "This is all that is left of what was paid: the rest has gone back already, or a bank holds it."
GROUP_ENDS = "the group price ends for those who stay."
ASK_US = "This booking was made under terms in words alone, so a person must say what comes back."
NUMBERS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine", 10: "ten"}


@dataclass(frozen=True)
class LineRefund:
    """What comes back for one place. `part` is what the policy gives of its price; None where only a person can say."""

    line: OrderLine
    amount: Decimal
    reason: str
    part: Fraction | None = None
    kept: Decimal = Decimal()  # for places that stay and lose the group price


@dataclass(frozen=True)
class RefundQuote:
    """`holds_until` is None where no moment that is known now will change it."""

    lines: tuple[LineRefund, ...]
    holds_until: datetime | None = None

    @property
    def total(self) -> Decimal:
        return sum((each.amount for each in self.lines), Decimal())

    @property
    def is_for_a_person(self) -> bool:
        return any(each.part is None for each in self.lines)

    @property
    def is_everything(self) -> bool:
        return all(each.part == ALL for each in self.lines)


@dataclass(frozen=True)
class Facts:
    """All that the part of one place follows from."""

    policy: RefundPolicy | None
    booked_at: datetime
    sessions: tuple[tuple[datetime, datetime], ...]  # start and end of each, in time order
    zone: str
    is_agreed: bool = False  # to begin within the free days, said by the buyer before it began
    is_recording: bool = False  # the recording alone
    is_recorded: bool = True
    opened_at: datetime | None = None  # the recording
    is_cancelled_by_us: bool = False
    free_since_change: datetime | None = None  # until then, because we changed the date or who teaches

    @property
    def starts_at(self) -> datetime:
        return self.sessions[0][0]

    @property
    def rules(self) -> RefundPolicy:
        """The policy, asked for only where there is one."""
        assert self.policy is not None
        return self.policy

    @property
    def free_until(self) -> datetime:
        return self.rules.free_until(self.booked_at, self.zone)

    @property
    def bought(self) -> list[datetime]:
        """The starts of the sessions that were not over when the place was booked."""
        return [starts_at for starts_at, ends_at in self.sessions if ends_at > self.booked_at]

    def day(self, moment: datetime) -> date:
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def days_before(self, moment: datetime) -> int:
        return (self.day(self.starts_at) - self.day(moment)).days

    def is_opened(self, at: datetime) -> bool:
        return self.opened_at is not None and self.opened_at <= at


def refund_for(order: Order, lines: Sequence[OrderLine], at: datetime) -> RefundQuote:
    """For these places of the order, cancelled at that moment; never more than what is left of the money."""
    prefetch_related_objects(lines, "consents", "rebooking_offer")
    left = order.balance()
    shares, ends = [], []
    for line in lines:
        facts = facts_of(order, line)
        part, reason = part_at(facts, at)
        whole = _part_of(line.worth, part or NONE)
        amount = min(whole, line.left(), left)
        left -= amount
        shares.append(LineRefund(line, amount, _reason_for(line, reason, is_whole=amount == whole), part))
        ends.append(_holds_until(facts, at))
    return RefundQuote(tuple(_without_loss(order, shares, at)), min(filter(None, ends), default=None))


def refund_when_booked(order: Order, lines: Sequence[OrderLine], at: datetime) -> RefundQuote:
    """As `refund_for`, of places that are booked at this moment: of their money nothing has gone back, and nothing was
    promised back, so neither is asked for.
    """
    shares, ends = [], []
    for line in lines:
        facts = facts_of(order, line, is_promised_back=False)
        part, reason = part_at(facts, at)
        shares.append(LineRefund(line, _part_of(line.worth, part or NONE), reason, part))
        ends.append(_holds_until(facts, at))
    return RefundQuote(tuple(_without_loss(order, shares, at)), min(filter(None, ends), default=None))


def loss_of(order: Order, lines: Sequence[OrderLine], at: datetime) -> Decimal:
    """What those that stay lose with these places, where the group price ends because of it, and not because of us."""
    if not order.group_places:
        return Decimal()
    since = free_after_change(order.workshop, order.placed_at)
    if any(group_price.is_our_doing(order, line, free_since_change=since, at=at) for line in lines):
        return Decimal()
    return group_price.loss(order, lines)


def facts_of(order: Order, line: OrderLine, *, is_promised_back: bool | None = None) -> Facts:
    """Whether it is promised back is asked for, unless it is said."""
    is_promised_back = line.is_promised_back if is_promised_back is None else is_promised_back
    workshop, ticket = order.workshop_of(line.ticket), line.ticket
    is_recording = ticket.access == TicketType.Access.CATCH_UP
    kind = Consent.Kind.RECORDING if is_recording else Consent.Kind.START
    return Facts(
        policy=from_snapshot(order.refund_terms),
        booked_at=order.booked_at,
        sessions=tuple((each.starts_at, each.ends_at) for each in workshop.session_list),
        zone=workshop.time_zone,
        is_agreed=line.has_consent(kind, before=ticket.recording_opened_at if is_recording else None),
        is_recording=is_recording,
        is_recorded=workshop.catch_up_days > 0,
        opened_at=ticket.recording_opened_at,
        is_cancelled_by_us=workshop.is_cancelled or is_promised_back,
        free_since_change=free_after_change(workshop, order.placed_at),
    )


def free_after_change(workshop: Workshop, placed_at: datetime) -> datetime | None:
    """Until when an order of that moment may have everything back because the date, or who teaches, has changed since:
    until the next session begins. What was seen when the order was placed counts, not when its money came."""
    if workshop.changed_at is None or placed_at >= workshop.changed_at:
        return None
    later = [each.starts_at for each in workshop.session_list if each.starts_at > workshop.changed_at]
    return min(later, default=None)


def part_at(facts: Facts, at: datetime) -> tuple[Fraction | None, str]:
    """The part that comes back, and why. Of two rules that fit, the one that is better for the buyer counts."""
    if facts.is_cancelled_by_us:
        return ALL, locales.spelt("We have cancelled this workshop, so everything comes back.")
    if facts.free_since_change and at < facts.free_since_change:
        return ALL, "We have changed the date or who teaches since you booked, so everything comes back."
    if facts.policy is None:
        return None, ASK_US
    if not facts.sessions:
        return ALL, "This workshop has no date at present, so everything comes back."
    if facts.is_recording and not facts.is_recorded and not facts.is_opened(at):
        return ALL, "There is no recording of this workshop, so everything comes back."
    by_steps, by_right = _by_steps(facts, at), _by_right(facts, at)
    return by_right if by_right[0] > by_steps[0] else by_steps


def _by_steps(facts: Facts, at: datetime) -> tuple[Fraction, str]:
    """The practice's own promise."""
    if facts.is_recording and facts.is_opened(at):
        return NONE, "The recording has been opened, so nothing comes back."
    if at >= facts.starts_at:
        return NONE, "The workshop has started, so nothing comes back."
    days = facts.days_before(at)
    percent = facts.rules.percent_before(days)
    return Fraction(percent, 100), f"The workshop is {_days_away(days)}, so {share_in_words(percent)} comes back."


def _by_right(facts: Facts, at: datetime) -> tuple[Fraction, str]:
    """The right to change one's mind: what was expressly asked for and has begun within the free days is paid."""
    if at >= facts.free_until:
        return NONE, ""
    if facts.is_recording:
        return (NONE, "") if facts.is_agreed and facts.is_opened(at) else (ALL, _free_reason(facts))
    begun, bought = sum(starts_at <= at for starts_at in facts.bought), len(facts.bought)
    if not begun:
        return ALL, _free_reason(facts)
    if not facts.is_agreed:
        days = days_in_words(facts.rules.free_days)
        return ALL, f"You did not ask us to start within {days} of booking, so everything comes back."
    return Fraction(bought - begun, bought), _begun_reason(begun, bought)


def _holds_until(facts: Facts, at: datetime) -> datetime | None:
    now, _ = part_at(facts, at)
    later = sorted(moment for moment in _moments(facts) if moment > at)
    return next((moment for moment in later if part_at(facts, moment)[0] != now), None)


def _moments(facts: Facts) -> Iterator[datetime]:
    """When the part may change by itself."""
    if facts.free_since_change:
        yield facts.free_since_change
    if facts.policy is None or not facts.sessions:
        return
    yield facts.free_until
    for starts_at, _ in facts.sessions:
        yield starts_at
    first_day = facts.day(facts.starts_at)
    for tier in facts.policy.tiers:
        yield end_of_day(first_day - timedelta(days=tier.days_before), facts.zone)


def _without_loss(order: Order, shares: list[LineRefund], at: datetime) -> Iterator[LineRefund]:
    amounts = [share.amount for share in shares]
    lost = min(loss_of(order, [share.line for share in shares], at), sum(amounts, Decimal()))
    for share, kept in zip(shares, spread(lost, amounts), strict=True):
        words = f"{share.reason} {money(kept, order.currency)} less: {GROUP_ENDS}" if kept else share.reason
        yield replace(share, amount=share.amount - kept, reason=words, kept=kept)


def _part_of(amount: Decimal, part: Fraction) -> Decimal:
    """A fraction of a penny is the buyer's."""
    return (amount * part.numerator / part.denominator).quantize(PENNY, ROUND_CEILING)


def _reason_for(line: OrderLine, reason: str, *, is_whole: bool) -> str:
    """Why this amount; other than the policy's, where so much is not left."""
    if not line.worth:
        return NOTHING_PAID
    if not line.left():
        return NOTHING_LEFT
    return reason if is_whole else ALL_THAT_IS_LEFT


def _free_reason(facts: Facts) -> str:
    days = days_in_words(facts.rules.free_days)
    until = ", until the recording is opened" if facts.is_recording and facts.is_agreed else ""
    return f"Booked on {long_day(facts.day(facts.booked_at))}: within {days} of booking everything comes back{until}."


def _begun_reason(begun: int, bought: int) -> str:
    """`One of two sessions has begun, so half comes back.`"""
    have = "has" if begun == 1 else "have"
    left = bought - begun
    rest = "half comes back" if begun == left else f"what was paid for the other {_number(left)} comes back"
    return f"{_number(begun).capitalize()} of {_number(bought)} sessions {have} begun, so {rest}."


def _number(number: int) -> str:
    return NUMBERS.get(number, str(number))


def _days_away(days: int) -> str:
    return f"{days_in_words(days)} away" if days else "today"
