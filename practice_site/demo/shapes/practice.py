from dataclasses import dataclass
from datetime import date


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
