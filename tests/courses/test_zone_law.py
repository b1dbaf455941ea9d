"""A law on clocks has changed: here, the stored moments are an hour off the hours that were entered."""

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Group
from django.db.models import F
from django.forms import modelform_factory
from django.urls import reverse

from accounts.history import changes_of
from courses import zone_law
from courses.desk_forms import WorkshopForm
from courses.models import Session, Workshop, WorkshopChange
from kit.forms.seen import ChangedMeanwhile, seal
from practice_site.desk import jobs
from practice_site.groups import set_up_groups
from tests.builders import at, make_cohort, make_practice, make_ticket, make_user, make_workshop
from tests.pressing import seen_on, words_of

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
OPENS, CLOSES = at("2026-12-01 09:00"), at("2027-01-10 18:00")


@pytest.fixture(autouse=True)
def _today(time_machine):
    make_practice()
    time_machine.move_to(at("2026-11-22 09:00"), tick=False)


@pytest.fixture
def workshop():
    found = make_workshop(day=date(2027, 1, 15), slug="law", sales_open_at=OPENS, sales_close_at=CLOSES)
    Workshop.objects.filter(pk=found.pk).update(sales_open_wall="2026-12-01 09:00", sales_close_wall="2027-01-10 18:00")
    return Workshop.objects.get(pk=found.pk)


def change_the_law(workshop) -> None:
    Session.objects.filter(workshop=workshop).update(starts_at=F("starts_at") + HOUR, ends_at=F("ends_at") + HOUR)
    Workshop.objects.filter(pk=workshop.pk).update(
        starts_at=F("starts_at") + HOUR, ends_at=F("ends_at") + HOUR, sales_close_at=CLOSES + HOUR
    )


def decide(keep, workshop, **options):
    slips = zone_law.slips_of(Workshop.objects.get(pk=workshop.pk))
    keep(workshop, **({"seen": seal(zone_law.facts_of(slips)), "by": None} | options))


def hours(workshop):
    session = workshop.sessions.get()
    return session.start_time, session.starts_at.astimezone(ZoneInfo(workshop.time_zone)).time(), session.revision


def test_what_fits_is_no_job_and_what_does_not_is_one(workshop):
    assert list(zone_law.slipped()) == []

    change_the_law(workshop)

    [found] = zone_law.slipped()
    assert [slip.label for slip in zone_law.slips_of(found)] == ["Session begins", "Session ends", "Sales close"]
    assert [job.words for job in jobs(make_user(is_staff=True, is_superuser=True)) if "law" in job.words] == [
        f"Its hours no longer fit the law on clocks: {workshop}"
    ]


@pytest.mark.parametrize("change", [{"status": "cancelled"}, {"ends_at": at("2026-11-21 12:00")}])
def test_what_is_over_or_cancelled_is_no_job(workshop, change):
    change_the_law(workshop)
    early = {"starts_at": at("2026-11-21 10:00")} if "ends_at" in change else {}
    Session.objects.update(**early, **({k: v for k, v in change.items() if k == "ends_at"}))
    Workshop.objects.update(**early, **change, sales_open_at=None, sales_close_at=None)

    assert list(zone_law.slipped()) == []


def test_the_hours_are_kept_and_everybody_is_told(workshop):
    make_ticket(workshop)
    before = hours(workshop)
    change_the_law(workshop)

    decide(zone_law.keep_hours, workshop)

    workshop.refresh_from_db()
    [change] = WorkshopChange.objects.all()
    assert hours(workshop) == (before[0], before[0], 1)
    assert (workshop.sales_close_at, list(zone_law.slipped())) == (CLOSES, [])
    assert (workshop.starts_at, change.gives_back) == (workshop.sessions.get().starts_at, True)
    assert [words[0] for words in change.words] == ["Session"]


def test_the_moments_are_kept_and_everybody_is_told(workshop):
    make_ticket(workshop)
    change_the_law(workshop)
    moment = workshop.sessions.get().starts_at

    decide(zone_law.keep_moments, workshop)

    workshop.refresh_from_db()
    session = workshop.sessions.get()
    [change] = WorkshopChange.objects.all()
    assert (session.starts_at, session.start_time, session.revision) == (moment, time(11), 1)
    assert (workshop.sales_close_wall, list(zone_law.slipped())) == ("2027-01-10 19:00", [])
    hours_told = ("10:00 to 16:00", "11:00 to 17:00, London time (UTC+0)")
    assert change.words == [["Session", *(f"Friday 15 January 2027, {each}" for each in hours_told)]]
    assert {"start_time", "end_time"} <= changes_of(workshop).get().changes.keys()


def test_a_draft_that_nobody_has_booked_is_settled_without_a_word(workshop):
    change_the_law(workshop)

    decide(zone_law.keep_moments, workshop)

    assert (WorkshopChange.objects.count(), list(zone_law.slipped())) == (0, [])


def test_of_the_hours_of_a_sale_nobody_is_told(client, workshop):
    make_ticket(workshop)
    Workshop.objects.filter(pk=workshop.pk).update(sales_close_at=CLOSES + HOUR)
    client.force_login(make_user(is_staff=True, is_superuser=True))

    page = client.get(reverse("admin:courses_workshop_hours", args=[workshop.pk])).content.decode()
    decide(zone_law.keep_hours, workshop)

    workshop.refresh_from_db()
    assert page.count("nobody is written to") == page.count("Sunday 10 January 2027 at 18:00</td>") == 1
    assert (workshop.sales_close_at, WorkshopChange.objects.count()) == (CLOSES, 0)


def test_no_place_stays_kept_for_a_cohort_after_the_hour_at_which_the_sale_closes(workshop):
    cohort = make_cohort(workshop, ends_at=CLOSES + HOUR)
    Workshop.objects.filter(pk=workshop.pk).update(sales_close_at=CLOSES + HOUR)

    decide(zone_law.keep_hours, workshop)

    cohort.refresh_from_db()
    assert cohort.ends_at == CLOSES


def test_a_press_decides_on_what_its_page_showed(workshop):
    change_the_law(workshop)

    with pytest.raises(ChangedMeanwhile):
        decide(zone_law.keep_hours, workshop, seen=seal({}))

    assert [found.pk for found in zone_law.slipped()] == [workshop.pk]


def test_an_hour_that_the_clocks_jump_over_cannot_be_kept(workshop):
    Session.objects.update(day=date(2027, 3, 28), start_time=time(1, 30), end_time=time(4))

    with pytest.raises(zone_law.NoSuchHour):
        decide(zone_law.keep_hours, workshop)

    assert workshop.sessions.get().start_time == time(1, 30)


def test_the_form_keeps_the_hours_of_the_sale_and_forgets_them_with_it(workshop):
    make = modelform_factory(
        Workshop, form=WorkshopForm, fields=["time_zone", "capacity", "group_places", "sales_open_at", "sales_close_at"]
    )
    times = {"sales_open_at_0": "2026-12-02", "sales_open_at_1": "10:00", "time_zone": "Europe/Paris", "capacity": "10"}

    saved = make(times, instance=Workshop.objects.get(pk=workshop.pk)).save()

    assert (saved.sales_open_wall, saved.sales_close_wall) == ("2026-12-02 10:00", "")
    assert saved.sales_open_at == at("2026-12-02 09:00")


def test_the_page_asks_does_and_then_finds_nothing_to_do(client, workshop):
    set_up_groups()
    editor = make_user(is_staff=True)
    editor.groups.add(Group.objects.get(name="Editors"))
    client.force_login(editor)
    make_ticket(workshop)
    change_the_law(workshop)
    url = reverse("admin:courses_workshop_hours", args=[workshop.pk])

    page = client.get(url)
    seen = seen_on(client, url)
    nothing = client.post(url, {"seen": seen})
    late = client.post(url, {"seen": seal({}), "keep": "hours"})
    done = client.post(url, {"seen": seen, "keep": "hours"})
    again = client.post(url, {"seen": seen, "keep": "hours"})

    assert page.content.decode().count("1 place is booked or held") == 1
    assert "If the hour holds “Changed: " in words_of(page)
    assert "If the moment holds “Changed: " in words_of(page)
    assert [each.status_code for each in (page, nothing, late, done, again)] == [200, 422, 409, 302, 302]
    assert WorkshopChange.objects.count() == 1
