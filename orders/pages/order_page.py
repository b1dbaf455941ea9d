"""What an order's page shows. Its state at this moment names the template, which has the words; here are the facts."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, prefetch_related_objects
from django.utils import timezone

from courses.models import Workshop
from courses.row_parts import give_sessions, presenters, sessions_of
from kit.database.brought import Brought, give_brought
from kit.database.questions import Among, Asked, compiled_once, give
from kit.local.times import until_label
from orders.changes import cancellations, recordings
from orders.checkout.paying import LONGEST_HOLD, MOST_REFUSED
from orders.checkout.placing import HOLD
from orders.coming import Coming
from orders.models import Consent, Dispute, Document, Order, OrderLine, Payment, Refund, order_status
from orders.pricing.refund_policy import refund_for
from orders.settling import lateness
from practice.models import Practice

Status = Order.Status
# Beside the states of the order itself, which have templates of their names.
WORKSHOP_CANCELLED = {
    Status.UNCONFIRMED: "workshop_cancelled_unpaid",
    Status.UNANSWERED: "workshop_cancelled_unpaid",
    Status.PENDING: "workshop_cancelled_unpaid",
    Status.PROCESSING: "workshop_cancelled_unpaid",
    Status.LAPSED: "workshop_cancelled_unpaid",
    Status.CANCELLED: "workshop_cancelled_unpaid",
    Status.PART_PAID: "workshop_cancelled_unseated",
    Status.UNSEATED: "workshop_cancelled_unseated",
    Status.PAID: "workshop_cancelled",
}
CAME_LATE = {Status.REVIEW: "review_late", Status.UNSEATED: "unseated_late"}
BANK_REFUSED, NOT_KEPT = "bank_refused", "not_kept"
MOVE_ENDED = {Status.PENDING, Status.PROCESSING, Status.LAPSED, Status.CANCELLED, Status.UNSEATED}


def read_order(secret: str) -> Order | None:
    """With all that its page shows, as `read_orders` reads it."""
    return next(iter(_with_parts(_by_secret(secret=secret))), None)


def read_orders(orders: QuerySet[Order]) -> list[Order]:
    """With all that pages show of them, in a fixed number of questions; fewer where no more has become of them than
    that they were booked, which is most of them."""
    return _with_parts(list(_shown(orders)))


def _with_parts(found: list[Order]) -> list[Order]:
    if not found:
        return []
    _give_lines(found)
    _give_workshops([order for order in found if order.series_id])
    for order in found:
        give(order.workshop.course, "presenters", presenters(order.workshop.course_id).people)
        give_sessions(order.workshop, order.its_sessions)
        for name, rows in _parts().items():
            give_brought(rows, name, order, getattr(order, f"its_{name}"))
    others = [order for order in found if _has_more(order)]
    prefetch_related_objects(others, *MORE_OF_OTHERS)
    for order in found:
        if not _has_more(order):
            _give_nothing_more(order)
    return found


def _shown(orders: QuerySet[Order]) -> QuerySet[Order]:
    parts = {f"its_{name}": rows for name, rows in _parts().items()}
    return (
        orders.select_related("workshop__course", "terms", "series")
        .defer("terms__body", "terms__filled")
        .defer("workshop__course__cover", "workshop__course__body")
        .annotate(its_sessions=sessions_of("workshop"), **parts)
        .annotate(**{f"has_{name}": Exists(rows) for name, rows in _MORE.items()})
    )


@compiled_once
def _by_secret(secret: Asked) -> QuerySet[Order]:
    return _shown(Order.objects.filter(secret=secret))


@compiled_once
def _lines(orders: list[Asked]) -> QuerySet[OrderLine]:
    lines = OrderLine.objects.filter(Among("order", orders))
    return lines.select_related("ticket__ticket_type", "rebooking_offer")


@cache
def _parts() -> dict[str, Brought]:
    own = {"order": OuterRef("pk")}
    unread = {"facts", "proved_at"}
    listed = [each.attname for each in Document._meta.concrete_fields if each.attname not in unread]
    payments = Payment.objects.filter(**own).order_by("attempt")
    return {"payments": Brought(payments), "documents": Brought(Document.objects.filter(**own), *listed)}


def _give_lines(orders: list[Order]) -> None:
    its: dict[int, list[OrderLine]] = {order.pk: [] for order in orders}
    by_key = {order.pk: order for order in orders}
    for line in _lines(orders=[*by_key]):
        line.order = by_key[line.order_id]
        its[line.order_id].append(line)
    for order in orders:
        give(order, "lines", its[order.pk])


def _give_workshops(orders: list[Order]) -> None:
    """Of orders for a series: all the workshops of all of them, in three questions."""
    keys = {order.pk: {line.ticket.workshop_id for line in order.lines.all()} for order in orders}
    wanted = set().union(*keys.values())
    if not wanted:
        return
    found = Workshop.objects.with_course().prefetch_related("sessions").filter(pk__in=wanted).order_by("pk")
    by_key = {each.pk: each for each in found}
    for order in orders:
        order.workshops = [by_key[pk] for pk in sorted(keys[order.pk])]
        for line in order.lines.all():
            line.ticket.workshop = by_key[line.ticket.workshop_id]


_MORE: dict[str, QuerySet] = {
    "consents": Consent.objects.filter(line__order=OuterRef("pk")),
    "moves": Order.objects.filter(moved_from__order=OuterRef("pk")),
    "refunds": Refund.objects.filter(payment__order=OuterRef("pk")),
    "disputes": Dispute.objects.filter(payment__order=OuterRef("pk")),
}
MORE_OF_OTHERS = (
    "moved_from__order__workshop__course",
    "moved_from__ticket",
    "lines__consents",
    Prefetch("lines__moves", Order.objects.select_related("workshop__course")),
    Prefetch("payments__refunds", Refund.objects.select_related("credit__order")),
    "payments__disputes",
    "payments__source__disputes",
)


def _has_more(order: Order) -> bool:
    return order.moved_from_id is not None or any(getattr(order, f"has_{name}") for name in _MORE)


def _give_nothing_more(order: Order) -> None:
    for line in order.lines.all():
        give(line, "consents", [])
        give(line, "moves", [])
    for payment in order.payments.all():
        give(payment, "refunds", [])
        give(payment, "disputes", [])


@dataclass(frozen=True)
class OrderPage:
    """Uses what `read_orders` brought."""

    order: Order

    @property
    def template(self) -> str:
        return f"orders/states/{state_of(self.order)}.html"

    @cached_property
    def coming(self) -> Coming:
        return Coming(self.order, [line.ticket for line in self.order.booked_lines])

    @property
    def given_back(self) -> Decimal:
        """Of what was paid; what went along with a move is not."""
        return sum((each.amount for each in self.refunds if each.is_counting and not each.credit), Decimal())

    @property
    def gone_along(self) -> Decimal:
        """What moved places took along to other orders."""
        return sum((each.amount for each in self.refunds if each.is_counting and each.credit), Decimal())

    @property
    def kept(self) -> Decimal:
        """What was paid and stays."""
        return self.order.total - self.given_back - self.gone_along

    @property
    def held_until(self) -> str:
        """In words; of a payment by card only where that is not within the hour."""
        if self.order.is_by_invoice or self.order.awaits_difference:
            return until_label(self.order.held_until, Practice.current().time_zone)
        is_far_off = self.order.pay_until > timezone.now() + HOLD
        return self.pay_until if is_far_off else ""

    @property
    def pay_until(self) -> str:
        """In words, for paper, where no time goes by."""
        return until_label(self.order.pay_until, self.order.time_zone)

    @property
    def is_stuck(self) -> bool:
        """The last attempt never became a page to pay on."""
        attempts = list(self.order.payments.all())
        return bool(attempts) and attempts[-1].status in Payment.WITHOUT_PAGE

    @property
    def is_refused(self) -> bool:
        """And Stripe will not open one, however often it is asked."""
        return self.is_stuck and list(self.order.payments.all())[-1].is_refused_for_good

    @property
    def has_tries_left(self) -> bool:
        refused = [each for each in self.order.payments.all() if each.is_refused_as_such]
        return len([each for each in refused if each.has_failed]) < MOST_REFUSED

    @property
    def may_pay(self) -> bool:
        """Whether an order whose hold has ended may be taken up again."""
        order = self.order
        if not self.has_tries_left or self.is_at_bank:
            return False
        is_open = order.status in order_status.PAYABLE_BY_CARD and not order.is_called_off
        is_too_late = timezone.now() - order.placed_at > LONGEST_HOLD or lateness.is_over(order)
        is_still_theirs = order.moved_from is None or order.moved_from.ticket.is_confirmed
        return is_open and not is_too_late and is_still_theirs

    @property
    def is_at_bank(self) -> bool:
        """A bank is to pay and has not answered, whatever became of the places."""
        return any(payment.status == Payment.Status.PROCESSING for payment in self.order.payments.all())

    @property
    def may_change(self) -> bool:
        return bool(self.changeable)

    @cached_property
    def changeable(self) -> frozenset[int]:
        """The keys of the places that can still be given to somebody else."""
        if not order_is_booked(self.order):
            return frozenset()
        return frozenset(line.pk for line in self.order.lines.all() if line.workshop.may_change_places)

    @cached_property
    def cancellable(self) -> frozenset[int]:
        """The keys of the places that the buyer can give up here: what has begun, only while something comes back."""
        order = self.order
        if order.is_disputed or not order_is_booked(order):
            return frozenset()
        held = [line for line in order.booked_lines if not line.workshop.is_cancelled]
        begun = [line for line in held if line.has_begun]
        shares = refund_for(order, begun, timezone.now()).lines if begun else ()
        worth = {share.line.pk for share in shares if share.amount}
        return frozenset(line.pk for line in held if line not in begun or line.pk in worth)

    @cached_property
    def alone(self) -> frozenset[int]:
        """The keys of the places of a series that are given up without the others."""
        lines = self.order.booked_lines if self.order.series_id else []
        return frozenset(line.pk for line in lines if cancellations.is_decided_alone(line))

    @cached_property
    def askable(self) -> frozenset[int]:
        """The keys of the places whose recording can be asked for."""
        if not order_is_booked(self.order):
            return frozenset()
        lines = self.order.lines.all()
        return frozenset(line.pk for line in lines if recordings.may_be_asked_for(self.order, line))

    @cached_property
    def refunds(self) -> list[Refund]:
        """Those to tell the buyer of; one that was asked for again is told of as the new one."""
        lines = {line.pk: line for line in self.order.lines.all()}
        found = [refund for payment in self.order.payments.all() for refund in payment.refunds.all()]
        told = sorted((each for each in found if each.status != Refund.Status.REPLACED), key=lambda each: each.pk)
        for refund in told:
            refund.line = lines.get(refund.line_id)
        return told


def order_is_booked(order: Order) -> bool:
    return order.is_paid and not order.is_called_off


def state_of(order: Order) -> str:
    """The name of its page: the order's own state, unless a move or the workshop's end says more. A hold ends by its
    time, whether or not anybody has noticed."""
    if order.moved_from and not order.paid_at:
        if order.is_holding and order.status == Status.PENDING:
            return "move_waiting"
        if not order.is_holding and order.status in MOVE_ENDED:
            return "move_ended"
    elif order.moved_to:
        return "moved_apart" if len(order.lines.all()) > 1 else "moved"
    if order.is_called_off and order.status in WORKSHOP_CANCELLED:
        return WORKSHOP_CANCELLED[order.status]
    if order.status in CAME_LATE and order.came_late:
        return CAME_LATE[order.status]
    if order.is_unconfirmed and not order.is_holding:
        return str(Status.UNANSWERED)
    if order.is_part_paid and not order.is_holding:
        return str(Status.REVIEW)
    if order.status == Status.REFUNDED and not order.total:
        return "closed"
    is_without_place = order.status in {Status.PROCESSING, Status.LAPSED} and not order.is_holding
    if is_without_place and OrderPage(order).is_at_bank:
        return NOT_KEPT
    has_ended = order.status in {Status.PENDING, Status.INVOICED} and not order.is_holding
    if order.status == Status.LAPSED and _did_bank_refuse(order):
        return BANK_REFUSED
    if has_ended or order.status == Status.LAPSED:
        return "invoice_lapsed" if order.is_by_invoice else "lapsed"
    return str(order.status)


def _did_bank_refuse(order: Order) -> bool:
    """Whether the last attempt was by a delayed method that brought nothing: the others fail before Stripe has it."""
    attempts = list(order.payments.all())
    return bool(attempts) and attempts[-1].status == Payment.Status.FAILED and bool(attempts[-1].intent_id)
