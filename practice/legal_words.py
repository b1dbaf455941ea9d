"""Words that legal pages take from the rows they speak of, so that no page promises what the site does not do.

`[refund policy]` in a page is filled with the words of the moment, and they are kept with the version: whoever booked
under it can read it as it was. Where the rows have changed since, the desk is told that a new version is due.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.html import escape, format_html_join, strip_tags
from django.utils.text import capfirst

from accounts.privacy import AUDIT_KEPT
from kit.locales import AMERICAN, current, tax
from outbox.delivery import BODIES_KEPT
from outbox.privacy import ADDRESSES_KEPT
from practice.models import Page, Practice, SaleTerms
from practice.refund_policy import days_in_words

MARKER = re.compile(r"\[([a-zA-Z][a-zA-Z\s]{1,40})\]")
SPAN = re.compile(r"\d+ (?:days?|years?)")
LIST = re.compile(r"<p>\s*\[([a-zA-Z][a-zA-Z\s]{1,40})\]\s*</p>")

Words = str | list[str]


@dataclass(frozen=True)
class Marker:
    name: str
    means: str
    words: Callable[[], Words]
    kind: str = ""  # of the page that cannot do without it


MARKERS: dict[str, Marker] = {}


def marker(name: str, means: str, *, kind: str = "") -> Callable[[Callable[[], Words]], Callable[[], Words]]:
    """Each app names the words of its own rows and rules."""

    def register(words: Callable[[], Words]) -> Callable[[], Words]:
        MARKERS[name] = Marker(name, means, words, kind)
        return words

    return register


def fill(page: Page) -> Page:
    """Keeps with the page what its markers say now; whoever writes a page calls it before saving."""
    page.filled = words_now(page.body)
    return page


def words_now(body: str) -> dict[str, Words]:
    return {name: MARKERS[name].words() for name in sorted(_named(body) & MARKERS.keys())}


def unknown(body: str) -> list[str]:
    """Markers that nobody fills: readers would see the brackets."""
    return sorted(_named(body) - MARKERS.keys())


def missing(page: Page) -> list[Marker]:
    """Those without which a page of its kind says nothing of what the site really does."""
    return [each for each in MARKERS.values() if each.kind == page.kind and each.name not in _named(page.body)]


def by_hand(page: Page) -> dict[str, list[str]]:
    """Numbers of days or years that stand in it as such, which nobody would mend if the rule changed; each with the
    markers that say the same now."""
    said, found = " ".join(strip_tags(page.body).split()), {}
    for each in MARKERS.values():
        words = each.words()
        if isinstance(words, str) and SPAN.fullmatch(words) and re.search(rf"\b{words}\b", said):
            found.setdefault(words, []).append(each.name)
    return found


def differing(page: Page) -> list[str]:
    """Markers whose words are not those of today's rows any more."""
    now = words_now(page.body)
    return [name for name, words in now.items() if page.filled.get(name) != words]


def filled_html(page: Page) -> str:
    """The body with its words: those that were kept with it, else today's. A marker alone in its line may be a list."""
    missing_words = {name: MARKERS[name].words() for name in (_named(page.body) & MARKERS.keys()) - page.filled.keys()}
    words = missing_words | page.filled
    body = LIST.sub(lambda match: _as_block(words.get(_name(match)), match[0]), page.body)
    return MARKER.sub(lambda match: _in_line(words.get(_name(match)), match[0]), body)


def _named(body: str) -> set[str]:
    return {_name(match) for match in MARKER.finditer(strip_tags(body))}


def _name(match: re.Match[str]) -> str:
    """In one line, however the body is broken into lines."""
    return " ".join(match[1].split())


def _as_block(words: Words | None, otherwise: str) -> str:
    if not isinstance(words, list):
        return otherwise
    return f"<ul>{format_html_join('', '<li>{}</li>', ((line,) for line in words))}</ul>"


def _in_line(words: Words | None, otherwise: str) -> str:
    if words is None:
        return otherwise
    return escape(" ".join(words) if isinstance(words, list) else words)


@marker("refund policy", "the steps of the refund policy, as a list if it stands alone in its line", kind="terms")
def _refund_policy() -> Words:
    return SaleTerms.current().refund_lines


@marker("days to change your mind", "for example “14 days”", kind="terms")
def _free_days() -> Words:
    return days_in_words(SaleTerms.current().refund_free_days)


@marker("VAT", "whether VAT is charged, and how much", kind="terms")
def _vat() -> Words:
    rate = SaleTerms.current().vat_rate
    if rate is None:
        if current() == AMERICAN:
            return "No tax is charged."
        return "No VAT is charged, because we are not registered for VAT."
    return f"{capfirst(tax())} at {rate.normalize():f}% is included."


@marker("company", "who you are in law, as at the foot of every page", kind="terms")
def _company() -> Words:
    return Practice.current().legal_line


@marker("company name", "your legal name alone")
def _company_name() -> Words:
    return Practice.current().legal_name


@marker("email", "your email address")
def _email() -> Words:
    return Practice.current().email


@marker("phone", "your telephone number")
def _phone() -> Words:
    return Practice.current().phone


@marker("address", "your address, on one line")
def _address() -> Words:
    return ", ".join(line.strip() for line in Practice.current().address.splitlines() if line.strip())


@marker("opening hours", "when people reach you")
def _opening_hours() -> Words:
    return Practice.current().opening_hours


@marker("enquiries kept", "how long an enquiry is kept, for example “90 days”", kind="privacy")
def _enquiries_kept() -> Words:
    return days_in_words(Practice.current().enquiries_kept_days)


@marker("mails kept", "how long the words of a mail are kept")
def _mails_kept() -> Words:
    return days_in_words(BODIES_KEPT.days)


@marker("mail addresses kept", "how long it is kept to which address a mail was sent")
def _mail_addresses_kept() -> Words:
    return days_in_words(ADDRESSES_KEPT.days)


@marker("changes kept", "for how many years it is kept who changed what at the desk")
def _changes_kept() -> Words:
    return f"{AUDIT_KEPT.days // 365} years"


@marker("invoice days", "how long an organisation has to pay an invoice, for example “30 days”")
def _invoice_days() -> Words:
    return days_in_words(SaleTerms.current().invoice_days)
