"""Joining a waiting list, and what somebody on it does by her secret link."""

from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.audit import acting
from courses.forms import WaitingListForm
from courses.models import WaitingListEntry, Workshop
from courses.seats import waiting, waiting_mails, waiting_offers
from kit.forms import ButtonForm
from kit.http import anonymous_post, private_page

BUTTONS = {"offered": "No, thank you", "waiting": "Leave the list"}


@anonymous_post(scope="waiting-list", per_hour=20)
@require_http_methods(["GET", "HEAD", "POST"])
@acting("the person waiting")
def waiting_list(request, slug):
    found = get_object_or_404(Workshop.objects.for_pages(), slug=slug)
    if request.method != "POST":
        return redirect(found)
    form = WaitingListForm(request.POST, workshop=found)
    context = {"workshop": found, "form": form, "nav_section": "workshops"}
    if not form.is_valid():
        return render(request, "courses/waiting_list.html", context, status=422)
    try:
        waiting.join_waiting_list(workshop=found, email=form.cleaned_data["email"])
    except waiting.PlacesAreFree:
        return render(request, "courses/waiting_list.html", context | {"answer": "free"})
    except waiting.WaitingListClosed:
        return render(request, "courses/waiting_list.html", context | {"answer": "closed"})
    return render(request, "courses/waiting_list.html", context | {"answer": "joined"})


@private_page
@anonymous_post(scope="waiting-list-link", per_hour=60)
@require_http_methods(["GET", "HEAD", "POST"])
@acting("the person waiting")
def waiting_entry(request, secret):
    """Her place in line, or her offer. Whatever the button says, it gives up what she has."""
    entry = get_object_or_404(WaitingListEntry.objects.select_related("workshop__course", "ticket"), secret=secret)
    if request.method != "POST":
        return _entry_page(request, entry)
    try:
        waiting_offers.give_up(entry)
    except waiting_offers.OfferInUse:
        return _entry_page(request, entry, status=422)
    return HttpResponseRedirect(request.path, status=303)


def _entry_page(request, entry, *, status=200):
    state = waiting_offers.state_of(entry)
    context = {
        "entry": entry,
        "workshop": entry.workshop,
        "state": state,
        "until": waiting_mails.until_lines(entry) if state in {"offered", "booking"} else [],
        "position": waiting_offers.position_of(entry) if state == "waiting" else None,
        "form": ButtonForm(BUTTONS[state], line=True) if state in BUTTONS else None,
        "nav_section": "workshops",
    }
    return render(request, "courses/waiting_entry.html", context, status=status)
