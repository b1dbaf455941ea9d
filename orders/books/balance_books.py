"""Whether our rows and the balance at Stripe tell of the same money."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from kit.local.money import money
from orders import stripe_api
from orders.models import BalanceReading, Dispute, Movement, Payment, Payout, Refund

Kind = Movement.Kind
TOLD_WITHIN = timedelta(days=1)  # a webhook that was lost is made up for within hours
BOOKED_WITHIN = timedelta(days=3)  # by Stripe, and read by the worker


def movements_without_a_row() -> Iterator[tuple[str, str]]:
    """Money that Stripe moved for a payment of ours, and nothing here says why. What others moved is theirs."""
    payment = Payment.objects.filter(intent_id=OuterRef("intent_id"))
    old = Movement.objects.filter(moved_at__lt=timezone.now() - TOLD_WITHIN).exclude(intent_id="")
    of_payments = Q(kind=Kind.PAYMENT, is_ours=True) & ~Exists(payment)
    refund = Refund.objects.filter(refund_id=OuterRef("source_id"))
    of_refunds = Q(kind__in=[Kind.REFUND, Kind.REFUND_BACK]) & Exists(payment) & ~Exists(refund)
    dispute = Dispute.objects.filter(dispute_id=OuterRef("source_id"))
    of_disputes = Q(kind__in=[Kind.DISPUTE, Kind.DISPUTE_BACK]) & Exists(payment) & ~Exists(dispute)
    for movement in old.filter(of_payments | of_refunds | of_disputes):
        yield f"movement {movement.transaction_id}", f"{_sum(movement)} moved at Stripe, and no row here is of it"


def rows_that_did_not_move() -> Iterator[tuple[str, str]]:
    """What is settled here, and Stripe never booked. Nothing is said before the balance was read from its beginning."""
    if not BalanceReading.objects.filter(is_live=stripe_api.is_live(), is_whole=True).exists():
        return
    before = timezone.now() - BOOKED_WITHIN
    payments = Payment.objects.paid().filter(is_live=stripe_api.is_live(), paid_at__lt=before)
    booked = Movement.objects.filter(kind=Kind.PAYMENT, intent_id=OuterRef("intent_id"))
    by_card = payments.filter(method=Payment.Method.STRIPE).exclude(intent_id="")
    for payment in by_card.filter(~Exists(booked)).select_related("order"):
        yield f"payment {payment}", "Stripe has not booked it"
    refunds = Refund.objects.filter(status=Refund.Status.SUCCEEDED, credit=None, created_at__lt=before)
    of_mode = refunds.filter(payment__is_live=stripe_api.is_live()).exclude(refund_id="")
    sent = Movement.objects.filter(kind=Kind.REFUND, source_id=OuterRef("refund_id"))
    for refund in of_mode.filter(~Exists(sent)).select_related("payment__order"):
        yield f"refund {refund.pk} of {refund.payment.order}", "Stripe has not booked it"
    taken = Movement.objects.filter(kind=Kind.DISPUTE, source_id=OuterRef("dispute_id"))
    disputes = Dispute.objects.taken().filter(created_at__lt=before, payment__is_live=stripe_api.is_live())
    for dispute in disputes.filter(~Exists(taken)).select_related("payment__order"):
        yield f"dispute {dispute.dispute_id}", "Stripe has not booked it"


def payments_of_another_amount() -> Iterator[tuple[str, str]]:
    """In one currency what a card paid is what Stripe booked."""
    paid = Payment.objects.paid_among().filter(
        intent_id=OuterRef("intent_id"), method=Payment.Method.STRIPE, currency=OuterRef("currency")
    )
    booked = Movement.objects.filter(kind=Kind.PAYMENT).exclude(intent_id="")
    for movement in booked.filter(Exists(paid.exclude(received=OuterRef("amount")))):
        yield f"movement {movement.transaction_id}", f"Stripe booked {_sum(movement)}, and another sum came in here"


def payouts_of_another_sum() -> Iterator[tuple[str, str]]:
    """With itself, what a payout is made of comes to nothing."""
    for payout in Payout.objects.filter(is_read=True).prefetch_related("movements"):
        if rest := sum(movement.net for movement in payout.movements.all()):
            yield f"payout {payout.payout_id}", f"what it is made of is {money(rest, payout.currency)} off"


def _sum(movement: Movement) -> str:
    return money(movement.amount, movement.currency)


RULES = {
    "what Stripe moved for us stands here": movements_without_a_row,
    "what is settled moved at Stripe": rows_that_did_not_move,
    "Stripe booked what was paid": payments_of_another_amount,
    "a payout is what it is made of": payouts_of_another_sum,
}
