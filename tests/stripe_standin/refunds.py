from . import money, shapes
from .errors import invalid, missing, refused
from .till import Till


def create(till: Till, params: dict) -> dict:
    """Refund a charge in whole or in part; a delayed method's refund stays pending until it is settled."""
    with till.change():
        charge = _charge(till, params)
        amount = _amount(till, charge, params.get("amount"))
        refund = till.add(
            shapes.REFUND,
            amount=amount,
            charge=charge["id"],
            currency=charge["currency"],
            destination_details=_destination(charge),
            metadata=params.get("metadata") or {},
            payment_intent=charge["payment_intent"],
            reason=params.get("reason"),
        )
        if charge["payment_method_details"]["type"] != "card":
            refund.update(status="pending", pending_reason="processing")
        entry = money.book(till, refund, _kind(charge, "refund"), "refund", -amount)
        refund["balance_transaction"] = entry["id"]
        before = {"amount_refunded": charge["amount_refunded"], "refunded": charge["refunded"]}
        _set_refunded(charge, charge["amount_refunded"] + amount)
        till.emit("refund.created", refund)
        till.emit("charge.refunded", charge, **before)
        return refund


def update(till: Till, refund_id: str, params: dict) -> dict:
    """Merge metadata: an empty value removes its key, an empty string removes all."""
    with till.change():
        refund = till.get("refund", refund_id, param="refund")
        before = dict(refund["metadata"])
        given = params.get("metadata", {})
        merged = {**before, **given} if isinstance(given, dict) else {}
        refund["metadata"] = {key: value for key, value in merged.items() if value != ""}
        till.emit("refund.updated", refund, metadata=before)
        return refund


def settle(till: Till, refund_id: str) -> dict:
    with till.change():
        refund = till.get("refund", refund_id, param="refund")
        if refund["status"] != "pending":
            raise ValueError(f"{refund_id} is {refund['status']}, not pending")
        del refund["pending_reason"]
        refund["status"] = "succeeded"
        till.emit("refund.updated", refund, status="pending")
        return refund


def fail(till: Till, refund_id: str) -> dict:
    """The bank sends a refund back, perhaps days later: the money is ours again and the charge is open again."""
    with till.change():
        refund = till.get("refund", refund_id, param="refund")
        if refund["status"] not in ("pending", "succeeded"):
            raise ValueError(f"{refund_id} is {refund['status']}, so it cannot fail")
        charge = till.get("charge", refund["charge"])
        entry = money.book(till, refund, "refund_failure", "refund_failure", refund["amount"])
        before = refund["status"]
        refund.pop("pending_reason", None)
        refund.update(status="failed", failure_reason="expired_or_canceled_card")
        refund["failure_balance_transaction"] = entry["id"]
        _set_refunded(charge, charge["amount_refunded"] - refund["amount"])
        till.emit("refund.updated", refund, status=before)
        till.emit("refund.failed", refund, status=before)
        return refund


def _charge(till: Till, params: dict) -> dict:
    if ("charge" in params) == ("payment_intent" in params):
        raise invalid("One of the following params should be provided for this request: payment_intent or charge.")
    if "charge" in params:
        return till.get("charge", params["charge"], param="charge", status=400)
    intent = till.get("payment_intent", params["payment_intent"], param="payment_intent", status=400)
    if intent["latest_charge"] is None:
        raise missing("charge", intent["id"], param="payment_intent", status=400)
    return till.get("charge", intent["latest_charge"])


def _amount(till: Till, charge: dict, wanted: int | None) -> int:
    if wanted is not None and wanted < 1:
        raise invalid("Invalid positive integer", "amount", "parameter_invalid_integer")
    if charge["status"] != "succeeded":
        raise refused(f"Charge {charge['id']} did not succeed, so it cannot be refunded.")
    if _is_charged_back(till, charge):
        raise refused(f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed")
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        raise refused(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if wanted is not None and wanted > left:
        asked, rest = (money.shown(amount, charge["currency"]) for amount in (wanted, left))
        raise refused(f"Refund amount ({asked}) is greater than unrefunded amount on charge ({rest})", "amount")
    return left if wanted is None else wanted


def _is_charged_back(till: Till, charge: dict) -> bool:
    """A charge stays marked as disputed for ever; only a dispute that was won frees the money again. An early
    warning has taken none."""
    return any(row["charge"] == charge["id"] and not row["is_charge_refundable"] for row in till.rows("dispute"))


def _set_refunded(charge: dict, amount: int) -> None:
    charge.update(amount_refunded=amount, refunded=amount == charge["amount"])


def _destination(charge: dict) -> dict:
    if charge["payment_method_details"]["type"] == "card":
        return {"card": {"type": "refund", "reference_status": "pending"}, "type": "card"}
    return {"type": charge["payment_method_details"]["type"]}


def _kind(charge: dict, kind: str) -> str:
    return kind if charge["payment_method_details"]["type"] == "card" else f"payment_{kind}"
