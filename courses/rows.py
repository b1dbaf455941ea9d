"""A workshop as a row of a list, in HTML; rows that show the same words are rendered once."""

from decimal import Decimal
from typing import NamedTuple

from django.utils.safestring import SafeString

from courses.catalogue import Day, Listing
from kit.local.times import LocalSpan, Span
from kit.pages.same_parts import rendered, values_of
from pictures.models import ShownPicture


class Row(NamedTuple):
    """Everything that the template shows, in values that can be compared; nothing of it depends on anything else."""

    title: str
    get_absolute_url: str
    day: Day
    blurb: str
    presenter_names: str
    cpd_hours: Decimal
    badges: tuple[tuple[str, str], ...]
    several_days: str
    times: tuple[LocalSpan, ...]
    span: Span
    price_label: str
    other_prices: str
    places_label: str
    is_sold_out: bool
    cover_url: str
    picture: ShownPicture | None


def row_html(listing: Listing, *, covers: bool = False, level: int = 3) -> SafeString:
    row = _row(listing)
    return rendered("components/session_row.html", workshop=row, span=row.span, covers=covers, level=level)


def catch_up_html(listing: Listing) -> SafeString:
    label = listing.workshop.catch_up_label
    return rendered("courses/_catch_up.html", listing=_row(listing), starts_on=listing.starts_on, catch_up_label=label)


def _row(listing: Listing) -> Row:
    return values_of(Row, listing, badges=tuple(listing.badges), times=tuple(listing.times))
