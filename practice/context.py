from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from practice import shown, site_parts
from practice.models import CrisisLine, HomeSection, MenuEntry, Page, Practice, SaleTerms, SiteWords

READING = {"GET", "HEAD"}
Readers = dict[str, Callable[[], Any]]
KEPT: Readers = {
    "practice": shown.practice,
    "site_words": shown.site_words,
    "sale_terms": shown.sale_terms,
    "crisis_lines": shown.crisis_lines,
    "own_pages": shown.own_pages,
    "menu": shown.menu,
    "home_sections": shown.home_sections,
    "site_notice": shown.site_notice,
}
STORED: Readers = {
    "practice": Practice.current,
    "site_words": SiteWords.current,
    "sale_terms": SaleTerms.current,
    "crisis_lines": lambda: list(CrisisLine.objects.all()),
    "own_pages": lambda: list(Page.objects.of_its_own()),
    "menu": lambda: site_parts.menu(Practice.current(), MenuEntry.objects.all(), Page.objects.of_its_own()),
    "home_sections": lambda: site_parts.sections(Practice.current(), HomeSection.objects.all()),
    "site_notice": shown.notice_of_now,
}


def practice(request: HttpRequest) -> dict[str, Any]:
    """Who runs the site, what it says and sells on, and who helps in a crisis; no query unless a template asks.

    A template calls the reader each time it names one, so that every part that is kept knows what it was made from. The
    answer to what somebody sent reads the rows, because it may stand beside what was decided on them.
    """
    return dict(KEPT if request.method in READING else STORED)
