"""Which pages stand in the menu and which sections on the home page: as they always did, but for what rows say.

The same list of pages makes the menu, the sitemap and what robots are asked to leave alone.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse

from practice.models import HomeSection, MenuEntry, Page, Practice

OWN = "about:"  # before the kind of a page of the practice's own
MOST_IN_MENU = 7
Section = HomeSection.Kind


@dataclass(frozen=True)
class FixedPage:
    """`position` is its usual one in the menu, None where it usually does not stand there. `marks` is the part of the
    site on whose pages its entry is marked."""

    name: str
    label: str
    view_name: str
    position: int | None = None
    marks: str = ""
    is_of_workshops: bool = False
    is_private: bool = False


@dataclass(frozen=True)
class MenuLink:
    label: str
    url: str
    marks: str


FIXED_PAGES = (
    FixedPage("therapy", "Therapy", "practice:practice", 10, "practice"),
    FixedPage("clinicians", "Clinicians", "practice:clinicians"),
    FixedPage("fees", "Fees", "practice:fees"),
    FixedPage("contact", "Contact", "practice:contact"),
    FixedPage("help_now", "Help now", "practice:help_now"),
    FixedPage("articles", "Articles", "articles:articles", 30, "articles"),
    FixedPage("workshops", "Workshops", "courses:workshops", 20, "workshops", is_of_workshops=True),
    FixedPage("newsletter", "Newsletter", "newsletter:subscribe"),
    FixedPage("bookings", "Bookings", "orders:bookings", 40, "bookings", is_of_workshops=True, is_private=True),
)
USUAL_SECTIONS = {Section.WORKSHOPS: 10, Section.ARTICLES: 20, Section.NEWSLETTER: 30, Section.WRITING: 40}


def pages_of(practice: Practice) -> list[FixedPage]:
    return [each for each in FIXED_PAGES if practice.has_workshops or not each.is_of_workshops]


def page_choices() -> list[tuple[str, str]]:
    """What an entry of the menu can be."""
    own = [(OWN + page.kind, page.title) for page in Page.objects.of_its_own()]
    return [*((each.name, each.label) for each in FIXED_PAGES), *own]


def menu(practice: Practice, entries: Iterable[MenuEntry], own_pages: Iterable[Page]) -> tuple[MenuLink, ...]:
    """A row for a page that there is not, or not any more, is passed over."""
    rows = {entry.page: entry for entry in entries}
    known = [
        _Known(each.name, each.label, lambda each=each: reverse(each.view_name), each.position, each.marks)
        for each in pages_of(practice)
    ]
    known += [_Known(OWN + each.kind, each.title, each.get_absolute_url, None, "") for each in own_pages]
    placed = [(_position(each.position, rows.get(each.name)), each) for each in known]
    shown = sorted(((at, each) for at, each in placed if at is not None), key=lambda found: found[0])
    return tuple(MenuLink(_label(each, rows.get(each.name)), each.url(), each.marks) for _, each in shown)


def sections(practice: Practice, rows: Iterable[HomeSection]) -> tuple[str, ...]:
    """The kinds of those that the home page has, in their order."""
    said = {row.kind: row for row in rows}
    placed = [(_position(USUAL_SECTIONS.get(kind), said.get(kind)), kind) for kind in Section]
    shown = sorted(((at, kind) for at, kind in placed if at is not None), key=lambda found: found[0])
    return tuple(kind.value for _, kind in shown if kind != Section.WORKSHOPS or practice.has_workshops)


@dataclass(frozen=True)
class _Known:
    name: str
    label: str
    url: Callable[[], str]
    position: int | None
    marks: str


def _position(usual: int | None, row: MenuEntry | HomeSection | None) -> int | None:
    """None: it is not there."""
    if row is None:
        return usual
    return row.position if row.is_shown else None


def _label(known: _Known, row: MenuEntry | None) -> str:
    return (row.label if row else "") or known.label
