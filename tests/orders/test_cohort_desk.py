"""Places for a cohort at the desk: kept without a mistake, ended on purpose, never changed once somebody has one."""

import html
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import audit
from accounts.models import AuditEntry
from courses.models import Cohort, WaitingListEntry, Workshop
from courses.seats import waiting_offers
from courses.seats.cohorts import end_cohort
from courses.seats.waiting import join_waiting_list
from practice_site.groups import set_up_groups
from tests.builders import (
    make_cohort,
    make_general_code,
    make_practice,
    make_ticket,
    make_ticket_type,
    make_user,
    make_workshop,
)
from tests.desk_forms import answers_in, save, send
from tests.orders.purchases import place

pytestmark = pytest.mark.django_db
COHORTS = "/admin/courses/cohort/"


@pytest.fixture(autouse=True)
def desk(client):
    make_practice(time_zone="Europe/London")
    set_up_groups()
    organiser = make_user("organiser@example.org", is_staff=True)
    organiser.groups.add(Group.objects.get(name="Organisers"))
    client.force_login(organiser)
    return client


def form(workshop, **fields):
    ends = timezone.localtime() + timedelta(days=5)
    return {
        "name": "Osier University",
        "code": "osier 2027",
        "ticket_type": str(workshop.ticket_types.first().pk),
        "places": "3",
        "percent": "",
        "price": "",
        "ends_at_0": f"{ends:%Y-%m-%d}",
        "ends_at_1": "00:00",
        "_save": "Save",
    } | fields


def add(client, workshop, **fields):
    return client.post(f"{COHORTS}add/?workshop={workshop.pk}", form(workshop, **fields))


def errors(response):
    lists = re.findall(r'<ul class="errorlist[^"]*"[^>]*>(.*?)</ul>', response.content.decode(), re.DOTALL)
    return [html.unescape(each) for block in lists for each in re.findall(r"<li>([^<]+)</li>", block)]


def words(response):
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode())))


def test_places_are_kept_from_the_workshops_page_on(client):
    workshop = make_workshop(capacity=5)
    page = client.get(f"/admin/courses/workshop/{workshop.pk}/change/").content.decode()
    assert f'href="/admin/courses/cohort/add/?workshop={workshop.pk}"' in page
    add(client, workshop)

    cohort = Cohort.objects.get()
    assert (cohort.code, cohort.places, workshop.places_left()) == ("OSIER2027", 3, 2)
    place_sum = words(client.get(f"/admin/courses/workshop/{workshop.pk}/change/"))
    assert "3 kept for cohorts, 2 free." in place_sum
    timeline = "Places are no longer kept for Osier University"
    assert timeline in place_sum


def test_the_page_gives_a_link_that_fills_in_the_code(client):
    workshop = make_workshop()
    cohort = make_cohort(workshop)
    page = client.get(f"{COHORTS}{cohort.pk}/change/").content.decode()

    assert f"?ticket={cohort.ticket_type_id}&amp;code=OSIER2027</code>" in page


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"places": "6"}, "5 can be kept: the others are booked, held, kept for others or waited for. "),
        ({"percent": "20", "price": "60"}, "Give either a percentage or a price, not both."),
        ({"price": "200"}, "That is more than the ticket costs, which is £105."),
        ({"code": "ab"}, "Four to twenty letters and digits, for example SPRING26."),
        ({"code": "SPRING26"}, "A general code is called so. Choose another."),
        ({"code": "USED2027"}, "Cohort with this Code already exists."),
        ({"ends_at_0": "2020-01-01"}, "Give it a moment ahead. To end it now, use “End now” on its page."),
        ({"ends_at_0": "2099-01-01"}, "Booking closes before that, on "),
        ({"places": "0"}, "Ensure this value is greater than or equal to 1."),
    ],
)
def test_what_cannot_be_kept_is_said_at_its_field(client, fields, told):
    workshop, other = make_workshop(capacity=5), make_workshop()
    make_general_code("SPRING26")
    make_cohort(other, code="USED2027")
    response = add(client, workshop, **fields)

    assert [each for each in errors(response) if each.startswith(told)], errors(response)
    assert Cohort.objects.count() == 1


def test_it_cannot_outlast_its_ticket_type(client):
    workshop = make_workshop()
    early = make_ticket_type(workshop, "Early bird", last_day=timezone.localdate() + timedelta(days=2))
    response = add(client, workshop, ticket_type=str(early.pk))

    assert errors(response)[0].startswith("“Early bird” goes off sale before that, on ")


def test_a_general_code_cannot_take_a_cohorts_code(client):
    make_cohort(make_workshop(), code="OSIER2027")
    answers = {"code": "osier2027", "name": "Osier", "percent": "10", "is_active": "on", "_save": "Save"}
    times = {"starts_at_0": "2027-01-01", "starts_at_1": "00:00", "ends_at_0": "2027-02-01", "ends_at_1": "00:00"}
    response = client.post("/admin/orders/generalcode/add/", answers | times)

    assert errors(response) == ["Places are kept for a cohort with this code. Choose another."]


def test_once_somebody_has_one_its_price_and_code_stay(client):
    workshop = make_workshop(capacity=5)
    cohort = make_cohort(workshop)
    place(workshop, code="OSIER2027")
    page = client.get(f"{COHORTS}{cohort.pk}/change/").content.decode()

    assert not {name for name in ("code", "ticket_type", "percent", "price") if f'name="{name}"' in page}
    assert "Noor Haddad</a> (held)" in page
    response = save(client, f"{COHORTS}{cohort.pk}/change/", places="0")
    assert errors(response)[-1] == "Booked or held of them: 1. It cannot go below that."
    save(client, f"{COHORTS}{cohort.pk}/change/", places="4")
    cohort.refresh_from_db()
    assert (cohort.places, cohort.places_kept()) == (4, 3)


def test_it_is_ended_once_by_a_page_that_says_what_comes_free(client):
    workshop = make_workshop(capacity=2)
    cohort = make_cohort(workshop)
    entry = WaitingListEntry.objects.create(workshop=workshop, email="ivo@example.org", email_key="ivo@example.org")
    asked = client.get(f"{COHORTS}{cohort.pk}/end-now/")

    assert "2 places that nobody has taken are kept no longer. 1 person waits for one" in words(asked)
    seen = re.search(r'name="seen" value="([^"]+)"', asked.content.decode())[1]
    answers = {"why": "They have enough.", "seen": html.unescape(seen)}
    done = client.post(f"{COHORTS}{cohort.pk}/end-now/", answers, follow=True)
    again = client.post(f"{COHORTS}{cohort.pk}/end-now/", answers, follow=True)

    entry.refresh_from_db()
    assert entry.status == WaitingListEntry.Status.OFFERED
    assert "Ended: what nobody had taken of its places is free" in words(done)
    assert "It has ended already." in words(again)
    assert AuditEntry.objects.filter(model="courses.cohort", reason="They have enough.").count() == 1


def test_what_somebody_changed_meanwhile_is_shown_before_it_ends(client):
    cohort = make_cohort(make_workshop())
    asked = client.get(f"{COHORTS}{cohort.pk}/end-now/").content.decode()
    seen = html.unescape(re.search(r'name="seen" value="([^"]+)"', asked)[1])
    Cohort.objects.update(places=1)

    assert client.post(f"{COHORTS}{cohort.pk}/end-now/", {"seen": seen}).status_code == 409
    cohort.refresh_from_db()
    assert cohort.is_running


def test_one_with_a_place_is_not_deleted(client):
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))
    workshop = make_workshop()
    cohort = make_cohort(workshop)
    assert client.get(f"{COHORTS}{cohort.pk}/delete/").status_code == 200
    place(workshop, code="OSIER2027")

    assert client.get(f"{COHORTS}{cohort.pk}/delete/").status_code == 403


def test_a_workshop_and_a_ticket_type_with_kept_places_are_not_deleted_in_passing(client):
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))
    workshop = make_workshop(status="draft")
    make_cohort(workshop)
    page = client.get(f"/admin/courses/workshop/{workshop.pk}/delete/")

    assert "Osier University" in words(page)
    client.post(f"/admin/courses/workshop/{workshop.pk}/delete/", {"post": "yes"})
    assert Cohort.objects.count() == 1
    total = "ticket_types-0-DELETE"
    response = save(client, f"/admin/courses/workshop/{workshop.pk}/change/", **{total: "on"})
    assert (response.status_code, workshop.ticket_types.count()) == (200, 1)


def test_the_list_asks_as_many_questions_for_many_rows(client):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(COHORTS).status_code == 200
        return len(queries)

    make_cohort(make_workshop(), code="CODE0")
    asked()
    few = asked()
    for number in range(1, 5):
        workshop = make_workshop()
        make_cohort(workshop, code=f"CODE{number}")
        place(workshop, code=f"CODE{number}")

    assert asked() == few


# Where the sale ends sooner than it would have -----------------------------------------


def workshop_page(workshop):
    return f"/admin/courses/workshop/{workshop.pk}/change/"


def until(cohort):
    cohort.refresh_from_db()
    return cohort.ends_at


def test_brought_forward_a_workshop_takes_the_end_of_its_cohorts_with_it(client):
    workshop = make_workshop(day=timezone.localdate() + timedelta(days=30), capacity=5)
    cohort = make_cohort(workshop, ends_at=timezone.now() + timedelta(days=20))
    sooner = timezone.localdate() + timedelta(days=10)

    page = save(client, workshop_page(workshop), **{"sessions-0-day": f"{sooner:%Y-%m-%d}"})

    workshop.refresh_from_db()
    assert until(cohort) == workshop.closes_at < timezone.now() + timedelta(days=11)
    told = [str(message) for message in get_messages(page.wsgi_request)]
    assert [each for each in told if each.startswith("Places are kept for Osier University until ")] != []
    entry = AuditEntry.objects.get(model="courses.cohort", object_id=cohort.pk)
    assert list(entry.changes) == ["ends_at"]


@pytest.mark.parametrize("has_begun", [True, False])
def test_no_place_stays_kept_after_its_ticket_is_off_sale(client, time_machine, has_begun):
    """Others can still book, and those who wait come first."""
    workshop = make_workshop(day=timezone.localdate() + timedelta(days=60), capacity=1)
    make_ticket_type(workshop, "Late", "120.00")
    cohort = make_cohort(workshop, places=1, ends_at=timezone.now() + timedelta(days=20))
    join_waiting_list(workshop=workshop, email="ben@example.org")
    WaitingListEntry.objects.update(status="waiting")
    last_day = timezone.localdate() + timedelta(days=-1 if has_begun else 2)

    save(client, workshop_page(workshop), **{"ticket_types-0-last_day": f"{last_day:%Y-%m-%d}"})

    if not has_begun:
        assert (WaitingListEntry.objects.get().status, workshop.free_places()) == ("waiting", 0)
        time_machine.move_to(until(cohort))
        waiting_offers.offer_everywhere()
    assert (until(cohort) <= timezone.now(), cohort.places_kept()) == (True, 0)
    assert WaitingListEntry.objects.get().status == "offered"


def test_the_page_that_asks_says_for_whom_places_are_kept_for_a_shorter_time(client):
    workshop = make_workshop(day=timezone.localdate() + timedelta(days=30), capacity=5)
    make_ticket(workshop)
    cohort = make_cohort(workshop, ends_at=timezone.now() + timedelta(days=20))
    before, sooner = cohort.ends_at, timezone.localdate() + timedelta(days=10)

    page = save(client, workshop_page(workshop), **{"sessions-0-day": f"{sooner:%Y-%m-%d}"})

    assert "Places are kept for Osier University until " in words(page)
    assert until(cohort) == before
    page = send(client, workshop_page(workshop), answers_in(page))
    assert page.status_code == 302
    assert until(cohort) == Workshop.objects.get().closes_at


def test_a_sale_that_ends_later_than_its_cohorts_leaves_them_as_they_are(client):
    workshop = make_workshop(day=timezone.localdate() + timedelta(days=30), capacity=5)
    cohort = make_cohort(workshop, ends_at=(ends := timezone.now() + timedelta(days=5)))
    ended = make_cohort(workshop, code="ENDED2027", ends_at=timezone.now() + timedelta(days=25))
    end_cohort(ended)

    save(client, workshop_page(workshop), **{"sessions-0-day": f"{timezone.localdate() + timedelta(days=20):%Y-%m-%d}"})

    assert (until(cohort), until(ended) > ends) == (ends, True)
    assert not AuditEntry.objects.filter(page__in=[audit.key_of(cohort)]).exists()
