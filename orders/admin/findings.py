"""What does not add up in the books, and the page to say that it is seen."""

from django import forms
from django.contrib import admin, messages
from django.shortcuts import get_object_or_404, redirect

from kit.desk.desk_admin import DeskAdmin, ReadOnly, named
from kit.desk.desk_pages import desk_page, desk_path, needs
from orders.books import findings
from orders.models import BooksFinding

PERMISSION = "orders.change_booksfinding"


class SeenForm(forms.Form):
    because = forms.CharField(
        label="Seen, because",
        max_length=300,
        help_text="Why it may stand as it is. It is kept with your name; write nothing about a person's health.",
    )


@admin.register(BooksFinding)
class BooksFindingAdmin(ReadOnly, DeskAdmin):
    list_display = ["about", "words", "rule", "is_loss", "found_at", "is_present", "seen_at"]
    list_filter = ["is_present", ("seen_at", admin.EmptyFieldListFilter), "is_loss", "rule"]
    search_fields = ["about", "words"]
    search_help_text = "An order number, a document, or words of what was found."
    list_select_related = ["seen_by"]
    fields = ["rule", "about", "words", "is_loss", "found_at", "is_present", "seen_at", "reader", "seen_because"]
    readonly_fields = fields
    reader = named("seen_by")

    def get_urls(self) -> list:
        return [desk_path(self, "<int:pk>/seen/", seen_page, "orders_booksfinding_seen"), *super().get_urls()]


@needs(PERMISSION)
def seen_page(request, pk, model_admin):
    finding = get_object_or_404(BooksFinding, pk=pk)
    form = SeenForm(request.POST or None)
    if finding.seen_at or request.method != "POST" or not form.is_valid():
        context = {"row": finding, "form": form, "here": "Seen", "title": f"Seen: {finding.about}"}
        status = 422 if form.errors else 200
        return desk_page(request, model_admin, "admin/orders/booksfinding/seen.html", context, status=status)
    because = form.cleaned_data["because"]
    try:
        findings.mark_seen(finding, by=request.user, because=because)
    except findings.SeenAlready:
        messages.warning(request, "Somebody has seen to it already. Nothing was done.")
    else:
        model_admin.log_change(request, finding, f"Seen, because: {because}")
        messages.success(request, "Noted. If it changes, it is told anew.")
    return redirect("admin:orders_booksfinding_changelist")
