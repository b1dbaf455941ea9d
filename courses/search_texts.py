from collections.abc import Iterator
from zoneinfo import ZoneInfo

from courses.models import Course, Workshop, WorkshopSeries
from courses.taught import teaches
from kit.local.times import long_day
from kit.texts.rich_text import plain
from kit.texts.search_texts import Pks, SearchText, of, searchable


@searchable("courses.workshop", "Workshop", is_open=teaches)
def workshops(pks: Pks) -> Iterator[SearchText]:
    """Those that are still to come: by what is read of them in lists. What they are about stands with their course."""
    rows = of(pks, Workshop.objects.published().dated().upcoming()).select_related("course__subject")
    for workshop in rows.prefetch_related("course__presenters").iterator(chunk_size=100):
        day = long_day(workshop.starts_at.astimezone(ZoneInfo(workshop.time_zone)))
        yield SearchText(
            pk=workshop.pk,
            title=workshop.title,
            summary=f"{day}. {workshop.course.blurb}",
            body=f"{workshop.course.presenter_names} {workshop.course.subject}",
            address=workshop.get_absolute_url(),
            live_until=workshop.ends_at,
        )


@searchable("courses.course", "Course", is_open=teaches)
def courses(pks: Pks) -> Iterator[SearchText]:
    rows = of(pks, Course.objects.published()).select_related("subject").defer("cover")
    for course in rows.prefetch_related("presenters", "references").iterator(chunk_size=100):
        named = [course.presenter_names, course.subject.name]
        cited = [f"{each.authors} {each.title}" for each in course.references.all()]
        yield SearchText(
            pk=course.pk,
            title=course.title,
            summary=course.blurb,
            body=" ".join([course.summary, plain(course.body), *course.aim_lines, course.audience, *named, *cited]),
            address=course.get_absolute_url(),
        )


@searchable("courses.workshopseries", "Series", is_open=teaches)
def series(pks: Pks) -> Iterator[SearchText]:
    rows = of(pks, WorkshopSeries.objects.published()).prefetch_related("workshops__course")
    for each in rows.iterator(chunk_size=100):
        titles = " ".join(dict.fromkeys(workshop.title for workshop in each.workshops.all()))
        yield SearchText(
            pk=each.pk,
            title=each.title,
            summary=each.blurb,
            body=f"{plain(each.body)} {titles}",
            address=each.get_absolute_url(),
        )
