"""Facts about money, to be read: payments, refunds, what a cancelled workshop asked, what Stripe told."""

from django.contrib import admin
from django.utils.safestring import SafeString

from courses.workshop_filter import WorkshopFilter
from kit.desk.desk_admin import DeskAdmin, ReadOnly
from kit.desk.desk_pages import desk_path
from kit.desk.listed_lookups import FewValues
from orders.admin import refund_desk, transfer_desk
from orders.admin.facts import link_to, net
from orders.admin.transfer_desk import ByHandFilter
from orders.models import Payment, RebookingOffer, Refund, StripeEvent

REFUSAL = ("refused_at", "refused_code", "refused_param", "refused_status", "is_refused_for_good")


@admin.register(Payment)
class PaymentAdmin(ReadOnly, DeskAdmin):
    list_display = ["order", "attempt", "status", "received", "fee", net, "currency", "is_live", "created_at", "note"]
    list_filter = [
        *("status", "method", "is_wrong_amount", ("refused_at", admin.EmptyFieldListFilter), "is_live", "created_at")
    ]
    search_fields = ["order__number", "session_id", "intent_id"]
    search_help_text = "How the order's number begins, or Stripe's of the page (cs_…) or the payment (pi_…)."
    ordering = ["-pk"]
    list_select_related = ["order"]
    fields = [
        "order",
        "attempt",
        "method",
        "status",
        "amount",
        "received",
        "fee",
        net,
        "currency",
        "is_live",
        "is_wrong_amount",
        "note",
        *REFUSAL,
        "created_at",
        "expires_at",
        "opened_at",
        "paid_at",
        "recorded_at",
        "session_id",
        "intent_id",
    ]
    readonly_fields = fields


@admin.register(Refund)
class RefundAdmin(ReadOnly, DeskAdmin):
    list_display = ["payment", "amount", "status", "reason", "refused_code", "created_at", "paid_at"]
    list_filter = ["status", ByHandFilter, "created_at"]
    search_fields = ["payment__order__number", "refund_id", "payment__intent_id"]
    list_select_related = ["payment__order"]
    fields = [
        *(
            "order",
            "payment",
            "line",
            "amount",
            "status",
            "reason",
            "is_by_bank",
            "origin",
            "credit",
            *("created_at", "paid_at", "recorded_at", "refund_id"),
        ),
        *REFUSAL,
    ]
    readonly_fields = fields

    def get_urls(self) -> list:
        own = [
            ("<int:pk>/again/", refund_desk.ask_again, "orders_refund_again"),
            ("<int:pk>/by-bank/", refund_desk.send_by_bank, "orders_refund_by_bank"),
            ("<int:pk>/sent/", transfer_desk.mark_sent, "orders_refund_sent"),
        ]
        return [*(desk_path(self, *each) for each in own), *super().get_urls()]

    @admin.display(description="order")
    def order(self, refund: Refund) -> SafeString:
        return link_to(refund.payment.order)


@admin.register(RebookingOffer)
class RebookingOfferAdmin(ReadOnly, DeskAdmin):
    """After we cancelled a workshop: who has chosen another run, who has the money back, who is still asked."""

    list_display = ["attendee", "run", "status", "refund_at", "decided_at"]
    list_filter = ["status", ("line__ticket__workshop", WorkshopFilter), "refund_at"]
    search_fields = ["line__ticket__attendee_name", "line__ticket__attendee_email", "line__order__number"]
    list_select_related = ["line__order", "line__ticket__workshop"]
    fields = ["order", "attendee", "status", "created_at", "refund_at", "decided_at"]
    readonly_fields = fields
    view_on_site = False

    @admin.display(description="attendee")
    def attendee(self, offer: RebookingOffer) -> str:
        return offer.line.ticket.attendee_name

    @admin.display(description="cancelled workshop")
    def run(self, offer: RebookingOffer) -> str:
        return offer.line.ticket.workshop.slug

    @admin.display(description="order")
    def order(self, offer: RebookingOffer) -> SafeString:
        return link_to(offer.line.order)


@admin.register(StripeEvent)
class StripeEventAdmin(ReadOnly, DeskAdmin):
    list_display = ["event_id", "type", "received_at", "done_at", "last_error"]
    list_filter = [("type", FewValues), "received_at", ("done_at", admin.EmptyFieldListFilter)]
    search_fields = ["event_id", "type"]
    search_help_text = "How Stripe's number of the event (evt_…) or its type begins."
    fields = ["event_id", "type", "received_at", "done_at", "last_error", "payload"]
    readonly_fields = fields
