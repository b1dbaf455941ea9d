"""The one module that asks sites of other people: whether there still is a page at an address.

An editor writes the address, somebody unknown the answer. So nothing of the practice's own network is asked, whatever a
name stands for at that moment and wherever an answer leads on to; and no body is read.
"""

import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import ip_address, ip_network
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from django.conf import settings

SECONDS = 8  # of silence
MOST_SECONDS = 20  # of one question, however slowly its answer drips
MOST_STEPS = 5  # from one address to the next
PORTS = {80, 443}
REDIRECTS = {301, 302, 303, 307, 308}
GONE = {404, 410}
OUR_OWN_FAULT = {socket.EAI_AGAIN}  # names are asked for in vain here, whatever they are
KEPT_IN_PATHS = "%/:=&?~+!$,;'@()*[]"
INWARDS = [ip_network(net) for net in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")]  # carry an IPv4


@dataclass(frozen=True)
class Answer:
    """`is_there` is None where nothing was learnt."""

    is_there: bool | None
    words: str


class NotForReaders(OSError):
    """Nobody who reads the site gets there."""


def ask(address: str) -> Answer:
    """Who lets no program look is taken to be there: only a reader can tell."""
    try:
        status = _status_of("HEAD", address)
        if status >= 400:
            status = _status_of("GET", address)  # many sites answer a HEAD with nonsense
    except (OSError, HTTPException, ValueError) as error:
        is_ours = isinstance(error, socket.gaierror) and error.errno in OUR_OWN_FAULT
        return Answer(None if is_ours else False, _words_of(error))
    is_there = status < 400 or (status < 500 and status not in GONE)
    return Answer(is_there, f"HTTP {status} {_phrase(status)}".strip())


def _status_of(method: str, address: str) -> int:
    for _ in range(MOST_STEPS + 1):
        status, leads_to = _answer(method, _parts_of(address))
        if status not in REDIRECTS or not leads_to:
            return status
        address = urljoin(address, leads_to)
    raise NotForReaders("It leads on from one address to the next without an end.")


def _parts_of(address: str) -> SplitResult:
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise NotForReaders("It leads to no page on the web.")
    if parts.port is not None and parts.port not in PORTS and not settings.CHECK_LINKS_ON_LOOPBACK:
        raise NotForReaders("It leads to another port than those of web pages.")
    return parts


def _answer(method: str, parts: SplitResult) -> tuple[int, str]:
    """Its status, and where it leads on to."""
    name = parts.hostname or ""
    host = name if name.isascii() else name.encode("idna").decode()
    connection = _Secure(host, parts.port or 443) if parts.scheme == "https" else _Plain(host, parts.port or 80)
    path = quote(parts._replace(scheme="", netloc="", fragment="").geturl() or "/", safe=KEPT_IN_PATHS)
    ender = threading.Timer(MOST_SECONDS, _end, [connection])
    ender.start()
    try:
        connection.request(method, path, headers={"User-Agent": f"links (+{settings.SITE_URL})", "Accept": "*/*"})
        response = connection.getresponse()
        return response.status, response.getheader("Location", "")
    finally:
        ender.cancel()
        connection.close()


def _end(connection: HTTPConnection) -> None:
    with suppress(OSError, AttributeError):  # not there yet, or closed meanwhile
        connection.sock.shutdown(socket.SHUT_RDWR)


class _Plain(HTTPConnection):
    def connect(self) -> None:
        self.sock = _connected(self.host, self.port)


class _Secure(HTTPSConnection):
    def connect(self) -> None:
        self.sock = _trust().wrap_socket(_connected(self.host, self.port), server_hostname=self.host)


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()


def _connected(host: str, port: int) -> socket.socket:
    """To an address that was looked at, and not to what the name stands for a moment later."""
    found = [each[4][0] for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not found or not all(map(_is_outside, found)):
        raise NotForReaders("It leads into a network of our own.")
    *others, last = dict.fromkeys(found)
    for number in others[:2]:
        with suppress(OSError):  # a host that is reached one way only
            return socket.create_connection((number, port), timeout=SECONDS)
    return socket.create_connection((last, port), timeout=SECONDS)


def _is_outside(number: str) -> bool:
    address = ip_address(number)
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_loopback and settings.CHECK_LINKS_ON_LOOPBACK:
        return True
    return address.is_global and not address.is_multicast and not any(address in net for net in INWARDS)


def _words_of(error: Exception) -> str:
    if isinstance(error, NotForReaders):
        return str(error)
    if isinstance(error, socket.gaierror):
        return "There is no site of this name."
    if isinstance(error, ssl.SSLError):
        return "Its certificate is not good: browsers warn of it."
    if isinstance(error, OSError) and not isinstance(error, HTTPException):
        return "It does not answer."
    return "What it answers, or where it leads, is no page."


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else ""
