from collections.abc import Iterator

from kit.desk.jobs import Job, counted, finds
from pictures.models import Picture


@finds("pictures.change_picture")
def unreadable_pictures() -> Iterator[Job]:
    rows = Picture.objects.unreadable()
    one, many = "picture has no readable file: send it again", "pictures have no readable file: send them again"
    yield from counted(rows, "?is_unreadable__exact=1", one, many)
