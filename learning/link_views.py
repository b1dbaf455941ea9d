"""“Send me my links again”, for people who have not signed in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from kit.pages.http import SeeOther, anonymous_post, private_page
from learning import links_again
from learning.even_time import takes_at_least
from learning.forms import LinksForm

EVEN_TIME = 0.5  # seconds: more than to look up and write down what somebody with many places is sent


@private_page
@require_http_methods(["GET", "HEAD", "POST"])
@anonymous_post(scope="send-links", per_hour=20)
def send_links(request: HttpRequest) -> HttpResponse:
    form = LinksForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with takes_at_least(EVEN_TIME):
            links_again.send_links(email=form.cleaned_data["email"])
        return SeeOther(reverse("learning:links_sent"))
    context = {"form": form, "nav_section": "bookings"}
    return render(request, "learning/send_links.html", context, status=422 if request.method == "POST" else 200)


@private_page
@require_safe
def links_sent(request: HttpRequest) -> HttpResponse:
    """Says the same whatever address was given."""
    return render(request, "learning/links_sent.html", {"nav_section": "bookings"})
