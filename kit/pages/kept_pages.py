"""Public pages are rendered once and kept, finished and compressed, for a few seconds; see kit.pages.http.public_page.

The middleware finds and keeps them. A page that was asked for without a query is found before Django is asked at all.
"""

import gzip
import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import brotli
from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import Resolver404, resolve

from kit.pages.kept import Life, living

Environ = dict[str, Any]
Key = tuple[str, ...]  # scheme, host, path, and the values of the query names that the view knows
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

MOST_BYTES = 16 * 1024 * 1024  # of all that one process keeps
LONGEST_KEY = 500  # characters; no link of the site is so long
NOT_TAKEN = re.compile(r"\s*q=0(\.0*)?\s*")
SAFE = {"GET", "HEAD"}
PATIENCE = 5  # seconds for a page that another thread renders
ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=5),
    "gzip": lambda body: gzip.compress(body, compresslevel=6, mtime=0),
}


@dataclass
class Answer:
    """A page as it is sent, encoded when somebody first takes it so."""

    headers: dict[str, str]
    body: bytes
    mark: str
    life: Life
    alias: Key | None
    encoded: dict[str, tuple[dict[str, str], bytes]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.body) * 2  # the encoded ones are smaller, together

    def to(self, environ: Environ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body for whoever asked with these headers."""
        if self.mark in environ.get("HTTP_IF_NONE_MATCH", ""):
            return HTTPStatus.NOT_MODIFIED, self.headers, b""
        headers, body = self._as(encoding_for(environ.get("HTTP_ACCEPT_ENCODING", "")))
        return HTTPStatus.OK, headers, b"" if environ["REQUEST_METHOD"] == "HEAD" else body

    def _as(self, encoding: str) -> tuple[dict[str, str], bytes]:
        if encoding not in self.encoded:
            body = ENCODERS[encoding](self.body) if encoding else self.body
            more = {"Content-Encoding": encoding} if encoding else {}
            self.encoded[encoding] = self.headers | more | {"Content-Length": str(len(body))}, body
        return self.encoded[encoding]


class Shelf:
    """Answers by their keys; those that nobody asked for lately make room. And which of them are being made."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: OrderedDict[Key, Answer] = OrderedDict()
        self._aliases: dict[Key, Key] = {}
        self._bytes = 0
        self._made: dict[Key, threading.Event] = {}

    def find(self, key: Key) -> Answer | None:
        with self._lock:
            answer = self._answers.get(key)
            if answer is None or answer.life.is_over:
                return None
            self._answers.move_to_end(key)
            return answer

    def find_alias(self, alias: Key | None) -> Answer | None:
        key = self._aliases.get(alias) if alias else None
        return self.find(key) if key else None

    def put(self, key: Key, answer: Answer) -> None:
        with self._lock:
            self._remove(key)
            self._answers[key] = answer
            if answer.alias:
                self._aliases[answer.alias] = key
            self._bytes += answer.size
            while self._bytes > MOST_BYTES:
                self._remove(next(iter(self._answers)))

    @contextmanager
    def making(self, key: Key) -> Iterator[None]:
        """Whoever comes while another thread makes it waits, then looks for what was made; nobody waits twice."""
        with self._lock:
            before, mine = self._made.get(key), threading.Event()
            if before is None:
                self._made[key] = mine
        if before is not None:
            before.wait(PATIENCE)
            yield
            return
        try:
            yield
        finally:
            with self._lock:
                del self._made[key]
            mine.set()

    def _remove(self, key: Key) -> None:
        if answer := self._answers.pop(key, None):
            self._bytes -= answer.size
            self._aliases.pop(answer.alias, None)


SHELF = Shelf()


def kept_pages(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Stands before all other middleware: what is kept is finished, and the same for everybody."""

    def middleware(request: HttpRequest) -> HttpResponse:
        names = _known_queries(request)
        key = _key_of(request, names) if names is not None else None
        if key is None:
            return get_response(request)
        if answer := SHELF.find(key):
            return _respond(answer, request)
        with SHELF.making(key):
            if answer := SHELF.find(key):
                return _respond(answer, request)
            request.GET = _without_others(request.GET, names)
            with living(settings.KEPT_PAGES_SECONDS) as lives:
                response = get_response(request)
            if not _is_for_everybody(response):
                return response
            answer = _answer(response, lives(), _alias_of(request.META))
            if not answer.life.is_over:
                SHELF.put(key, answer)
        return _respond(answer, request)

    return middleware


def before(application: Wsgi) -> Wsgi:
    """A page that is kept costs no more than to find it and to send it."""

    def kept_or_asked(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in SAFE or not (answer := SHELF.find_alias(_alias_of(environ))):
            return application(environ, start_response)
        status, headers, body = answer.to(environ)
        start_response(f"{status} {HTTPStatus(status).phrase}", list(headers.items()))
        return [body]

    return kept_or_asked


def encoding_for(accepted: str) -> str:
    """The smallest that the client takes; a name with `q=0` is one that it does not take (RFC 9110, 12.5.3)."""
    named = (each.partition(";") for each in accepted.lower().split(","))
    taken = {name.strip() for name, _, weight in named if not NOT_TAKEN.fullmatch(weight)}
    return next((encoding for encoding in ENCODERS if encoding in taken), "")


def _known_queries(request: HttpRequest) -> Collection[str] | None:
    """The query names that the view declares; None for what is no public page."""
    if request.method not in SAFE:
        return None
    try:
        return getattr(resolve(request.path_info).func, "queries", None)
    except Resolver404:
        return None


def _key_of(request: HttpRequest, names: Collection[str]) -> Key | None:
    asked = [f"{name}={value}" for name in names for value in request.GET.getlist(name)] if names else []
    key = (request.scheme or "", request.META.get("HTTP_HOST", ""), request.path_info, *asked)
    return key if sum(map(len, key)) <= LONGEST_KEY else None


def _without_others(query: QueryDict, names: Collection[str]) -> QueryDict:
    """A view is not shown what it does not declare: a page that depended on it would be given to others, too."""
    known = QueryDict(mutable=True)
    for name in names:
        if name in query:
            known.setlist(name, query.getlist(name))
    return known


def _alias_of(environ: Environ) -> Key | None:
    """What says the same as the key does, as the server got it. A page with a query is left to the middleware."""
    if environ.get("QUERY_STRING"):
        return None
    said_by_proxy = settings.SECURE_PROXY_SSL_HEADER or ("",)
    scheme = environ["wsgi.url_scheme"], environ.get(said_by_proxy[0], "")
    return *scheme, environ.get("HTTP_HOST", ""), environ.get("SCRIPT_NAME", ""), environ["PATH_INFO"]


def _is_for_everybody(response: HttpResponse) -> bool:
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and "Cookie" not in response.get("Vary", "")
        and "public" in response.get("Cache-Control", "")
    )


def _answer(response: HttpResponse, life: Life, alias: Key | None) -> Answer:
    mark = hashlib.blake2b(response.content, digest_size=16).hexdigest()
    headers = dict(response.items()) | {"ETag": f'W/"{mark}"', "Vary": "Accept-Encoding"}
    headers["X-Accel-Expires"] = str(settings.KEPT_PAGES_SECONDS)  # how long the proxy may keep it, too
    headers.pop("Content-Length", None)
    return Answer(headers, response.content, mark, life, alias)


def _respond(answer: Answer, request: HttpRequest) -> HttpResponse:
    status, headers, body = answer.to(request.META)
    return HttpResponse(body, status=status, headers=headers)
