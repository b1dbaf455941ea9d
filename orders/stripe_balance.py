"""What Stripe books in the practice's balance, and what it sends to the bank, in our own small objects."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from orders import stripe_api
from orders.stripe_api import from_minor

WITH_SOURCE = {"expand": ["data.source"]}  # it names the payment; one request more for each row would, too
WORDS = 200


@dataclass(frozen=True)
class MovementState:
    """A balance transaction. Amounts are in the currency of the balance, and negative where money leaves it."""

    id: str
    type: str
    category: str
    amount: Decimal
    fee: Decimal
    currency: str
    moved_at: datetime
    source_id: str
    intent_id: str
    is_ours: bool  # a payment that this site made; what went back of one is found by its intent
    words: str


@dataclass(frozen=True)
class PayoutState:
    id: str
    status: str
    amount: Decimal
    currency: str
    created_at: datetime
    arrives_on: date
    is_told_whole: bool  # what it is made of can be asked for; of a manual one Stripe never tells


def movements_before(moment: datetime, *, after: str) -> tuple[list[MovementState], bool]:
    """A page of what was booked before that moment, newest first, `after` the movement of that id ("" begins).

    With it: whether there are older ones. Raises StripeUnavailable and StripeRefused, as all that asks here.
    """
    params = {"created": {"lt": int(moment.timestamp())}, **({"starting_after": after} if after else {})}
    found, has_more = stripe_api.page_of("balance_transactions", params | WITH_SOURCE)
    return [_movement(each) for each in found], has_more


def movements_since(moment: datetime) -> Iterator[MovementState]:
    """Newest first."""
    params = {"created": {"gte": int(moment.timestamp())}}
    return map(_movement, stripe_api.listed("balance_transactions", params | WITH_SOURCE))


def movements_of(payout_id: str) -> Iterator[MovementState]:
    """All that a payout is made of, itself among them: together they come to nothing."""
    return map(_movement, stripe_api.listed("balance_transactions", {"payout": payout_id} | WITH_SOURCE))


def payouts_since(moment: datetime) -> Iterator[PayoutState]:
    """Newest first, as they stand now."""
    return map(payout_state, stripe_api.listed("payouts", {"created": {"gte": int(moment.timestamp())}}))


def payout_state(data: Mapping[str, Any]) -> PayoutState:
    return PayoutState(
        id=data["id"],
        status=data["status"],
        amount=from_minor(data["amount"]),
        currency=data["currency"].upper(),
        created_at=_moment(data["created"]),
        arrives_on=_moment(data["arrival_date"]).date(),  # midnight in UTC, says Stripe
        is_told_whole=data.get("reconciliation_status") == "completed",
    )


def _movement(data: Mapping[str, Any]) -> MovementState:
    source = data.get("source")
    known = source if isinstance(source, Mapping) else {"id": source or ""}
    return MovementState(
        id=data["id"],
        type=data["type"],
        category=data.get("reporting_category") or "",
        amount=from_minor(data["amount"]),
        fee=from_minor(data["fee"]),
        currency=data["currency"].upper(),
        moved_at=_moment(data["created"]),
        source_id=known["id"],
        intent_id=stripe_api.id_of(known.get("payment_intent")),
        is_ours="attempt" in (known.get("metadata") or {}),
        words=(data.get("description") or "")[:WORDS],
    )


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
