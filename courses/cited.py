"""The body of a course as readers get it, with what it cites; and its marks, which follow when numbers change."""

from collections.abc import Iterable
from typing import Any

from django.db.models import OuterRef, QuerySet

from courses.models import Course, CourseReference, Workshop
from kit import reference_marks, rich_text
from kit.brought import Brought, rows_of
from kit.cited_works import COLUMNS, references_html, sources_of
from kit.reference_marks import Numbers
from kit.rows import save_changed
from kit.snapshots import FIELDS, KEY, PARTS, Content

BROUGHT = "its_references"


def with_references(rows: QuerySet, *, course: str = "pk") -> QuerySet:
    """Brought along with a course, or with a workshop, whose `course` it is."""
    return rows.annotate(**{BROUGHT: _brought(course)})


def body_of(course: Course, row: Course | Workshop) -> dict[str, Any]:
    """For a page; the row is what came `with_references`."""
    sources = sources_of(rows_of(_brought("pk"), getattr(row, BROUGHT)))
    made = rich_text.render(course.body, references=[each.number for each in sources])
    return {"body": made.html, "references": references_html(sources)}


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


def _brought(course: str) -> Brought:
    return Brought(CourseReference.objects.filter(course=OuterRef(course)), *COLUMNS)
