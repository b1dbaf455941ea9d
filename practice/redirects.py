"""Old addresses that somebody wrote down at the desk. They are asked where nothing was found, so none hides a page."""

from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponsePermanentRedirect

from practice import old_addresses, shown
from practice.models import Practice, Redirect
from practice.standing_pages import is_page, is_taken, own_address

ELSEWHERE = "This leads to another site. An address of this site begins with a slash, for example “/therapy/”."
NO_ADDRESS = "An address of this site begins with a slash and has no spaces, for example “/about-us.html”."


def spelled(address: str) -> str:
    """In the one spelling by which addresses are compared: small letters, no slash at the end, the query in order."""
    parts = urlsplit(address)
    path = unquote(parts.path).lower().rstrip("/") or "/"
    query = urlencode(sorted(parse_qsl(parts.query.lower(), keep_blank_values=True)))
    return f"{path}?{query}" if query else path


def read_old(typed: str) -> str:
    """The old address as it is kept. Raises ValidationError where a visitor would find something there now."""
    old = spelled(_own(typed))
    if is_taken(urlsplit(old).path):
        raise ValidationError("The site has a page at this address, and visitors go on seeing it. Nothing was kept.")
    return old


def read_new(typed: str) -> str:
    """Raises ValidationError unless everybody finds a page there now."""
    new = _own(typed)
    if not is_page(unquote(urlsplit(new).path)):
        raise ValidationError("There is no page at this address. Look at it again, or show the page first.")
    return new


def check_leads_on_at_once(*, old: str, new: str, pk: int | None) -> None:
    """No row leads to another row's old address: there are no chains, and no circles. The practice's row must be locked
    if it is to stay so. Raises ValidationError."""
    others = Redirect.objects.exclude(pk=pk)
    if spelled(new) == old:
        raise ValidationError({"new": "This address would lead to itself."})
    if others.filter(old__in={spelled(new), spelled(new).partition("?")[0]}).exists():
        raise ValidationError({"new": "This is an old address itself, of another row. Write where that one leads to."})
    for row in others.iterator():
        if spelled(row.new).partition("?")[0] == old.partition("?")[0]:
            raise ValidationError({"old": f"“{row}” leads here. Change that row first: nobody is led on twice."})


def lock() -> None:
    """Whoever checks rows against each other and writes one, does so alone."""
    Practice.objects.select_for_update().first()


def check_room() -> None:
    if Redirect.objects.count() >= Redirect.MOST:
        raise ValidationError(f"There are {Redirect.MOST} old addresses, and no more can be kept. Delete some first.")


def redirected(request: HttpRequest) -> HttpResponse | None:
    """To be asked where nothing was found; no query of its own for most visitors, whatever they ask for."""
    if request.method not in {"GET", "HEAD"}:
        return None
    asked = spelled(request.get_full_path())
    rows = shown.redirects()
    new = rows.get(asked) or rows.get(asked.partition("?")[0])
    if new is None or _leads_round(asked, rows):
        return None
    new = old_addresses.address_now(new)
    return HttpResponsePermanentRedirect(new) if spelled(new) != asked else None


def _leads_round(address: str, rows: dict[str, str]) -> bool:
    """No form keeps such rows; what comes back out of the bin, or by another way, might."""
    seen: set[str] = set()
    while address in rows and address not in seen:
        seen.add(address)
        address = spelled(rows[address])
    return address in seen


def _own(typed: str) -> str:
    own = own_address(typed)
    if own is None:
        raise ValidationError(ELSEWHERE)
    if not own.startswith("/") or own.startswith(("//", "/\\")) or any(sign.isspace() or sign == "\\" for sign in own):
        raise ValidationError(NO_ADDRESS)
    return own
