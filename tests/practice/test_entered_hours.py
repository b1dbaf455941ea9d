"""A law on clocks has changed: here, what is stored is an hour off what was entered by the practice's clocks."""

from datetime import timedelta

import pytest
from django.urls import reverse

from articles.editing.models import PublicationPlan, Revision
from kit.forms.seen import ChangedMeanwhile, seal
from orders.models import GeneralCode
from practice import entered_hours
from practice.models import EnteredHour, Practice, SiteNotice
from practice_site.desk import jobs
from tests.builders import at, make_article, make_general_code, make_practice, make_user
from tests.pressing import seen_on, words_of

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
BEGINS, ENDS = at("2026-12-01 09:00", "Europe/London"), at("2027-06-10 18:00", "Europe/London")
NOW = at("2026-11-22 09:00", "Europe/London")


@pytest.fixture(autouse=True)
def _today(time_machine):
    make_practice()
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def everything():
    """One row of each model, its hours noted."""
    notice = SiteNotice.objects.create(words="Closed for a week.", starts_at=BEGINS, ends_at=ENDS)
    code = make_general_code("SPRING27", 10, starts_at=BEGINS, ends_at=ENDS)
    article = make_article(status="draft")
    revision = Revision.objects.create(article=article, content={})
    plan = PublicationPlan.objects.create(article=article, revision=revision, goes_live_at=BEGINS, goes_off_at=ENDS)
    entered_hours.note_hours()
    return notice, code, plan


def change_the_law():
    """As if the stored moments were another hour on the clocks: the noted ones and theirs move together."""
    EnteredHour.objects.update(moment=BEGINS + HOUR)
    EnteredHour.objects.filter(column__in=["ends_at", "goes_off_at"]).update(moment=ENDS + HOUR)
    for model, begins, ends in COLUMNS:
        model.objects.update(**{begins: BEGINS + HOUR, ends: ENDS + HOUR})


COLUMNS = [
    (SiteNotice, "starts_at", "ends_at"),
    (GeneralCode, "starts_at", "ends_at"),
    (PublicationPlan, "goes_live_at", "goes_off_at"),
]


def slips():
    return entered_hours.slips_of(entered_hours.all_watched())


def decide(keep, **options):
    return keep(entered_hours.all_watched(), **({"seen": seal(entered_hours.facts_of(slips()))} | options))


def moments():
    return {
        model: (getattr(model.objects.get(), begins), getattr(model.objects.get(), ends))
        for model, begins, ends in COLUMNS
    }


def told():
    user = make_user(is_staff=True, is_superuser=True)
    return [job.words for job in jobs(user) if "law" in job.words]


def test_each_moment_ahead_is_noted_with_its_hour_and_zone(everything):
    noted = set(EnteredHour.objects.values_list("model", "column", "wall", "zone"))

    columns = [(model._meta.label_lower, each) for model, *names in COLUMNS for each in names]
    walls = ["2026-12-01T09:00:00", "2027-06-10T18:00:00"] * 3
    assert noted == {(*place, wall, "Europe/London") for place, wall in zip(columns, walls, strict=True)}
    assert (entered_hours.note_hours(), slips(), told()) == (0, [], [])


def test_what_no_longer_fits_stands_at_the_desk_and_is_not_noted_anew(everything):
    change_the_law()

    assert entered_hours.note_hours() == 0
    assert len(slips()) == len(told()) == 6
    assert slips()[0].entered == "Tuesday 1 December 2026 at 09:00"


def test_the_hours_are_kept(everything):
    change_the_law()

    assert decide(entered_hours.keep_hours) == 6

    assert moments() == {model: (BEGINS, ENDS) for model, _, _ in COLUMNS}
    assert (slips(), entered_hours.note_hours()) == ([], 0)


def test_the_moments_are_kept(everything):
    change_the_law()

    assert decide(entered_hours.keep_moments) == 6

    assert moments() == {model: (BEGINS + HOUR, ENDS + HOUR) for model, _, _ in COLUMNS}
    assert (slips(), EnteredHour.objects.filter(wall="2026-12-01T10:00:00").count()) == ([], 3)


def test_a_press_decides_on_what_its_page_showed(everything):
    change_the_law()

    for keep in (entered_hours.keep_hours, entered_hours.keep_moments):
        with pytest.raises(ChangedMeanwhile):
            decide(keep, seen=seal({}))

    assert len(slips()) == 6


def test_a_moment_that_somebody_typed_anew_is_noted_anew_and_one_that_is_past_is_forgotten(everything, time_machine):
    SiteNotice.objects.update(ends_at=ENDS + timedelta(days=1))

    assert (entered_hours.note_hours(), slips()) == (1, [])
    time_machine.move_to(BEGINS + HOUR, tick=False)
    entered_hours.note_hours()
    assert EnteredHour.objects.filter(column__in=["starts_at", "goes_live_at"]).count() == 0


def test_a_new_zone_of_the_practice_moves_nothing(everything):
    Practice.objects.update(time_zone="Europe/Paris")

    assert (entered_hours.note_hours(), slips()) == (0, [])
    assert set(EnteredHour.objects.values_list("zone", flat=True)) == {"Europe/London"}


def test_an_hour_that_the_clocks_jump_over_cannot_be_kept(everything):
    EnteredHour.objects.filter(column="ends_at", model="practice.sitenotice").update(wall="2027-03-28T01:30:00")

    with pytest.raises(entered_hours.NoSuchHour):
        decide(entered_hours.keep_hours)

    assert [slip.is_possible for slip in slips()] == [False]
    assert moments()[SiteNotice] == (BEGINS, ENDS)


def test_what_would_end_before_it_begins_is_not_kept(everything):
    EnteredHour.objects.filter(column="ends_at", model="practice.sitenotice").update(wall="2026-11-30T09:00:00")

    with pytest.raises(entered_hours.NoSuchHour):
        decide(entered_hours.keep_hours)

    assert moments()[SiteNotice] == (BEGINS, ENDS)


def test_the_page_asks_does_and_then_finds_nothing_to_do(everything, client):
    client.force_login(make_user(email="owner@example.org", is_staff=True, is_superuser=True))
    url = reverse("admin:practice_practice_hours")
    fits = client.get(url).status_code
    change_the_law()

    page = client.get(url)
    seen = seen_on(client, url)
    nothing = client.post(url, {"seen": seen})
    late = client.post(url, {"seen": seal({}), "keep": "hours"})
    done = client.post(url, {"seen": seen, "keep": "hours"})
    again = client.post(url, {"seen": seen, "keep": "hours"})

    assert "Tuesday 1 December 2026 at 09:00" in words_of(page)
    assert [each.status_code for each in (page, nothing, late, done, again)] == [200, 422, 409, 302, 302]
    assert (fits, moments()[GeneralCode]) == (302, (BEGINS, ENDS))


def test_whoever_may_change_none_of_it_is_not_let_in(everything, client):
    client.force_login(make_user(email="nobody@example.org", is_staff=True))

    assert client.get(reverse("admin:practice_practice_hours")).status_code == 403
