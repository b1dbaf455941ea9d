from django.conf import settings
from django.contrib.syndication.views import Feed
from django.utils.feedgenerator import Atom1Feed

MOST = 20  # entries


class AtomFeed(Feed):
    """A feed whose addresses stand on the site's own name, whatever name the request came by."""

    feed_type = Atom1Feed

    @staticmethod
    def whole(path: str) -> str:
        return f"{settings.SITE_URL}{path}"
