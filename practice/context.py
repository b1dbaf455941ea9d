from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from practice.models import CrisisLine, Practice


def practice(request: HttpRequest) -> dict[str, Any]:
    """Who runs the site and who helps in a crisis, for header and footer; no query unless a template asks."""
    return {
        "practice": SimpleLazyObject(Practice.current),
        "crisis_lines": SimpleLazyObject(lambda: list(CrisisLine.objects.all())),
    }
