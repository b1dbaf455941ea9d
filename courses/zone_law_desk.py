"""The desk's page on moments that a change of law has moved on the clocks."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from courses import zone_law
from courses.change_desk import mails_about
from courses.models import Workshop
from courses.zone_law import Slip
from kit.desk.desk_pages import desk_page
from kit.forms.seen import ChangedMeanwhile, seal

PAGE = "admin/courses/workshop/zone_law.html"
FITS = "Every moment of it fits its hour."
DONE = "Done. Whoever has a place on a session that changed is told within a minute."
NO_SUCH_HOUR = "That cannot be kept: an hour would not exist, come twice, or lie on two days. Choose the other one."
HOLDS = {"hours": "If the hour holds", "moments": "If the moment holds"}
KEEP = {"hours": zone_law.keep_hours, "moments": zone_law.keep_moments}


class KeepForm(forms.Form):
    keep = forms.ChoiceField(
        label="What holds",
        widget=forms.RadioSelect,
        choices=[
            ("hours", "The hour on the clocks that was entered: the moment moves, and calendars with it"),
            ("moments", "The moment, as it stands in calendars: the hour on the page follows"),
        ],
        error_messages={"required": "Choose one."},
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)


@require_http_methods(["GET", "HEAD", "POST"])
def zone_law_page(request: HttpRequest, pk: int, model_admin: ModelAdmin) -> HttpResponse:
    """GET asks and changes nothing; a second press finds that everything fits."""
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    workshop = get_object_or_404(model_admin.get_queryset(request), pk=pk)
    slips = [] if workshop.is_cancelled else zone_law.slips_of(workshop)
    if not slips:
        messages.info(request, FITS)
        return redirect("admin:courses_workshop_change", pk)
    form = KeepForm(request.POST or None, initial={"seen": seal(zone_law.facts_of(slips))})
    context = _context(workshop, slips) | {"form": form, "mails": _mails(workshop, slips)}
    if request.method == "POST" and form.is_valid():
        try:
            KEEP[form.cleaned_data["keep"]](workshop, seen=form.cleaned_data["seen"], by=request.user)
            return _done(request, workshop, model_admin)
        except ChangedMeanwhile:
            context |= {"form": KeepForm(initial=form.initial), "is_asked_anew": True}
            return desk_page(request, model_admin, PAGE, context, status=409)
        except zone_law.NoSuchHour:
            form.add_error("keep", NO_SUCH_HOUR)
    return desk_page(request, model_admin, PAGE, context, status=422 if form.errors else 200)


def _done(request: HttpRequest, workshop: Workshop, model_admin: ModelAdmin) -> HttpResponse:
    model_admin.log_change(request, workshop, "Decided what holds after a change of the law on clocks.")
    messages.success(request, DONE)
    return redirect("admin:courses_workshop_change", workshop.pk)


def _mails(workshop: Workshop, slips: list[Slip]) -> dict[str, list[str]]:
    """How people would read of either decision: it is made, looked at, and taken back."""
    found = {}
    for keep, label in HOLDS.items():
        try:
            with transaction.atomic():
                noted = KEEP[keep](workshop, seen=seal(zone_law.facts_of(slips)), by=None)
                found[label] = mails_about(noted)
                transaction.set_rollback(True)
        except (ChangedMeanwhile, zone_law.NoSuchHour):
            continue
    return found


def _context(workshop: Workshop, slips: list[Slip]) -> dict[str, Any]:
    return {
        "row": workshop,
        "here": "Hours that no longer fit",
        "title": f"Hours that no longer fit: {workshop}",
        "slips": slips,
        "people": 0 if all(each.is_of_sale for each in slips) else workshop.tickets.occupying().count(),
    }
