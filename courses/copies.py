"""A course from an earlier one: a second part, say, or the same for other people."""

from django.db import transaction

from accounts.history import record_added
from courses.models import Course
from kit.database.locks import lock
from kit.desk.copies import Copying, store_copy
from kit.desk.snapshots import Shape

COPIED = Shape("courses.course", parts=("references",), without=("title", "slug", "is_published"))


@transaction.atomic
def copy_course(course: Course, title: str) -> tuple[Course, bool]:
    """One that is not published, without workshops, reviews and people who wait for a date."""
    source = lock(Course.objects, course.pk)
    if earlier := Course.objects.filter(title=title, is_published=False).exclude(pk=source.pk).first():
        return earlier, False
    made = store_copy(source, COPIED, title=title)
    record_added(made)
    return made, True


COPYING = Copying(
    make=copy_course,
    along="words, sources, aims, programme, hours, presenters and picture",
    behind="workshops, reviews and people who asked for a date",
)
