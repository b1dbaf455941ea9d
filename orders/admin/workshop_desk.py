"""The desk's page to cancel a workshop: who is affected and how much money that is, why, and then at once."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect

from courses.models import Workshop
from courses.publishing import facts_seen
from kit.desk.desk_pages import desk_page
from kit.forms.seen import ChangedMeanwhile, seal
from orders.settling import workshop_cancellation
from orders.settling.workshop_cancellation import NotCancellable

PERMISSIONS = ["courses.change_workshop", "orders.change_order"]
WHY = "[Why, in your words.]"
DONE_ALREADY = "It is cancelled already."
NOT_NOW = "Only a published workshop that is not over can be cancelled here. Nothing was done."
DONE = (
    "Cancelled. The sale has ended, and everybody is told by email. "
    "Who has not decided yet is under “Rebooking offers”."
)


class CancelWorkshopForm(forms.Form):
    because = forms.CharField(
        label="Why",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One or two sentences for the mails, for example: “Our presenter is ill.” Nothing private.",
    )
    is_sure = forms.BooleanField(label="Cancel this workshop for everybody named above")
    seen = forms.CharField(required=False, widget=forms.HiddenInput)


def cancel_page(request, pk, model_admin):
    if not request.user.has_perms(PERMISSIONS):
        raise PermissionDenied
    workshop = get_object_or_404(Workshop.objects.select_related("course"), pk=pk)
    answers = request.POST if request.method == "POST" else None
    form = CancelWorkshopForm(answers, initial={"seen": seal(facts_seen(workshop))})
    if workshop.status != Workshop.Status.PUBLISHED or workshop.is_over:
        return _told_that_it_cannot_be(request, workshop)
    if not form.is_valid():
        return _page(request, model_admin, workshop, form)
    data = form.cleaned_data
    try:
        workshop_cancellation.cancel_workshop(workshop, because=data["because"], seen=data["seen"])
    except NotCancellable:
        workshop.refresh_from_db()
        return _told_that_it_cannot_be(request, workshop)
    except ChangedMeanwhile as error:
        return _ask_anew(request, model_admin, pk, form, error.changes)
    messages.success(request, DONE)
    return redirect("admin:courses_workshop_change", workshop.pk)


def _told_that_it_cannot_be(request, workshop):
    if workshop.is_cancelled:
        messages.info(request, DONE_ALREADY)
    else:
        messages.warning(request, NOT_NOW)
    return redirect("admin:courses_workshop_change", workshop.pk)


def _ask_anew(request, model_admin, pk, form, changes):
    """The reason is kept; the tick is asked for again."""
    workshop = get_object_or_404(Workshop.objects.select_related("course"), pk=pk)
    typed = {"because": form.cleaned_data["because"], "seen": seal(facts_seen(workshop))}
    again = CancelWorkshopForm(initial=typed)
    return _page(request, model_admin, workshop, again, is_asked_anew=True, changes=changes)


def _page(request, model_admin, workshop, form, **more):
    context = {
        "opts": Workshop._meta,
        "row": workshop,
        "here": "Cancel",
        "workshop": workshop,
        "affected": workshop_cancellation.affected(workshop),
        "form": form,
        "samples": workshop_cancellation.samples_of(workshop, because=_typed_reason(form)),
        "title": f"Cancel: {workshop}",
        **more,
    }
    status = 409 if "is_asked_anew" in more else 422 if form.errors else 200
    return desk_page(request, model_admin, "admin/courses/workshop/cancel.html", context, status=status)


def _typed_reason(form):
    """As far as it may stand in a mail."""
    good = form.cleaned_data if form.is_bound and hasattr(form, "cleaned_data") else form.initial
    return good.get("because") or WHY
