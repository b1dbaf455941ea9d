"""What the desk's pages about money share."""

from decimal import Decimal

from django.contrib import admin
from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from orders.models import Payment


def link_to(row: Model, words: str = "") -> SafeString:
    """To its page at the desk."""
    page = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return format_html('<a href="{}">{}</a>', page, words or row)


@admin.display(description="net")
def net(payment: Payment) -> Decimal | str:
    """A column of payments."""
    return "-" if payment.net is None else payment.net
