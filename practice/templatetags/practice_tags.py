import re
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from kit.forms.forms import kept_form
from kit.local.locales import written
from kit.pages.kept import constant
from kit.pages.same_parts import rendered
from practice import shown
from practice.forms import EnquiryForm
from practice.models import CrisisLine, Location, Person, Practice
from practice.rows import clinician_html, person_html

register = template.Library()

BLANK_LINES = re.compile(r"\n\s*\n")
POINT = ("-", "•", "*")


class Paragraph(NamedTuple):
    """One whose lines all begin with `-` has points."""

    text: str
    points: list[str]


@register.simple_tag
def practice_identity() -> Practice:
    """Who runs the site, for mails: no request brings it there."""
    return Practice.current()


@register.simple_tag(takes_context=True)
def page_meta(
    context: template.Context, title: str, description: str = "", path: str = "", kind: str = "website"
) -> SafeString:
    """The page's one address, on the site's own name, and what is shown where somebody shares it.

    `card` of the context is its own card; without one it has that of the practice, and until that is drawn, none.
    """
    practice = shown.practice()
    own = context.get("card", "")
    card = own or practice.card_url
    return rendered(
        "practice/_page_meta.html",
        title=title,
        description=description or practice.tagline,
        url=settings.SITE_URL + (path or context["request"].path),
        kind=kind,
        card=settings.SITE_URL + card if card else "",
        card_alt=f"{title}. {practice.name}" if own else f"{practice.name}. {practice.tagline}",
        site_name=practice.name,
        locale=practice.locale.replace("-", "_"),
    )


@register.simple_tag
def first_conversation(came_from: str = "") -> SafeString:
    """The next step of whoever has read a page of this kind and thinks of talking to somebody."""

    def words() -> SafeString:
        people = {"open": shown.with_places(), "came_from": came_from}
        context = people | {"first": shown.first_fee(), "currency": shown.practice().fees_in}
        return render_to_string("practice/_first_conversation.html", context)

    return constant(f"first conversation from {came_from}", words)


@register.simple_tag
def person_card(person: Person, link: str = "") -> SafeString:
    """Who somebody is; `link` leads to their own page."""
    return person_html(person, link=link)


@register.simple_tag
def clinician_card(person: Person, level: int = 3) -> SafeString:
    """Whom somebody works with, and whether they take new clients."""
    return clinician_html(person, level=level)


@register.simple_tag
def open_clinicians() -> tuple[Person, ...]:
    """Who takes new clients now."""
    return shown.with_places()


@register.simple_tag
def answer_day() -> date | None:
    """By when whoever writes now has an answer."""
    return shown.answer_by()


@register.filter
def long_day(day: date) -> str:
    """`Tuesday 1 December`"""
    return written(day, "l j F")


@register.simple_tag
def enquiry_form(asked: Person | None = None, came_from: str = "") -> SafeString:
    name = f"enquiry to {asked.slug}" if asked else "enquiry"
    return kept_form(f"{name} from {came_from}", lambda: EnquiryForm(asked=asked, came_from=came_from))


@register.inclusion_tag("practice/_enquire.html", takes_context=True)
def enquire(
    context: template.Context,
    came_from: str = "",
    *,
    asked: Person | None = None,
    form: EnquiryForm | None = None,
    locations: Iterable[Location] = (),
) -> dict[str, Any]:
    """The form to write to us, or what came back with errors; beside it who helps now, and where we are."""
    said = {name: context[name] for name in ("practice", "site_words", "crisis_lines")}
    said["came_from"] = came_from
    return said | {"asked": asked, "form": form, "locations": locations, "is_contact": came_from == "contact"}


@register.filter
def at_the_foot(lines: Iterable[CrisisLine]) -> list[tuple[str, CrisisLine]]:
    """Those of the foot of every page, each with its country where they are of several: 988 is nobody in London."""
    shown_there = [line for line in lines if line.is_in_footer]
    are_of_several = len({line.country for line in shown_there}) > 1
    return [(line.country if are_of_several else "", line) for line in shown_there]


@register.filter
def paragraphs(text: str) -> list[Paragraph]:
    """What blank lines part."""
    return [Paragraph(part.strip(), _points(part)) for part in BLANK_LINES.split(text) if part.strip()]


def _points(part: str) -> list[str]:
    lines = [line.strip() for line in part.strip().splitlines()]
    return [line[1:].strip() for line in lines] if all(line.startswith(POINT) for line in lines) else []
