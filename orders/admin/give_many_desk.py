"""The desk's page that gives free places to a pasted list of people: looked at first, given once."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from courses.models import TicketType, Workshop
from courses.seats.places import SoldOut, WorkshopCancelled
from kit.desk.desk_pages import desk_page
from kit.forms.forms import EveryZoneField
from orders.changes.pasted_list import LONGEST_LINE, MOST, PastedLine, give_places, read_list

PAGE = "admin/courses/ticket/give_many.html"
TOO_FEW = "Fewer places are free than there are people in the list. Raise the capacity first; nobody was given one."
CANCELLED = "This workshop is cancelled, so nobody can be given a place on it."


class GiveManyForm(forms.Form):
    ticket_type = forms.ModelChoiceField(TicketType.objects.none(), empty_label=None)
    time_zone = EveryZoneField(
        help_text="Their mails tell the times in it. Each of them can change it.",
    )
    people = forms.CharField(
        widget=forms.Textarea({"rows": 12, "class": "vLargeTextField"}),
        max_length=MOST * LONGEST_LINE,
        help_text=f"One person in each line, name and address in either order; {MOST} at most.",
        error_messages={"required": "Paste at least one line."},
    )

    def __init__(self, *args: Any, workshop: Workshop, **kwargs: Any) -> None:
        super().__init__(*args, initial={"time_zone": workshop.time_zone}, **kwargs)
        self.workshop = workshop
        self.fields["ticket_type"].queryset = workshop.ticket_types.all()

    def clean_people(self) -> list[PastedLine]:
        lines = read_list(self.cleaned_data["people"], workshop=self.workshop)
        if len(lines) > MOST:
            raise ValidationError(f"These are {len(lines)} lines. Give places to {MOST} at a time.", code="too_many")
        return lines


@require_http_methods(["GET", "HEAD", "POST"])
def give_many_page(request: HttpRequest, workshop_id: int, model_admin: ModelAdmin) -> HttpResponse:
    """The first press shows what each line is read as; the second gives the places, if all lines are right."""
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    workshop = get_object_or_404(Workshop.objects.with_course(), pk=workshop_id)
    form = GiveManyForm(request.POST or None, workshop=workshop)
    lines: list[PastedLine] = []
    if request.method == "POST" and form.is_valid():
        lines = form.cleaned_data["people"]
        if "give" in request.POST and not any(line.problem for line in lines):
            try:
                return _given(request, model_admin, workshop, form)
            except SoldOut:
                form.add_error("people", TOO_FEW)
            except WorkshopCancelled:
                form.add_error(None, CANCELLED)
    is_ready = bool(lines) and not form.errors and not any(line.problem for line in lines)
    context = {
        "row": workshop,
        "title": f"Free places for a list: {workshop}",
        "form": form,
        "lines": lines,
        "is_ready": is_ready,
        "is_free": workshop.free_places(),
    }
    return desk_page(request, model_admin, PAGE, context, status=422 if form.errors else 200)


def _given(request: HttpRequest, model_admin: ModelAdmin, workshop: Workshop, form: GiveManyForm) -> HttpResponse:
    given = give_places(
        workshop,
        people=form.cleaned_data["people"],
        ticket_type=form.cleaned_data["ticket_type"],
        time_zone=form.cleaned_data["time_zone"],
    )
    for ticket in given:
        model_admin.log_addition(request, ticket, "Given a free place with a list.")
    count = len(given)
    messages.success(
        request, f"{count} {'place' if count == 1 else 'places'} given; each joining page is on its way by email."
    )
    return redirect("admin:courses_workshop_change", workshop.pk)
