"""The desk's page that takes places back: who loses which, who stays, the mail, and words of one's own for it."""

import re

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from courses.models import Ticket
from kit.desk.confirm import MOST_WORDS
from kit.desk.desk_pages import desk_page
from kit.forms.seen import ChangedMeanwhile, seal
from orders.changes import taking_back
from orders.changes.taking_back import Chosen

PAGE = "admin/courses/ticket/take_back.html"
NUMBERS = re.compile(r"[0-9]{1,18}(,[0-9]{1,18})*")
NOTHING_LEFT = "Nothing was done: none of these places can be taken back any more."


class TakeBackForm(forms.Form):
    note = forms.CharField(
        label="Your own words to them",
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea({"rows": 3, "cols": 70}),
        help_text="If you like: why, or that you are sorry. They stand in the mail and the history. Nothing private.",
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_note(self) -> str:
        return self.cleaned_data["note"].replace("\r\n", "\n")


@require_http_methods(["GET", "HEAD", "POST"])
def take_back_page(request: HttpRequest, tickets: str, model_admin: ModelAdmin) -> HttpResponse:
    """GET asks and changes nothing. A second press finds nothing left to do, and says so."""
    if not model_admin.has_change_permission(request):
        raise PermissionDenied
    chosen = _chosen(tickets)
    form = TakeBackForm(request.POST if request.method == "POST" else None, initial=_shown(chosen))
    if not form.is_valid():
        return _page(request, model_admin, chosen, form)
    note = form.cleaned_data["note"]
    try:
        ended, left = taking_back.take_back([each.ticket for each in chosen], note=note, seen=form.cleaned_data["seen"])
    except ChangedMeanwhile as error:
        chosen = _chosen(tickets)
        again = TakeBackForm(initial={**_shown(chosen), "note": note})
        return _page(request, model_admin, chosen, again, changes=error.changes)
    if ended:
        messages.success(
            request, f"{ended} taken back. Their joining pages no longer work, and each of them is told by email."
        )
    if left:
        messages.warning(request, f"{left} left alone: {_whys(_chosen(tickets))}." if ended else NOTHING_LEFT)
    return _to(chosen)


def _page(
    request: HttpRequest,
    model_admin: ModelAdmin,
    chosen: list[Chosen],
    form: TakeBackForm,
    changes: list[str] | None = None,
) -> HttpResponse:
    ending = [each for each in chosen if not each.stays]
    note = form.cleaned_data.get("note", "") if form.is_bound else form.initial.get("note", "")
    context = {
        "title": "Take places back",
        "form": form,
        "chosen": chosen,
        "ending": ending,
        "samples": taking_back.samples_of(ending, note=note),
        "is_asked_anew": changes is not None,
        "changes": changes,
    }
    status = 409 if changes is not None else 422 if form.errors else 200
    return desk_page(request, model_admin, PAGE, context, status=status)


def _chosen(tickets: str) -> list[Chosen]:
    found = taking_back.chosen_places(map(_numbered, tickets.split(","))) if NUMBERS.fullmatch(tickets) else []
    if not found:
        raise Http404
    return found


def _numbered(number: str) -> Ticket:
    return Ticket(pk=int(number))


def _shown(chosen: list[Chosen]) -> dict[str, str]:
    return {"seen": seal(taking_back.facts_seen(chosen))}


def _whys(chosen: list[Chosen]) -> str:
    return "; ".join(sorted({each.stays for each in chosen if each.stays}))


def _to(chosen: list[Chosen]) -> HttpResponse:
    if len(chosen) == 1:
        return redirect("admin:courses_ticket_change", chosen[0].ticket.pk)
    return redirect("admin:courses_ticket_changelist")
