"""Nothing that was typed is lost because a session ended or somebody signed in anew: it is handed back.

What is sent to the desk by somebody who is no longer signed in is kept for whoever opened the form. They are led to
sign in, see which page it was for, and send it again by a click, with a fresh token.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts import kept_forms
from accounts.kept_forms import KeptForm, Opened
from accounts.staff_sessions import seconds_left
from kit.guard.tries import is_over_limit

OPENED_BY = "opened_by"
NOT_KEPT = {"csrfmiddlewaretoken", OPENED_BY}
MOST_PER_HOUR = 60
SIGNED_OUT = "You were signed out. Sign in, and you get back what you typed."


def urls(site: admin.AdminSite) -> list:
    return [
        path("still-here/", still_here, name="still_here"),
        path("typed/<slug:key>/", site.admin_view(hand_back), name="typed"),
    ]


def handing_back(site: admin.AdminSite, view: Callable) -> Callable:
    """A view of the desk that keeps what is sent by somebody who is no longer signed in."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not site.has_permission(request) and (address := keep_refused(request)):
            return redirect(address)
        return view(request, *args, **kwargs)

    return inner


@require_POST
def still_here(request: HttpRequest) -> HttpResponse:
    """Somebody is typing. Asking who it is notes the request; an answer of 401 says that they are signed out."""
    if not admin.site.has_permission(request):
        return HttpResponse(status=401)
    return HttpResponse(status=204, headers={"Session-Seconds-Left": seconds_left(request.session)})


def hand_back(request: HttpRequest, key: str) -> HttpResponse:
    form = kept_forms.find(key)
    context = {**admin.site.each_context(request), "title": "What you typed"}
    if form is None:
        return render(request, "admin/typed.html", context, status=404)
    if form.opened.user_id != request.user.pk:
        return render(request, "admin/typed.html", {**context, "is_anothers": True}, status=403)
    own = {"form": form, "statement": kept_forms.state(form.opened), "words": _words(form.fields)}
    return render(request, "admin/typed.html", {**context, **own})


def keep_refused(request: HttpRequest) -> str | None:
    """The address at which its author gets back what was sent; None if it came from elsewhere or is nobody's."""
    if not _is_from_our_own_page(request):
        return None
    opened = kept_forms.read_statement(request.POST.get(OPENED_BY, ""), path=request.path)
    if opened is None or is_over_limit("typed", str(opened.user_id), MOST_PER_HOUR):
        return None
    key = kept_forms.keep(KeptForm(opened, request.get_full_path(), _fields(request)))
    if not admin.site.has_permission(request):
        messages.info(request, SIGNED_OUT)
    return reverse("admin:typed", args=[key])


def send_again(request: HttpRequest) -> dict[str, Any]:
    """For the page about a stale token: what was typed outside the desk, or the page to open anew."""
    back = request.headers.get("Referer", "")
    if not _is_from_our_own_page(request):
        return {}
    if not request.path.startswith(reverse("admin:index")):
        return {"may_send_again": True, "fields": _fields(request)}
    return {"back": back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else reverse("admin:index")}


def statement_of(request: HttpRequest, page: str) -> str:
    return kept_forms.state(Opened(request.user.pk, request.path, page))


def _fields(request: HttpRequest) -> list[tuple[str, str]]:
    """Never a password."""
    kept = (name for name in request.POST if name not in NOT_KEPT and "password" not in name)
    return [(name, value) for name in kept for value in request.POST.getlist(name)]


def _words(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What a person may want to copy by hand, if it cannot be sent again."""
    long = [(name, value) for name, value in fields if len(value) > 20 and not name.startswith("_")]
    return [(name.replace("-", " ").replace("_", " "), value) for name, value in long]


def _is_from_our_own_page(request: HttpRequest) -> bool:
    """The browser says so; silence is not enough, because the page that comes of it invites to send it again."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    own = f"{request.scheme}://{request.get_host()}"
    return bool(site or origin) and site in {None, "same-origin"} and origin in {None, own}
