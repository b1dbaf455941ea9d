"""Public pages are rendered once and kept, finished and compressed, for a few seconds; see kit.http.public_page."""

import gzip
import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import brotli
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from kit.kept import Life, living

Key = tuple[str, ...]  # scheme, host, path, and the values of the query names that the view knows

MOST_BYTES = 16 * 1024 * 1024  # of all that one process keeps
LONGEST_KEY = 500  # characters; no link of the site is so long
NOT_TAKEN = re.compile(r"\s*q=0(\.0*)?\s*")
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
    life: Life
    encoded: dict[str, bytes] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.body) * 2  # the encoded ones are smaller, together

    def to(self, request: HttpRequest) -> HttpResponse:
        encoding = _encoding_for(request.META.get("HTTP_ACCEPT_ENCODING", ""))
        body = self._as(encoding)
        response = HttpResponse(b"" if request.method == "HEAD" else body, headers=self.headers)
        response.headers["Content-Length"] = str(len(body))
        if encoding:
            response.headers["Content-Encoding"] = encoding
        return response

    def _as(self, encoding: str) -> bytes:
        if encoding and encoding not in self.encoded:
            self.encoded[encoding] = ENCODERS[encoding](self.body)
        return self.encoded.get(encoding, self.body)


class Shelf:
    """Answers by their keys; those that nobody asked for lately make room. And which of them are being made."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: OrderedDict[Key, Answer] = OrderedDict()
        self._bytes = 0
        self._made: dict[Key, threading.Event] = {}

    def find(self, key: Key) -> Answer | None:
        with self._lock:
            answer = self._answers.get(key)
            if answer is None or answer.life.is_over:
                return None
            self._answers.move_to_end(key)
            return answer

    def put(self, key: Key, answer: Answer) -> None:
        with self._lock:
            self._remove(key)
            self._answers[key] = answer
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


def kept_pages(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Stands before all that reads a session: what is kept is the same for everybody. A preview has its own address."""
    shelf = Shelf()

    def middleware(request: HttpRequest) -> HttpResponse:
        key = _key_of(request)
        if key is None:
            return get_response(request)
        if answer := shelf.find(key):
            return answer.to(request)
        with shelf.making(key):
            if answer := shelf.find(key):
                return answer.to(request)
            with living() as lives:
                response = get_response(request)
            if not _is_for_everybody(response):
                return response
            answer = Answer(_headers_of(response), response.content, lives())
            if not answer.life.is_over:
                shelf.put(key, answer)
        return answer.to(request)

    return middleware


def _key_of(request: HttpRequest) -> Key | None:
    """None for what is no public page. Query names that the view does not know make no other page."""
    if request.method not in {"GET", "HEAD"}:
        return None
    try:
        names = getattr(resolve(request.path_info).func, "queries", None)
    except Resolver404:
        return None
    if names is None:
        return None
    asked = [f"{name}={value}" for name in names for value in request.GET.getlist(name)] if names else []
    key = (request.scheme or "", request.META.get("HTTP_HOST", ""), request.path_info, *asked)
    return key if sum(map(len, key)) <= LONGEST_KEY else None


def _is_for_everybody(response: HttpResponse) -> bool:
    return (
        response.status_code == 200
        and not response.streaming
        and not response.cookies
        and "Cookie" not in response.get("Vary", "")
        and "public" in response.get("Cache-Control", "")
    )


def _headers_of(response: HttpResponse) -> dict[str, str]:
    mark = hashlib.blake2b(response.content, digest_size=16).hexdigest()
    return dict(response.items()) | {"ETag": f'W/"{mark}"', "Vary": "Accept-Encoding"}


def _encoding_for(accepted: str) -> str:
    """The smallest that the client takes; a name with `q=0` is one that it does not take (RFC 9110, 12.5.3)."""
    named = (each.partition(";") for each in accepted.lower().split(","))
    taken = {name.strip() for name, _, weight in named if not NOT_TAKEN.fullmatch(weight)}
    return next((encoding for encoding in ENCODERS if encoding in taken), "")
