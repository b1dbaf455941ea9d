from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from courses.calendars import CONTENT_TYPE
from kit.pages.http import SeeOther, private_page
from learning import calendar_feeds

MADE = "Here is the address for your calendar."
ASKED_EACH_TIME = {"Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex, nofollow"}
ENDED = "The address has ended. Calendars that have it are shown nothing any more."


@login_required
@private_page
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """What it is for, and the address if they have one."""
    found = calendar_feeds.feed_of(request.user)
    url = settings.SITE_URL + calendar_feeds.path_of(found) if found else ""
    webcal = urlsplit(url)._replace(scheme="webcal").geturl() if found else ""
    return render(request, "learning/calendar.html", {"url": url, "webcal": webcal, "nav_section": "bookings"})


@login_required
@private_page
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    calendar_feeds.make_feed(request.user)
    messages.success(request, MADE)
    return SeeOther(reverse("calendar:overview"))


@login_required
@private_page
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    calendar_feeds.end_feed(request.user)
    messages.success(request, ENDED)
    return SeeOther(reverse("calendar:overview"))


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """For a program: it has no account, and knows the address alone. By the ETag it asks whether anything changed."""
    text = calendar_feeds.calendar_at(secret)
    if text is None:
        raise Http404("No such calendar.")
    return HttpResponse(text, content_type=CONTENT_TYPE, headers=ASKED_EACH_TIME)
