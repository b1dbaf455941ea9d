"""Whether a visitor finds a page at an address now: asked before a link or a redirect to it is kept."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import Resolver404, ResolverMatch, resolve

FILES = (settings.STATIC_URL, settings.MEDIA_URL)  # answered before the application is asked


def own_address(typed: str) -> str | None:
    """Without the site's own name, as people copy it from a browser. None if it leads to another site."""
    name = urlsplit(settings.SITE_URL).netloc.removeprefix("www.")
    parts = urlsplit(typed.strip())
    if parts.scheme or parts.netloc:
        if parts.scheme not in {"http", "https"} or parts.netloc.removeprefix("www.") != name:
            return None
        return parts._replace(scheme="", netloc="").geturl() or "/"
    return typed.strip()


def is_taken(path: str) -> bool:
    """Whether a visitor would find something of the site's there, with a slash at the end or without: a page that is
    shown, a file, or a part that is not for everybody, such as the desk."""
    if path.startswith(FILES):
        return True
    found = _match(path)
    return found is not None and (not _is_public(found) or _opens(path, found))


def is_page(path: str) -> bool:
    """Whether everybody finds a page there. What belongs to one person, by a secret in its address, is none."""
    found = _match(path)
    if found is None:
        return False
    return _opens(path, found) if _is_public(found) else not (found.args or found.kwargs)


def _match(path: str) -> ResolverMatch | None:
    for each in dict.fromkeys([path, path.removesuffix("/") + "/"]):
        try:
            return resolve(each)
        except Resolver404:
            continue
    return None


def _is_public(found: ResolverMatch) -> bool:
    return hasattr(found.func, "queries")  # kit.pages.http.public_page


def _opens(path: str, found: ResolverMatch) -> bool:
    """A public page is the same for everybody, so that it can be asked for by nobody."""
    request = HttpRequest()
    request.method, request.path, request.path_info, request.resolver_match = "GET", path, path, found
    parts = urlsplit(settings.SITE_URL)
    request.META = {
        "SERVER_NAME": parts.hostname or "",
        "SERVER_PORT": str(parts.port or 443),
        "HTTP_HOST": parts.netloc,
    }
    try:
        return found.func(request, *found.args, **found.kwargs).status_code == 200
    except Http404:
        return False
