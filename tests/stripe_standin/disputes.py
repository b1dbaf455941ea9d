import copy

from . import money, shapes
from .till import Till

DAYS_TO_ANSWER = 7
OPEN = ("needs_response", "under_review", "warning_needs_response", "warning_under_review")
WARNING = "warning_"


def create(till: Till, payment_intent: str, *, amount: int | None = None, reason: str = "product_not_received") -> dict:
    """The buyer's bank takes the money back at once, and a fee with it."""
    with till.change():
        intent = till.get("payment_intent", payment_intent)
        charge = till.get("charge", intent["latest_charge"])
        if charge["status"] != "succeeded" or charge["disputed"]:
            raise ValueError(f"{charge['id']} cannot be disputed")
        dispute = till.add(
            shapes.DISPUTE,
            amount=charge["amount"] if amount is None else amount,
            charge=charge["id"],
            currency=charge["currency"],
            evidence_details=_evidence_details(till),
            payment_intent=payment_intent,
            reason=reason,
        )
        charge["disputed"] = True
        till.emit("charge.dispute.created", dispute)
        _book(till, dispute, "dispute", -dispute["amount"], money.DISPUTE_FEE)
        till.emit("charge.dispute.funds_withdrawn", dispute)
        return dispute


def inquire(till: Till, payment_intent: str, *, reason: str = "general") -> dict:
    """The buyer's bank only asks: an early warning, that takes no money and leaves the charge refundable."""
    with till.change():
        charge = till.get("charge", till.get("payment_intent", payment_intent)["latest_charge"])
        dispute = till.add(
            shapes.DISPUTE,
            amount=charge["amount"],
            charge=charge["id"],
            currency=charge["currency"],
            evidence_details=_evidence_details(till),
            is_charge_refundable=True,
            payment_intent=payment_intent,
            reason=reason,
            status="warning_needs_response",
        )
        dispute["payment_method_details"]["card"]["case_type"] = "inquiry"
        till.emit("charge.dispute.created", dispute)
        return dispute


def escalate(till: Till, dispute_id: str) -> dict:
    """The bank was not content with the answer: the early warning becomes a dispute, and the money goes."""
    with till.change():
        dispute = _open(till, dispute_id)
        if not dispute["status"].startswith(WARNING):
            raise ValueError(f"{dispute_id} is a dispute already")
        before = dispute["status"]
        dispute.update(status="needs_response", is_charge_refundable=False)
        dispute["payment_method_details"]["card"]["case_type"] = "chargeback"
        till.get("charge", dispute["charge"])["disputed"] = True
        till.emit("charge.dispute.updated", dispute, status=before)
        _book(till, dispute, "dispute", -dispute["amount"], money.DISPUTE_FEE)
        till.emit("charge.dispute.funds_withdrawn", dispute)
        return dispute


def respond(till: Till, dispute_id: str) -> dict:
    """Evidence is handed in, in the Dashboard."""
    with till.change():
        dispute = _open(till, dispute_id)
        before = dispute["status"]
        dispute["status"] = WARNING * before.startswith(WARNING) + "under_review"
        dispute["evidence_details"].update(has_evidence=True, submission_count=1)
        till.emit("charge.dispute.updated", dispute, status=before)
        return dispute


def close(till: Till, dispute_id: str, outcome: str) -> dict:
    """Close with "won" or "lost", an early warning with "warning_closed"; by the dispute's id or the intent's."""
    with till.change():
        dispute = _open(till, dispute_id)
        outcomes = ("warning_closed",) if dispute["status"].startswith(WARNING) else ("won", "lost")
        if outcome not in outcomes:
            raise ValueError(f"This dispute ends as one of {outcomes}, not as '{outcome}'")
        before = dispute["status"]
        dispute["status"] = outcome
        if outcome == "won":
            dispute["is_charge_refundable"] = True
            _book(till, dispute, "dispute_reversal", dispute["amount"], 0)
            till.emit("charge.dispute.funds_reinstated", dispute)
        till.emit("charge.dispute.closed", dispute, status=before)
        return dispute


def decide_anew(till: Till, dispute_id: str) -> dict:
    """The bank changes its mind: a lost dispute is won, a won one is lost."""
    with till.change():
        dispute = next(
            each
            for each in till.rows("dispute")
            if dispute_id in (each["id"], each["payment_intent"]) and each["status"] in ("won", "lost")
        )
        before, is_won = dispute["status"], dispute["status"] == "lost"
        dispute.update(status="won" if is_won else "lost", is_charge_refundable=is_won)
        amount = dispute["amount"] if is_won else -dispute["amount"]
        _book(till, dispute, "dispute_reversal" if is_won else "dispute", amount, 0)
        till.emit(f"charge.dispute.funds_{'reinstated' if is_won else 'withdrawn'}", dispute)
        till.emit("charge.dispute.closed", dispute, status=before)
        return dispute


def _open(till: Till, wanted: str) -> dict:
    for dispute in till.rows("dispute"):
        if wanted in (dispute["id"], dispute["payment_intent"]) and dispute["status"] in OPEN:
            return dispute
    raise ValueError(f"No open dispute for {wanted}")


def _book(till: Till, dispute: dict, category: str, amount: int, fee: int) -> None:
    entry = money.book(till, dispute, "adjustment", category, amount, fee)
    dispute["balance_transactions"].append(copy.deepcopy(entry))


def _evidence_details(till: Till) -> dict:
    return {
        "due_by": till.now() + DAYS_TO_ANSWER * 86400,
        "enhanced_eligibility": {},
        "has_evidence": False,
        "past_due": False,
        "submission_count": 0,
    }
