from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from practice.models import CrisisLine, Practice, SaleTerms, SiteWords


def practice(request: HttpRequest) -> dict[str, Any]:
    """Who runs the site, what it says and sells on, and who helps in a crisis; no query unless a template asks."""
    return {
        "practice": SimpleLazyObject(Practice.current),
        "site_words": SimpleLazyObject(SiteWords.current),
        "sale_terms": SimpleLazyObject(SaleTerms.current),
        "crisis_lines": SimpleLazyObject(lambda: list(CrisisLine.objects.all())),
    }
