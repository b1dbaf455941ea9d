"""A recording is opened by a press, within its days; a film of our own is sent in the parts that a player asks for."""

import os
import re
from datetime import date, timedelta
from pathlib import PurePath

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.utils import timezone

from courses.models import Ticket, TicketType, Workshop
from learning import files as learning_files
from learning import publishing
from learning.files import private_files, private_path
from learning.models import Handout, Recording, RecordingExtension, RecordingView
from learning.ranges import part_of
from orders.models import Consent
from tests.builders import (
    at,
    make_cities,
    make_practice,
    make_recording,
    make_ticket,
    make_ticket_type,
    make_user,
    make_workshop,
)
from tests.desk_forms import save
from tests.markup import markup
from tests.orders.purchases import buy

pytestmark = pytest.mark.django_db
DAY = date(2027, 1, 15)
PUBLISHED, LAST, OVER = "2027-01-18 12:00", "2027-02-15 23:59:59", "2027-02-16 00:00"
LINK = "https://zoom.example/rec/1"
FILM = bytes(range(256)) * 40


@pytest.fixture(autouse=True)
def _site():
    make_practice()
    make_cities()


@pytest.fixture
def workshop():
    return make_workshop(day=DAY)


def published(workshop, **fields):
    recording = make_recording(workshop, **fields)
    with time_machine.travel(at(PUBLISHED), tick=False):
        publishing.publish_recording(recording)
    return recording


def film(workshop):
    recording = Recording(workshop=workshop, title="Film", kind="file")
    recording.file.save("The day.mp4", ContentFile(FILM), save=False)
    recording.captions.save("c.vtt", ContentFile(b"WEBVTT\n"), save=False)
    recording.save()
    with time_machine.travel(at(PUBLISHED), tick=False):
        publishing.publish_recording(recording)
    return recording


def address(ticket, recording, rest=""):
    return f"/join/{ticket.secret}/recordings/{recording.pk}/{rest}"


def ask(client, method, path, moment=PUBLISHED, **headers):
    with time_machine.travel(at(moment), tick=False):
        return getattr(client, method)(path, headers=headers)


def plain(response):
    return " ".join(re.sub(r"<[^>]+>", " ", markup(response)).split())


@pytest.mark.parametrize(
    ("moment", "said", "is_open"),
    [
        (PUBLISHED, "Your recording", True),
        (LAST, "Your recording", True),
        (OVER, "The recording has closed", False),
    ],
)
def test_it_is_open_to_the_end_of_its_last_day(client, workshop, moment, said, is_open):
    ticket, recording = make_ticket(workshop), published(workshop)

    page = ask(client, "get", ticket.get_absolute_url(), moment)
    answer = ask(client, "post", address(ticket, recording), moment)

    text = plain(page)
    assert (said in text, "until the end of Monday 15 February 2027, London time" in text) == (True, True)
    assert (LINK in page.text, address(ticket, recording) in page.text) == (False, is_open)
    assert (answer.status_code, RecordingView.objects.count()) == ((200, 1) if is_open else (303, 0))
    assert (LINK in answer.text, "hazel" in answer.text) == (is_open, is_open)


def test_who_has_longer_watches_longer(client, workshop):
    ticket, recording = make_ticket(workshop), published(workshop)
    RecordingExtension.objects.create(ticket=ticket, last_day=date(2027, 3, 1), reason="Ill.")

    codes = [ask(client, "post", address(ticket, recording), each).status_code for each in (OVER, "2027-03-02 00:00")]

    assert codes == [200, 303]


def test_a_get_notes_nothing_and_a_press_once_a_minute(client, workshop):
    ticket, recording = make_ticket(workshop), published(workshop)

    ask(client, "get", address(ticket, recording))
    before = (RecordingView.objects.count(), Ticket.objects.get().recording_opened_at)
    for moment in (PUBLISHED, "2027-01-18 12:00:30", "2027-01-18 12:02"):
        ask(client, "post", address(ticket, recording), moment)

    assert before == (0, None)
    assert (RecordingView.objects.count(), Ticket.objects.get().recording_opened_at) == (2, at(PUBLISHED))


@pytest.mark.parametrize("change", ["cancelled", "workshop cancelled", "taken back", "another's"])
def test_nobody_else_watches_it(client, workshop, change):
    ticket, recording = make_ticket(workshop), published(workshop)
    if change == "cancelled":
        Ticket.objects.update(status="cancelled", place_number=None)
    elif change == "workshop cancelled":
        Workshop.objects.update(status="cancelled")
    elif change == "taken back":
        publishing.take_back_recording(recording)
    else:
        ticket = make_ticket(make_workshop(day=DAY))

    answers = [ask(client, method, address(ticket, recording)) for method in ("get", "post")]

    assert [(each.status_code, each["Location"]) for each in answers] == [(303, ticket.get_absolute_url())] * 2
    assert RecordingView.objects.count() == 0


def test_a_right_to_cancel_keeps_it_closed_until_it_is_given_up(client, standin, time_machine):
    time_machine.move_to(at("2027-01-14 12:00"), tick=False)
    workshop = make_workshop(day=DAY)
    kind = make_ticket_type(workshop, "Catch-up only", "85.00", access=TicketType.Access.CATCH_UP)
    order = buy(standin, workshop, ticket_types=[kind])
    ticket, recording = order.lines.get().ticket, make_recording(workshop)
    time_machine.move_to(at(PUBLISHED), tick=False)
    publishing.publish_recording(recording)

    kept = client.get(ticket.get_absolute_url())
    refused = client.post(address(ticket, recording))
    client.post(f"/join/{ticket.secret}/recording/", {"agreed": "on"})
    given_up = client.post(address(ticket, recording))

    assert "The recording is here, and not open yet" in plain(kept)
    assert (refused.status_code, given_up.status_code, Consent.objects.count()) == (303, 200, 1)
    assert Ticket.objects.get().recording_opened_at == timezone.now()


def test_a_film_plays_once_it_was_opened_with_its_captions(client, workshop):
    ticket, recording = make_ticket(workshop), film(workshop)
    refused = [ask(client, "get", address(ticket, recording, each)).status_code for each in ("film/", "captions/")]

    answer = ask(client, "post", address(ticket, recording))
    page = markup(ask(client, "get", address(ticket, recording)))
    whole = ask(client, "get", address(ticket, recording, "film/"))
    captions = ask(client, "get", address(ticket, recording, "captions/"))

    assert (refused, answer.status_code) == ([404, 404], 303)
    assert f'src="{address(ticket, recording, "film/")}"' in page
    assert f'src="{address(ticket, recording, "captions/")}"' in page
    assert (b"".join(whole), whole["Content-Type"], whole["Accept-Ranges"]) == (FILM, "video/mp4", "bytes")
    assert (b"".join(captions), captions["Content-Type"]) == (b"WEBVTT\n", "text/vtt; charset=utf-8")
    assert ask(client, "get", address(ticket, recording, "film/"), OVER).status_code == 404


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-0", (0, 0)),
        ("bytes=100-", (100, 10239)),
        ("bytes=-40", (10200, 10239)),
        ("bytes=-99999", (0, 10239)),
        ("bytes=0-99999", (0, 10239)),
        ("bytes=5-2", None),
        ("bytes=0-1,4-5", None),
        ("bytes=-", None),
        ("seconds=0-1", None),
        ("", None),
    ],
)
def test_the_part_that_is_asked_for(asked, part):
    assert part_of(asked, len(FILM)) == part


@pytest.mark.parametrize("asked", ["bytes=10240-", "bytes=-0", "bytes=99999-100000"])
def test_a_part_that_there_is_not(asked):
    with pytest.raises(ValueError, match="bytes"):
        part_of(asked, len(FILM))


def test_a_player_gets_the_part_it_asks_for(client, workshop):
    ticket, recording = make_ticket(workshop), film(workshop)
    ask(client, "post", address(ticket, recording))

    part = ask(client, "get", address(ticket, recording, "film/"), Range="bytes=256-300")
    none = ask(client, "get", address(ticket, recording, "film/"), Range="bytes=20000-")

    assert (part.status_code, b"".join(part)) == (206, FILM[256:301])
    assert (part["Content-Range"], part["Content-Length"]) == ("bytes 256-300/10240", "45")
    assert (none.status_code, none["Content-Range"]) == (416, "bytes */10240")


def test_behind_nginx_it_names_the_file_and_sends_nothing(client, workshop, settings):
    settings.NGINX_SENDS_FILES = True
    ticket, recording = make_ticket(workshop), film(workshop)
    ask(client, "post", address(ticket, recording))

    answer = ask(client, "get", address(ticket, recording, "film/"))

    assert (answer.content, answer["Content-Type"]) == (b"", "video/mp4")
    assert re.fullmatch(r"/private-files/recording/[\w-]+/The_day\.mp4", answer["X-Accel-Redirect"])


@pytest.mark.parametrize(
    ("moment", "titles"), [("2027-01-15 15:59", ["Before"]), ("2027-01-15 16:00", ["Before", "After"])]
)
def test_handouts_are_for_people_with_a_place_each_in_its_time(client, workshop, moment, titles):
    ticket = make_ticket(workshop)
    found = []
    for title, shown_from in (("Before", "booking"), ("After", "end")):
        handout = Handout(workshop=workshop, title=title, shown_from=shown_from)
        handout.file.save(f"{title}.pdf", ContentFile(title.encode()), save=True)
        found.append(handout)

    page = markup(ask(client, "get", ticket.get_absolute_url(), moment))
    answers = [ask(client, "get", f"/join/{ticket.secret}/handouts/{each.pk}/", moment) for each in found]

    assert re.findall(r'class="more" href="/join/[^"]+/handouts/\d+/">([^<]+)<', page) == titles
    assert [b"".join(each) for each in answers if each.status_code == 200] == [each.encode() for each in titles]
    assert answers[0]["Content-Disposition"] == "attachment; filename*=UTF-8''Before.pdf"


def test_a_place_that_was_cancelled_has_no_handouts(client, workshop):
    handout = Handout(workshop=workshop, title="Before")
    handout.file.save("b.pdf", ContentFile(b"b"), save=True)
    ticket = make_ticket(workshop, Ticket.Status.CANCELLED)

    assert ask(client, "get", f"/join/{ticket.secret}/handouts/{handout.pk}/").status_code == 404


def test_a_file_that_is_gone_is_not_found(client, workshop):
    ticket, recording = make_ticket(workshop), film(workshop)
    ask(client, "post", address(ticket, recording))
    recording.file.storage.delete(recording.file.name)

    assert ask(client, "get", address(ticket, recording, "film/")).status_code == 404


def test_the_first_opening_is_noted_on_the_place(client, workshop):
    ticket, recording = make_ticket(workshop), published(workshop)
    ask(client, "post", address(ticket, recording), "2027-01-19 09:00")
    ticket.refresh_from_db()

    assert ticket.recording_opened_at == at("2027-01-19 09:00")


@pytest.mark.parametrize(("days", "waits"), [(2, False), (4, True), (70, False)])
def test_a_recording_that_is_missing_is_a_job_from_the_third_day(workshop, days, waits):
    from learning.jobs import recordings_to_publish

    make_ticket(workshop)
    with time_machine.travel(at("2027-01-15 16:00") + timedelta(days=days), tick=False):
        assert bool(list(recordings_to_publish())) == waits
        published(workshop)
        assert list(recordings_to_publish()) == []


def test_a_file_that_is_replaced_or_deleted_is_gone_from_the_disk(client, workshop, django_capture_on_commit_callbacks):
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))
    handout = Handout(workshop=workshop, title="Before")
    handout.file.save("b.pdf", ContentFile(b"b"), save=True)
    storage, first = handout.file.storage, handout.file.name
    page = f"/admin/learning/handout/{handout.pk}/change/"

    with django_capture_on_commit_callbacks(execute=True):
        save(client, page, file=ContentFile(b"c", name="c.pdf"))
    handout.refresh_from_db()
    second = handout.file.name
    there = [storage.exists(first), storage.exists(second)]
    with django_capture_on_commit_callbacks(execute=True):
        client.post(page.replace("change", "delete"), {"post": "yes"})

    assert (there, second.endswith("c.pdf"), storage.exists(second)) == ([False, True], True, False)
    assert Handout.objects.count() == 0


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"kind": "file"}, "Choose the file."),
        ({"kind": "zoom"}, "Give the link to watch it."),
        ({"kind": "zoom", "url": "http://zoom.example/1"}, "The link must begin with https://."),
        ({"kind": "file", "file": ("a.exe", b"x")}, "is no such file. It takes .m4v, .mp4, .webm."),
        ({"kind": "file", "file": ("a.mp4", b"x"), "captions": ("a.vtt", b"1\n00:01")}, "This is no WebVTT file"),
        ({"kind": "file", "file": ("a.mp4", b"x"), "url": "https://zoom.example/1"}, "A file of our own has no link."),
    ],
)
def test_a_recording_that_nobody_could_watch_is_refused_in_words(client, workshop, fields, words):
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))
    files = {name: ContentFile(value[1], name=value[0]) for name, value in fields.items() if isinstance(value, tuple)}

    plain = {"workshop": workshop.pk, "title": "T", "url": ""}
    page = client.post("/admin/learning/recording/add/", plain | fields | files)

    assert (page.status_code, words in page.text, Recording.objects.count()) == (200, True, 0)


def test_a_recording_is_bought_after_the_day_and_opened_at_once_by_who_asked_for_that(client, standin, time_machine):
    workshop = make_workshop(day=DAY)
    kind = make_ticket_type(workshop, "Catch-up only", "85.00", access=TicketType.Access.CATCH_UP)
    recording = published(workshop)
    time_machine.move_to(at("2027-01-20 12:00"), tick=False)

    text = plain(client.get(workshop.get_absolute_url()))
    order = buy(standin, workshop, ticket_types=[kind], agreed={Consent.Kind.RECORDING})
    answer = client.post(address(order.lines.get().ticket, recording))

    said = "The recording is open until the end of Monday 15 February 2027, London time."
    assert (said in text, "Book the recording" in text, "Add to calendar" in text) == (True, True, False)
    assert (order.is_paid, answer.status_code, LINK in answer.text) == (True, 200, True)


def test_nothing_of_it_is_sold_once_it_has_closed(client, time_machine):
    workshop = make_workshop(day=DAY)
    make_ticket_type(workshop, "Catch-up only", "85.00", access=TicketType.Access.CATCH_UP)
    published(workshop)
    time_machine.move_to(at(OVER), tick=False)

    page = client.get(workshop.get_absolute_url())
    answer = client.get(f"/book/{workshop.slug}/", follow=True)

    assert ("Book the recording" in plain(page), "Pay" in plain(answer)) == (False, False)


def test_a_file_whose_row_was_never_written_is_swept_after_a_day_and_no_other(workshop):
    """People speak in it."""
    kept, files = film(workshop), private_files()
    lost = files.save(private_path(kept, "Lost.mp4"), ContentFile(FILM))
    before = learning_files.sweep_files()
    for name in (lost, kept.file.name, kept.captions.name):
        make_older(files.path(name), days=2)

    swept = (learning_files.sweep_files(), learning_files.sweep_files())

    assert (before, swept) == (0, (1, 0))
    assert [files.exists(name) for name in (lost, kept.file.name, kept.captions.name)] == [False, True, True]
    assert not files.exists(str(PurePath(lost).parent))


def make_older(path, *, days):
    moment = (timezone.now() - timedelta(days=days)).timestamp()
    os.utime(path, (moment, moment))
