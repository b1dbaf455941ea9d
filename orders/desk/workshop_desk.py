"""The desk's page to cancel a workshop: who is affected and how much money that is, why, and then at once."""

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from courses.models import Workshop
from orders.changes import workshop_cancellation
from orders.changes.workshop_cancellation import NotCancellable

PERMISSIONS = ["courses.change_workshop", "orders.change_order"]
NOT_NOW = "Only a published workshop that is not over can be cancelled here. Nothing was done."
DONE = (
    "Cancelled. The sale has ended, and everybody is told by mail; who has not decided yet is under “Rebooking offers”."
)


class CancelWorkshopForm(forms.Form):
    because = forms.CharField(
        label="Why",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One or two sentences for the mails, for example: “Our presenter is ill.” Nothing private.",
    )
    is_sure = forms.BooleanField(label="Cancel this workshop for everybody named above")


def cancel_page(request: HttpRequest, pk: int, model_admin: ModelAdmin) -> HttpResponse:
    if not request.user.has_perms(PERMISSIONS):
        raise PermissionDenied
    workshop = get_object_or_404(Workshop.objects.select_related("course"), pk=pk)
    form = CancelWorkshopForm(request.POST if request.method == "POST" else None)
    if workshop.status != Workshop.Status.PUBLISHED or workshop.is_over:
        messages.warning(request, NOT_NOW)
    elif request.method != "POST" or not form.is_valid():
        return _page(request, model_admin, workshop, form)
    else:
        _cancel(request, workshop, because=form.cleaned_data["because"])
    return redirect("admin:courses_workshop_change", workshop.pk)


def _cancel(request: HttpRequest, workshop: Workshop, *, because: str) -> None:
    try:
        workshop_cancellation.cancel_workshop(workshop, because=because)
    except NotCancellable:
        messages.warning(request, NOT_NOW)
    else:
        messages.success(request, DONE)


def _page(request: HttpRequest, model_admin: ModelAdmin, workshop: Workshop, form: CancelWorkshopForm) -> HttpResponse:
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": Workshop._meta,
        "workshop": workshop,
        "affected": workshop_cancellation.affected(workshop),
        "form": form,
        "title": f"Cancel: {workshop}",
    }
    return render(request, "admin/courses/workshop/cancel.html", context, status=422 if form.errors else 200)
