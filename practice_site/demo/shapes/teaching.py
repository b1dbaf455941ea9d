from dataclasses import dataclass

from practice_site.demo.shapes.reading import Cover, ReferenceWords


@dataclass(frozen=True)
class SubjectWords:
    slug: str
    name: str


@dataclass(frozen=True)
class CourseWords:
    slug: str
    title: str
    blurb: str
    summary: str
    body: str
    aims: tuple[str, ...]
    audience: str
    level: str  # beginning, intermediate, advanced
    care_note: str
    cpd_hours: str
    programme: tuple[str, ...]  # 10:30 | Title | Detail, in London
    presenters: tuple[str, ...]
    subject: str
    cover: Cover
    references: tuple[ReferenceWords, ...] = ()


@dataclass(frozen=True)
class TicketTypeWords:
    name: str
    price: str
    description: str
    is_full_price: bool = False
    is_concession: bool = False
    access: str = "live"  # live or catch_up
    ends_weeks_before: int | None = None


@dataclass(frozen=True)
class SessionPattern:
    starts: str
    ends: str
    title: str = ""
    weeks_after_first: int = 0
    programme: tuple[str, ...] = ()  # else the course's own, where it fits


@dataclass(frozen=True)
class WorkshopPattern:
    """The Friday `weeks_ahead` of today's week (negative: past); or, if `clocks_differ`, the next one on which the
    United States and Europe have not both changed their clocks, where there is one within five months. One that
    `is_today` goes on at this very moment."""

    slug: str
    course: str
    weeks_ahead: int
    sessions: tuple[SessionPattern, ...]
    capacity: int
    places_taken: int  # confirmed places, given without an order
    ticket_types: tuple[TicketTypeWords, ...]
    clocks_differ: bool = False
    note: str = ""
    group: tuple[int, int] | None = None  # from so many places on, so many per cent off
    gives_back: int = 0  # places that became free again, for whoever waits
    is_draft: bool = False
    is_today: bool = False


@dataclass(frozen=True)
class SeriesWords:
    slug: str
    title: str
    blurb: str
    body: str
    price: str
    workshops: tuple[str, ...]


@dataclass(frozen=True)
class RecordingWords:
    workshop: str
    title: str
    url: str = ""
    passcode: str = ""
    film: str = ""  # a file beside these modules
    captions: str = ""
    transcript: str = ""
    has_closed: bool = False


@dataclass(frozen=True)
class HandoutWords:
    workshop: str
    title: str
    url: str = ""
    text: str = ""
    shown_from: str = "booking"


@dataclass(frozen=True)
class ReviewWords:
    """By the address of somebody who was there."""

    email: str
    stars: int
    words: str
    shown_as: str = "first_name"
    reply: str = ""
    is_read: bool = True
