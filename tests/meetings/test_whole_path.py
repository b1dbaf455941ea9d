"""From the booking to the hour that is counted: the site, its worker and Zoom, with nobody at the desk."""

import re
from datetime import timedelta
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from courses.models import Session, Ticket
from learning import attendance
from learning.models import Attendance
from meetings import events, registering, reports, syncing
from meetings.models import Meeting, Presence
from tests.builders import make_cities, make_ticket, make_workshop

pytestmark = pytest.mark.django_db


def press(link: str, action: str) -> str:
    """What Zoom's page says then."""
    parts = urlsplit(link)
    connection = HTTPConnection(parts.netloc, timeout=30)
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", f"{parts.path}?{parts.query}", f"action={action}", form)
    page = connection.getresponse().read().decode()
    connection.close()
    return re.findall(r"<h1>(.*?)</h1>", page)[0]


@pytest.fixture
def session(zoom):
    """It begins in ten minutes."""
    make_cities()
    workshop = make_workshop()
    start = timezone.now().replace(microsecond=0) + timedelta(minutes=10)
    Session.objects.update(join_url="", starts_at=start, ends_at=start + timedelta(hours=2))
    workshop.forget_sessions()
    syncing.sync_meetings()
    return Session.objects.get()


def link_on_the_page(client, ticket: Ticket, session: Session) -> str:
    """Of the page that leads to Zoom, after a press on the joining page."""
    page = client.post(f"/join/{ticket.secret}/sessions/{session.pk}/", headers={"Sec-Fetch-Site": "same-origin"})
    return "".join(re.findall(r'href="(http://127[^"]+/w/[^"]+)"', page.content.decode()))


def test_an_attendee_comes_in_by_a_link_of_their_own_and_is_counted(client, zoom, session):
    ticket = make_ticket(session.workshop)
    before = client.get(f"/join/{ticket.secret}/").text
    registering.register_attendees()

    link = link_on_the_page(client, ticket, session)
    assert ("Join on Zoom" in before, "Join on Zoom" in client.get(f"/join/{ticket.secret}/").text) == (False, True)
    assert (press(link, "join"), press(link, "leave")) == ("You are in", "You have left")

    run = zoom.office.rows["meetings"][str(Meeting.objects.get().number)]["runs"][0]
    number = zoom.registrant_id(Meeting.objects.get().number, ticket.attendee_email)
    past = session.starts_at - timedelta(hours=5)
    span = {"starts_at": past, "ends_at": past + timedelta(hours=2)}
    Session.objects.update(**span)
    Meeting.objects.update(**span, report_at=past)
    zoom.was_there(run, past, past + timedelta(minutes=90), name="iPad", registrant_id=number)
    assert (reports.read_reports(), attendance.count_due()) == (2, 1)

    assert Attendance.objects.get(ticket=ticket).minutes == 90


def test_a_place_that_is_given_back_leads_nowhere_on_the_site_and_at_zoom(client, zoom, session):
    ticket = make_ticket(session.workshop)
    registering.register_attendees()
    link = link_on_the_page(client, ticket, session)
    Ticket.objects.update(status=Ticket.Status.CANCELLED)

    assert link_on_the_page(client, ticket, session) == ""
    registering.cancel_registrants()

    assert press(link, "join") == "This link opens nothing"


def test_what_zoom_tells_while_it_goes_on_reaches_the_site(client, zoom, session, live_server):
    zoom.webhook_url = f"{live_server.url}/zoom/webhook/"
    ticket = make_ticket(session.workshop)
    registering.register_attendees()
    link = link_on_the_page(client, ticket, session)

    assert (press(link, "join"), press(link, "leave")) == ("You are in", "You have left")

    assert (events.work_on_events(), Presence.objects.get().name) == (2, "Noor Haddad")
