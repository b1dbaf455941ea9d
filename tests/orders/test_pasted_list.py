"""Free places for a pasted list of people."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from courses.models import Ticket, Workshop
from courses.seats.places import SoldOut, WorkshopCancelled
from orders.changes import pasted_list
from orders.changes.pasted_list import give_places, read_list
from outbox.models import Message
from practice_site.groups import set_up_groups
from tests.builders import make_practice, make_ticket, make_user, make_workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop():
    make_practice()
    return make_workshop(capacity=3)


def read(workshop, text):
    return [(line.name, line.email, line.problem) for line in read_list(text, workshop=workshop)]


@pytest.mark.parametrize(
    "line",
    [
        "Ana Roy <ana@example.org>",
        "ana@example.org, Ana Roy",
        "Ana Roy;ana@example.org",
        "Ana\tRoy\tana@example.org",
        '  "Ana Roy"  <ana@example.org>;',
        "“Ana Roy” ana@EXAMPLE.org",
    ],
)
def test_a_line_has_a_name_and_an_address_in_either_order(workshop, line):
    assert read(workshop, f"\n{line}\n\n") == [("Ana Roy", "ana@example.org", "")]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("Ana Roy", pasted_list.NO_ADDRESS),
        ("ana@example.org", pasted_list.NO_NAME),
        ("Ana Roy ana@localhost", "The end of this address is missing. After the @ comes a name like example.org."),
        (f"{'A' * 121} ana@example.org", pasted_list.LONG_NAME),
        (f"{'A' * 390} ana@example.org", pasted_list.LONG_LINE),
    ],
)
def test_what_is_wrong_with_a_line_is_said(workshop, line, problem):
    assert read(workshop, line)[0][2] == problem


def test_twice_the_same_address_and_who_has_a_place_are_said(workshop):
    make_ticket(workshop, attendee_email="bo@example.org")

    found = read(workshop, "Ana ana@example.org\nAna Roy ANA@example.org\nBo bo@example.org\nCy cy@example.org")

    assert [problem for _, _, problem in found] == [pasted_list.TWICE, pasted_list.TWICE, pasted_list.HAS_ONE, ""]


def give(workshop, text):
    people = read_list(text, workshop=workshop)
    return give_places(workshop, people=people, ticket_type=workshop.ticket_types.get(), time_zone="Europe/Paris")


def test_each_gets_a_place_and_a_mail(workshop):
    given = give(workshop, "Ana ana@example.org\nBo bo@example.org")

    assert [(each.attendee_name, each.status, each.place_number, each.attendee_time_zone) for each in given] == [
        ("Ana", "confirmed", 1, "Europe/Paris"),
        ("Bo", "confirmed", 2, "Europe/Paris"),
    ]
    assert sorted(Message.objects.values_list("to", flat=True)) == ["ana@example.org", "bo@example.org"]


def test_all_or_none(workshop):
    make_ticket(workshop)

    with pytest.raises(SoldOut):
        give(workshop, "Ana ana@example.org\nBo bo@example.org\nCy cy@example.org")

    assert (Ticket.objects.count(), Message.objects.count()) == (1, 0)


def test_given_twice_nobody_gets_two(workshop):
    people = read_list("Ana ana@example.org", workshop=workshop)
    for _ in range(2):
        give_places(workshop, people=people, ticket_type=workshop.ticket_types.get(), time_zone="Europe/London")

    assert Ticket.objects.count() == 1


def test_nobody_gets_a_place_in_what_is_cancelled(workshop):
    Workshop.objects.update(status="cancelled")

    with pytest.raises(WorkshopCancelled):
        give(workshop, "Ana ana@example.org")


# The desk -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def organiser(client):
    set_up_groups()
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name="Organisers"))
    client.force_login(user)
    return client


def send(client, workshop, people, **more):
    path = reverse("admin:courses_ticket_give_many", args=[workshop.pk])
    facts = {"ticket_type": workshop.ticket_types.get().pk, "time_zone": "Europe/London", "people": people}
    return client.post(path, facts | more, follow=True)


def test_the_first_press_shows_and_gives_nothing_the_second_gives(organiser, workshop):
    first = send(organiser, workshop, "Ana ana@example.org")
    assert ("Give 1 place" in first.text, Ticket.objects.count()) == (True, 0)

    second = send(organiser, workshop, "Ana ana@example.org", give="1")

    assert "1 place given; each joining page is on its way by email." in second.text
    assert Ticket.objects.get().attendee_email == "ana@example.org"


def test_with_one_wrong_line_nothing_can_be_given(organiser, workshop):
    answer = send(organiser, workshop, "Ana ana@example.org\nBo", give="1")

    assert (pasted_list.NO_ADDRESS in answer.text, 'name="give"' in answer.text) == (True, False)
    assert not Ticket.objects.exists()
    assert "Ana ana@example.org\nBo" in answer.text


def test_too_few_places_are_said_and_the_list_stays(organiser, workshop):
    answer = send(organiser, workshop, "\n".join(f"P{n} p{n}@example.org" for n in range(4)), give="1")

    assert (answer.status_code, "Fewer places are free" in answer.text) == (422, True)
    assert "P3 p3@example.org" in answer.text
    assert not Ticket.objects.exists()


def test_an_editor_may_not(client, workshop):
    set_up_groups()
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name="Editors"))
    client.force_login(user)

    assert send(client, workshop, "Ana ana@example.org", give="1").status_code == 403
