"""A page as a machine reads it: what it links to, loads and sends, and whatever stands inline."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

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


def is_inside(address: str) -> bool:
    return address.startswith("/") and not address.startswith("//")


def host_of(address: str) -> str:
    return urlsplit(address).netloc
