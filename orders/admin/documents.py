from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from kit.desk.desk_admin import DeskAdmin, ReadOnly
from kit.local.money import money
from kit.texts import pdf
from orders.admin.facts import link_to
from orders.models import Document, Order, Series


@admin.register(Document)
class DocumentAdmin(ReadOnly, DeskAdmin):
    """Receipts, invoices and credit notes as they were issued."""

    list_display = ["number", "kind", "to", "order", "sum", "issued_at", "page"]
    list_filter = ["kind", "issued_at", "series__issuer"]
    search_fields = [
        "number",
        "order__number",
        "order__buyer_name",
        "order__buyer_email",
        "order__organisation",
        "order__po_number",
    ]
    search_help_text = (
        "Words of the buyer's or the organisation's name or address; or how the number of the document, of the order "
        "or of the purchase order begins."
    )
    date_hierarchy = "issued_at"
    list_select_related = ["order"]
    view_on_site = False
    fields = ["number", "kind", "to", "order_link", "refund_link", "sum", "issued_at", "issuer", "page"]
    readonly_fields = fields

    @admin.display(description="to", ordering="order__buyer_name")
    def to(self, document: Document) -> str:
        buyer = document.facts["buyer"]
        return buyer["organisation"] or buyer["name"]

    @admin.display(description="total", ordering="total")
    def sum(self, document: Document) -> str:
        return money(document.total, document.currency)

    @admin.display(description="order")
    def order_link(self, document: Document) -> SafeString:
        return link_to(document.order)

    @admin.display(description="refund")
    def refund_link(self, document: Document) -> SafeString | str:
        return link_to(document.refund) if document.refund else "none"

    @admin.display(description="issuer")
    def issuer(self, document: Document) -> str:
        return document.series.issuer

    @admin.display(description="what the buyer sees")
    def page(self, document: Document) -> SafeString:
        links = [(document.get_absolute_url(), "page")]
        if pdf.is_available():
            links.append((reverse("orders:document_pdf", args=[document.secret]), "PDF"))
        return format_html_join(", ", '<a href="{}">{}</a>', links)


@admin.register(Series)
class SeriesAdmin(ReadOnly, DeskAdmin):
    """How far the numbers of each issuer and kind of document have come. Nobody sets them: they have no gap."""

    list_display = ["prefix", "issuer", "kind", "last"]
    list_filter = ["issuer", "kind"]
    search_fields = ["prefix", "issuer"]
    fields = readonly_fields = ["prefix", "issuer", "kind", "last"]


def documents_of(order: Order) -> SafeString | str:
    """For the order's page at the desk."""
    found = order.documents.order_by("pk")
    facts = ((link_to(each), each.get_kind_display(), money(each.total, each.currency)) for each in found)
    return format_html_join(SafeString("<br>"), "{}: {}, {}", facts) or "none yet"
