from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from kit.texts.links_out import leads_out
from learning.models import Handout

LOOKED_AT_FOR = timedelta(days=180)  # after the workshop; attendees may come back to them


@leads_out
def handouts() -> Iterator[tuple[Handout, list[str]]]:
    rows = Handout.objects.exclude(url="").filter(workshop__ends_at__gt=timezone.now() - LOOKED_AT_FOR)
    for handout in rows.select_related("workshop").iterator(chunk_size=100):
        yield handout, [handout.url]
