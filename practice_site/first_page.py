"""What the first page of the desk shows beside what waits: to each what they may see."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from articles.editing.standing import tags_of, unfinished
from courses.coming import plot_of_places
from courses.models import Session, Workshop
from kit.local.locales import written
from kit.local.times import short_day
from kit.texts.plots import Plot
from learning.day import todays_sessions
from newsletter.weeks import plot_of_signups
from orders.books.weeks import plot_of_money, weeks_of_money
from practice import clock, tallies
from practice.models import Practice

WEEKS = MONTHS = 12
MOST_PIECES = 10
MOST_WORKSHOPS = 8


@dataclass(frozen=True)
class SessionOfToday:
    session: Session
    when: str
    url: str
    taken: int


def parts_for(user: User) -> dict[str, Any]:
    """Nothing of a part that somebody may not see is read. A practice without workshops is shown what it sold and
    taught before, while there is any of it."""
    teaches = Practice.current().has_workshops
    plots = [plot for is_taught, plot in _plots_for(user) if teaches or not (is_taught and plot.is_empty)]
    found: dict[str, Any] = {"plots": plots}
    if user.has_perm("courses.view_session"):
        found["today"] = _today(user)
        found["says_none_today"] = teaches
    if user.has_perm("articles.view_article"):
        found["pieces"] = [(article, tags_of(article)) for article in unfinished()[:MOST_PIECES]]
    return found


def _plots_for(user: User) -> Iterator[tuple[bool, Plot]]:
    """Each with whether it is about workshops."""
    today = clock.today()
    wanted: list[tuple[str, bool, Callable[[], Plot]]] = [
        ("orders.view_movement", True, lambda: plot_of_money(weeks_of_money(today, count=WEEKS))),
        ("courses.view_workshop", True, lambda: plot_of_places(most=MOST_WORKSHOPS)),
        ("newsletter.view_subscriber", False, lambda: plot_of_signups(today, count=WEEKS)),
        ("practice.view_enquiry", False, lambda: tallies.plot_by_month(today, count=MONTHS)),
    ]
    return ((is_taught, make()) for permission, is_taught, make in wanted if user.has_perm(permission))


def _today(user: User) -> list[SessionOfToday]:
    """With the way to the page of the day, for whoever sees attendees, else to the workshop."""
    sessions = list(todays_sessions())
    rows = Workshop.objects.filter(pk__in={each.workshop_id for each in sessions}).with_places_taken()
    taken = dict(rows.values_list("pk", "places_taken"))
    is_host = user.has_perm("courses.change_ticket")
    return [SessionOfToday(each, _when(each), _way(each, is_host), taken[each.workshop_id]) for each in sessions]


def _when(session: Session) -> str:
    """By the practice's clock, which is the desk's."""
    starts, ends = timezone.localtime(session.starts_at), timezone.localtime(session.ends_at)
    return f"{short_day(starts)}, {written(starts, 'H:i')} to {written(ends, 'H:i')}"


def _way(session: Session, is_host: bool) -> str:
    if is_host:
        return reverse("admin:learning_joinclick_day", args=[session.pk])
    return reverse("admin:courses_workshop_change", args=[session.workshop_id])
