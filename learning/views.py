"""The page of a place, by its secret link, and what leads on from it. Nothing is noted unless a button is pressed."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from courses.calendars import joining_page
from courses.models import EndedLink, Ticket
from kit.guard.tokens import may_be_secret
from kit.pages.http import DONE, SeeOther, anonymous_post, private_page
from learning import feedback, handouts, joining, recordings
from learning.forms import PressForm
from learning.ranges import send_file
from learning.recordings import Watchable
from practice.shown import clocks

PRESSES_PER_HOUR = 600  # from one network: a whole clinic may come to a workshop together


class LinkEnded(Exception):
    """The place has another link now."""


@private_page
@require_safe
def join(request: HttpRequest, secret: str) -> HttpResponse:
    try:
        ticket = find_ticket(secret)
    except LinkEnded:
        return render(request, "learning/states/handed_on.html", {"nav_section": "bookings"}, status=410)
    home = joining.home_of(ticket, clocks())
    is_told = DONE in request.GET and feedback.is_given(ticket)
    return render(request, home.template, _page(home) | {"has_given_feedback": is_told})


@private_page
@anonymous_post(scope="join", per_hour=PRESSES_PER_HOUR)
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, secret: str, pk: int) -> HttpResponse:
    """To Zoom. Passcode and telephone numbers stand on the page between, which leads on by itself."""
    ticket = ticket_or_404(secret)
    if request.method != "POST":
        return SeeOther(ticket.get_absolute_url())
    try:
        session, link = joining.enter(ticket, pk)
    except joining.NotOpen:
        return SeeOther(ticket.get_absolute_url())
    context = {"ticket": ticket, "where": "Zoom", "url": link, "passcode": session.passcode}
    return render(request, "learning/leaving.html", context | {"dial_in": session.dial_in})


@private_page
@anonymous_post(scope="watch", per_hour=PRESSES_PER_HOUR)
@require_http_methods(["GET", "HEAD", "POST"])
def recording(request: HttpRequest, secret: str, pk: int) -> HttpResponse:
    """A file of our own is watched here, once it was opened; for all others the press leads out."""
    ticket = ticket_or_404(secret)
    try:
        if request.method != "POST":
            return _recording_page(request, ticket, recordings.open_to(ticket, pk))
        found = recordings.open_recording(ticket, pk)
    except recordings.NotOpen:
        return SeeOther(ticket.get_absolute_url())
    if found.is_file:
        return SeeOther(request.path)
    context = {"ticket": ticket, "where": found.get_kind_display().removeprefix("on "), "url": found.url}
    return render(request, "learning/leaving.html", context | {"passcode": found.passcode})


@private_page
@require_safe
def recording_file(request: HttpRequest, secret: str, pk: int, which: str) -> HttpResponseBase:
    """The film or its captions, for whoever has opened it."""
    ticket = ticket_or_404(secret)
    try:
        found = recordings.open_to(ticket, pk).recording
    except recordings.NotOpen as error:
        raise Http404 from error
    file = found.captions if which == "captions" else found.file
    if not file or not recordings.was_opened(ticket, found) or not file.storage.exists(file.name):
        raise Http404
    return send_file(request, file)


@private_page
@require_safe
def handout(request: HttpRequest, secret: str, pk: int) -> HttpResponseBase:
    shown = [each for each in handouts.shown_to(ticket_or_404(secret)) if each.pk == pk]
    if not shown or not shown[0].file or not shown[0].file.storage.exists(shown[0].file.name):
        raise Http404
    return send_file(request, shown[0].file, as_attachment=True)


def find_ticket(secret: str) -> Ticket:
    """By its secret link; what cannot be a secret is not even asked for. Raises Http404 and LinkEnded."""
    if not may_be_secret(secret):
        raise Http404("No such ticket.")
    tickets = Ticket.objects.select_related("workshop__course", "ticket_type").defer("workshop__course__cover")
    found = tickets.prefetch_related("workshop__course__presenters").filter(secret=secret).first()
    if found is None and EndedLink.objects.filter(digest=EndedLink.digest_of(secret)).exists():
        raise LinkEnded
    if found is None:
        raise Http404("No such ticket.")
    return found


def ticket_or_404(secret: str) -> Ticket:
    try:
        return find_ticket(secret)
    except LinkEnded as error:
        raise Http404 from error


def _page(home: joining.TicketHome) -> dict[str, Any]:
    ticket = home.ticket
    return {
        "home": home,
        "ticket": ticket,
        "workshop": ticket.workshop,
        "address": joining_page(ticket),
        "open_sessions": [(each, _way_in(ticket, each)) for each in home.sessions if each.session.is_open],
        "open_recordings": [(each, _way_to_watch(ticket, each)) for each in home.open_recordings],
        "nav_section": "bookings",
    }


def _way_in(ticket: Ticket, joinable: joining.JoinableSession) -> PressForm | None:
    if not joinable.may_join:
        return None
    return PressForm("Join on Zoom", to=reverse("learning:enter", args=[ticket.secret, joinable.session.pk]))


def _way_to_watch(ticket: Ticket, watchable: Watchable) -> PressForm:
    return PressForm("Watch it", to=reverse("learning:recording", args=[ticket.secret, watchable.recording.pk]))


def _recording_page(request: HttpRequest, ticket: Ticket, found: Watchable) -> HttpResponse:
    is_opened = recordings.was_opened(ticket, found.recording)
    context = {
        "ticket": ticket,
        "watchable": found,
        "recording": found.recording,
        "plays_here": found.recording.is_file and is_opened,
        "form": PressForm("Watch it again" if is_opened else "Watch it now", to=request.path),
        "nav_section": "bookings",
    }
    return render(request, "learning/recording.html", context)
