from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kit.http import public_page
from search.asking import LONGEST
from search.finding import find, hits

PER_PAGE = 10


@public_page(queries=("q", "page"))
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").replace("\0", " ").strip()[:LONGEST]
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
