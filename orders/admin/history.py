"""What has happened to an order and to all that belongs to it, as the desk reads it."""

from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from accounts.models import AuditEntry
from courses.models import SeriesWaitingEntry, Ticket, WaitingListEntry
from orders.models import DiscountCode, Dispute, Order, Payment, RebookingOffer, Refund


def history_of(order: Order) -> QuerySet[AuditEntry]:
    """The entries of the order, its payments, refunds, disputes, tickets, offers and code; oldest first.

    Asks for the rows first, so that the entries are found by their index however many there are.
    """
    lines = list(order.lines.values_list("ticket", "rebooking_offer"))
    tickets = [ticket for ticket, _ in lines]
    payments = list(order.payments.values_list("pk", flat=True))
    rows = {
        Order: [order.pk],
        Payment: payments,
        Refund: Refund.objects.filter(payment__in=payments).values_list("pk", flat=True),
        Dispute: Dispute.objects.filter(payment__in=payments).values_list("pk", flat=True),
        Ticket: tickets,
        WaitingListEntry: WaitingListEntry.objects.filter(ticket__in=tickets).values_list("pk", flat=True),
        SeriesWaitingEntry: SeriesWaitingEntry.objects.filter(tickets__in=tickets).values_list("pk", flat=True),
        RebookingOffer: [offer for _, offer in lines if offer],
        DiscountCode: [order.discount_code_id] if order.discount_code_id else [],
    }
    of_each = [Q(model=model._meta.label_lower, object_id__in=list(pks)) for model, pks in rows.items()]
    return AuditEntry.objects.filter(reduce(or_, of_each)).select_related("user").order_by("at", "pk")
