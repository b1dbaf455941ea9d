"""The desk's page on moments of the practice's clocks that a change of law has moved to another hour."""

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from kit.desk.desk_pages import desk_page
from kit.forms.seen import ChangedMeanwhile, seal
from practice import entered_hours

PAGE = "admin/practice/practice/hours.html"
FITS = "Every moment that you may change fits its hour."
NO_SUCH_HOUR = (
    "That cannot be kept: an hour would not exist, come twice, or end something before it begins. Nothing was done."
)


class KeepForm(forms.Form):
    keep = forms.ChoiceField(
        label="What holds",
        widget=forms.RadioSelect,
        choices=[
            ("hours", "The hour on the clocks that was entered: the moment moves"),
            ("moments", "The moment, as it is stored: the hour on the page follows"),
        ],
        error_messages={"required": "Choose one."},
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)


@require_http_methods(["GET", "HEAD", "POST"])
def hours_page(request: HttpRequest, model_admin: ModelAdmin) -> HttpResponse:
    """GET asks and changes nothing; a second press finds that everything fits."""
    watched = [each for each in entered_hours.all_watched() if request.user.has_perm(each.permission)]
    if not watched:
        raise PermissionDenied
    slips = entered_hours.slips_of(watched)
    if not slips:
        messages.info(request, FITS)
        return redirect("admin:index")
    form = KeepForm(request.POST or None, initial={"seen": seal(entered_hours.facts_of(slips))})
    context = {"title": "Hours that no longer fit", "slips": slips, "form": form}
    if request.method == "POST" and form.is_valid():
        keep = {"hours": entered_hours.keep_hours, "moments": entered_hours.keep_moments}[form.cleaned_data["keep"]]
        try:
            count = keep(watched, seen=form.cleaned_data["seen"])
        except ChangedMeanwhile:
            context |= {"form": KeepForm(initial=form.initial), "is_asked_anew": True}
            return desk_page(request, model_admin, PAGE, context, status=409)
        except entered_hours.NoSuchHour:
            form.add_error("keep", NO_SUCH_HOUR)
        else:
            messages.success(request, f"Done: {count} decided.")
            return redirect("admin:index")
    return desk_page(request, model_admin, PAGE, context, status=422 if form.errors else 200)
