"""The demo's words, as plain data: the shapes stand here, the content in the modules beside it. No Django.

A shape has the names of the model's own fields wherever it can. Money and hours are strings for Decimal, dates are
given relative to the day the demo is built. HTML holds only what the rich text allows (h2, h3, p, ul, ol, li,
blockquote, strong, em, a). Everything and everyone named is invented, except the works cited and the crisis lines.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Cover:
    motif: str  # arbors, rings, weave, leaves, pebbles
    paper: str  # paper, river, madder, straw


# ---------------------------------------------------------------- practice
@dataclass(frozen=True)
class PracticeWords:
    name: str
    tagline: str
    email: str
    phone: str
    address: str
    opening_hours: str
    legal_name: str
    company_number: str
    registered_in: str
    registered_address: str
    professional_body: str
    answer_days: int
    closed_on: str
    sees_people_in: str
    least_age: int | None
    time_zone: str = "Europe/London"
    locale: str = "en-GB"
    fees_in: str = ""
    has_workshops: bool = True


@dataclass(frozen=True)
class SiteWords:
    headline: str
    introduction: str
    therapy_door: str
    workshops_door: str
    workshops_words: str
    articles_words: str
    therapy_headline: str
    therapy_introduction: str
    approach: str
    reply_promise: str
    fees_note: str
    insurance_words: str = ""


@dataclass(frozen=True)
class SaleTermsWords:
    refund_note: str
    takes_invoices: bool
    bank_details: str


@dataclass(frozen=True)
class CityWords:
    name: str
    time_zone: str


@dataclass(frozen=True)
class RegistrationWords:
    body: str
    number: str
    url: str = ""
    letters: str = ""
    ends_in_days: int | None = None


@dataclass(frozen=True)
class PersonWords:
    slug: str
    name: str
    credentials: str
    role: str
    biography: str
    ink: str  # river, madder or straw
    works_with: str = ""  # whoever has some sees clients
    openness: str = "open"  # open, waiting, closed
    availability: str = ""
    said_days_ago: int = 3
    registrations: tuple[RegistrationWords, ...] = ()
    sees: str = ""
    languages: str = "English"
    licensed_in: str = ""
    concerns: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    has_reduced_fee: bool = False
    insurance: str = ""


@dataclass(frozen=True)
class ServiceWords:
    slug: str
    name: str
    summary: str
    may_help: str
    what_happens: str
    evidence: str


@dataclass(frozen=True)
class ConcernWords(ServiceWords):
    services: tuple[str, ...] = ()


@dataclass(frozen=True)
class LocationWords:
    slug: str
    name: str
    address: str
    getting_there: str
    step_free: str = ""
    kind: str = "office"  # office, online, phone, area
    phone: str = ""
    opening_hours: str = ""
    map_url: str = ""
    nearest: str = ""  # of an area: the slug of rooms


@dataclass(frozen=True)
class AnswerWords:
    title: str
    body: str


@dataclass(frozen=True)
class FeeWords:
    name: str
    minutes: int
    amount: str
    services: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


@dataclass(frozen=True)
class CrisisLineWords:
    """Read out as “phone for name, note, hours”."""

    country: str
    name: str
    phone: str = ""
    sms: str = ""
    sms_word: str = ""
    url: str = ""
    hours: str = ""
    note: str = ""
    is_in_footer: bool = False
    kind: str = "crisis"  # crisis, abuse, young, grief
    source: str = ""  # the page on which number and hours were read
    checked_on: date | None = None  # a fixed day, on which that was done


@dataclass(frozen=True)
class PageWords:
    kind: str  # terms, privacy, accessibility, or a word of the practice's own
    title: str
    version: str
    body: str


@dataclass(frozen=True)
class AccountWords:
    email: str
    name: str
    group: str = ""
    is_staff: bool = True
    is_superuser: bool = False


# ---------------------------------------------------------------- courses
@dataclass(frozen=True)
class SubjectWords:
    slug: str
    name: str


@dataclass(frozen=True)
class ReferenceWords:
    authors: str
    year: int
    title: str
    source: str
    doi: str = ""


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


# ---------------------------------------------------------------- articles
@dataclass(frozen=True)
class TermWords:
    word: str
    meaning: str


@dataclass(frozen=True)
class TopicWords:
    slug: str
    name: str
    description: str


@dataclass(frozen=True)
class ClaimWords:
    strength: str  # strong, mixed, contested, opinion
    sentence: str
    basis: str


@dataclass(frozen=True)
class ChangeWords:
    words: str
    days_ago: int


@dataclass(frozen=True)
class ArticleWords:
    slug: str
    title: str
    summary: str
    in_brief: tuple[str, ...]
    topics: tuple[str, ...]
    author: str
    reviewer: str
    published_days_ago: int
    reviewed_on: date  # a day that stays: nobody reads it again because a demo is made
    body: str
    references: tuple[ReferenceWords, ...]
    related_courses: tuple[str, ...]
    cover: Cover
    audience: str = "everyone"  # or therapists
    services: tuple[str, ...] = ()
    concerns: tuple[str, ...] = ()
    claims: tuple[ClaimWords, ...] = ()
    would_change: str = ""
    interests: str = ""
    changes: tuple[ChangeWords, ...] = ()
    interviewee: str = ""  # of an interview


# ---------------------------------------------------------------- newsletter and sales
@dataclass(frozen=True)
class OfferWords:
    name: str
    placement: str  # everywhere or article
    percent: int
    promise: str
    consent_text: str


@dataclass(frozen=True)
class VisitorWords:
    """Somebody who books or attends."""

    name: str
    email: str
    time_zone: str = "Europe/London"


@dataclass(frozen=True)
class SubscriberWords:
    email: str
    placement: str  # the form that was used
    audience: str = "both"  # therapist, client, both


@dataclass(frozen=True)
class GeneralCodeWords:
    code: str
    name: str
    percent: int
    most_uses: int
    weeks: int


@dataclass(frozen=True)
class AnnouncementWords:
    """Written to everybody with a place on that workshop."""

    workshop: str
    subject: str
    text: str


@dataclass(frozen=True)
class PayerWords:
    """The organisation on an invoice."""

    name: str
    address: str
    po_number: str


@dataclass(frozen=True)
class ReviewWords:
    """By the address of somebody who was there."""

    email: str
    stars: int
    words: str
    shown_as: str = "first_name"
    reply: str = ""
    is_read: bool = True


@dataclass(frozen=True)
class PurchaseWords:
    workshop: str
    buyer: VisitorWords
    attendees: tuple[tuple[str, VisitorWords], ...]  # the name of a ticket type, and who comes
    uses_code: bool = False  # the one that the buyer earned by subscribing
    is_paid: bool = True
    cancels: tuple[VisitorWords, ...] = ()  # whose places the buyer cancels again
    payer: PayerWords | None = None  # who pays by invoice, and has not yet
    is_disputed: bool = False  # the buyer's bank takes the money back
