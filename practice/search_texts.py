from collections.abc import Iterator

from django.urls import reverse

from kit.rich_text import plain
from kit.search_texts import Pks, SearchText, of, searchable
from practice.legal_words import filled_html
from practice.models import Page, Person, Service


@searchable("practice.service", "How we work")
def services(pks: Pks) -> Iterator[SearchText]:
    for service in of(pks, Service.objects.filter(is_shown=True)):
        words = " ".join([service.may_help, service.what_happens, service.evidence])
        yield SearchText(service.pk, service.name, service.summary, words, f"{reverse('practice:practice')}#how")


@searchable("practice.person", "Who we are")
def people(pks: Pks) -> Iterator[SearchText]:
    for person in of(pks, Person.objects.filter(is_shown=True)):
        words = " ".join([person.works_with, person.biography])
        yield SearchText(
            person.pk, person.name, f"{person.role}. {person.credentials}", words, person.get_absolute_url()
        )


@searchable("practice.page", "Good to know")
def pages(pks: Pks) -> Iterator[SearchText]:
    """The version of each that counts today."""
    legal = (page for kind in Page.Kind.values if (page := Page.objects.current(kind)))
    current = [*legal, *Page.objects.of_its_own()]
    for page in current if pks is None else [page for page in current if page.pk in pks]:
        yield SearchText(page.pk, page.title, "", plain(filled_html(page)), page.get_absolute_url())
