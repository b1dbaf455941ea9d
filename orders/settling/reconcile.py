"""Asking Stripe again, for all that a lost message left open. A paid session always beats an ended hold."""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts import audit
from kit.work.checkpoints import checkpoint
from kit.work.rounds import do_for_each, in_any_order
from orders import locks, stripe_api
from orders.changes import refunds
from orders.checkout import releasing
from orders.mails import booking_mails, change_mails
from orders.models import Dispute, Order, Payment, Refund, order_status
from orders.settling import disputes, settle

log = logging.getLogger(__name__)

LOOK_BACK = timedelta(days=120)  # as long as a bank may take to ask for money back
PAID_WITHIN = timedelta(days=30)  # of the making of a payment page, also by a slow bank
LATELY = timedelta(days=2)  # older money was looked at often enough, and is looked at each hour
AT_ONCE = 100  # payment pages that our rows are asked about together: so many Stripe lists at once
Told = TypeVar("Told")
State = TypeVar("State", stripe_api.RefundState, stripe_api.DisputeState)
Row = Refund | Dispute
A_MOMENT = timedelta(seconds=15)
AFTER = timedelta(minutes=2)  # the webhook is given this much time before we ask ourselves


def ask_again(order: Order) -> bool:
    """Settles the order's unfinished sessions by what Stripe says of them now; without an answer nothing changes.

    Returns whether Stripe answered.
    """
    try:
        return _ask(order)
    except stripe_api.StripeUnavailable as error:
        log.warning("order %s: %s", order.number, error)
        return False


def settle_what_is_paid(order: Order) -> bool:
    """Before the buyer is sent to pay: settles pages of hers that were paid, and leaves the others as they are. The
    order is read anew then. Pages that opened a moment ago are not asked about: nobody pays in so little time.

    Returns False where Stripe does not say.
    """
    pages = _open_pages().filter(order=order, created_at__lte=timezone.now() - A_MOMENT)
    try:
        is_any_complete = [_settle_if_complete(payment) for payment in pages]
    except stripe_api.StripeUnavailable:
        return False
    if any(is_any_complete):
        order.refresh_from_db()
    return True


def with_open_pages(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Each knows as `has_open_page` whether `ask_again` has something to ask."""
    return orders.annotate(has_open_page=Exists(_open_pages().filter(order=OuterRef("pk"))))


def give_back(order: Order) -> bool:
    """Gives the places of an unpaid order back. Closes its payment page first; if it was paid meanwhile, it stays.

    Returns whether the order no longer holds places or waits for money.
    """
    try:
        return _close(order, Order.Status.CANCELLED)
    except stripe_api.StripeUnavailable:
        return False


def free_at_desk(order: Order, *, why: str = "") -> bool:
    """The same, for somebody who asked on the telephone; the buyer is told by mail that nothing is to be paid.

    Returns whether it was done.
    """
    try:
        with audit.because(why):
            _close(order, Order.Status.CANCELLED, tell=change_mails.tell_freed)
    except stripe_api.StripeUnavailable:
        return False
    order.refresh_from_db(fields=["status"])
    return order.is_given_back


def ask_about_open_attempts(*, at_once: bool = False) -> int:
    """Asks about each payment page that should have told us something by now, or about all `at_once`.

    Returns how many orders were asked about.
    """
    created_before = timezone.now() - (timedelta() if at_once else AFTER)
    open_ones = Payment.objects.filter(status__in=Payment.UNFINISHED, created_at__lte=created_before)
    orders = Order.objects.filter(pk__in=open_ones.exclude(session_id="").values("order"))
    return do_for_each(in_any_order(orders), _ask, silence=stripe_api.StripeUnavailable)


def decide_recorded_money() -> int:
    """Decides on money that was recorded by a process that died before it came to the place. Asks nobody.

    Returns how many payments were decided on.
    """
    return _decide(Payment.objects.paid())


def decide_recent_money() -> int:
    """The same of what was paid, or written down, lately: in ten years it looks at no more rows than today."""
    since = timezone.now() - LATELY
    rows = Payment.objects.order_by().values_list("pk", flat=True)
    came_in, written_down = (
        rows.filter(recorded_at__gte=since),
        rows.filter(status=Payment.Status.PAID, created_at__gte=since),
    )
    recent = list(came_in.union(written_down))
    return _decide(Payment.objects.paid().filter(pk__in=recent)) if recent else 0


def close_ended_holds() -> int:
    """Closes orders whose time is over: payment page first, then the order. Returns how many were closed."""
    ended = Order.objects.awaiting_payment().filter(held_until__lte=timezone.now())
    return do_for_each(
        in_any_order(ended), lambda order: _close(order, Order.Status.LAPSED), silence=stripe_api.StripeUnavailable
    )


def send_waiting_refunds() -> int:
    """Asks for refunds that are not at Stripe yet, and after those that are on their way."""
    by_hand = Refund.objects.to_send_by_hand()
    rows = in_any_order(Refund.objects.select_related("payment__source"))
    waiting = rows.filter(status=Refund.Status.REQUESTED).exclude(pk__in=by_hand)
    on_their_way = rows.filter(status=Refund.Status.PENDING)
    one_of_each_payment = {refund.payment.through: refund for refund in on_their_way}.values()
    do_for_each([*waiting, *one_of_each_payment], _bring_on, silence=stripe_api.StripeUnavailable)
    return len(waiting) + len(on_their_way)


def find_untold_payments() -> int:
    """Settles what was paid at Stripe and is not paid here, whatever became of its page here. Returns how many.

    What is paid on a page that nobody here knows is not touched: the books name it.
    """
    return do_for_each(_as_far_as_told(paid_elsewhere()), _settle_if_known, silence=stripe_api.StripeUnavailable)


def paid_elsewhere() -> Iterator[stripe_api.CheckoutSession]:
    """Pages that this site made, paid at Stripe and not here. Raises StripeUnavailable."""
    sessions = stripe_api.completed_sessions_since(timezone.now() - PAID_WITHIN)
    while some := list(islice(sessions, AT_ONCE)):
        asked = Payment.objects.paid_among().filter(session_id__in=[session.id for session in some])
        paid_here = set(asked.values_list("session_id", flat=True))
        yield from (each for each in some if each.is_ours and each.is_paid and each.id not in paid_here)


def find_untold_refunds() -> int:
    """Takes over refunds made in Stripe's dashboard of which no webhook told us. Returns how many changed here."""
    return _take_over(stripe_api.refunds_since, refunds.record, Refund.objects.values_list("refund_id", "status"))


def find_untold_disputes() -> int:
    """The same for disputes: those that were opened, and those that went on, without our hearing of it."""
    return _take_over(stripe_api.disputes_since, disputes.record, Dispute.objects.values_list("dispute_id", "status"))


def _take_over(
    listed: Callable[[datetime], Iterator[State]], record: Callable[[State], Row | None], known: QuerySet
) -> int:
    """What Stripe lists otherwise than our rows say is recorded as if a webhook had told it."""
    here = dict(known)

    def take_over(state: State) -> bool:
        if here.get(state.id) == state.status:
            return False
        row = record(state)
        return row is not None and row.status != here.get(state.id)

    told = _as_far_as_told(listed(timezone.now() - LOOK_BACK))
    return do_for_each(told, take_over, silence=stripe_api.StripeUnavailable)


def _as_far_as_told(listed: Iterator[Told]) -> Iterator[Told]:
    try:
        yield from listed
    except stripe_api.StripeFailed as error:
        log.warning("looking for what nobody told us: %s", error)


def _decide(payments: QuerySet[Payment]) -> int:
    undecided = payments.filter(order__status__in=order_status.UNDECIDED)
    is_earlier = Q(recorded_at__lt=OuterRef("recorded_at")) | Q(
        recorded_at=OuterRef("recorded_at"), pk__lt=OuterRef("pk")
    )
    first = Payment.objects.paid().exclude(method=Payment.Method.CREDIT).filter(is_earlier, order=OuterRef("order"))
    second = payments.exclude(method__in=Payment.ADDING_UP).filter(
        Exists(first), ~Exists(Refund.objects.filter(payment=OuterRef("pk")))
    )
    rows = (undecided | second).order_by("order", "recorded_at", "pk").select_related("order")
    return do_for_each(rows, lambda payment: bool(settle.decide_place(payment)))


def _bring_on(refund: Refund) -> None:
    if refund.status == Refund.Status.REQUESTED:
        refunds.send(refund.pk)
    else:
        refunds.take_over_if_listed(refund.payment.through)


def _ask(order: Order) -> bool:
    for payment in _open_pages().filter(order=order):
        try:
            _settle(payment)
        except stripe_api.StripeRefused:
            log.error("order %s: Stripe does not know its payment page", order.number)
    return True


def _open_pages() -> QuerySet[Payment]:
    return Payment.objects.filter(status__in=Payment.UNFINISHED).exclude(session_id="")


def _settle_if_known(session: stripe_api.CheckoutSession) -> bool:
    try:
        settle.settle(session)
    except settle.UnknownPayment:
        log.error("page %s was paid, and no payment here is of it", session.id)
        return False
    return True


def _settle_if_complete(payment: Payment) -> bool:
    try:
        session = stripe_api.retrieve_session(payment.session_id)
    except stripe_api.StripeRefused as error:
        log.error("payment %s: Stripe does not know its page: %s", payment.pk, error)
        return False
    if session.status == "complete":
        _settle_by(session)
    return session.status == "complete"


def _settle(payment: Payment) -> None:
    _settle_by(stripe_api.retrieve_session(payment.session_id))


def _settle_by(session: stripe_api.CheckoutSession) -> None:
    """By what Stripe says now; a bank that refused is seen only at the payment intent, if its webhook was lost."""
    if session.waits_for_bank and stripe_api.retrieve_intent(session.intent_id).has_failed:
        settle.end_attempt(settle.find_payment(session), Payment.Status.FAILED)
    else:
        settle.settle(session)


def close_pages(order: Order) -> bool:
    """Nobody can pay for it any more by a page that was opened. False where somebody has, which is settled then. Raises
    StripeUnavailable."""
    unfinished = order.payments.filter(status__in=Payment.UNFINISHED).exclude(session_id="")
    return all(_close_session(payment) for payment in unfinished)


def free_closed(order: Order) -> bool:
    """In the caller's transaction: gives back what an order holds whose pages are closed. False where that is not so
    any more, or money has come. One that holds nothing any more is free."""
    locked = locks.locked_order(order.pk)
    if _goes_on(locked, Order.Status.CANCELLED):
        return False
    _release(locked, Order.Status.CANCELLED)
    return locked.status in order_status.UNPAID


def _close(order: Order, status: str, *, tell: Callable[[Order], None] | None = None) -> bool:
    if not close_pages(order):
        return _stop_waiting(order)
    with transaction.atomic():
        locked = locks.locked_order(order.pk)
        if _goes_on(locked, status):
            return False
        _release(locked, status)
        if tell and locked.status == status and not locked.is_called_off:
            tell(locked)
        checkpoint("places given back")
    checkpoint("order closed")
    return True


@transaction.atomic
def _stop_waiting(order: Order) -> bool:
    """A bank has not said yet whether it pays. The places go back all the same once their time is over, or the workshop
    does not take place; money that comes after all is decided on like any that comes late."""
    locked = locks.locked_order(order.pk)
    if locked.status != Order.Status.PROCESSING or (locked.is_holding and not locked.is_called_off):
        return False
    releasing.release_order(locked, Order.Status.LAPSED)
    if locked.status == Order.Status.LAPSED and not locked.is_called_off:
        booking_mails.tell_not_kept(locked)
    return locked.status == Order.Status.LAPSED


def _release(order: Order, status: str) -> None:
    """The order must be locked."""
    for payment in order.payments.select_for_update(of=("self",)).filter(status=Payment.Status.NEW):
        releasing.mark_expired(payment)
    releasing.release_order(order, status)


def _goes_on(order: Order, status: str) -> bool:
    """Whether another attempt began, or money came in, since its pages were closed. The order must be locked."""
    is_renewed = status == Order.Status.LAPSED and order.is_holding
    asked = order.payments.exclude(session_id="")
    is_under_way = asked.filter(status__in=Payment.UNDER_WAY).exists()
    return is_renewed or (order.status in order_status.HOLDING and is_under_way)


def _close_session(payment: Payment) -> bool:
    """True when nobody can pay this session any more and nobody has. Raises StripeUnavailable.

    A page that Stripe does not know, of another account or of a stand-in that is gone, counts until its time is over.
    """
    try:
        session = _expired_or_as_it_is(payment.session_id)
    except stripe_api.StripeRefused:
        log.error("payment %s: Stripe does not know its page", payment.pk)
        return payment.expires_at <= timezone.now() and _mark_expired(payment)
    checkpoint("page closed at Stripe")
    if session.status == "expired":
        return _mark_expired(payment)
    settle.settle(session)
    return False


def _mark_expired(payment: Payment) -> bool:
    with transaction.atomic():
        _, locked = locks.locked_payment(payment)
        releasing.mark_expired(locked)
    checkpoint("page closed")
    return True


def _expired_or_as_it_is(session_id: str) -> stripe_api.CheckoutSession:
    try:
        return stripe_api.expire_session(session_id)
    except stripe_api.StripeRefused as error:  # mostly it is not open any more
        session = stripe_api.retrieve_session(session_id)
        if session.status == "open":
            log.error("page %s stays open: %s", session_id, error)
        return session
