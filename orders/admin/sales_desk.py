"""Sales as a table: a short list at once, and whatever days somebody asks for as a file that the worker makes."""

from collections.abc import Mapping
from datetime import date, timedelta

from django import forms
from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from kit.desk.desk_pages import desk_page
from kit.desk.listed_lookups import MOST_FOUND
from kit.guard.security_log import note
from orders.documents import sales_csv, sales_exports
from orders.models import SalesExport
from practice.models import Practice

MOST_AT_ONCE = MOST_FOUND  # orders that a request may wait for; a search finds no more
TOO_MANY = f"These are {MOST_AT_ONCE:,} orders or more, so they are made into a file of whole days. Say which."
BUSY = "Other files are being made. Ask again when they are whole."
ASKED = "The file is being made. You find it below; you may leave this page meanwhile."


class DaysForm(forms.Form):
    what = forms.ChoiceField(choices=SalesExport.What.choices, required=False)
    first_day = forms.DateField(widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    last_day = forms.DateField(
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="Days of the practice's time zone.",
    )

    def clean(self):
        data = super().clean()
        data["what"] = data.get("what") or SalesExport.What.SALES
        if not self.errors and data["last_day"] < data["first_day"]:
            self.add_error("last_day", "The last day is before the first.")
        if not self.errors and (data["first_day"].year < 2000 or data["last_day"].year > 2999):
            self.add_error("first_day", "Write the years with four digits, for example 2026.")
        return data


def download(request, model_admin):
    """What the list of orders shows with the same filters and search, as a table; many are made by the worker."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    try:
        orders = model_admin.get_changelist_instance(request).get_queryset(request)
    except IncorrectLookupParameters:  # the list says what to do
        return redirect(f"{reverse('admin:orders_order_changelist')}?e=1")
    found = list(orders.values_list("pk", flat=True)[:MOST_AT_ONCE])
    if len(found) == MOST_AT_ONCE:
        messages.info(request, TOO_MANY)
        return redirect("admin:orders_order_exports")
    # By their keys: all that a line needs is so many tables that PostgreSQL would join every order before it filters.
    sales = sales_csv.sales_csv(orders.filter(pk__in=found), zone=Practice.current().time_zone)
    return _as_file(request, sales, "sales.csv")


def exports_page(request, model_admin):
    """Files of the last days, and a form to ask for another."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    form = DaysForm(request.POST or None, initial=_asked_for(request.GET))
    if request.method == "POST" and form.is_valid():
        try:
            sales_exports.ask_for_sales(**form.cleaned_data, user=request.user)
        except sales_exports.TooManyUnderWay:
            messages.warning(request, BUSY)
        else:
            messages.success(request, ASKED)
        return redirect("admin:orders_order_exports")
    exports = list(SalesExport.objects.select_related("asked_by"))
    context = {
        "title": "Sales, or the journal of money, as a file",
        "form": form,
        "exports": exports,
        "is_under_way": any(export.made_at is None for export in exports),
        "kept": sales_exports.KEPT,
    }
    status = 422 if form.errors else 200
    return desk_page(request, model_admin, "admin/orders/order/exports.html", context, status=status)


def export_file(request, pk, model_admin):
    """Only when it is whole: nobody counts with a part of it."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    export = get_object_or_404(SalesExport.objects.exclude(made_at=None), pk=pk)
    return _as_file(request, sales_exports.lines_of(export), export.filename)


def _as_file(request, lines, name):
    note("sales downloaded", file=name, request=request)
    answer = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _asked_for(query: Mapping[str, str]) -> dict[str, object]:
    """The month of the journal that somebody comes from; without it the sales of the last."""
    this_month = Practice.current().today().replace(day=1)
    try:
        first_day = date.fromisoformat(f"{query.get('month', '')}-01")
        after = (first_day + timedelta(days=31)).replace(day=1)
    except (ValueError, OverflowError):
        first_day, after = (this_month - timedelta(days=1)).replace(day=1), this_month
    return {"what": query.get("what", ""), "first_day": first_day, "last_day": after - timedelta(days=1)}
