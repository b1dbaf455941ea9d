"""Today is the practice's day, on pages and at the desk, whatever clock the server has."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError

from articles.editing.standing import standing
from articles.models import Article
from practice import clock
from practice.models import CrisisLine, Page
from tests.builders import make_article, make_crisis_line, make_practice

pytestmark = pytest.mark.django_db

# A moment, a practice, and the day that it is there; in UTC it is another day each time.
DAYS = [
    ("2027-01-11 01:30", "America/New_York", date(2027, 1, 10)),
    ("2027-01-10 12:30", "Pacific/Auckland", date(2027, 1, 11)),
    ("2027-06-10 23:30", "Europe/London", date(2027, 6, 11)),
]
each_day = pytest.mark.parametrize(("moment", "zone", "day"), DAYS)


@each_day
def test_what_was_done_today_there_is_past_and_tomorrow_is_not(moment, zone, day):
    make_practice(time_zone=zone)

    with time_machine.travel(moment, tick=False):
        clock.validate_is_past(day)
        with pytest.raises(ValidationError):
            clock.validate_is_past(day + timedelta(days=1))


@each_day
def test_an_article_goes_live_with_its_day_on_the_site_and_at_the_desk(moment, zone, day):
    make_practice(time_zone=zone)
    now = make_article(published_on=day, slug="now")
    later = make_article(published_on=day + timedelta(days=1), slug="later")

    with time_machine.travel(moment, tick=False):
        listed = list(Article.objects.published())
        at_the_desk = standing(later).partition(" on ")[0]
        assert clock.today() == day
        assert [now.is_published, later.is_published] == [True, False]

    assert listed == [now]
    assert at_the_desk == "goes live"


@each_day
def test_a_legal_page_counts_from_its_day(moment, zone, day):
    make_practice(time_zone=zone)
    before = Page.objects.create(kind="terms", version="1", title="T", published_on=day - timedelta(days=9))
    now = Page.objects.create(kind="terms", version="2", title="T", published_on=day)
    Page.objects.create(kind="terms", version="3", title="T", published_on=day + timedelta(days=1))

    with time_machine.travel(moment, tick=False):
        shown = [Page.objects.current("terms")]
    with time_machine.travel(f"{day - timedelta(days=1)} 12:00", tick=False):
        shown += [Page.objects.current("terms")]

    assert shown in ([now, before], [now, now])  # of the day before, at noon in UTC, Auckland has the next day


@each_day
def test_a_check_is_overdue_by_the_practices_day(moment, zone, day):
    make_practice(time_zone=zone)
    fresh = make_crisis_line(name="Fresh", checked_on=day - CrisisLine.CHECKED_FOR)
    old = make_crisis_line(name="Old", checked_on=day - CrisisLine.CHECKED_FOR - timedelta(days=1))

    with time_machine.travel(moment, tick=False):
        overdue = list(CrisisLine.objects.check_overdue())
        assert [fresh.is_check_overdue, old.is_check_overdue] == [False, True]

    assert overdue == [old]
