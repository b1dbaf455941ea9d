"""How many addresses signed up, week by week, and how many of those were confirmed."""

from datetime import date

from django.db.models import Count

from kit.local.locales import written
from kit.local.weeks import summed, weeks_until
from kit.texts.plots import Columns, Series
from newsletter.models import Subscriber
from newsletter.privacy import UNCONFIRMED_KEPT
from practice.models import Practice


def plot_of_signups(today: date, *, count: int) -> Columns:
    """By the practice's clock, in one statement."""
    weeks = weeks_until(today, count=count, zone=Practice.current().time_zone)
    rows = Subscriber.objects.filter(created_at__gte=weeks[0].first)
    found = summed(rows, weeks, "created_at", asked=Count("pk"), confirmed=Count("confirmed_at"))
    return Columns(
        "Sign-ups to the newsletter by week",
        of="Week that began on",
        labels=[written(week.monday, "j M") for week in weeks],
        series=[
            Series("signed up", found["asked"], is_hollow=True),
            Series("of them confirmed", found["confirmed"]),
        ],
        note=f"Whoever does not confirm is deleted after {UNCONFIRMED_KEPT.days} days; of earlier weeks only those who "
        "did are left.",
    )
