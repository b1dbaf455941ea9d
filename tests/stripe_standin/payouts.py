"""What Stripe sends to the bank, and what each payout is made of."""

from . import money, shapes
from .errors import missing
from .till import Till

DAYS_ON_THE_WAY = 2
MEMBERS = "entries"


def pay_out(till: Till, *, currency: str = "gbp", automatic: bool = True) -> dict:
    """All that is booked and in no payout yet goes to the bank at once: the stand-in waits for no day.

    A manual payout is the same sum, but Stripe does not say what it is made of. ValueError where nothing is left.
    """
    with till.change():
        entries = [row for row in till.rows("balance_transaction") if row["currency"] == currency]
        free = [row for row in entries if row["id"] not in _paid_out(till)]
        amount = sum(row["net"] for row in free)
        if amount <= 0:
            raise ValueError(f"Nothing to pay out: {amount}")
        payout = till.add(
            shapes.PAYOUT,
            amount=amount,
            arrival_date=till.now() + DAYS_ON_THE_WAY * 86400,
            automatic=automatic,
            currency=currency,
            reconciliation_status="completed" if automatic else "not_applicable",
        )
        entry = money.book(till, payout, "payout", "payout", -amount)
        payout["balance_transaction"] = entry["id"]
        till.private[payout["id"]] = {MEMBERS: [entry["id"], *(row["id"] for row in free)], "is_told": automatic}
        till.emit("payout.created", payout)
        if automatic:
            till.emit("payout.reconciliation_completed", payout)
        return payout


def arrive(till: Till, payout_id: str) -> dict:
    with till.change():
        payout = till.get("payout", payout_id)
        payout["status"] = "paid"
        till.emit("payout.paid", payout, status="in_transit")
        return payout


def fail(till: Till, payout_id: str) -> dict:
    """The bank sends it back, also after it had arrived. The money goes out again with the next payout."""
    with till.change():
        payout = till.get("payout", payout_id)
        before = payout["status"]
        if before in ("failed", "canceled"):
            raise ValueError(f"{payout_id} is {before} already")
        entry = money.book(till, payout, "payout_failure", "payout_reversal", payout["amount"])
        payout.update(status="failed", failure_balance_transaction=entry["id"], failure_code="account_closed")
        payout["failure_message"] = "The bank account has been closed."
        till.emit("payout.failed", payout, status=before)
        return payout


def entries_of(till: Till, payout_id: str) -> list[dict]:
    """Newest first. Of a manual payout Stripe does not tell."""
    till.get("payout", payout_id, param="payout", status=400)
    of_payout = till.private.get(payout_id)
    if of_payout is None:
        raise missing("payout", payout_id, param="payout", status=400)
    members = of_payout[MEMBERS] if of_payout["is_told"] else []
    return [row for row in till.rows("balance_transaction") if row["id"] in members]


def _paid_out(till: Till) -> set[str]:
    return {entry for known in till.private.values() for entry in known.get(MEMBERS, [])}
