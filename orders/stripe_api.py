"""The one module that speaks to Stripe. It takes and returns our own small objects, with amounts as decimals."""

import json
import logging
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from django.conf import settings

from kit.work.host_clock import compare
from kit.work.patience import Patience, current_patience
from orders.stripe_errors import BadSignature, Refusal, StripeFailed, StripeRefused, StripeUnavailable, failure_of

if TYPE_CHECKING:
    from stripe import StripeClient

__all__ = ["BadSignature", "Refusal", "StripeFailed", "StripeRefused", "StripeUnavailable"]  # beside what stands here
log = logging.getLogger(__name__)

PENNY = Decimal("0.01")
API_VERSION = "2026-10-28.endive"  # the one that the installed library is written for; a test holds them together
CONNECT_SECONDS, READ_SECONDS = 2, 8
MAX_SIGNATURE_AGE = 300  # seconds
PAGE, MOST_PAGES = 100, 50  # of a list at Stripe
SESSIONS, REFUNDS, DISPUTES = "checkout/sessions", "refunds", "disputes"  # where Stripe has them, below /v1/
CHARGE = "payment_intent.latest_charge.balance_transaction"  # of a session, as deep as Stripe expands


@dataclass(frozen=True)
class SessionLine:
    name: str
    description: str
    amount: Decimal


@dataclass(frozen=True)
class SessionRequest:
    """Everything a Checkout Session is made of; the same object always makes the same request."""

    key: str
    order_number: str
    attempt: int
    lines: tuple[SessionLine, ...]
    currency: str
    email: str  # "": Stripe's page asks for one
    expires_at: datetime
    success_url: str
    cancel_url: str
    locale: str = "en-GB"  # one that Stripe knows


@dataclass(frozen=True)
class CheckoutSession:
    """A Checkout Session as Stripe sees it."""

    id: str
    url: str
    status: str  # open, complete, expired
    payment_status: str  # paid, unpaid, no_payment_required
    amount: Decimal
    currency: str
    intent_id: str
    order_number: str
    attempt: int
    is_live: bool
    paid_at: datetime | None = None  # by Stripe's clock; None where it is not paid, or Stripe did not say
    site: str = ""  # that made it, by its host

    @property
    def is_ours(self) -> bool:
        """Made by this site: the practice may sell other things, or have another site, with the same account."""
        return self.attempt > 0 and _is_this(self.site)

    @property
    def is_paid(self) -> bool:
        return self.status == "complete" and self.payment_status in {"paid", "no_payment_required"}

    @property
    def waits_for_bank(self) -> bool:
        """A delayed method. It looks the same when the bank has refused: then the payment intent says so."""
        return self.status == "complete" and not self.is_paid


@dataclass(frozen=True)
class IntentState:
    """A payment intent. The fee is None for as long as Stripe has not booked it; `is_ours` as of a session."""

    status: str
    fee: Decimal | None
    is_ours: bool

    @property
    def has_failed(self) -> bool:
        return self.status in {"requires_payment_method", "canceled"}


@dataclass(frozen=True)
class RefundState:
    id: str
    status: str  # pending, requires_action, succeeded, failed, canceled
    amount: Decimal
    intent_id: str
    our_id: str
    made_at: datetime | None = None


@dataclass(frozen=True)
class DisputeState:
    id: str
    status: str
    amount: Decimal
    intent_id: str
    reason: str
    evidence_due_at: datetime | None


def create_session(request: SessionRequest) -> CheckoutSession:
    """Raises StripeUnavailable or StripeRefused. Without an address where none is in the request."""
    metadata = {"order": request.order_number, "attempt": str(request.attempt), "site": _this_site()}
    params = {
        "mode": "payment",
        "line_items": [_line_item(line, request.currency) for line in request.lines],
        **({"customer_email": request.email} if request.email else {}),
        "client_reference_id": request.order_number,
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata, "description": f"Order {request.order_number}"},
        "allowed_payment_method_types": ["card"],
        "adaptive_pricing": {"enabled": False},
        "submit_type": "book",
        "locale": request.locale,
        "expires_at": int(request.expires_at.timestamp()),
        "success_url": request.success_url,
        "cancel_url": request.cancel_url,
    }
    with _failures_logged(f"a payment page for order {request.order_number}, attempt {request.attempt}"):
        return _session(_ask("post", SESSIONS, params | {"idempotency_key": request.key}))


def retrieve_session(session_id: str) -> CheckoutSession:
    """With the moment that it was paid, in one request."""
    return _session(_ask("get", _one_of(SESSIONS, session_id), {"expand": [CHARGE]}))


def expire_session(session_id: str) -> CheckoutSession:
    """Raises StripeRefused when it is no longer open, which is no news."""
    with _failures_logged(f"to close page {session_id}", but=StripeRefused):
        return _session(_ask("post", f"{_one_of(SESSIONS, session_id)}/expire"))


def retrieve_intent(intent_id: str) -> IntentState:
    """With Stripe's fee, in one request."""
    intent = _ask("get", _one_of("payment_intents", intent_id), {"expand": ["latest_charge.balance_transaction"]})
    metadata = intent.get("metadata") or {}
    is_ours = "attempt" in metadata and _is_this(metadata.get("site", ""))
    return IntentState(status=intent["status"], fee=_fee(intent.get("latest_charge")), is_ours=is_ours)


def create_refund(*, key: str, intent_id: str, amount: Decimal, our_id: int) -> RefundState:
    params = {
        "payment_intent": intent_id,
        "amount": to_minor(amount),
        "reason": "requested_by_customer",
        "metadata": {"refund": str(our_id)},
    }
    with _failures_logged(f"refund {our_id}"):
        return refund_state(_ask("post", REFUNDS, params | {"idempotency_key": key}))


def verified_event(body: bytes, signature: str) -> dict[str, Any]:
    """The event in a webhook's raw body; raises BadSignature. Any of our secrets will do: they rotate."""
    if _is_dated_ahead(signature):
        raise BadSignature
    stripe = _stripe()
    for secret in settings.STRIPE_WEBHOOK_SECRETS:
        try:
            stripe.WebhookSignature.verify_header(body, signature, secret, MAX_SIGNATURE_AGE)
            return _checked(json.loads(body))
        except (stripe.SignatureVerificationError, ValueError, AttributeError, TypeError):
            continue  # a body that is no event object fails here too
    raise BadSignature


def session_of_event(data: Mapping[str, Any], told_at: datetime) -> CheckoutSession:
    """From the object of a checkout.session.* event, which tells of money in the moment that it came."""
    return _session(data, told_at)


def refund_state(data: Mapping[str, Any]) -> RefundState:
    return RefundState(
        id=data["id"],
        status=data.get("status") or "pending",
        amount=from_minor(data["amount"]),
        intent_id=id_of(data.get("payment_intent")),
        our_id=(data.get("metadata") or {}).get("refund", ""),
        made_at=_moment(data.get("created")),
    )


def retrieve_dispute(dispute_id: str) -> DisputeState:
    """As it stands now."""
    return dispute_state(_ask("get", _one_of(DISPUTES, dispute_id)))


def refunds_of_intent(intent_id: str) -> Iterator[RefundState]:
    """All refunds of a payment, also those made in Stripe's dashboard; none without an intent."""
    return map(refund_state, listed(REFUNDS, {"payment_intent": intent_id}) if intent_id else ())


def disputes_of_intent(intent_id: str) -> Iterator[DisputeState]:
    """All disputes of a payment, as they stand now; none without an intent."""
    return map(dispute_state, listed(DISPUTES, {"payment_intent": intent_id}) if intent_id else ())


def completed_sessions_since(moment: datetime) -> Iterator[CheckoutSession]:
    """Newest first, whoever made them; by when they were made."""
    params = {**_created_since(moment), "status": "complete", "expand": [f"data.{CHARGE}"]}
    return map(_session, listed(SESSIONS, params))


def refunds_since(moment: datetime) -> Iterator[RefundState]:
    """Newest first, whoever made them."""
    return map(refund_state, listed(REFUNDS, _created_since(moment)))


def disputes_since(moment: datetime) -> Iterator[DisputeState]:
    """Newest first, as they stand now."""
    return map(dispute_state, listed(DISPUTES, _created_since(moment)))


def listed(kind: str, params: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All rows of a list, by where Stripe has it, newest first; page by page while they are read, and no more than a
    bounded number of pages.
    """
    for _ in range(MOST_PAGES):
        rows, has_more = page_of(kind, params)
        yield from rows
        if not has_more:
            return
        params = params | {"starting_after": rows[-1]["id"]}
    log.error("a list at Stripe has more than %s pages; the rest was not read", MOST_PAGES)


def page_of(kind: str, params: dict[str, Any]) -> tuple[list[dict[str, Any]], bool]:
    """One page of such a list, and whether there are more rows."""
    page = _ask("get", kind, params | {"limit": PAGE})
    return page["data"], page["has_more"]


def id_of(value: Any) -> str:
    """Stripe gives an id, or the object when it was expanded."""
    return value["id"] if isinstance(value, Mapping) else value or ""


def dispute_state(data: Mapping[str, Any]) -> DisputeState:
    return DisputeState(
        id=data["id"],
        status=data.get("status") or "",
        amount=from_minor(data["amount"]),
        intent_id=id_of(data.get("payment_intent")),
        reason=data.get("reason") or "",
        evidence_due_at=_moment((data.get("evidence_details") or {}).get("due_by")),
    )


def is_live() -> bool:
    """Whether the configured key moves real money."""
    return "_live_" in settings.STRIPE_SECRET_KEY


def to_minor(amount: Decimal) -> int:
    """Pence for pounds; the site's currencies all have two decimals."""
    return int((amount * 100).to_integral_exact())


def from_minor(amount: int) -> Decimal:
    return Decimal(amount) / 100


def _this_site() -> str:
    """`www.example.org`"""
    return urlsplit(settings.SITE_URL).netloc


def _is_this(site: str) -> bool:
    """Until there was a second site, none was written down."""
    return site in ("", _this_site())


def _line_item(line: SessionLine, currency: str) -> dict[str, Any]:
    product = {"name": line.name}
    if line.description:
        product["description"] = line.description
    price = {"currency": currency.lower(), "unit_amount": to_minor(line.amount), "product_data": product}
    return {"quantity": 1, "price_data": price | {"tax_behavior": "inclusive"}}


def _session(data: Mapping[str, Any], told_at: datetime | None = None) -> CheckoutSession:
    metadata = data.get("metadata") or {}
    attempt = str(metadata.get("attempt", ""))
    return CheckoutSession(
        id=data["id"],
        url=data.get("url") or "",
        status=data.get("status") or "",
        payment_status=data.get("payment_status") or "",
        amount=from_minor(data.get("amount_total") or 0),
        currency=(data.get("currency") or "").upper(),
        intent_id=id_of(data.get("payment_intent")),
        order_number=data.get("client_reference_id") or metadata.get("order", ""),
        attempt=int(attempt) if attempt.isdecimal() else 0,
        is_live=bool(data.get("livemode")),
        paid_at=_money_came_at(data.get("payment_intent")) or told_at,
        site=metadata.get("site", ""),
    )


def _money_came_at(intent: Any) -> datetime | None:
    """When the money of an expanded intent came: of a card at once, of a slow bank days after the charge was made."""
    charge = intent.get("latest_charge") if isinstance(intent, Mapping) else None
    if not isinstance(charge, Mapping) or not charge.get("paid"):
        return None
    booked = charge.get("balance_transaction")
    return _moment((booked if isinstance(booked, Mapping) else charge)["created"])


def _moment(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _created_since(moment: datetime) -> dict[str, Any]:
    return {"created": {"gte": int(moment.timestamp())}}


def _one_of(kind: str, id: str) -> str:
    return f"{kind}/{quote(id, safe='')}"


def _fee(charge: Any) -> Decimal | None:
    """Of a charge with its balance transaction; turned back into the currency that was charged where they differ."""
    booked = charge.get("balance_transaction") if isinstance(charge, Mapping) else None
    if not isinstance(booked, Mapping):
        return None
    return (from_minor(booked["fee"]) / Decimal(str(booked.get("exchange_rate") or 1))).quantize(PENNY)


def _is_dated_ahead(signature: str) -> bool:
    """The library looks only whether it is old."""
    dated = re.match(r"(?:.*,)?t=(\d{1,15})(?:,|$)", signature)
    return dated is not None and int(dated[1]) > time.time() + MAX_SIGNATURE_AGE


def _checked(event: dict[str, Any]) -> dict[str, Any]:
    is_event = isinstance(event.get("id"), str) and isinstance(event.get("type"), str) and "livemode" in event
    if not is_event or not isinstance((event.get("data") or {}).get("object"), dict):
        raise ValueError("no event")
    return event


@contextmanager
def _failures_logged(about: str, but: type[StripeFailed] | tuple[()] = ()) -> Iterator[None]:
    """One line for each: of a refusal with all that Stripe says of it, but for its message."""
    try:
        yield
    except but:
        raise
    except StripeFailed as error:
        if error.refusal:
            log.error("Stripe refused %s: %s", about, error)
        else:
            log.warning("Stripe did not answer about %s: %s", about, error)
        raise


def _ask(method: str, path: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
    """What Stripe answers, as it says it: objects of the library's are a quarter of what it costs to ask. Asks nothing
    once the patience is over that it is called in.
    """
    patience = current_patience() or Patience()
    if not patience.may_ask():
        raise StripeUnavailable("not asked")
    try:
        answer = _answer(method, path, params or {})
    except StripeUnavailable as error:
        patience.note_silence(error, was_quick=error.refusal is not None and error.refusal.status < 500)
        raise
    except StripeRefused:
        patience.note_answer()
        raise
    patience.note_answer()
    return answer


def _answer(method: str, path: str, params: dict[str, Any]) -> dict[str, Any]:
    try:
        response = _client().raw_request(method, f"/v1/{path}", **params)
    except _stripe().StripeError as error:
        raise failure_of(error) from error
    compare("Stripe", response.headers)
    return response.data


def _client() -> "StripeClient":
    return _client_for(settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE)


@cache
def _client_for(key: str, base: str) -> "StripeClient":
    stripe = _stripe()
    return stripe.StripeClient(
        key,
        stripe_version=API_VERSION,
        base_addresses={"api": base} if base else {},
        http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, READ_SECONDS)),
        max_network_retries=0,  # a person waits; the worker asks again with the same key
    )


@cache
def _stripe() -> ModuleType:
    """The library is the slowest of all to load, and most processes that know orders never ask Stripe."""
    import stripe

    stripe.enable_telemetry = False
    return stripe
