"""What pages and mails say about the practice: the same for everybody, so read once and kept (`kit/pages/kept.py`).

For what is shown alone: what decides anything, such as VAT or a refund, reads the rows. They are given as copies, so
that nobody changes what another page shows.
"""

from copy import copy
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.db import models
from django.utils import timezone

from kit.local.times import CityClock, city_of, end_of_day
from kit.pages.kept import constant, has_come
from practice import own_links, site_parts
from practice.models import (
    City,
    Concern,
    CrisisLine,
    Fee,
    HomeSection,
    Location,
    MenuEntry,
    Page,
    Person,
    Practice,
    Redirect,
    SaleTerms,
    Service,
    SiteNotice,
    SiteWords,
)
from practice.site_parts import MenuLink

Row = TypeVar("Row", bound=models.Model)


def clocks() -> tuple[CityClock, ...]:
    """Of every city that is shown."""
    return constant("clocks", lambda: tuple(City.objects.clocks()))


def clocks_of(*zones: str) -> list[CityClock]:
    """One for each of these zones: of a city of ours where there is one."""
    known = {clock.zone: clock for clock in reversed(clocks())}
    return [known.get(zone, CityClock(city_of(zone), zone)) for zone in dict.fromkeys(zones)]


def practice() -> Practice:
    return _own(constant("practice", Practice.current))


def site_words() -> SiteWords:
    return _own(constant("site words", SiteWords.current))


def sale_terms() -> SaleTerms:
    """Its sentences on refunds are made already."""
    return _own(constant("sale terms", _terms_in_words))


def crisis_lines() -> list[CrisisLine]:
    return [_own(line) for line in constant("crisis lines", lambda: list(CrisisLine.objects.all()))]


def own_pages() -> tuple[Page, ...]:
    """Of kinds that the practice named itself, such as about."""
    return constant("own pages", lambda: tuple(Page.objects.of_its_own()))


def menu() -> tuple[MenuLink, ...]:
    return constant("menu", lambda: site_parts.menu(practice(), MenuEntry.objects.all(), own_pages()))


def home_sections() -> tuple[str, ...]:
    return constant("home sections", lambda: site_parts.sections(practice(), HomeSection.objects.all()))


def site_notice() -> SiteNotice | None:
    """What is made with it is not kept beyond the moment that changes it."""
    return constant("site notice", notice_of_now)


def notice_of_now() -> SiteNotice | None:
    rows = list(SiteNotice.objects.to_come_or_shown())
    begun = [row for row in rows if has_come(row.starts_at)]
    found = next((row for row in begun if not has_come(row.ends_at)), None)
    if found:
        found.link = own_links.address_of_today(found.link)
    return found


def redirects() -> dict[str, str]:
    """Where each old address leads to."""
    return constant("redirects", lambda: dict(Redirect.objects.values_list("old", "new")[: Redirect.MOST]))


def answer_by() -> date | None:
    """For whoever writes now. What is made with it is not kept beyond the hour that changes it."""
    who, now = practice(), timezone.now()
    local = now.astimezone(ZoneInfo(who.time_zone))
    closing = datetime.combine(local.date(), who.closes_at, tzinfo=local.tzinfo)
    for moment in (closing, end_of_day(local.date(), who.time_zone)):
        has_come(moment)
    return who.answer_by(now)


def fees() -> tuple[Fee, ...]:
    return constant("fees", lambda: tuple(Fee.objects.shown()))


def first_fee() -> Fee | None:
    """Of a first conversation: the one that stands first."""
    return next(iter(fees()), None)


def services() -> tuple[Service, ...]:
    return constant("services", lambda: tuple(Service.objects.filter(is_shown=True)))


def concerns() -> tuple[Concern, ...]:
    return constant("concerns", lambda: tuple(Concern.objects.filter(is_shown=True)))


def locations() -> tuple[Location, ...]:
    return constant("locations", lambda: tuple(Location.objects.all()))


def people() -> tuple[Person, ...]:
    """Whom the therapy page shows, with their registrations."""
    return constant("people", _people)


def with_places() -> tuple[Person, ...]:
    """Clinicians who take new clients now."""
    return constant("clinicians with places", lambda: tuple(Person.objects.with_places()))


def _people() -> tuple[Person, ...]:
    return tuple(Person.objects.filter(is_shown=True).with_portraits().prefetch_related("registrations"))


def _terms_in_words() -> SaleTerms:
    terms = SaleTerms.current()
    terms.refund_lines  # noqa: B018  kept with the row, as the property does
    return terms


def _own(row: Row) -> Row:
    """What `copy` would give, which asks a row to pickle itself first; pages ask a dozen times."""
    state = copy(row._state)
    state.fields_cache = row._state.fields_cache.copy()
    mine = object.__new__(type(row))
    mine.__dict__.update(row.__dict__, _state=state)
    return mine
