"""A page as a machine reads it: what it links to, loads and sends, and whatever stands inline."""

import logging
import logging.handlers
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

from django.test import Client

from kit.guard.security_log import log
from tests.hostile.addresses import path_of

LINKS = {"a": ["href"], "area": ["href"], "link": ["href"], "form": ["action"], "button": ["formaction"]}
LOADS = {"img": ["src", "srcset"], "script": ["src"], "source": ["src", "srcset"], "iframe": ["src"], "video": ["src"]}
NO_PAGE = ("mailto:", "tel:", "sms:", "data:")


@dataclass
class Page(HTMLParser):
    path: str
    text: str
    links: set[str] = field(default_factory=set)
    loads: set[str] = field(default_factory=set)
    inline: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    fragments: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.ids += [values["id"]] if values.get("id") else []
        self.inline += [f"{tag} {name}" for name in values if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in values and values.get("type") != "application/ld+json"):
            self.inline.append(tag)
        for found, names in ((self.links, LINKS), (self.loads, LOADS)):
            if tag == "link" and values.get("rel") not in {"alternate", "canonical", "next", "prev"}:
                found = self.loads
            found |= {self._whole(values[name]) for name in names.get(tag, ()) if values.get(name) is not None}

    def _whole(self, address: str) -> str:
        if address.startswith(NO_PAGE):
            return address
        whole, fragment = urldefrag(urljoin(self.path, address))
        if fragment and whole == urldefrag(self.path)[0]:
            self.fragments.add(fragment)
        return whole


@dataclass(frozen=True)
class Answer:
    """What somebody got at an address, with the words if it was a page, and what the security log keeps of it."""

    path: str
    status: int
    headers: dict[str, str]
    text: str
    noted: list[str]


def answers_to(client: Client, names: Iterable[str]) -> dict[str, Answer]:
    noted = logging.handlers.BufferingHandler(capacity=1000)
    log.addHandler(noted)
    found = {}
    for name in names:
        noted.flush()
        response = client.get(path := path_of(name))
        text = response.text if response.get("Content-Type", "").startswith("text/html") else ""
        lines = [each.getMessage() for each in noted.buffer]
        found[name] = Answer(path, response.status_code, dict(response.headers), text, lines)
    log.removeHandler(noted)
    return found


def is_inside(address: str) -> bool:
    return address.startswith("/") and not address.startswith("//")


def host_of(address: str) -> str:
    return urlsplit(address).netloc


def crawl(client: Client, starts: list[str]) -> dict[str, Page | int]:
    """Every page that can be reached by links and by forms that ask; what is no page stands as its status."""
    found: dict[str, Page | int] = {}
    waiting = deque(starts)
    while waiting:
        path = waiting.popleft()
        if path in found:
            continue
        response = client.get(path)
        is_page = response.status_code == 200 and response["Content-Type"].startswith("text/html")
        found[path] = Page(path, response.content.decode()) if is_page else response.status_code
        if is_page:
            waiting += sorted(link for link in found[path].links if is_inside(link) and not link.startswith("/admin/"))
        elif response.status_code in {301, 302} and is_inside(response["Location"]):
            waiting.append(response["Location"].partition("#")[0])
    return found
