from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Max
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.models import AuditEntry
from courses.models import Workshop
from courses.taught import where_taught
from kit.local.locales import written
from kit.local.times import city_of, long_day
from kit.pages.feeds import MOST, AtomFeed
from kit.pages.http import public_page
from practice.models import Practice

Dated = tuple[Workshop, datetime | None]  # and when it was changed


@public_page()
@require_safe
@where_taught
def feed(request):
    return WorkshopsFeed()(request)


class WorkshopsFeed(AtomFeed):
    """The workshops that come next, soonest first."""

    def title(self) -> str:
        return f"{Practice.current().name}: workshops"

    def link(self) -> str:
        return self.whole(reverse("courses:workshops"))

    def feed_url(self) -> str:
        return self.whole(reverse("courses:feed"))

    def items(self) -> list[Dated]:
        found = list(Workshop.objects.published().upcoming().with_course()[:MOST])
        changes = AuditEntry.objects.filter(model="courses.workshop", object_id__in=[each.pk for each in found])
        changed = dict(changes.order_by().values_list("object_id").annotate(at=Max("at")))
        return [(each, changed.get(each.pk)) for each in found]

    def item_title(self, item: Dated) -> str:
        return item[0].title

    def item_description(self, item: Dated) -> str:
        workshop, _ = item
        day = workshop.starts_at.astimezone(ZoneInfo(workshop.time_zone))
        return f"{long_day(day)}, {written(day, 'H:i')}, {city_of(workshop.time_zone)} time. {workshop.course.blurb}"

    def item_link(self, item: Dated) -> str:
        return self.whole(item[0].get_absolute_url())

    def item_updateddate(self, item: Dated) -> datetime:
        """When it was last changed at the desk; where nobody knows, its own date at least changes with it."""
        workshop, changed_at = item
        return changed_at or workshop.starts_at
