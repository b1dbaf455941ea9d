from collections.abc import Iterator
from itertools import chain

from courses.models import Course, WorkshopSeries
from kit.links_out import leads_out
from kit.rich_text import links_of


@leads_out
def what_is_taught() -> Iterator[tuple[Course | WorkshopSeries, list[str]]]:
    shown = (model.objects.published().only("title", "body") for model in (Course, WorkshopSeries))
    for row in chain.from_iterable(rows.iterator(chunk_size=100) for rows in shown):
        yield row, links_of(row.body)
