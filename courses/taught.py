"""Whether the practice teaches workshops at all."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from practice.shown import practice


def teaches() -> bool:
    return practice().has_workshops


def where_taught(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Not found where the practice teaches no workshops; what people have booked stays theirs."""

    @wraps(view)
    def taught(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not teaches():
            raise Http404
        return view(request, *args, **kwargs)

    return taught
