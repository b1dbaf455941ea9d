"""How full the coming workshops are, for the desk."""

from zoneinfo import ZoneInfo

from django.urls import reverse

from courses.models import Workshop
from courses.models.workshops import WorkshopQuerySet
from kit.database.moments import built_once
from kit.local.times import short_day
from kit.texts.plots import Bars, Series


def plot_of_places(*, most: int) -> Bars:
    """Of the next ones: as many places as each has, and how many of them are booked or held now. In one statement."""
    workshops = list(_coming()[:most])
    return Bars(
        "Places of the coming workshops",
        of="Workshop",
        labels=[_label(each) for each in workshops],
        series=[
            Series("places", [each.capacity for each in workshops], is_hollow=True),
            Series("booked or held", [each.places_taken for each in workshops]),
        ],
        links=[reverse("admin:courses_workshop_change", args=[each.pk]) for each in workshops],
        note=f"The next {most}; “Workshops” has all." if len(workshops) == most else "",
    )


@built_once
def _coming() -> WorkshopQuerySet:
    return Workshop.objects.published().upcoming().with_course().with_places_taken()


def _label(workshop: Workshop) -> str:
    local = workshop.starts_at.astimezone(ZoneInfo(workshop.time_zone))
    return f"{short_day(local)}: {workshop.places_taken} of {workshop.capacity}, {workshop.title}"
