"""What an editor may link to, found by its name: the public pages, as the search of the site knows them."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from kit.search_texts import SOURCES
from search.asking import LONGEST
from search.finding import find
from search.models import SearchEntry

MOST = 8


@require_safe
def own_pages(request: HttpRequest) -> JsonResponse:
    pks = find(request.GET.get("q", "")[:LONGEST]).pks[:MOST]
    entries = SearchEntry.objects.only("kind", "title", "address").in_bulk(pks)
    found = (entries[pk] for pk in pks if pk in entries)
    pages = [{"title": each.title, "kind": SOURCES[each.kind].label, "address": each.address} for each in found]
    return JsonResponse({"pages": pages})
