"""The link of one place opens nothing of another's, whatever number is put behind it."""

import re
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.urls import resolve
from django.utils import timezone

from courses.models import Session
from learning import urls
from learning.models import Handout, JoinClick, Recording, RecordingView
from tests.builders import make_cities, make_practice, make_recording, make_ticket, make_workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def theirs():
    """A workshop that goes on, with a recording and a handout."""
    make_practice()
    make_cities()
    workshop = make_workshop(catch_up_days=28)
    now = timezone.now()
    Session.objects.update(starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1))
    make_ticket(workshop)
    make_recording(workshop, kind=Recording.Kind.FILE, url="", passcode="", file="film.mp4", published_at=now)
    Handout.objects.create(workshop=workshop, title="Reading", file=ContentFile(b"Words", name="reading.pdf"))
    return workshop


@pytest.fixture
def outsider():
    """Of another workshop, years ahead."""
    return make_ticket(make_workshop(day=timezone.localdate() + timedelta(days=900)), attendee_email="ada@example.org")


def paths_of(workshop, ticket):
    session, recording, handout = (
        rows.get().pk for rows in (workshop.sessions, workshop.recordings, workshop.handouts)
    )
    own = f"/join/{ticket.secret}"
    return [
        f"{own}/sessions/{session}/",
        f"{own}/recordings/{recording}/",
        f"{own}/recordings/{recording}/film/",
        f"{own}/recordings/{recording}/captions/",
        f"{own}/handouts/{handout}/",
    ]


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_place_elsewhere_opens_nothing_here(client, theirs, outsider, method):
    answers = [getattr(client, method)(path) for path in paths_of(theirs, outsider)]

    led_back = [each["Location"] for each in answers if each.status_code == 303]
    assert led_back == [outsider.get_absolute_url()] * 2
    assert {each.status_code for each in answers} - {303} <= {404, 405}
    assert (JoinClick.objects.count(), RecordingView.objects.count()) == (0, 0)


def test_the_place_itself_opens_all_of_it(client, theirs):
    """So that what is refused above is there."""
    own = theirs.tickets.get()

    codes = [client.get(path).status_code for path in paths_of(theirs, own)]

    assert codes[4] == 200
    assert client.post(paths_of(theirs, own)[0]).status_code == 200
    assert JoinClick.objects.count() == 1


def test_every_page_with_a_number_behind_a_places_secret_is_among_them(theirs):
    tried = {resolve(path).url_name for path in paths_of(theirs, theirs.tickets.get())}

    numbered = [each for each in urls.urlpatterns if re.search(r"<slug:secret>.*<int:pk>", str(each.pattern))]
    assert tried == {each.name for each in numbered}
