"""Orders: facts about money to be read, and the pages to act on them, so that no click strands a place without it."""

from django.contrib import admin
from django.db.models import prefetch_related_objects
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kit.desk.confirm import act_urls
from kit.desk.desk_admin import DeskAdmin, DeskTabularInline, ReadOnly
from kit.desk.desk_pages import desk_path
from kit.desk.listed_lookups import DeskList
from kit.local.money import money
from orders import consents
from orders.admin import (
    buyer_desk,
    change_desk,
    difference_desk,
    late_desk,
    mail_desk,
    move_desk,
    moved,
    papers_desk,
    refund_desk,
    sales_desk,
    transfer_desk,
    workshop_desk,
)
from orders.admin.disputes import disputes_of
from orders.admin.documents import documents_of
from orders.admin.facts import link_to, net
from orders.admin.history import history_of
from orders.admin.transfer_desk import BY_INVOICE, ORGANISATION, InvoiceFilter
from orders.admin.workshop_filter import OrdersOnWorkshopFilter
from orders.models import Order, OrderLine, Payment, Refund
from orders.pages.order_page import OrderPage

Status = Order.Status
BESIDE = ["moved_from_order", "moved_to_orders", "credit", "added_to_order", "added"]
MONEY = ["sum", "discount_words", "discount_code", "general_code", "balance_now", "refunds", "disputes", "documents"]
WHAT_TO_DO = {
    Status.UNCONFIRMED: "Nothing. Whoever booked was sent a link to confirm the address, and nothing else was sent. "
    "Without a press on its button the places go back on sale at the time below.",
    Status.UNANSWERED: "Nothing. Nobody confirmed the address in time, and the places went back on sale.",
    Status.PENDING: "Nothing. The places are held for the time below; unpaid, they go back on sale by themselves.",
    Status.PROCESSING: "Nothing. The bank takes some days; the places are held for a week.",
    Status.PAID: "Nothing. Receipt and joining pages are sent.",
    Status.UNSEATED: "The payment came after the places had gone. All of it goes back by itself, and the buyer has "
    "been told. If a place is free again, you may write to them.",
    Status.REVIEW: "What came in is not what was asked for, so no place was given. Compare the payment below with "
    "Stripe, send it back there, and ask the buyer to book again. The order follows what Stripe says.",
    Status.LAPSED: "Nothing. It was not paid in time and the places went back on sale.",
    Status.CANCELLED: "Nothing. The buyer gave the places back before paying, or the workshop was cancelled.",
    Status.CLOSED: "Nothing, unless a refund below has failed. All places are cancelled; more money can be sent back "
    "with the button above.",
    Status.REFUNDED: "All money has gone back. If the attendees are not to come, take their places back in the list of "
    "tickets.",
    Status.OWED: "All money had gone back, but the bank did not take it. Open the refund that failed, below, and ask "
    "for it again; or send it from the bank, with the other button there.",
}
NOT_KEPT = (
    "Nothing. The bank has not said yet whether it pays, and the time of the places is over. Money that comes after "
    "all books them if they are free then, and goes back otherwise. The buyer has been told."
)


class OrderLineInline(ReadOnly, DeskTabularInline):
    model = OrderLine
    fields = ["description", "attendee", "price", "discount", "total", "place"]
    readonly_fields = fields
    verbose_name_plural = "places"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("ticket__workshop")

    @admin.display(description="attendee")
    def attendee(self, line: OrderLine) -> SafeString:
        who = format_html("{}<br>{}", link_to(line.ticket, line.ticket.attendee_name), line.ticket.attendee_email)
        return format_html("{}<br>Access needs: no answer yet", who) if line.ticket.needs_wait else who

    @admin.display(description="place")
    def place(self, line: OrderLine) -> str:
        number = line.ticket.place_number
        return f"{line.ticket.get_status_display()}{f', number {number}' if number else ''}"


class PaymentInline(ReadOnly, DeskTabularInline):
    model = Payment
    fields = ["attempt", "method", "status", "amount", "received", "fee", net, "paid_at", "recorded_at", "note"]
    readonly_fields = fields
    show_change_link = True


class OrdersWithPlaces(DeskList):
    """Of those on the page, for whom they are: asked once for all."""

    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        prefetch_related_objects(self.result_list, "lines__ticket")


@admin.register(Order)
class OrderAdmin(ReadOnly, DeskAdmin):
    list_display = ["number", "buyer_name", "buyer_email", "for_whom", "run", "sum", "status", "placed_at"]
    list_filter = [
        "status",
        InvoiceFilter,
        "placed_at",
        ("workshop", OrdersOnWorkshopFilter),
        ("news_words", admin.EmptyFieldListFilter),
    ]
    search_fields = [
        "number",
        "buyer_name",
        "buyer_email",
        "lines__ticket__attendee_name",
        "lines__ticket__attendee_email",
        "organisation",
        "po_number",
        "discount_code__code",
        "general_code__code",
        "payments__intent_id",
    ]
    search_help_text = (
        "Words of the buyer's, an attendee's or the organisation's name or address; or how the order's number begins, "
        "a purchase order, a code, or Stripe's payment (pi_…)."
    )
    date_hierarchy = "placed_at"
    list_select_related = ["workshop__course", "series"]
    view_on_site = False
    inlines = [OrderLineInline, PaymentInline]
    fieldsets = [
        (None, {"fields": ["number", "status", "what_to_do", "workshop", "series", "order_page"]}),
        ("Moves and added places", {"fields": BESIDE, "classes": ["collapse"]}),
        ("Organisation that pays by invoice", {"fields": ORGANISATION, "classes": ["collapse"]}),
        ("Buyer", {"fields": ["buyer_name", "buyer_email", "time_zone", "news_words"]}),
        ("Money", {"fields": MONEY}),
        ("What was agreed", {"fields": ["agreed_at", "terms", "terms_words", "refund_words", "asked_for"]}),
        ("When", {"fields": ["placed_at", "held_until", "paid_at"]}),
        ("History", {"fields": ["history"], "classes": ["collapse"]}),
    ]

    def get_urls(self) -> list:
        own = [
            ("<int:pk>/refund/", refund_desk.refund_page, "orders_order_refund"),
            ("<int:pk>/move/", move_desk.move_page, "orders_order_move"),
            ("<int:pk>/change-places/", change_desk.change_page, "orders_order_change_places"),
            ("<int:pk>/transfer/", transfer_desk.transfer_page, "orders_order_transfer"),
            ("<int:pk>/send-back/", transfer_desk.send_back, "orders_order_send_back"),
            ("<int:pk>/seat-late/", late_desk.seat, "orders_order_seat_late"),
            ("<int:pk>/send-late-back/", late_desk.send_back, "orders_order_send_late_back"),
            ("<int:pk>/send-back-surplus/", transfer_desk.send_back_surplus, "orders_order_send_back_surplus"),
            ("cancel-workshop/<int:pk>/", workshop_desk.cancel_page, "orders_cancel_workshop"),
            ("<int:pk>/mails/", mail_desk.mails_page, "orders_order_mails"),
            ("<int:pk>/mails/<int:message_pk>/again/", mail_desk.again, "orders_order_mail_again"),
            ("sales/", sales_desk.download, "orders_order_sales"),
            ("exports/", sales_desk.exports_page, "orders_order_exports"),
            ("exports/<int:pk>/file/", sales_desk.export_file, "orders_order_export_file"),
        ]
        acts = act_urls(self, [*buyer_desk.ACTS, *difference_desk.ACTS, *papers_desk.ACTS])
        return [*acts, *(desk_path(self, *each) for each in own), *super().get_urls()]

    @admin.display(description="workshop", ordering="workshop__slug")
    def run(self, order: Order) -> str:
        return order.series.slug if order.series else order.workshop.slug

    @admin.display(description="for")
    def for_whom(self, order: Order) -> str:
        """Whoever holds a place of it, as far as one line has room."""
        first, *others = dict.fromkeys(line.ticket.attendee_name or "-" for line in order.lines.all()) or ["-"]
        return f"{first} and {len(others)} more" if others else first

    def get_changelist(self, request, **kwargs):
        return OrdersWithPlaces

    @admin.display(description="total", ordering="total")
    def sum(self, order: Order) -> str:
        return money(order.total, order.currency)

    @admin.display(description="held for this order")
    def balance_now(self, order: Order) -> str:
        return money(order.balance(), order.currency)

    @admin.display(description="from")
    def moved_from_order(self, order: Order) -> SafeString | str:
        return link_to(order.moved_from.order) if order.moved_from else "no"

    @admin.display(description="to")
    def moved_to_orders(self, order: Order) -> SafeString | str:
        return moved.moved_to(order)

    @admin.display(description="added to")
    def added_to_order(self, order: Order) -> SafeString | str:
        return link_to(order.added_to) if order.added_to else "no"

    @admin.display(description="places added later")
    def added(self, order: Order) -> SafeString | str:
        found = ((link_to(each), each.get_status_display()) for each in order.additions.order_by("pk"))
        return format_html_join(SafeString("<br>"), "{}: {}", found) or "none"

    @admin.display(description="refunds")
    def refunds(self, order: Order) -> SafeString | str:
        found = Refund.objects.filter(payment__order=order).select_related("payment__order")
        facts = ((link_to(refund), refund.get_status_display(), refund.reason) for refund in found)
        return format_html_join(SafeString("<br>"), "{}: {}. {}", facts) or "none"

    @admin.display(description="every change of a status")
    def history(self, order: Order) -> SafeString:
        return render_to_string("admin/orders/order/_history.html", {"entries": history_of(order)})

    @admin.display(description="receipts, invoices, credit notes")
    def documents(self, order: Order) -> SafeString | str:
        return documents_of(order)

    @admin.display(description="disputes")
    def disputes(self, order: Order) -> SafeString | str:
        return disputes_of(order)

    @admin.display(description="refund policy")
    def refund_words(self, order: Order) -> SafeString | str:
        lines = ((line,) for line in order.refund_lines)
        return format_html_join(SafeString("<br>"), "{}", lines) or "none"

    @admin.display(description="asked for, to begin early")
    def asked_for(self, order: Order) -> SafeString | str:
        lines = ((line,) for line in consents.in_words(order, who="The buyer"))
        return format_html_join(SafeString("<br>"), "{}", lines) or "nothing"

    @admin.display(description="what to do")
    def what_to_do(self, order: Order) -> str:
        if order.open_disputes:
            return "Answer the dispute below at Stripe. Until it is decided nothing can be refunded or cancelled here."
        if order.may_be_seated_late:
            return late_desk.WHAT_TO_DO
        if OrderPage(order).is_at_bank and not order.is_holding:
            return NOT_KEPT
        if words := moved.what_to_do(order):
            return words
        if surplus := order.surplus():
            return (
                f"{money(surplus, order.currency)} more came than the order comes to. Send it back by the button above."
            )
        words = (WHAT_TO_DO | (BY_INVOICE if order.is_by_invoice else {})).get(order.status, "")
        if order.is_acceptable:
            has, lacks = money(order.balance(), order.currency), money(order.missing(), order.currency)
            return f"{has} has come, {lacks} is missing. {words}"
        return words

    @admin.display(description="the buyer's page")
    def order_page(self, order: Order) -> SafeString:
        return format_html('<a href="{}">See what the buyer sees</a>', order.get_absolute_url())

    def get_readonly_fields(self, request, obj=None):
        return [name for _, options in self.fieldsets for name in options["fields"]]
