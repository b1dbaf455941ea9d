"""The body of a course as readers get it, with what it cites; and its marks, which follow when numbers change."""

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from django.db.models import OuterRef, QuerySet
from django.utils.safestring import SafeString

from courses.models import Course, CourseReference, Workshop
from kit.database.brought import Brought, rows_of
from kit.desk import reference_marks
from kit.desk.cited_works import COLUMNS, references_html, sources_of
from kit.desk.reference_marks import Numbers
from kit.desk.rows import save_changed
from kit.desk.snapshots import FIELDS, KEY, PARTS, Content
from kit.pages.same_parts import MOST
from kit.texts import rich_text
from practice.own_links import of_today

BROUGHT = "its_references"


def with_references(rows: QuerySet, *, course: str = "pk") -> QuerySet:
    """Brought along with a course, or with a workshop, whose `course` it is."""
    return rows.annotate(**{BROUGHT: _brought(course)})


class Body(NamedTuple):
    body: SafeString
    references: SafeString


def body_of(course: Course, row: Course | Workshop) -> dict[str, SafeString]:
    """For a page; the row is what came `with_references`."""
    return _made(of_today(course.body), getattr(row, BROUGHT))._asdict()


def taken(body: str, numbers: Iterable[tuple[int, int]]) -> Content:
    """A body, and its references by their keys, to compare with what they are later."""
    return {FIELDS: {"body": body}, PARTS: {"references": [{KEY: key, "number": number} for key, number in numbers]}}


def follow_numbers(course: Course, before: Content) -> Numbers:
    """Marks of the stored body lead on to what they led to. Within the transaction that has locked the course."""
    now = taken(course.body, course.references.values_list("pk", "number"))
    mended, moved = reference_marks.follow(before, now)
    course.body = mended[FIELDS]["body"]
    save_changed(course)
    return moved


@lru_cache(maxsize=MOST)
def _made(body: str, brought: str | None) -> Body:
    sources = sources_of(rows_of(_brought("pk"), brought))
    made = rich_text.render(body, references=[each.number for each in sources])
    return Body(made.html, references_html(sources))


def _brought(course: str) -> Brought:
    return Brought(CourseReference.objects.filter(course=OuterRef(course)), *COLUMNS)
