from datetime import date

import pytest
import time_machine

from accounts.models import AuditEntry
from courses.models import WaitingListEntry
from courses.seats.waiting import PlacesAreFree, WaitingListClosed, join_waiting_list
from tests.builders import at, make_practice, make_ticket, make_workshop

pytestmark = pytest.mark.django_db

JANUARY = date(2027, 1, 15)


@pytest.fixture(autouse=True)
def _today():
    make_practice()
    with time_machine.travel(at("2026-11-22 09:00"), tick=False):
        yield


def make_full(**fields):
    workshop = make_workshop(**({"day": JANUARY, "capacity": 1, "slug": "full"} | fields))
    make_ticket(workshop)
    return workshop


def heading(response):
    return response.content.decode().split("<h1>")[1].split("</h1>")[0]


def test_one_address_stands_on_the_list_once_however_it_is_written():
    workshop = make_full()

    entries = {
        join_waiting_list(workshop=workshop, email=email).pk for email in ("Noor@Example.org", "noor@example.org")
    }

    assert len(entries) == 1
    assert WaitingListEntry.objects.values_list("email", "email_key").get() == ("Noor@example.org", "noor@example.org")


def test_one_mailbox_stands_in_line_once_whatever_its_tag():
    workshop = make_full()

    entries = {
        join_waiting_list(workshop=workshop, email=email).pk for email in ("noor@example.org", "noor+2@example.org")
    }

    assert len(entries) == 1
    assert WaitingListEntry.objects.get().email == "noor@example.org"


def test_one_person_can_wait_for_two_workshops():
    for slug in ("one", "two"):
        join_waiting_list(workshop=make_full(slug=slug), email="noor@example.org")

    assert WaitingListEntry.objects.count() == 2


def test_nobody_waits_where_places_are_free():
    with pytest.raises(PlacesAreFree):
        join_waiting_list(workshop=make_workshop(day=JANUARY), email="noor@example.org")

    assert WaitingListEntry.objects.count() == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "draft"},
        {"status": "cancelled"},
        {"day": date(2026, 11, 20)},
        {"sales_close_at": at("2026-11-21 09:00")},
        {"sales_open_at": at("2026-11-23 09:00")},
    ],
)
def test_a_workshop_that_is_not_sold_has_no_list(fields):
    workshop = make_full(**fields)

    with pytest.raises(WaitingListClosed):
        join_waiting_list(workshop=workshop, email="noor@example.org")


def test_the_form_puts_somebody_on_the_list_and_says_so(client):
    make_full()

    response = client.post("/workshops/full/waiting-list/", {"email": "noor@example.org"})

    assert (response.status_code, heading(response)) == (200, "You are on the list.")
    assert WaitingListEntry.objects.get().email == "noor@example.org"


def test_the_answer_does_not_tell_who_is_on_the_list(client):
    make_full()

    first, second = (client.post("/workshops/full/waiting-list/", {"email": "noor@example.org"}) for _ in range(2))

    assert (first.status_code, first.content) == (second.status_code, second.content)


def test_somebody_who_need_not_wait_is_told_so(client):
    make_workshop(day=JANUARY, slug="free")

    response = client.post("/workshops/free/waiting-list/", {"email": "noor@example.org"})

    assert (response.status_code, heading(response)) == (200, "You need not wait: places are free.")


def test_a_past_workshop_keeps_no_address(client):
    make_full(day=date(2026, 11, 20))

    response = client.post("/workshops/full/waiting-list/", {"email": "noor@example.org"})

    assert (response.status_code, heading(response)) == (200, "There is no list for this workshop.")
    assert WaitingListEntry.objects.count() == 0


@pytest.mark.parametrize(
    "answers",
    [{}, {"email": ""}, {"email": "noor"}, {"email": "a\0b@example.org"}, {"email": f"{'x' * 300}@example.org"}],
)
def test_an_address_that_is_none_is_asked_for_again(client, answers):
    make_full()

    response = client.post("/workshops/full/waiting-list/", answers)

    assert (response.status_code, heading(response)) == (422, "Waiting list")
    assert WaitingListEntry.objects.count() == 0


def test_an_address_whose_comparable_form_is_too_long_is_refused(client):
    make_full()
    domain = ".".join(["é" * 20] * 10)  # longer in the spelling that DNS uses

    response = client.post("/workshops/full/waiting-list/", {"email": f"noor@{domain}.org"})

    assert response.status_code == 422
    assert "This address is too long." in response.content.decode()


def test_a_filled_trap_and_a_foreign_origin_bring_nobody_onto_the_list(client):
    make_full()

    trapped = client.post("/workshops/full/waiting-list/", {"email": "noor@example.org", "nothing_here": "x"})
    foreign = client.post(
        "/workshops/full/waiting-list/", {"email": "noor@example.org"}, headers={"Origin": "https://evil.example"}
    )

    assert (trapped.status_code, foreign.status_code, WaitingListEntry.objects.count()) == (422, 403, 0)


def test_one_address_may_not_flood_the_list(client):
    make_full()

    codes = [
        client.post("/workshops/full/waiting-list/", {"email": f"n{number}@example.org"}).status_code
        for number in range(21)
    ]

    assert (codes.count(200), codes[20]) == (20, 429)


def test_the_lists_own_address_leads_back_to_the_workshop(client):
    make_full()

    response = client.get("/workshops/full/waiting-list/")

    assert (response.status_code, response["Location"]) == (302, "/workshops/full/")


@pytest.mark.parametrize("status", ["draft", None])
def test_a_draft_and_an_unknown_workshop_are_not_found(client, status):
    if status:
        make_full(status=status)

    assert client.post("/workshops/full/waiting-list/", {"email": "noor@example.org"}).status_code == 404


def test_joining_and_leaving_by_the_link_stand_in_the_audit_once_each(client):
    make_full()
    for _ in range(2):
        client.post("/workshops/full/waiting-list/", {"email": "noor@example.org"})
    entry = WaitingListEntry.objects.get()
    for _ in range(2):
        client.post(f"/waiting-list/{entry.secret}/")

    label = f"Waiting list entry {entry.pk}"
    told = AuditEntry.objects.order_by("pk").values_list("label", "before", "after", "actor", "user")
    assert list(told) == [
        (label, "", "waiting", "the person waiting", None),
        (label, "waiting", "declined", "the person waiting", None),
    ]
