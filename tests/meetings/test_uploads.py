"""A file of Zoom's is read as Zoom writes it, shown, and stored by a second press; any other is refused in words."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import AuditEntry
from meetings import zoom_files
from meetings.models import Presence
from meetings.zoom_files import FileRefused
from practice_site.groups import set_up_groups
from tests.builders import make_practice, make_session, make_ticket, make_user, make_workshop

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 4)  # month and day could be each other's
LONDON, NEW_YORK = "Europe/London", "America/New_York"
UPLOAD = "/admin/meetings/presence/upload/"

PEOPLE = (
    "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,Recording Consent,In Waiting Room"
)
NEWER = "Name (original name),Email,Join time,Leave time,Duration (minutes),Guest,Recording disclaimer,In waiting room"
OLD_HEAD = "Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants\n"
NEW_HEAD = "Topic,ID,Host name,Host email,Duration (minutes),Start time,End time,Participants\n"


@pytest.fixture
def session():
    make_practice()
    workshop = make_workshop(day=date(2026, 3, 1))
    return make_session(workshop, DAY, time(10), time(16), join_url="https://us02web.zoom.us/j/81234567890?pwd=x")


def row(
    joined="03/04/2026 09:58:02 AM", left="03/04/2026 04:00:10 PM", who="Noor Haddad,noor@example.org", waited="No"
):
    return f"{who},{joined},{left},362,Yes,,{waited}\n"


def at(clock, zone=LONDON, day=DAY):
    return datetime.combine(day, time.fromisoformat(clock), ZoneInfo(zone))


def read(text, session, zone=LONDON):
    return zoom_files.stays_in(zoom_files.read(text), session, zone)


@pytest.mark.parametrize(
    "text",
    [
        f"{PEOPLE}\n{row()}",
        f"{NEWER}\n{row()}",
        f"{OLD_HEAD}812 3456 7890,The day,03/04/2026 09:50:00 AM,x,h@example.org,375,1\n\n{PEOPLE}\n{row()}",
        f'{NEW_HEAD}"The day, whole","812 3456 7890",H,h@example.org,375,"x","x",1\n\n{NEWER}\n{row()}',
        f"{PEOPLE}\n{row()}".replace(",", ";"),
        f"{PEOPLE}\n{row()}".replace("\n", "\r\n"),
    ],
    ids=[
        "people alone",
        "newer words",
        "with the meeting",
        "newer, with the meeting",
        "saved with semicolons",
        "of Windows",
    ],
)
def test_zooms_columns_are_known(session, text):
    (stay,) = read(text, session)

    assert (stay.name, stay.email) == ("Noor Haddad", "noor@example.org")
    assert (stay.joined_at, stay.left_at) == (at("09:58:02"), at("16:00:10"))


@pytest.mark.parametrize(
    ("joined", "left"),
    [
        ("04/03/2026 09:58:02", "04/03/2026 16:00:10"),
        ("04/03/2026 09:58:02 AM", "04/03/2026 04:00:10 PM"),
        ("04/03/2026 09:58:02 a.m.", "04/03/2026 04:00:10 p.m."),
        ("04/03/2026 09:58:02\u202fAM", "04/03/2026 04:00:10\u202fPM"),
        ("2026-03-04 09:58:02", "2026-03-04 16:00:10"),
        ("04.03.2026 09:58:02", "04.03.2026 16:00:10"),
        ('"Mar 4, 2026 09:58:02 AM"', '"Mar 4, 2026 04:00:10 PM"'),
    ],
)
def test_days_are_read_as_each_country_writes_them(session, joined, left):
    (stay,) = read(f"{PEOPLE}\n{row(joined, left)}", session)

    assert (stay.joined_at, stay.left_at) == (at("09:58:02"), at("16:00:10"))


def test_times_are_those_of_the_clock_that_is_named(session):
    (stay,) = read(f"{PEOPLE}\n{row('03/04/2026 05:00:00 AM', '03/04/2026 11:00:00 AM')}", session, NEW_YORK)

    assert stay.joined_at == at("10:00")


PARIS = [("10:40", "17:01"), ("10:50", "17:02"), ("10:58", "17:03"), ("11:02", "17:04")]  # read as London's


@pytest.mark.parametrize(
    ("stays", "is_asked"),
    [
        (PARIS, True),
        ([("09:02", "15:01"), ("09:20", "15:02")], True),  # an hour the other way
        ([("09:40", "16:01"), ("09:58", "16:04"), ("10:02", "16:02")], False),
        ([("09:58", "15:00"), ("10:00", "15:01")], False),  # it was over early
        ([("10:40", "16:00"), ("10:45", "16:01")], False),  # it began late
        ([("09:50", "12:00"), ("09:55", "12:01"), ("12:30", "16:00")], False),  # some left at noon
        ([("05:00", "11:00")], True),  # New York's
    ],
)
def test_a_file_that_fits_better_by_another_clock_is_asked_about(session, stays, is_asked):
    rows = "".join(
        row(f"03/04/2026 {joined}:00", f"03/04/2026 {left}:00", f"P{number},p{number}@example.org")
        for number, (joined, left) in enumerate(stays)
    )

    assert zoom_files.is_by_another_clock(read(f"{PEOPLE}\n{rows}", session), session) is is_asked


def test_who_comes_again_is_one_person_for_the_clock(session):
    times = [("09:58", "10:30"), ("11:00", "12:00"), ("13:30", "16:00")]
    rows = "".join(row(f"03/04/2026 {joined}:00", f"03/04/2026 {left}:00") for joined, left in times)

    assert zoom_files.is_by_another_clock(read(f"{PEOPLE}\n{rows}", session), session) is False


@pytest.mark.parametrize(
    ("joined", "left", "minutes", "hours"),
    [
        ("01:50", "05:00", "190", (9 + 5 / 6, 13)),  # the second 01:50
        ("01:50", "05:00", "250", (8 + 5 / 6, 13)),
        ("01:50", "05:00", "", (8 + 5 / 6, 13)),
        ("00:30", "01:30", "120", (7.5, 9.5)),
        ("01:50", "01:20", "30", (8 + 5 / 6, 9 + 1 / 3)),
        ("01:50", "01:20", "", (8 + 5 / 6, 9 + 1 / 3)),
        ("01:10", "01:40", "30", (8 + 1 / 6, 8 + 2 / 3)),  # both hours fit: the first
    ],
)
def test_of_an_hour_that_comes_twice_it_is_that_which_fits_how_long_somebody_was_there(joined, left, minutes, hours):
    make_practice()
    day = date(2026, 11, 1)
    session = make_session(make_workshop(day=date(2026, 10, 1)), day, time(9), time(13))
    text = f"{PEOPLE}\nNoor,noor@example.org,11/01/2026 {joined}:00,11/01/2026 {left}:00,{minutes},Yes,,No\n"

    (stay,) = read(text, session, "America/Los_Angeles")

    midnight = datetime(2026, 11, 1, tzinfo=ZoneInfo("UTC"))
    assert tuple(round((each - midnight).total_seconds() / 60) for each in (stay.joined_at, stay.left_at)) == tuple(
        round(each * 60) for each in hours
    )


def test_who_only_waited_was_not_there(session):
    stays = read(f"{PEOPLE}\n{row()}{row(who='Ivo,', waited='Yes')}", session)

    assert [stay.name for stay in stays] == ["Noor Haddad"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "This is not Zoom’s report of who was there."),
        ("a,b\n1,2\n", "This is not Zoom’s report of who was there."),
        (
            "First Name,Last Name,Email,Registration Time,Approval Status\nA,B,c,d,approved\n",
            "This is a list of who registered",
        ),
        ("Name (Original Name),User Email,Total Duration (Minutes),Guest\nA,b,3,Yes\n", "This file has no times"),
        (
            "Attended,User Name (Original Name),Email,Join Time,Leave Time\nYes,A,b,c,d\n",
            "This is the report of a webinar.",
        ),
        ("Topic,Meeting ID,Start Time,Participants\nA,812 3456 7890,x,3\n", "This is a list of meetings."),
        (f"{PEOPLE}\n", "Nobody is in this report."),
        (f"{PEOPLE}\n{row(left='')}", "Row 1 of the people has no time of coming, or none of going."),
        (
            f"{PEOPLE}\n{row('yesterday', 'today')}",
            "The times in this file are written in a way that is not known here.",
        ),
        (
            f"{PEOPLE}\n{row('01/01/0001 10:00:00', '01/01/0001 11:00:00')}",
            "The times in this file are written in a way",
        ),
        (
            f"{PEOPLE}\n{row('03/05/2025 10:00:00 AM', '03/05/2025 11:00:00 AM')}",
            "This file begins on Wednesday 5 March",
        ),
        (
            f"{PEOPLE}\n{row('03/04/2026 11:00:00 AM', '03/04/2026 10:00:00 AM')}",
            "In this file somebody leaves before they come.",
        ),
        (
            f"{OLD_HEAD}999 9999 9999,A,b,c,d,e,f\n{PEOPLE}\n{row()}",
            "This file is of the meeting 999 9999 9999; this session’s is 812 3456 7890.",
        ),
        ("x" * 600_001, "This file is too large"),
        ('"' + "x" * 200_000, "This is not Zoom’s report"),
        (f"{PEOPLE}\n" + row() * 3_001, "This file has more than 3,000 rows"),
    ],
)
def test_what_it_is_not_is_said(session, text, words):
    with pytest.raises(FileRefused) as refused:
        read(text, session)

    assert str(refused.value)[: len(words)] == words


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04rest", "This is a workbook"),
        ("Name".encode("utf-16"), "Another program saved this file in UTF-16."),
        ("Zoë".encode("latin-1"), "This file is not in UTF-8"),
        (b"a\0b", "This is no text."),
    ],
)
def test_what_another_program_made_of_it_is_refused(content, words):
    with pytest.raises(FileRefused) as refused:
        zoom_files.decode(content)

    assert str(refused.value)[: len(words)] == words


@pytest.fixture
def desk(client, session):
    set_up_groups()
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name="Organisers"))
    client.force_login(user)
    return client


def upload(desk, session, text):
    file = SimpleUploadedFile("report.csv", b"\xef\xbb\xbf" + text.encode(), "text/csv")
    return desk.post(UPLOAD, {"session": session.pk, "time_zone": "", "file": file})


def test_it_is_shown_first_and_stored_by_a_second_press_once(desk, session):
    make_ticket(session.workshop)
    shown = upload(desk, session, f"{PEOPLE}\n{row()}{row(who='Somebody,')}")
    assert (shown.status_code, Presence.objects.count(), shown.context["unknown"]) == (200, 0, 1)

    answers = {"session": session.pk, "time_zone": "", "text": shown.context["form"].initial["text"]}
    pressed = [desk.post(UPLOAD, answers, follow=True).text for _ in range(2)]

    assert ["Stored: 2 rows" in pressed[0], "All of it was stored before." in pressed[1]] == [True, True]
    assert sorted(Presence.objects.values_list("name", "email", "source", "session")) == [
        ("Noor Haddad", "noor@example.org", "file", session.pk),
        ("Somebody", "", "file", session.pk),
    ]
    assert AuditEntry.objects.filter(model="courses.session", object_id=session.pk).count() == 1


def test_a_file_that_is_refused_changes_nothing_and_the_page_says_why(desk, session):
    page = upload(desk, session, f"{PEOPLE}\n{row('03/05/2025 10:00:00 AM', '03/05/2025 11:00:00 AM')}")

    assert (page.status_code, "This file begins on" in page.text, Presence.objects.count()) == (422, True, 0)


def test_without_a_file_one_is_asked_for(desk, session):
    page = desk.post(UPLOAD, {"session": session.pk, "time_zone": ""})

    assert (page.status_code, "Choose the file." in page.text) == (422, True)


@pytest.mark.parametrize(("first", "is_warned"), [("09:58:02 AM", False), ("05:00:00 AM", True)])
def test_another_clock_is_asked_about(desk, session, first, is_warned):
    page = upload(desk, session, f"{PEOPLE}\n{row(f'03/04/2026 {first}', '03/04/2026 02:00:00 PM')}")

    assert page.context["is_by_another_clock"] is is_warned


def test_a_session_that_has_not_begun_is_no_choice(desk, session):
    later = make_session(session.workshop, date(2099, 3, 4))

    page = upload(desk, later, f"{PEOPLE}\n{row()}")

    assert (page.status_code, Presence.objects.count()) == (422, 0)


def test_editors_upload_nothing(client, session):
    set_up_groups()
    user = make_user(is_staff=True)
    user.groups.add(Group.objects.get(name="Editors"))
    client.force_login(user)

    assert upload(client, session, f"{PEOPLE}\n{row()}").status_code == 403
