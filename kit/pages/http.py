"""Pages without cookies: how they are served, and how their forms are received."""

from collections.abc import Callable, Collection
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt

from kit.guard.security_log import note
from kit.guard.tries import HOUR, client_network, is_over_limit

View = Callable[..., HttpResponse]
HONEYPOT = "nothing_here"  # a name for which no browser and no password manager has an answer
IS_PERSON = "is_person"
DONE = "done"  # in an address: its page tells first of what was done a moment ago
LONG = 20  # letters: what somebody would not like to write again


def public_page(*, queries: Collection[str] = (), shows_places: bool = False) -> Callable[[View], View]:
    """The same for everybody, by its address and these query names: we keep it for seconds, a browser for a minute.

    Where it tells how many places are left, a browser asks each time whether that is still so, by the ETag.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def public(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            response = view(request, *args, **kwargs)
            if request.method in {"GET", "HEAD"} and response.status_code == 200:
                fresh = {"max_age": 0, "must_revalidate": True} if shows_places else {"max_age": 60}
                patch_cache_control(response, public=True, **fresh)
            return response

        public.queries = queries
        return public

    return decorate


def private_page(view: View) -> View:
    """Behind a secret link or a login: kept nowhere, found by no search engine."""

    @wraps(view)
    def private(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        patch_cache_control(response, private=True, no_store=True)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return private


def form_page(view: View) -> View:
    """A form for one visitor: the back button brings it back as it was left, nobody else is ever shown it."""

    @wraps(view)
    def form(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        response = view(request, *args, **kwargs)
        patch_cache_control(response, private=True, no_cache=True)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return form


def never_in_clear(view: View) -> View:
    """For what Stripe and Zoom tell. What comes without TLS is refused and not led on, or nobody would notice that it
    is told to whoever listens. `SECURE_REDIRECT_EXEMPT` names the addresses, and deploy/nginx.conf does the same."""

    @wraps(view)
    def refusing(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            return HttpResponse("https alone.", status=403, content_type="text/plain")
        return view(request, *args, **kwargs)

    return refusing


def anonymous_post(*, scope: str, per_hour: int) -> Callable[[View], View]:
    """Receives a form that carries no CSRF token because its page knows no visitor.

    Refuses posts from other sites (403) and more than `per_hour` posts from one network (429). Whoever fills in the
    honeypot, or whose browser does, is asked one question first (422); what they wrote comes back with it.
    """

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if request.method == "POST":
                if not comes_from_here(request):
                    note("form of another site refused", scope=scope, request=request)
                    return render(request, "403.html", status=403)  # raised, it would fill the log
                if is_over_limit(scope, client_network(request), per_hour):
                    note("too many posts", scope=scope, request=request)
                    return too_many_requests(request)
                if request.POST.get(HONEYPOT) and not request.POST.get(IS_PERSON):
                    return ask_whether_person(request)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def comes_from_here(request: HttpRequest) -> bool:
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("Origin")
    schemes = {"https"} if request.is_secure() else {"http", "https"}  # TLS may end at a proxy that does not say so
    return origin is None or origin in {f"{scheme}://{request.get_host()}" for scheme in schemes}


@private_page
def ask_whether_person(request: HttpRequest) -> HttpResponse:
    """A page that sends the same again, once it is ticked that a person sends it."""
    fields = [(name, value) for name, values in request.POST.lists() for value in values if name != IS_PERSON]
    written = [value for name, value in fields if len(value) > LONG and name != HONEYPOT]
    context = {"fields": fields, "written": written}
    return render(request, "one_question.html", context, status=422)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    response = render(request, "429.html", status=429)
    response["Retry-After"] = str(HOUR)
    return response


def is_one_click(request: HttpRequest) -> bool:
    """Whether a mail program's own unsubscribe button sent it (RFC 8058), which must not be led on to another page."""
    return request.POST.get("List-Unsubscribe") == "One-Click"


def after_press(url: str) -> str:
    """Of the page that tells what a press did; components/answer.html or done.html does it, with the focus."""
    return f"{url}?{DONE}=1"


class SeeOther(HttpResponseRedirect):
    """After a post, go there with a GET."""

    status_code = 303
