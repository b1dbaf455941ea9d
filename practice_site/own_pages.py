"""What an editor may link to, found by its name: the public pages, as the search of the site knows them.

And the other way round: what the page is called to whose address a link leads, or led before that page moved.
"""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from kit.texts.search_texts import sources
from practice.own_links import address_of_today
from search.asking import LONGEST
from search.finding import find
from search.models import SearchEntry

MOST = 8


@require_safe
def own_pages(request: HttpRequest) -> JsonResponse:
    pks = _at(request.GET["at"]) if "at" in request.GET else find(request.GET.get("q", "")[:LONGEST]).pks[:MOST]
    entries = SearchEntry.objects.only("kind", "title", "address").in_bulk(pks)
    found = (entries[pk] for pk in pks if pk in entries)
    pages = [{"title": each.title, "kind": sources()[each.kind].label, "address": each.address} for each in found]
    return JsonResponse({"pages": pages})


def _at(link: str) -> list[int]:
    address = address_of_today(link).partition("#")[0]
    return list(SearchEntry.objects.live().filter(address=address).values_list("pk", flat=True)[:1])
