"""Links of our texts to our own pages: each means a page, whatever its address is today.

A text keeps the address as anybody's HTML does, and an address is that of one page for ever (`old_addresses.py`). So
the page is known by its model and number, and readers get its address of today.
"""

from collections import defaultdict
from urllib.parse import urlsplit

from django.apps import apps
from django.db.models import Model, Q
from django.urls import Resolver404, resolve

from kit.pages.kept import constant
from kit.pages.paths import path_to
from kit.texts.rich_text import relinked
from practice.models import OldAddress
from practice.old_addresses import PAGES

LISTS = {"articles.topic": ("articles:articles", "topic"), "courses.subject": ("courses:workshops", "subject")}
MOST = 5000  # old addresses that each process keeps; the others lead on by a redirect


def of_today(body: str) -> str:
    """The text with each link to a page of ours by the address that it has now."""
    return relinked(body, address_of_today) if 'href="/' in body and _moved() else body


def address_of_today(link: str) -> str:
    """With the place within the page, and what is asked of it. Any other link stays as it is."""
    address, sign, place = link.partition("#")
    path, asks, asked = address.partition("?")
    moved = _moved()
    return f"{moved.get(address) or moved.get(path, path) + asks + asked}{sign}{place}"


def page_meant(address: str) -> tuple[str, int] | None:
    """Model and number of the page that has this address, or had it; None if it is none with a row of its own."""
    try:
        match = resolve(urlsplit(address).path)
    except Resolver404:
        return None
    label = PAGES.get(match.view_name)
    if label is None:
        return None
    slug = match.kwargs["slug"]
    number = apps.get_model(label)._base_manager.filter(slug=slug).values_list("pk", flat=True).first()
    if number is None:
        number = OldAddress.objects.filter(model=label, slug=slug).values_list("object_id", flat=True).first()
    return (label, number) if number else None


def page_of(label: str, number: int) -> Model | None:
    return apps.get_model(label)._base_manager.filter(pk=number).first()


def _moved() -> dict[str, str]:
    """By each address that a page had before: that of today."""
    return constant("addresses of today", _read_moved)


def _read_moved() -> dict[str, str]:
    had: dict[str, list[OldAddress]] = defaultdict(list)
    for old in OldAddress.objects.order_by("-pk")[:MOST]:
        had[old.model].append(old)
    moved: dict[str, str] = {}
    for label, olds in had.items():
        asked = Q(pk__in=[old.object_id for old in olds]) | Q(slug__in=[old.slug for old in olds])
        now = dict(apps.get_model(label)._base_manager.filter(asked).values_list("pk", "slug"))
        taken = {*now.values()}  # a page that is here is found without being led
        for old in olds:
            if old.object_id in now and old.slug not in taken:
                moved |= zip(_addresses(label, old.slug), _addresses(label, now[old.object_id]), strict=True)
    return moved


def _addresses(label: str, slug: str) -> list[str]:
    if label in LISTS:
        page, name = LISTS[label]
        return [f"{path_to(page)}?{name}={slug}"]
    return [path_to(page, slug) for page, of in PAGES.items() if of == label]
