"""The desk's page that makes a new workshop from an earlier one."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from courses.desk_forms import check_join_url
from courses.models import Workshop
from courses.repeating import NoDate, repeat_workshop
from kit.desk.desk_pages import desk_page
from kit.local.times import WallTimeError, city_of, long_day
from practice import clock

PAGE = "admin/courses/workshop/use_again.html"
WEEKS = 40
ONE_WEEK = timedelta(weeks=1)
NO_DATE = "It has no session, so there is no day that could move."
OTHER = ""


class RepeatForm(forms.Form):
    """A day of the same weekday, or any other; how many; one link for all sessions."""

    weekday = forms.ChoiceField(label="First day", required=False, help_text="The weekday of last time, week by week.")
    first_day = forms.DateField(
        label="Or another day",
        required=False,
        widget=forms.DateInput({"type": "date"}),
        help_text="Counts if it is filled in. Everything else keeps its distance from it, and its hour on the clock.",
    )
    capacity = forms.IntegerField(label="Live places", min_value=1, max_value=1000)
    join_url = forms.URLField(
        label="Zoom link",
        required=False,
        assume_scheme="https",
        widget=forms.URLInput({"class": "vTextField"}),
        help_text="For all sessions. You may give it later: the old one is not used again.",
    )

    def __init__(self, *args: Any, workshop: Workshop, **kwargs: Any) -> None:
        super().__init__(*args, initial={"capacity": workshop.capacity}, **kwargs)
        days = same_weekdays(workshop.session_list[0].day, after=clock.today())
        self.fields["weekday"].choices = [(OTHER, "---------"), *((f"{day:%Y-%m-%d}", long_day(day)) for day in days)]

    def clean_join_url(self) -> str:
        return check_join_url(self.cleaned_data["join_url"])

    def clean_first_day(self) -> date | None:
        day = self.cleaned_data["first_day"]
        if day and day <= clock.today():
            raise ValidationError("Give it a day ahead.", code="is_over")
        return day

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("first_day") and not given.get("weekday") and "first_day" not in self.errors:
            self.add_error("weekday", ValidationError("Choose its first day.", code="no_day"))
        return given

    @property
    def chosen_day(self) -> date:
        return self.cleaned_data["first_day"] or date.fromisoformat(self.cleaned_data["weekday"])


def same_weekdays(day: date, *, after: date) -> Iterator[date]:
    """The days of its weekday in the coming weeks, from a week ahead on."""
    first = after + ONE_WEEK + timedelta(days=(day.weekday() - after.weekday()) % 7)
    return (first + number * ONE_WEEK for number in range(WEEKS))


@require_http_methods(["GET", "HEAD", "POST"])
def repeating_page(request: HttpRequest, pk: int, model_admin: ModelAdmin) -> HttpResponse:
    """GET asks and changes nothing; a second press leads to the draft that the first one made."""
    workshop = get_object_or_404(model_admin.get_queryset(request), pk=pk)
    if not (model_admin.has_add_permission(request) and model_admin.has_view_permission(request, workshop)):
        raise PermissionDenied
    if not workshop.session_list:
        messages.warning(request, NO_DATE)
        return redirect("admin:courses_workshop_change", pk)
    form = RepeatForm(request.POST or None, workshop=workshop)
    if request.method == "POST" and form.is_valid():
        try:
            return _made(request, model_admin, workshop, form)
        except WallTimeError as error:
            form.add_error("first_day" if form.cleaned_data["first_day"] else "weekday", str(error))
        except NoDate:
            form.add_error(None, NO_DATE)
    context = {
        "row": workshop,
        "here": "Use again",
        "title": f"Use again: {workshop}",
        "form": form,
        "sessions": workshop.session_list,
        "clock_city": city_of(workshop.time_zone),
        "types": list(workshop.ticket_types.all()),
    }
    return desk_page(request, model_admin, PAGE, context, status=422 if form.errors else 200)


def _made(request: HttpRequest, model_admin: ModelAdmin, workshop: Workshop, form: RepeatForm) -> HttpResponse:
    given = form.cleaned_data
    made, is_new = repeat_workshop(
        workshop, first_day=form.chosen_day, capacity=given["capacity"], join_url=given["join_url"]
    )
    if not is_new:
        messages.info(request, "There is a draft of this course that begins on that day: this one.")
        return redirect("admin:courses_workshop_change", made.pk)
    model_admin.log_addition(request, made, f"Made from {workshop.slug}.")
    messages.success(request, f"Made from {workshop.slug}: a draft that begins on {long_day(form.chosen_day)}.")
    return redirect("admin:courses_workshop_change", made.pk)
