"""Joining a waiting list, and what somebody on it does by her secret link."""

from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.audit import acting
from accounts.proof import proven_keys
from courses.forms import WaitingListForm
from courses.models import SeriesWaitingEntry, WaitingListEntry, Workshop, WorkshopSeries
from courses.privacy import UNCONFIRMED_KEPT
from courses.seats import series_offers, waiting, waiting_mails, waiting_offers
from courses.series import Offered, offered
from courses.taught import where_taught
from kit.forms.forms import ButtonForm
from kit.guard.addresses import email_key
from kit.pages.http import DONE, SeeOther, after_press, anonymous_post, is_one_click, private_page

JOIN = "join"  # is sent by the button that does, so that no second press of it gives up what the first one gained
GIVING_UP = {"offered": "No, thank you", "waiting": "Leave the list"}
JOINING = {"unconfirmed": "Join the waiting list"} | dict.fromkeys(["declined", "expired"], "Join the list again")


@anonymous_post(scope="waiting-list", per_hour=20)
@require_http_methods(["GET", "HEAD", "POST"])
@acting("the person waiting")
@where_taught
def waiting_list(request, slug):
    return _list_page(request, get_object_or_404(Workshop.objects.for_pages(), slug=slug))


@anonymous_post(scope="waiting-list", per_hour=20)
@require_http_methods(["GET", "HEAD", "POST"])
@acting("the person waiting")
@where_taught
def series_waiting_list(request, slug):
    return _list_page(request, offered(get_object_or_404(WorkshopSeries.objects.published(), slug=slug)))


@private_page
@anonymous_post(scope="waiting-list-link", per_hour=60)
@require_http_methods(["GET", "HEAD", "POST"])
@acting("the person waiting")
def waiting_entry(request, secret):
    """Her place in line, or her offer. A button joins the list, or gives up what she has."""
    entries = WaitingListEntry.objects.select_related("workshop__course", "ticket")
    return _answer_entry(request, get_object_or_404(entries, secret=secret))


@private_page
@anonymous_post(scope="waiting-list-link", per_hour=60)
@require_http_methods(["GET", "HEAD", "POST"])
@acting("the person waiting")
@where_taught
def series_waiting_entry(request, secret):
    """The same, of somebody who waits for a series."""
    return _answer_entry(request, get_object_or_404(SeriesWaitingEntry.objects.select_related("series"), secret=secret))


def _list_page(request, found):
    if request.method != "POST":
        return redirect(found)
    form = WaitingListForm(request.POST, action=request.path)
    context = {
        "workshop": found,
        "is_series": isinstance(found, Offered),
        "form": form,
        "nav_section": "workshops",
    }
    if not form.is_valid():
        return render(request, "courses/waiting_list.html", context, status=422)
    answer = _put_on_the_list(request, found, form.cleaned_data["email"])
    return render(request, "courses/waiting_list.html", context | {"answer": answer})


def _answer_entry(request, entry):
    if request.method != "POST":
        return _entry_page(request, entry)
    offers = _offers(entry)
    try:
        if JOIN in request.POST:
            offers.offer_places_of(entry.sold.pk)  # an offer that has ended stands in nobody's way
            waiting.confirm(entry)
        else:
            offers.give_up(entry)
    except waiting_offers.OfferInUse:
        return _entry_page(request, entry, status=422)
    except waiting.PlacesAreFree:
        return _entry_page(request, entry, state="free")
    except waiting.WaitingListClosed:
        return _entry_page(request, entry, state="closed")
    if is_one_click(request):
        entry.refresh_from_db()
        return _entry_page(request, entry)
    return SeeOther(after_press(request.path))


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
    state = state or _offers(entry).state_of(entry)
    is_series, sold = isinstance(entry, SeriesWaitingEntry), waiting_mails.sold_of(entry)
    has_page = not is_series or entry.series.is_published
    context = {
        "entry": entry,
        "workshop": sold,
        "sold_url": sold.get_absolute_url() if has_page else reverse("courses:workshops"),
        "has_page": has_page,
        "is_series": is_series,
        "book_url": reverse("orders:book_series" if is_series else "orders:book", args=[entry.sold.slug]),
        "state": state,
        "is_done": request.method == "POST" or DONE in request.GET,
        "price": waiting_mails.price_of(sold),
        "until": waiting_mails.until_lines(entry, sold) if state in {"offered", "booking"} else [],
        "hours": waiting_mails.hours_of(sold) if state == "offered" else [],
        "position": waiting_offers.position_of(entry) if state == "waiting" else None,
        "form": _button(state),
        "unconfirmed_days": UNCONFIRMED_KEPT.days,
        "nav_section": "workshops",
    }
    return render(request, "courses/waiting_entry.html", context, status=status)


def _offers(entry):
    return series_offers if isinstance(entry, SeriesWaitingEntry) else waiting_offers


def _button(state):
    if state in JOINING:
        return ButtonForm(JOINING[state], act=JOIN)
    return ButtonForm(GIVING_UP[state], line=True) if state in GIVING_UP else None
