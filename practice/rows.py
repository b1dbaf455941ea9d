"""A person as pages show them, in HTML; those that show the same words are rendered once."""

from datetime import date
from typing import NamedTuple

from django.utils.safestring import SafeString

from kit.pages.same_parts import rendered, values_of
from pictures.models import ShownPicture
from practice.models import Person


class Introduced(NamedTuple):
    """Everything that components/person.html shows."""

    name: str
    get_absolute_url: str
    role: str
    shown_credentials: str
    biography: str
    portrait: ShownPicture | None
    ink: str
    initials: str


class Clinician(NamedTuple):
    """Everything that practice/_clinician.html shows; what depends on the day is told as it is today."""

    name: str
    slug: str
    get_absolute_url: str
    role: str
    shown_credentials: str
    works_with: str
    portrait: ShownPicture | None
    ink: str
    initials: str
    valid_registrations: tuple["Registered", ...]
    availability_words: str
    is_open: bool
    is_openness_old: bool
    openness_said_on: date | None
    may_be_asked_for: bool


class Registered(NamedTuple):
    words: str
    url: str

    def __str__(self) -> str:
        return self.words


def person_html(person: Person, *, link: str = "") -> SafeString:
    shown = values_of(Introduced, person, portrait=_portrait(person))
    return rendered("components/person.html", person=shown, link=link)


def clinician_html(person: Person, *, level: int = 3) -> SafeString:
    registrations = tuple(Registered(str(each), each.url) for each in person.valid_registrations)
    shown = values_of(Clinician, person, portrait=_portrait(person), valid_registrations=registrations)
    return rendered("practice/_clinician.html", person=shown, level=level)


def _portrait(person: Person) -> ShownPicture | None:
    return person.portrait.shown if person.portrait else None
