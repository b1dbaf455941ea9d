from datetime import timedelta

from courses.models import Workshop
from kit.guard.privacy import days
from practice.markers import marker

BY_ITS_PAGE = "as many days as the page of the workshop says"


@marker("catch up days", "for how long recordings stay open, for example “28 days”", kind="terms")
def _catch_up_days() -> str:
    """Of all that are on the site and still to come; of a new workshop where there are none."""
    coming = Workshop.objects.published().upcoming().filter(catch_up_days__gt=0)
    found = set(coming.order_by().values_list("catch_up_days", flat=True).distinct())
    if len(found) > 1:
        return BY_ITS_PAGE
    return days(timedelta(days=found.pop() if found else Workshop._meta.get_field("catch_up_days").default))
