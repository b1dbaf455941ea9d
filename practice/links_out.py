from collections.abc import Iterator

from kit.texts.links_out import leads_out
from kit.texts.rich_text import links_of
from practice.models import CrisisLine, Location, Page, Person, SiteNotice


@leads_out
def people() -> Iterator[tuple[Person, list[str]]]:
    """By their registrations: the link where people can check one."""
    for person in Person.objects.filter(is_shown=True).prefetch_related("registrations"):
        yield person, [each.url for each in person.registrations.all()]


@leads_out
def pages() -> Iterator[tuple[Page, list[str]]]:
    """The version of each that counts today."""
    current = [page.pk for page in (*Page.objects.of_the_law(), *Page.objects.of_its_own())]
    for page in Page.objects.filter(pk__in=current):
        yield page, links_of(page.body)


@leads_out
def columns() -> Iterator[tuple[Location | CrisisLine | SiteNotice, list[str]]]:
    for location in Location.objects.exclude(map_url=""):
        yield location, [location.map_url]
    for line in CrisisLine.objects.exclude(url=""):
        yield line, [line.url]
    for notice in SiteNotice.objects.to_come_or_shown().exclude(link=""):
        yield notice, [notice.link]
