"""A buyer without a browser: opens the checkout page, fills it in, books."""

import re
from http.client import HTTPConnection, HTTPMessage, IncompleteRead
from urllib.parse import urlencode, urlsplit

HIDDEN = re.compile(r'name="(csrfmiddlewaretoken|key|shown_total)" value="([^"]*)"')


def book_a_place(
    site: str,
    slug: str,
    *,
    number: int,
    code: str = "",
    email: str = "",
    address: str = "",
    patience: int = 0,
    **answers: str,
) -> tuple[int, str, str]:
    """Of a workshop, or of a series by `series/` and its slug. Returns the answer's status, where it leads, its page.
    A code is applied first, to see the new total.

    `answers` are to whatever else the form asks. Told that the site is busy, the buyer sends the same again, `patience`
    times, as its page asks.
    """
    connection = HTTPConnection(urlsplit(site).netloc, timeout=60)
    proxied = behind_proxy(site, address or address_of(number))
    try:
        status, headers, page = _ask(connection, "GET", f"/book/{slug}/", "", proxied, patience)
        if status != 200:
            return status, headers.get("Location", ""), page
        if "Set-Cookie" not in headers:
            raise IncompleteRead(page.encode())  # whoever answered died within the headers, which nothing else tells
        hidden = dict(HIDDEN.findall(page))
        sent = proxied | {"Cookie": headers["Set-Cookie"].split(";")[0]}
        ticket_type = re.search(r'<option value="(\d+)"[^>]*>Full price', page)
        email = email or f"buyer{number}@example.org"
        form = hidden | {
            "action": "pay",
            "places": "1",
            "name": f"Buyer {number}",
            "email": email,
            "time_zone": "Europe/London",
            "code": code,
            "terms": "on",
        }
        form |= answers
        if ticket_type:  # a series has no choice
            form["place0-ticket_type"] = ticket_type[1]
        if code:
            _, _, page = _ask(connection, "POST", f"/book/{slug}/", urlencode(form | {"action": "update"}), sent)
            form |= dict(HIDDEN.findall(page))
        status, headers, page = _ask(connection, "POST", f"/book/{slug}/", urlencode(form), sent, patience)
        return status, headers.get("Location", ""), page
    finally:
        connection.close()


def address_of(number: int) -> str:
    """Each buyer sits elsewhere, so that what is counted for one address stops none of the others."""
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def behind_proxy(site: str, address: str) -> dict[str, str]:
    """What a browser sends, and the proxy adds that has ended https for a site of that scheme."""
    added = {"X-Forwarded-For": address}
    return added | {"X-Forwarded-Proto": "https", "Referer": f"{site}/"} if site.startswith("https:") else added


def _ask(
    connection: HTTPConnection, method: str, path: str, body: str, sent: dict[str, str], patience: int = 0
) -> tuple[int, HTTPMessage, str]:
    headers = sent | ({"Content-Type": "application/x-www-form-urlencoded"} if body else {})
    connection.request(method, path, body or None, headers)
    response = connection.getresponse()
    page = response.read().decode()
    if response.status == 503 and patience:
        return _ask(connection, method, path, body, sent, patience - 1)
    return response.status, response.headers, page
