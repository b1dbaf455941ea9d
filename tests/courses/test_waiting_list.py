from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine

from accounts.models import AuditEntry
from courses.models import WaitingListEntry
from courses.privacy import UNCONFIRMED_KEPT, forget_who_waited
from courses.seats import places, waiting_offers
from courses.seats.waiting import PlacesAreFree, WaitingListClosed, ask_to_join, join_waiting_list
from outbox.models import Message
from tests.builders import at, make_practice, make_ticket, make_user, make_workshop
from tests.markup import answered, heading

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


def test_an_address_that_somebody_typed_stands_in_line_once_its_owner_pressed(client):
    workshop = make_full()

    response = client.post("/workshops/full/waiting-list/", {"email": "noor@example.org"})
    entry = WaitingListEntry.objects.get()
    link = entry.get_absolute_url()
    opened = client.get(link)
    pressed = [client.post(link, {"join": "yes"}).status_code for _ in range(2)]

    page = " ".join(response.text.split())
    assert (response.status_code, answered(response)) == (200, "One more step: look into your inbox.")
    assert f"from then on you are in line for “{workshop.title}”, Friday 15 January 2027." in page
    assert "If you are on the list already, the email shows you where you stand instead." in page
    assert link not in page
    assert (entry.email, entry.status, heading(opened)) == (
        *("noor@example.org", "unconfirmed"),
        "One press, and you are in line.",
    )
    entry.refresh_from_db()
    assert (pressed, entry.status, heading(client.get(link))) == ([303, 303], "waiting", "You are on the list.")
    assert Message.objects.get().kind == "courses/waiting_list_confirm"


def test_the_place_in_line_is_that_of_the_press(client):
    workshop = make_full()
    for name in ("ada", "ben"):
        ask_to_join(workshop=workshop, email=f"{name}@example.org")
    ada, ben = workshop.waiting_list.all()

    with time_machine.travel(at("2026-11-22 10:00"), tick=False):
        client.post(ben.get_absolute_url(), {"join": "yes"})
    with time_machine.travel(at("2026-11-22 11:00"), tick=False):
        client.post(ada.get_absolute_url(), {"join": "yes"})

    assert [entry.email for entry in workshop.waiting_list.all()] == ["ben@example.org", "ada@example.org"]


def test_nobody_is_offered_a_place_for_an_address_that_is_not_confirmed(client):
    workshop = make_full()
    ask_to_join(workshop=workshop, email="noor@example.org")
    entry = workshop.waiting_list.get()

    places.cancel_ticket(workshop.tickets.get())
    offered = waiting_offers.offer_places_of(workshop.pk)
    pressed = client.post(entry.get_absolute_url(), {"join": "yes"})

    entry.refresh_from_db()
    assert (offered, entry.status, workshop.places_left()) == (0, "unconfirmed", 1)
    assert (pressed.status_code, answered(pressed)) == (200, "You need not wait: places are free.")


def test_who_is_signed_in_with_the_address_needs_no_press(client):
    make_full()
    user = make_user("noor@example.org", verified=True)
    client.force_login(user)

    answers = {
        email: heading(client.post("/workshops/full/waiting-list/", {"email": email}))
        for email in ("Noor@example.org", "other@example.org")
    }

    assert answers == {
        "Noor@example.org": "You are on the list.",
        "other@example.org": "One more step: look into your inbox.",
    }
    assert dict(WaitingListEntry.objects.values_list("email", "status")) == {
        "Noor@example.org": "waiting",
        "other@example.org": "unconfirmed",
    }


def test_a_stranger_changes_nothing_of_who_has_left_and_its_owner_comes_back_the_same_day(client):
    workshop = make_full()
    ask_to_join(workshop=workshop, email="noor@example.org")
    entry = workshop.waiting_list.get()
    link = entry.get_absolute_url()
    client.post(link, {"join": "yes"})
    client.post(link)

    ask_to_join(workshop=workshop, email="noor@example.org")
    left = heading(client.get(link))
    client.post(link, {"join": "yes"})

    entry.refresh_from_db()
    assert (left, entry.status, Message.objects.count()) == ("You have left the list.", "waiting", 2)


def test_an_address_that_nobody_confirmed_is_forgotten_after_a_week():
    workshop = make_full()
    ask_to_join(workshop=workshop, email="noor@example.org")
    asked = workshop.waiting_list.get().created_at

    with time_machine.travel(asked + UNCONFIRMED_KEPT, tick=False):
        kept = forget_who_waited()
    with time_machine.travel(asked + UNCONFIRMED_KEPT + timedelta(seconds=1), tick=False):
        gone = forget_who_waited()

    assert (kept, gone, WaitingListEntry.objects.count()) == (0, 1, 0)


def test_the_answer_does_not_tell_who_is_on_the_list(client):
    make_full()

    first, second = (client.post("/workshops/full/waiting-list/", {"email": "noor@example.org"}) for _ in range(2))

    assert (first.status_code, first.content) == (second.status_code, second.content)


def test_somebody_who_need_not_wait_is_told_so(client):
    make_workshop(day=JANUARY, slug="free")

    response = client.post("/workshops/free/waiting-list/", {"email": "noor@example.org"})

    assert (response.status_code, answered(response)) == (200, "You need not wait: places are free.")


def test_a_past_workshop_keeps_no_address(client):
    make_full(day=date(2026, 11, 20))

    response = client.post("/workshops/full/waiting-list/", {"email": "noor@example.org"})

    assert (response.status_code, answered(response)) == (200, "There is no list for this workshop.")
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
    for answers in ({"join": "yes"}, {"join": "yes"}, {}, {}):
        client.post(f"/waiting-list/{entry.secret}/", answers)

    label = f"Waiting list entry {entry.pk}"
    told = AuditEntry.objects.order_by("pk").values_list("label", "before", "after", "actor", "user")
    assert list(told) == [
        (label, "", "unconfirmed", "the person waiting", None),
        (label, "unconfirmed", "waiting", "the person waiting", None),
        (label, "waiting", "declined", "the person waiting", None),
    ]


def test_the_button_of_a_mail_program_leaves_the_list_at_once(client):
    """RFC 8058: the mail names an address, and what is posted there is answered without leading on."""
    entry = join_waiting_list(workshop=make_full(), email="noor@example.org")
    headers = Message.objects.get(kind="courses/waiting_list_joined").headers
    address = headers["List-Unsubscribe"].partition(">")[0].removeprefix("<")

    opened = client.get(urlsplit(address).path)
    kept = WaitingListEntry.objects.get().status
    pressed = client.post(urlsplit(address).path, {"List-Unsubscribe": "One-Click"})

    entry.refresh_from_db()
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (opened.status_code, kept, pressed.status_code, entry.status) == (200, "waiting", 200, "declined")
    assert answered(pressed) == "You have left the list."
