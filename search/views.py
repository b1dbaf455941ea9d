from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kit.guard.security_log import note
from kit.guard.tries import client_network, is_over_limit
from kit.pages.http import public_page
from search.asking import LONGEST
from search.finding import find, hits

PER_PAGE = 10
NEW_ONES, SECONDS = 60, 60  # so many that are not kept, in so many seconds: for a whole institute behind one address


@public_page(queries=("q", "page"))
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").replace("\0", " ").strip()[:LONGEST]
    if text and is_over_limit("search", client_network(request), NEW_ONES, seconds=SECONDS):
        return _ask_to_wait(request, text)
    found = find(text)
    page = Paginator(found.pks, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "text": text,
        "asked": found.asked,
        "is_part": found.is_part,
        "page": page,
        "hits": hits(page.object_list, found.asked),
        "query": urlencode({"q": text}),
        "longest": LONGEST,
    }
    return render(request, "search/search.html", context)


def _ask_to_wait(request: HttpRequest, text: str) -> HttpResponse:
    """Each new word is looked for and its page made, so somebody could keep us busy with nothing else."""
    note("too many searches", network=client_network(request))  # not who: a public page knows no session
    context = {"text": text, "longest": LONGEST, "is_too_often": True}
    response = render(request, "search/search.html", context, status=429)
    response["Retry-After"] = str(SECONDS)
    return response
