from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kit.desk.desk_admin import DeskAdmin, ReadOnly
from orders.admin.facts import link_to
from orders.models import Dispute, Order

Status = Dispute.Status
WHAT_TO_DO = {
    Status.WARNING_NEEDS_RESPONSE: "The buyer's bank asks what this payment was for; the money is still here. Answer "
    "at Stripe in time, or send the money back: then it mostly ends here.",
    Status.WARNING_UNDER_REVIEW: "Nothing. The bank reads our answer.",
    Status.WARNING_CLOSED: "Nothing. The bank asked no further, and the money stayed here.",
    Status.NEEDS_RESPONSE: "The bank has taken the money back for now. Answer at Stripe in time; without an answer it "
    "is lost. Do not refund the buyer: that would pay twice. The places stay as they are.",
    Status.UNDER_REVIEW: "Nothing. The bank reads our answer, which takes up to two or three months.",
    Status.WON: "Nothing. The money is here again, and the order goes on as before.",
    Status.LOST: "The money is gone. The places are as they were: decide whether the attendees still come. With Refund "
    "or cancel, on the order, you can cancel them.",
    Status.PREVENTED: "Nothing. It was ended by a refund.",
}


@admin.register(Dispute)
class DisputeAdmin(ReadOnly, DeskAdmin):
    list_display = ["dispute_id", "order", "amount", "reason", "status", "evidence_due_at", "created_at"]
    list_filter = ["status", "reason", "created_at"]
    search_fields = ["payment__order__number", "dispute_id", "payment__intent_id"]
    search_help_text = "Order number, or Stripe's number of the dispute (du_…) or payment (pi_…)."
    date_hierarchy = "created_at"
    list_select_related = ["payment__order"]
    fields = [
        "order",
        "payment",
        "amount",
        "reason",
        "status",
        "what_to_do",
        "evidence_due_at",
        "at_stripe",
        "created_at",
        "closed_at",
        "dispute_id",
    ]
    readonly_fields = fields

    @admin.display(description="order", ordering="payment__order__number")
    def order(self, dispute: Dispute) -> SafeString:
        return link_to(dispute.payment.order)

    @admin.display(description="what to do")
    def what_to_do(self, dispute: Dispute) -> str:
        return WHAT_TO_DO[dispute.status]

    @admin.display(description="at Stripe")
    def at_stripe(self, dispute: Dispute) -> SafeString:
        return format_html('<a href="{}" rel="noreferrer">See and answer it there</a>', dispute.stripe_url)


def disputes_of(order: Order) -> SafeString | str:
    """Each with its state and what it is about, as the order's page at the desk shows it."""
    found = Dispute.objects.filter(payment__order=order).select_related("payment__order")
    facts = ((link_to(each), each.get_status_display(), each.reason_words) for each in found)
    return format_html_join(SafeString("<br>"), "{}: {}. {}", facts) or "none"
