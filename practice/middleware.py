from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from practice.memory import remembering


def one_practice(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Whatever is said in one answer, is said by the same practice."""

    @remembering()
    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    return middleware
