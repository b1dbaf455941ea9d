from collections.abc import Iterator

from kit.local.times import end_of_day
from kit.texts.rich_text import plain
from kit.texts.search_texts import Pks, SearchText, of, searchable
from practice import shown
from practice.markers import filled_html
from practice.models import Concern, Location, Page, Person, Service
from practice.models.services import InFourParts


@searchable("practice.service", "How we work")
def services(pks: Pks) -> Iterator[SearchText]:
    return map(_in_parts, of(pks, Service.objects.filter(is_shown=True)))


@searchable("practice.concern", "What people come with")
def concerns(pks: Pks) -> Iterator[SearchText]:
    return map(_in_parts, of(pks, Concern.objects.filter(is_shown=True)))


@searchable("practice.location", "Where we are")
def locations(pks: Pks) -> Iterator[SearchText]:
    for location in of(pks, Location.objects.all()):
        words = " ".join([location.getting_there, location.step_free])
        address = ", ".join(location.address.splitlines())
        yield SearchText(location.pk, location.name, address, words, location.get_absolute_url())


@searchable("practice.person", "Who we are")
def people(pks: Pks) -> Iterator[SearchText]:
    """Found with what a registration allows until its last day is over, and without it once that was seen."""
    for person in of(pks, Person.objects.filter(is_shown=True)):
        sees, languages = person.sees and f"Sees {person.sees}.", person.languages and f"Languages: {person.languages}."
        words = " ".join(filter(None, [person.works_with, sees, languages, person.biography]))
        summary = ". ".join(part for part in (person.role, person.shown_credentials) if part)
        until = person.registered_until and end_of_day(person.registered_until, shown.practice().time_zone)
        yield SearchText(person.pk, person.name, summary, words, person.get_absolute_url(), live_until=until)


@searchable("practice.page", "Good to know")
def pages(pks: Pks) -> Iterator[SearchText]:
    """The version of each that counts today."""
    current = [page.pk for page in (*Page.objects.of_the_law(), *Page.objects.of_its_own())]
    for page in of(pks, Page.objects.filter(pk__in=current)):
        yield SearchText(page.pk, page.title, "", plain(filled_html(page)), page.get_absolute_url())


def _in_parts(row: InFourParts) -> SearchText:
    words = " ".join([row.may_help, row.what_happens, row.evidence])
    return SearchText(row.pk, row.name, row.summary, words, row.get_absolute_url())
