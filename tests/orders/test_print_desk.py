"""Who comes, on paper: by name, with room to tick, and with access needs only where somebody asks for them."""

import html
import re

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext

from courses.models import TicketType
from practice_site.groups import set_up_groups
from tests.builders import make_practice, make_ticket, make_ticket_type, make_user, make_workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop():
    make_practice()
    set_up_groups()
    made = make_workshop()
    make_ticket(made, attendee_name="Zora Quill")
    make_ticket(made, attendee_name="ada Moor", access_needs="Captions, please.")
    make_ticket(made, attendee_name="Lapsed Lee", status="lapsed", place_number=None)
    catch_up = make_ticket_type(made, "Catch-up only", access=TicketType.Access.CATCH_UP)
    make_ticket(made, ticket_type=catch_up, access="catch_up", place_number=None, attendee_name="Later Lu")
    return made


def read(client, workshop, group="Organisers", query=""):
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)
    return client.get(f"/admin/courses/ticket/{workshop.pk}/to-print/{query}")


def test_who_comes_stands_there_by_name_with_room_to_tick(client, workshop):
    page = read(client, workshop).text

    assert re.findall(r'<th scope="row">([^<]+)</th>', page) == ["ada Moor", "Zora Quill"]
    assert page.count("to-print__tick") == 2
    assert "2 people come." in re.sub(r"\s+", " ", html.unescape(page))
    assert "1 more has the recording alone." in re.sub(r"\s+", " ", page)


def test_access_needs_are_on_it_only_if_they_are_asked_for(client, workshop):
    plain, whole = read(client, workshop).text, read(client, workshop, query="?needs=1").text

    assert ("Captions" in plain, "Captions" in whole) == (False, True)
    assert 'href="?needs=1"' in plain


def test_editors_do_not_see_who_comes(client, workshop):
    assert read(client, workshop, group="Editors").status_code == 403


def test_an_empty_list_says_so(client):
    make_practice()
    set_up_groups()

    assert "Nobody has booked a live place yet." in read(client, make_workshop()).text


def test_it_asks_as_many_questions_for_many_people(client, workshop):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/admin/courses/ticket/{workshop.pk}/to-print/")
        return len(queries)

    read(client, workshop)
    few = asked()
    for _ in range(5):
        make_ticket(workshop)

    assert asked() == few
