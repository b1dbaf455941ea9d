from typing import Any

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed

MOST = 20  # entries


class AtomFeed(Feed):
    """A feed whose addresses stand on the site's own name, whatever name the request came by."""

    feed_type = Atom1Feed

    def __call__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """A reader that has it asks by its ETag. The newest entry's date would not do: an entry that goes changes the
        feed and not that date, and a workshop's may lie ahead."""
        response = super().__call__(request, *args, **kwargs)
        del response["Last-Modified"]
        return response

    @staticmethod
    def whole(path: str) -> str:
        return f"{settings.SITE_URL}{path}"
