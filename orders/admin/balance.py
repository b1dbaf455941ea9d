"""The balance at Stripe: its movements and payouts, to be read."""

from django.contrib import admin
from django.utils.safestring import SafeString

from kit.desk.desk_admin import DeskAdmin, ReadOnly
from kit.desk.desk_pages import desk_path
from orders.admin import month_desk
from orders.admin.facts import link_to
from orders.models import Movement, Payment, Payout


@admin.register(Movement)
class MovementAdmin(ReadOnly, DeskAdmin):
    """Line by line as Stripe booked them, also what this site did not cause."""

    list_display = ["transaction_id", "kind", "amount", "fee", "net", "moved_at", "payout", "is_ours"]
    list_filter = ["kind", "moved_at", "is_ours", "is_live"]
    search_fields = ["transaction_id", "intent_id", "source_id", "payout__payout_id"]
    search_help_text = "How Stripe's number of the movement (txn_…), payment (pi_…), refund (re_…) or payout begins."
    date_hierarchy = "moved_at"
    list_select_related = ["payout"]
    fields = [
        *("kind", "amount", "fee", "net", "currency", "moved_at", "order", "payout", "words"),
        *("transaction_id", "source_id", "intent_id", "is_ours", "is_live"),
    ]
    readonly_fields = fields

    def get_urls(self) -> list:
        own = [
            ("month/", month_desk.month_page, "orders_movement_month"),
            ("journal/", month_desk.journal_page, "orders_movement_journal"),
        ]
        return [*(desk_path(self, *each) for each in own), *super().get_urls()]

    @admin.display(description="order")
    def order(self, movement: Movement) -> SafeString | str:
        payment = movement.intent_id and Payment.objects.filter(intent_id=movement.intent_id).first()
        return link_to(payment.order) if payment else "none of this site"


@admin.register(Payout)
class PayoutAdmin(ReadOnly, DeskAdmin):
    list_display = ["payout_id", "amount", "status", "created_at", "arrives_on", "is_read"]
    list_filter = ["status", "created_at", "is_live"]
    search_fields = ["payout_id"]
    date_hierarchy = "created_at"
    fields = [
        *("payout_id", "status", "amount", "currency", "created_at", "arrives_on"),
        *("is_told_whole", "is_read", "is_live"),
    ]
    readonly_fields = fields
