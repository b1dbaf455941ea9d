from collections.abc import Iterator

from courses.models import Course, WorkshopSeries
from kit.texts.links_out import leads_out
from kit.texts.rich_text import links_of


@leads_out
def courses() -> Iterator[tuple[Course, list[str]]]:
    rows = Course.objects.published().only("title", "body").prefetch_related("references")
    for course in rows.iterator(chunk_size=100):
        yield course, [*links_of(course.body), *(each.doi_url for each in course.references.all())]


@leads_out
def series() -> Iterator[tuple[WorkshopSeries, list[str]]]:
    for row in WorkshopSeries.objects.published().only("title", "body").iterator(chunk_size=100):
        yield row, links_of(row.body)
