"""A Checkout Session's life: open, then complete or expired."""

import copy
import re

from . import money, shapes
from .errors import invalid, missing, refused
from .till import Till, new_id

SHORTEST = 30 * 60
LONGEST = 24 * 60 * 60
MOST_LINES = 100
# Stripe is known to refuse `test@test`, `a@gmail`, a trailing blank, a full-width @ and what nobody sees. Whether it
# takes letters beyond ASCII, and by which standard, it does not say; so here none pass.
EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}")
URL = re.compile(r"https?://[^\s\x00-\x1f\x7f]+")
DELAYED = {"gbp": "bacs_debit", "eur": "sepa_debit", "usd": "us_bank_account"}
# Parameters that appear on the session under their own name.
SHOWN = [
    "allowed_payment_method_types",
    "adaptive_pricing",
    "billing_address_collection",
    "cancel_url",
    "client_reference_id",
    "customer_creation",
    "customer_email",
    "locale",
    "metadata",
    "submit_type",
    "success_url",
    "phone_number_collection",
]
# Anything else published is beyond the stand-in: better an error than a silent difference from Stripe.
UNDERSTOOD = {
    *SHOWN,
    *["automatic_tax", "currency", "custom_text", "expand", "expires_at", "invoice_creation", "line_items"],
}
UNDERSTOOD |= {"mode", "payment_intent_data", "ui_mode"}
REFUSED = "refused@"  # whoever wants to see what happens where Stripe says no books with such an address
INTENT_FIELDS = ("description", "metadata", "receipt_email", "statement_descriptor", "statement_descriptor_suffix")


def create(till: Till, params: dict) -> dict:
    _check(till, params)
    lines = [_line(line, place) for place, line in enumerate(params["line_items"])]
    currency, total = _total(params, lines)
    with till.change():
        items = [_item(till, line) for line in lines]
        session = till.add(
            shapes.SESSION,
            id=new_id("cs_test_") + new_id(""),  # as long as Stripe's: long enough to break a narrow column
            **{name: params[name] for name in SHOWN if name in params},
            amount_subtotal=total,
            amount_total=total,
            currency=currency,
            expires_at=params.get("expires_at", till.now() + LONGEST),
        )
        session["url"] = f"{till.base_url}/c/pay/{session['id']}"
        session["payment_method_types"] = params.get("allowed_payment_method_types", ["card"])
        session["automatic_tax"]["enabled"] = params.get("automatic_tax", {}).get("enabled", False)
        session["custom_text"].update(params.get("custom_text", {}))
        session["customer_details"] = _details(session["customer_email"])
        till.private[session["id"]] = {"items": items, "intent": params.get("payment_intent_data", {})}
        return session


def expire(till: Till, session_id: str) -> dict:
    """Close an open session; raises StripeError if it is not open."""
    with till.change():
        session = till.get("checkout.session", session_id, param="session")
        if session["status"] != "open":
            raise refused(
                f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status'
                f" of {session['status']}."
            )
        _close(till, session)
        return session


def expire_due(till: Till) -> None:
    with till.lock:
        now = till.now()
        due = [row for row in till.open_sessions.values() if row["expires_at"] <= now]
        if due:
            with till.change():
                for session in due:
                    _close(till, session)


def pay(till: Till, session_id: str, method: str = "card") -> dict:
    """The buyer's click: "card" pays, "delayed" starts a slow payment, "decline" leaves the session open."""
    expire_due(till)
    with till.change():
        session = _open(till, session_id)
        if method not in ("card", "delayed", "decline"):
            raise ValueError(f"No payment method '{method}'")
        if session["amount_total"] == 0:
            return _complete(till, session, "no_payment_required")
        intent = _intent(till, session)
        if method == "decline":
            _decline(till, session, intent)
            return session
        if method == "delayed":
            _start_delayed(till, session, intent)
            return _complete(till, session, "unpaid")
        _succeed(till, intent, _charge(till, session, intent, "card"))
        return _complete(till, session, "paid")


def settle_delayed(till: Till, session_id: str, *, succeeded: bool) -> dict:
    with till.change():
        session = till.get("checkout.session", session_id, param="session")
        if (session["status"], session["payment_status"]) != ("complete", "unpaid"):
            raise ValueError(f"{session_id} is not waiting for a delayed payment")
        intent = till.get("payment_intent", session["payment_intent"])
        charge = till.get("charge", intent["latest_charge"])
        if intent["status"] != "processing":
            raise ValueError(f"{session_id}'s delayed payment was settled before")
        if succeeded:
            _succeed(till, intent, charge)
            session["payment_status"] = "paid"
            till.emit("checkout.session.async_payment_succeeded", session)
        else:
            _fail(till, intent, charge, "The buyer's bank refused the debit.", "debit_not_authorized")
            till.emit("checkout.session.async_payment_failed", session)
        return session


def items(till: Till, session_id: str) -> list[dict]:
    till.get("checkout.session", session_id, param="session")
    return [till.get("item", item_id) for item_id in till.private[session_id]["items"]]


def _check(till: Till, params: dict) -> None:
    for name in ("line_items", "success_url", "mode"):
        if not params.get(name):
            raise invalid(f"Missing required param: {name}.", name, "parameter_missing")
    if params["mode"] != "payment" or params.get("ui_mode", "hosted_page") != "hosted_page":
        raise invalid("The stand-in speaks only mode=payment with ui_mode=hosted_page.", "mode")
    _check_understood(params)
    for name in ("success_url", "cancel_url"):
        if name in params and not URL.fullmatch(params[name]):
            raise invalid("Not a valid URL", name, "url_invalid")
    email = params.get("customer_email")
    if email is not None and not EMAIL.fullmatch(email):
        raise invalid(f"Invalid email address: {email}", "customer_email", "email_invalid")
    if email is not None and email.startswith(REFUSED):
        raise invalid("Your account has not been activated.", code="testmode_charges_only")
    if len(params["line_items"]) > MOST_LINES:
        raise invalid(f"A session takes at most {MOST_LINES} line items.", "line_items")
    _check_expiry(till.now(), params.get("expires_at"))


def _check_understood(params: dict) -> None:
    for name in params:
        if name not in UNDERSTOOD:
            raise invalid(f"The stand-in does not speak {name}.", name)
    for name in params.get("payment_intent_data", {}):
        if name not in INTENT_FIELDS:
            raise invalid(f"The stand-in does not speak payment_intent_data[{name}].", f"payment_intent_data[{name}]")


def _check_expiry(now: int, expires_at: int | None) -> None:
    if expires_at is None:
        return
    if expires_at < now + SHORTEST:
        message = "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation."
        raise invalid(message, "expires_at")
    if expires_at > now + LONGEST:
        message = "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation."
        raise invalid(message, "expires_at")


def _line(line: dict, place: int) -> dict:
    name = f"line_items[{place}]"
    if ("price" in line) == ("price_data" in line):
        raise invalid("Each line item takes exactly one of price and price_data.", name)
    if "price" in line:
        raise missing("price", line["price"], param=f"{name}[price]", status=400)
    price, quantity = line["price_data"], line.get("quantity")
    if quantity is None or quantity < 1:
        raise invalid("Quantity is required. Add `quantity` to the line item.", f"{name}[quantity]")
    if "product_data" not in price:
        raise invalid("The stand-in needs price_data.product_data.", f"{name}[price_data]", "parameter_missing")
    if "unit_amount" not in price:
        raise invalid("Missing required param: unit_amount.", f"{name}[price_data][unit_amount]", "parameter_missing")
    if price["unit_amount"] < 0:
        raise invalid("Invalid non-negative integer", f"{name}[price_data][unit_amount]", "parameter_invalid_integer")
    return line


def _total(params: dict, lines: list[dict]) -> tuple[str, int]:
    currencies = {line["price_data"]["currency"].lower() for line in lines}
    if "currency" in params:
        currencies.add(params["currency"].lower())
    if len(currencies) != 1:
        raise invalid("All line items must have the same currency.", "line_items")
    currency = currencies.pop()
    if not re.fullmatch("[a-z]{3}", currency):
        raise invalid(f"Invalid currency: {currency}", "line_items[0][price_data][currency]")
    total = sum(line["price_data"]["unit_amount"] * line["quantity"] for line in lines)
    if 0 < total < money.minimum(currency):
        least = money.shown(money.minimum(currency), currency)
        raise invalid(
            f"The Checkout Session's total amount due must add up to at least {least} {currency}",
            code="amount_too_small",
        )
    return currency, total


def _item(till: Till, line: dict) -> str:
    wanted, amount = line["price_data"], line["price_data"]["unit_amount"] * line["quantity"]
    facts = {name: wanted["product_data"][name] for name in shapes.PRODUCT if name in wanted["product_data"]}
    product = till.add(shapes.PRODUCT, **facts, name=wanted["product_data"]["name"], updated=till.now())
    price = till.add(
        shapes.PRICE,
        currency=wanted["currency"].lower(),
        product=product["id"],
        tax_behavior=wanted.get("tax_behavior", "unspecified"),
        unit_amount=wanted["unit_amount"],
        unit_amount_decimal=str(wanted["unit_amount"]),
    )
    item = till.add(
        shapes.ITEM,
        amount_subtotal=amount,
        amount_total=amount,
        currency=price["currency"],
        description=product["name"],
        metadata=line.get("metadata", {}),
        price=copy.deepcopy(price),
        quantity=line["quantity"],
    )
    return item["id"]


def _details(email: str | None) -> dict | None:
    return {**shapes.CUSTOMER_DETAILS, "email": email} if email else None


def _open(till: Till, session_id: str) -> dict:
    session = till.get("checkout.session", session_id, param="session")
    if session["status"] != "open":
        raise ValueError(f"{session_id} is {session['status']}, so nothing can be paid")
    return session


def _close(till: Till, session: dict) -> None:
    session.update(status="expired", url=None)
    del till.open_sessions[session["id"]]
    if session["payment_intent"]:
        intent = till.get("payment_intent", session["payment_intent"])
        intent.update(status="canceled", canceled_at=till.now(), cancellation_reason="automatic")
    till.emit("checkout.session.expired", session)


def _complete(till: Till, session: dict, payment_status: str) -> dict:
    email = session["customer_email"] or "buyer@example.com"
    session.update(status="complete", payment_status=payment_status, url=None)
    del till.open_sessions[session["id"]]
    session["customer_details"] = {**_details(email), "name": "Test Buyer"}
    till.emit("checkout.session.completed", session)
    return session


def _intent(till: Till, session: dict) -> dict:
    """The session's payment intent, made at the first try as Checkout does."""
    if session["payment_intent"]:
        return till.get("payment_intent", session["payment_intent"])
    wanted = till.private[session["id"]]["intent"]
    intent = till.add(
        shapes.PAYMENT_INTENT,
        **{name: copy.deepcopy(wanted[name]) for name in INTENT_FIELDS if name in wanted},
        amount=session["amount_total"],
        currency=session["currency"],
        payment_method_types=list(session["payment_method_types"]),
    )
    intent["client_secret"] = f"{intent['id']}_{new_id('secret_')}"
    session["payment_intent"] = intent["id"]
    return intent


def _charge(till: Till, session: dict, intent: dict, method: str) -> dict:
    details = copy.deepcopy(shapes.CARD) if method == "card" else {}
    charge = till.add(
        shapes.CHARGE,
        amount=intent["amount"],
        currency=intent["currency"],
        description=intent["description"],
        metadata=dict(intent["metadata"]),
        payment_intent=intent["id"],
        payment_method=new_id("pm_"),
        payment_method_details={method: details, "type": method},
        status="pending",
    )
    charge["billing_details"].update(email=session["customer_email"], name="Test Buyer")
    intent.update(latest_charge=charge["id"], payment_method=charge["payment_method"], last_payment_error=None)
    return charge


def _succeed(till: Till, intent: dict, charge: dict) -> None:
    amount = charge["amount"]
    kind = charge["payment_method_details"]["type"]
    entry = money.book(
        till, charge, "charge" if kind == "card" else "payment", "charge", amount, money.charge_fee(amount)
    )
    charge.update(status="succeeded", paid=True, captured=True, amount_captured=amount)
    charge.update(balance_transaction=entry["id"], outcome=_outcome("authorized", "Payment complete."))
    intent.update(status="succeeded", amount_received=amount)
    till.emit("charge.succeeded", charge)
    till.emit("payment_intent.succeeded", intent)


def _start_delayed(till: Till, session: dict, intent: dict) -> None:
    method = DELAYED.get(session["currency"], "sepa_debit")
    if method not in session["payment_method_types"]:
        session["payment_method_types"] = [*session["payment_method_types"], method]
    _charge(till, session, intent, method)
    intent.update(status="processing")


def _decline(till: Till, session: dict, intent: dict) -> None:
    _fail(till, intent, _charge(till, session, intent, "card"), "Your card was declined.", "card_declined")


def _fail(till: Till, intent: dict, charge: dict, message: str, code: str) -> None:
    charge.update(status="failed", failure_code=code, failure_message=message, outcome=_outcome("issuer", message))
    error = {"type": "card_error", "code": code, "message": message, "charge": charge["id"]}
    if code == "card_declined":
        error["decline_code"] = "generic_decline"
    intent.update(status="requires_payment_method", payment_method=None, last_payment_error=error)
    till.emit("payment_intent.payment_failed", intent)


def _outcome(kind: str, message: str) -> dict:
    declined = kind == "issuer"
    return {
        "advice_code": "try_again_later" if declined else None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "declined_by_network" if declined else "approved_by_network",
        "reason": "generic_decline" if declined else None,
        "risk_level": "normal",
        "seller_message": message,
        "type": "issuer_declined" if declined else "authorized",
    }
