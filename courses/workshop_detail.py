"""What a workshop's own page says about its dates, prices and places, as they stand at this moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.safestring import SafeString

from courses.catalogue import Listing, Sale, catch_up_types, first_choice, listed, price_label
from courses.models import Session, TicketType, Workshop
from kit.local.money import price
from kit.local.times import CityClock, LocalSpan, Span, clock_change_note, day_month, long_day, organiser_clock
from kit.pages.same_parts import rendered

MOST_PLACES_AT_ONCE = 6
TOO_EARLY = 7  # o'clock


@dataclass(frozen=True)
class TicketChoice:
    """One ticket type in the booking box. Its note says until when, for whom, on what condition."""

    ticket_type: TicketType
    price_label: str
    note: str
    is_selectable: bool


@dataclass(frozen=True)
class SessionTimes:
    """One session with its times in every city."""

    session: Session
    times: list[LocalSpan]
    clock_note: str

    @property
    def span(self) -> Span:
        return self.session.span

    @property
    def day(self) -> str:
        return long_day(self.span.local_start)


class ShownTimes(NamedTuple):
    """The same in plain values."""

    title: str
    day: str
    times: tuple[LocalSpan, ...]
    span: Span


@dataclass(frozen=True)
class Detail:
    """All that a workshop's own page says about its dates and places."""

    workshop: Workshop
    listing: Listing
    sessions: list[SessionTimes]
    choices: list[TicketChoice]
    organiser: CityClock

    @property
    def state(self) -> str:
        return self.listing.sale.value

    @property
    def is_to_come(self) -> bool:
        return self.listing.sale not in {Sale.OVER, Sale.CANCELLED}

    @property
    def has_waiting_list(self) -> bool:
        """Whether somebody who joins it can still be offered a place."""
        return self.listing.is_sold_out and self.workshop.offer_ends_at() is not None

    @property
    def keeps_places(self) -> bool:
        """Whether some are kept for a cohort, so that its code may be good though nobody else can book."""
        return self.workshop.places_for_cohorts > 0

    @property
    def can_be_booked(self) -> bool:
        """Whether live places can be had now or will be."""
        return self.listing.sale in {Sale.OPEN, Sale.NOT_YET}

    @property
    def has_live_choices(self) -> bool:
        return any(choice.ticket_type.is_live for choice in self.choices)

    @property
    def book_label(self) -> str:
        return "Book this workshop" if self.has_live_choices else "Book the recording"

    @property
    def chosen(self) -> TicketType | None:
        return first_choice([choice.ticket_type for choice in self.choices if choice.is_selectable])

    @property
    def most_places(self) -> int:
        if self.listing.has_catch_up:
            return MOST_PLACES_AT_ONCE
        return max(1, min(MOST_PLACES_AT_ONCE, self.workshop.places_left()))

    @property
    def clock_note(self) -> str:
        return next((session.clock_note for session in self.sessions if session.clock_note), "")

    @property
    def early_cities(self) -> str:
        """Where the first session begins before seven, if the recording can be bought instead."""
        if not self.listing.has_catch_up or not self.is_to_come:
            return ""
        return " or ".join(span.city for span in self.sessions[0].times if span.start.hour < TOO_EARLY)

    @property
    def times(self) -> SafeString:
        """Of every session in every city."""
        its = [(each.session.title, each.day, tuple(each.times), each.span) for each in self.sessions]
        early_cities = self.early_cities
        return rendered(
            "courses/_times.html",
            sessions=tuple(ShownTimes(*each) for each in its),
            early_cities=early_cities,
            catch_up_price=price_label(catch_up_types(self.workshop)) if early_cities else "",
            catch_up_days=self.workshop.catch_up_days,
        )


def detailed(workshop: Workshop, clocks: Sequence[CityClock]) -> Detail:
    """A page for a workshop that has a date; cheap for what for_lists() brought."""
    listing = listed(workshop, clocks)
    organiser = organiser_clock(workshop.time_zone, clocks)
    return Detail(
        workshop=workshop,
        listing=listing,
        sessions=[_session_times(session, clocks) for session in workshop.session_list],
        choices=_choices(workshop, listing.sale, organiser),
        organiser=organiser,
    )


def _choices(workshop: Workshop, state: Sale, organiser: CityClock) -> list[TicketChoice]:
    """Live types while they can, could or could have been chosen; catch-up ones while they are or will be sold."""
    ticket_types = workshop.ticket_types.all()
    live = [each for each in ticket_types if each.is_live and state in {Sale.OPEN, Sale.NOT_YET}]
    recordings = [each for each in ticket_types if not each.is_live and (each.is_on_sale or state is Sale.NOT_YET)]
    return [_choice(each, organiser) for each in [*live, *recordings]]


def _choice(each: TicketType, organiser: CityClock) -> TicketChoice:
    if each.has_ended:
        return TicketChoice(each, "Ended", day_month(each.last_day), False)
    notes = [
        f"Until the end of {day_month(each.last_day)}, {organiser.city} time." if each.last_day else "",
        each.description,
        "" if each.is_live else f"The recording {each.workshop.catch_up_label}.",
        "Newsletter codes apply here." if each.is_full_price else "",
    ]
    return TicketChoice(each, price(each.price), " ".join(filter(None, notes)), each.is_on_sale)


def _session_times(session: Session, clocks: Sequence[CityClock]) -> SessionTimes:
    zone = session.workshop.time_zone
    return SessionTimes(session, session.local_spans(clocks), clock_change_note(session.starts_at, zone, clocks))
