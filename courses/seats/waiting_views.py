"""Joining a waiting list, and what somebody on it does by her secret link."""

from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.audit import acting
from accounts.proof import proven_keys
from courses.catalogue import live_types, price_label
from courses.forms import WaitingListForm
from courses.models import WaitingListEntry, Workshop
from courses.privacy import UNCONFIRMED_KEPT
from courses.seats import waiting, waiting_mails, waiting_offers
from courses.taught import where_taught
from kit.addresses import email_key
from kit.forms import ButtonForm
from kit.http import anonymous_post, private_page

JOIN = "join"  # is sent by the button that does, so that no second press of it gives up what the first one gained
GIVING_UP = {"offered": "No, thank you", "waiting": "Leave the list"}
JOINING = {"unconfirmed": "Join the waiting list"} | dict.fromkeys(["declined", "expired"], "Join the list again")


@anonymous_post(scope="waiting-list", per_hour=20)
@require_http_methods(["GET", "HEAD", "POST"])
@acting("the person waiting")
@where_taught
def waiting_list(request, slug):
    found = get_object_or_404(Workshop.objects.for_pages(), slug=slug)
    if request.method != "POST":
        return redirect(found)
    form = WaitingListForm(request.POST, workshop=found)
    context = {"workshop": found, "form": form, "nav_section": "workshops"}
    if not form.is_valid():
        return render(request, "courses/waiting_list.html", context, status=422)
    answer = _put_on_the_list(request, found, form.cleaned_data["email"])
    return render(request, "courses/waiting_list.html", context | {"answer": answer})


@private_page
@anonymous_post(scope="waiting-list-link", per_hour=60)
@require_http_methods(["GET", "HEAD", "POST"])
@acting("the person waiting")
def waiting_entry(request, secret):
    """Her place in line, or her offer. A button joins the list, or gives up what she has."""
    entry = get_object_or_404(WaitingListEntry.objects.select_related("workshop__course", "ticket"), secret=secret)
    if request.method != "POST":
        return _entry_page(request, entry)
    try:
        if JOIN in request.POST:
            waiting_offers.offer_places_of(entry.workshop_id)  # an offer that has ended stands in nobody's way
            waiting.confirm(entry)
        else:
            waiting_offers.give_up(entry)
    except waiting_offers.OfferInUse:
        return _entry_page(request, entry, status=422)
    except waiting.PlacesAreFree:
        return _entry_page(request, entry, state="free")
    except waiting.WaitingListClosed:
        return _entry_page(request, entry, state="closed")
    return HttpResponseRedirect(request.path, status=303)


def _put_on_the_list(request, workshop, email):
    """The answer that the page gives; to an address that is not known to be theirs it is the same, whoever it is."""
    is_theirs = email_key(email) in proven_keys(request.user)
    put = waiting.join_waiting_list if is_theirs else waiting.ask_to_join
    try:
        put(workshop=workshop, email=email)
    except waiting.PlacesAreFree:
        return "free"
    except waiting.WaitingListClosed:
        return "closed"
    return "joined" if is_theirs else "asked"


def _entry_page(request, entry, *, state="", status=200):
    state = state or waiting_offers.state_of(entry)
    context = {
        "entry": entry,
        "workshop": entry.workshop,
        "state": state,
        "price": price_label(live_types(entry.workshop)),
        "until": waiting_mails.until_lines(entry) if state in {"offered", "booking"} else [],
        "position": waiting_offers.position_of(entry) if state == "waiting" else None,
        "form": _button(state),
        "unconfirmed_days": UNCONFIRMED_KEPT.days,
        "nav_section": "workshops",
    }
    return render(request, "courses/waiting_entry.html", context, status=status)


def _button(state):
    if state in JOINING:
        return ButtonForm(JOINING[state], act=JOIN)
    return ButtonForm(GIVING_UP[state], line=True) if state in GIVING_UP else None
