"""Tickets and money stand together here, so that no click strands the one without the other."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from courses.admin import WorkshopFilter
from courses.models import Ticket
from courses.places import SoldOut, WorkshopCancelled, lock_workshop
from kit.desk_admin import DeskAdmin, DeskTabularInline
from kit.money import money
from kit.typed_choice import TypedChoices
from orders import consents, mails
from orders.changes import attendees, recordings
from orders.desk import (  # noqa: F401  the two admins register themselves
    code_admin,
    move_desk,
    payment_admin,
    refund_desk,
    sales_desk,
    workshop_desk,
)
from orders.desk.admin_facts import ReadOnly, link_to, net
from orders.desk.dispute_admin import disputes_of
from orders.desk.document_admin import documents_of
from orders.desk.history import history_of
from orders.desk.transfer_desk import BY_INVOICE, ORGANISATION, InvoiceFilter, order_pages
from orders.forms import TicketAdminForm
from orders.models import Order, OrderLine, Payment, Refund

Status = Order.Status
MONEY = ["sum", "discount_words", "discount_code", "general_code", "balance_now", "refunds", "disputes", "documents"]
WHAT_TO_DO = {
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
    "for it again; or ask the buyer for another way.",
}


NOT_SENT = (
    "noted before, the workshop is not over, the place is not booked, or the buyer can still change her mind and has "
    "not asked for it; see the column."
)


class OrderLineInline(ReadOnly, DeskTabularInline):
    model = OrderLine
    fields = ["description", "attendee", "price", "discount", "total", "place"]
    readonly_fields = fields
    verbose_name_plural = "places"

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderLine]:
        return super().get_queryset(request).select_related("ticket__workshop")

    @admin.display(description="attendee")
    def attendee(self, line: OrderLine) -> SafeString:
        return format_html("{}<br>{}", link_to(line.ticket, line.ticket.attendee_name), line.ticket.attendee_email)

    @admin.display(description="place")
    def place(self, line: OrderLine) -> str:
        number = line.ticket.place_number
        return f"{line.ticket.get_status_display()}{f', number {number}' if number else ''}"


class PaymentInline(ReadOnly, DeskTabularInline):
    model = Payment
    fields = ["attempt", "method", "status", "amount", "received", "fee", net, "paid_at", "note"]
    readonly_fields = fields
    show_change_link = True


@admin.register(Order)
class OrderAdmin(ReadOnly, DeskAdmin):
    list_display = ["number", "buyer_name", "buyer_email", "run", "sum", "status", "placed_at"]
    list_filter = ["status", InvoiceFilter, "placed_at", ("workshop", WorkshopFilter), "wants_news"]
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
    search_help_text = "Number, buyer, attendee, organisation, purchase order, code, or Stripe's payment (pi_…)."
    date_hierarchy = "placed_at"
    list_select_related = ["workshop__course"]
    view_on_site = False
    inlines = [OrderLineInline, PaymentInline]
    fieldsets = [
        (None, {"fields": ["number", "status", "what_to_do", "workshop", "order_page"]}),
        ("Moved here", {"fields": ["moved_from_order", "credit"], "classes": ["collapse"]}),
        ("Organisation that pays by invoice", {"fields": ORGANISATION, "classes": ["collapse"]}),
        ("Buyer", {"fields": ["buyer_name", "buyer_email", "time_zone", "wants_news"]}),
        ("Money", {"fields": MONEY}),
        ("What was agreed", {"fields": ["agreed_at", "terms", "refund_words", "asked_for"]}),
        ("When", {"fields": ["placed_at", "held_until", "paid_at"]}),
        ("History", {"fields": ["history"], "classes": ["collapse"]}),
    ]

    def get_urls(self) -> list:
        refund = self.admin_site.admin_view(lambda request, pk: refund_desk.refund_page(request, pk, self))
        move = self.admin_site.admin_view(lambda request, pk: move_desk.move_page(request, pk, self))
        cancel = self.admin_site.admin_view(lambda request, pk: workshop_desk.cancel_page(request, pk, self))
        sales = self.admin_site.admin_view(lambda request: sales_desk.download(request, self))
        return [
            *order_pages(self),
            path("<int:pk>/refund/", refund, name="orders_order_refund"),
            path("<int:pk>/move/", move, name="orders_order_move"),
            path("cancel-workshop/<int:pk>/", cancel, name="orders_cancel_workshop"),
            path("sales/", sales, name="orders_order_sales"),
            *super().get_urls(),
        ]

    def change_view(self, request: HttpRequest, object_id: str, form_url: str = "", extra_context=None):
        context = {"refundable": refund_desk.OPEN_FOR, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    @admin.display(description="workshop", ordering="workshop__slug")
    def run(self, order: Order) -> str:
        return order.workshop.slug

    @admin.display(description="total", ordering="total")
    def sum(self, order: Order) -> str:
        return money(order.total, order.currency)

    @admin.display(description="held for this order")
    def balance_now(self, order: Order) -> str:
        return money(order.balance(), order.currency)

    @admin.display(description="from")
    def moved_from_order(self, order: Order) -> SafeString | str:
        return link_to(order.moved_from.order) if order.moved_from else "no"

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
        return (WHAT_TO_DO | (BY_INVOICE if order.is_by_invoice else {})).get(order.status, "")

    @admin.display(description="the buyer's page")
    def order_page(self, order: Order) -> SafeString:
        return format_html('<a href="{}">See what the buyer sees</a>', order.get_absolute_url())

    def get_readonly_fields(self, request: HttpRequest, obj=None) -> list[str]:
        return [name for _, options in self.fieldsets for name in options["fields"]]


@admin.register(Ticket)
class TicketAdmin(TypedChoices, DeskAdmin):
    """Attendees. A ticket added here is a free place; one that was bought is cancelled on its order's page."""

    form = TicketAdminForm
    list_display = [
        "attendee_name",
        "attendee_email",
        "run",
        "ticket_type",
        "place_number",
        "status",
        "recording",
        "access_needs",
        "order",
    ]
    list_filter = [
        ("workshop", WorkshopFilter),
        "status",
        "access",
        ("access_needs", admin.EmptyFieldListFilter),
    ]
    search_fields = ["attendee_name", "attendee_email", "workshop__slug", "workshop__course__title"]
    list_select_related = ["workshop__course", "ticket_type"]
    autocomplete_fields = ["workshop"]
    view_on_site = False
    list_per_page = 200
    fields = [
        "workshop",
        "ticket_type",
        "attendee_name",
        "attendee_email",
        "attendee_time_zone",
        "access_needs",
        "status",
        "place_number",
        "recording",
        "order",
        "joining_page",
    ]
    actions = ["download", "mark_recordings_sent", "send_joining_pages", "take_back"]

    def get_readonly_fields(self, request: HttpRequest, obj: Ticket | None = None) -> list[str]:
        facts = ["status", "place_number", "recording", "order", "joining_page"]
        return ["workshop", "ticket_type", *facts] if obj else facts

    def get_queryset(self, request: HttpRequest) -> QuerySet[Ticket]:
        line = OrderLine.objects.filter(ticket=OuterRef("pk"))
        return recordings.with_sale(super().get_queryset(request)).annotate(
            order_pk=Subquery(line.values("order")), order_number=Subquery(line.values("order__number"))
        )

    def has_delete_permission(self, request: HttpRequest, obj=None) -> bool:
        return False

    def lock_row(self, row: Ticket) -> None:
        """As everybody does who changes a place: its workshop first."""
        lock_workshop(row.workshop_id)
        super().lock_row(row)

    def save_model(self, request: HttpRequest, obj: Ticket, form: TicketAdminForm, change: bool) -> None:
        if change:
            if attendees.change_attendee(obj):
                messages.info(request, "The joining page was sent to the new address; the old link no longer works.")
            return
        try:
            given = attendees.give_free_place(obj.workshop, ticket=form.new_ticket())
        except (SoldOut, WorkshopCancelled):  # somebody was faster than this form
            return
        obj.pk = given.pk
        messages.info(request, "The joining page is on its way to them by mail.")

    def log_addition(self, request: HttpRequest, obj: Ticket, message: Any) -> LogEntry | None:
        return super().log_addition(request, obj, message) if obj.pk else None

    def response_add(self, request: HttpRequest, obj: Ticket, post_url_continue: str | None = None) -> HttpResponse:
        if obj.pk:
            return super().response_add(request, obj, post_url_continue)
        messages.error(request, "Somebody was faster: no place is left to give. Nothing was saved.")
        return redirect(f"{reverse('admin:courses_ticket_add')}?workshop={obj.workshop_id}")

    @admin.display(description="workshop", ordering="workshop__slug")
    def run(self, ticket: Ticket) -> str:
        return ticket.workshop.slug

    @admin.display(description="order", ordering="order_number")
    def order(self, ticket: Ticket) -> SafeString | str:
        if not ticket.pk:
            return "none: a free place"
        if not ticket.order_pk:
            return "free place"
        return link_to(Order(pk=ticket.order_pk, number=ticket.order_number))

    @admin.display(description="link to the recording")
    def recording(self, ticket: Ticket) -> str:
        return recordings.standing(ticket) if ticket.pk else ""

    @admin.display(description="joining page")
    def joining_page(self, ticket: Ticket) -> SafeString | str:
        if not ticket.pk:
            return "Sent by mail as soon as you save."
        return format_html('<a href="{}">See what the attendee sees</a>', ticket.get_absolute_url())

    @admin.action(description="Download the list (CSV)")
    def download(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> HttpResponse:
        answer = HttpResponse(attendees.as_csv(queryset), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="attendees.csv"'
        return answer

    @admin.action(description="Note that the recording’s link was sent to them", permissions=["change"])
    def mark_recordings_sent(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> None:
        chosen = len(queryset)
        marked = recordings.mark_sent(queryset)
        for ticket in marked:
            self.log_change(request, ticket, "The link to the recording was sent.")
        messages.success(request, f"Noted for {len(marked)}.")
        if left := chosen - len(marked):
            messages.warning(request, f"{left} left alone: {NOT_SENT}")

    @admin.action(description="Send the joining page again", permissions=["change"])
    def send_joining_pages(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> None:
        confirmed = queryset.filter(status=Ticket.Status.CONFIRMED)
        for ticket in confirmed:
            mails.tell_attendee_again(ticket)
        messages.success(request, f"Sent to {len(confirmed)}; only confirmed places have one.")

    @admin.action(description="Take the places back (free ones, and those refunded)", permissions=["change"])
    def take_back(self, request: HttpRequest, queryset: QuerySet[Ticket]) -> None:
        cancelled, left = attendees.take_back(queryset)
        messages.success(request, f"{cancelled} taken back. Their joining pages no longer work.")
        if left:
            messages.warning(request, f"{left} left alone: bought and not refunded, or not confirmed.")
