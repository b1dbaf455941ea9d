import re
from datetime import time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry
from courses.models import Session, Ticket, TicketType, Workshop
from courses.privacy import erase_attendees
from courses.seats import places
from learning import attendance, attended, jobs, presences
from learning.certificates import rules
from learning.models import Attendance, AttendanceSheet
from meetings import uploads
from meetings.models import Host, Meeting, Presence
from meetings.privacy import erase_presences
from meetings.zoom_files import ReadStay
from tests.builders import make_practice, make_session, make_ticket, make_user, make_workshop

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def workshop():
    """Yesterday, from 10:00 to 16:00 in London."""
    make_practice()
    return make_workshop(day=timezone.localdate() - timedelta(days=1))


@pytest.fixture
def session(workshop):
    return workshop.sessions.get()


def found(page, pattern):
    return re.findall(pattern, page)


def be_there(session, start, end, *, of=0, **who):
    """From so many hours after its start to so many; who they were is an address unless it is said."""
    who = who or {"email": "noor@example.org"}
    moments = {"joined_at": session.starts_at + start * HOUR, "left_at": session.starts_at + end * HOUR}
    instance = who.pop("instance", "")
    source = who.pop("source", Presence.Source.REPORT)
    return Presence.objects.create(session=session, source=source, instance=instance, **moments, **who)


def minutes(ticket):
    return list(Attendance.objects.filter(ticket=ticket).values_list("minutes", flat=True))


@pytest.mark.parametrize(
    ("stays", "expected"),
    [
        ([(0, 6)], 360),
        ([(-1, 7)], 360),  # cut to the session
        ([(0, 2), (3, 6)], 300),
        ([(0, 4), (3, 6)], 360),  # two devices
        ([(0, 6), (1, 2)], 360),
        ([(-2, -1)], 0),
        ([(0, 0.999)], 59),  # whole minutes
    ],
)
def test_minutes_are_the_union_of_all_stays_within_the_session(session, workshop, stays, expected):
    ticket = make_ticket(workshop)
    for number, (start, end) in enumerate(stays):
        be_there(session, start, end, instance=str(number), email="noor@example.org", name="Noor")

    assert (attendance.count_due(), attendance.count_due()) == (1, 0)
    assert minutes(ticket) == [expected]


def test_report_and_webhook_tell_of_the_same_minutes_once(session, workshop):
    ticket = make_ticket(workshop)
    be_there(session, 0, 3)
    be_there(session, 0, 3, source=Presence.Source.WEBHOOK, email="noor@example.org")

    attendance.count_due()

    assert minutes(ticket) == [180]


def test_what_was_told_while_a_run_went_on_counts_until_its_report_is_read(session, workshop):
    ticket = make_ticket(workshop)
    for run, start in (("a", 0), ("b", 4)):
        be_there(session, start, start + 2, instance=run, source=Presence.Source.WEBHOOK, email="noor@example.org")
    attendance.count_due()
    before = minutes(ticket)

    be_there(session, 0, 1, instance="a", email="noor@example.org")
    attendance.count_due()

    assert (before, minutes(ticket), Presence.objects.count()) == ([240], [180], 3)


@pytest.mark.parametrize(
    ("who", "is_credited"),
    [
        ({"email": "NOOR@example.org"}, True),
        ({"email": "noor+zoom@example.org"}, True),
        ({"email": "noor@example.net", "name": "Noor Haddad"}, False),
        ({"name": "Noor Haddad"}, False),
        ({"registrant": "unknown", "name": "Noor Haddad"}, False),
    ],
)
def test_an_address_proves_who_somebody_is_and_a_name_does_not(session, workshop, who, is_credited):
    ticket = make_ticket(workshop)
    be_there(session, 0, 6, **who)

    attendance.count_due()

    assert minutes(ticket) == [360 if is_credited else 0]
    assert AttendanceSheet.objects.get().unknown == (0 if is_credited else 1)


def test_of_two_people_with_one_mailbox_the_exact_address_tells(session, workshop):
    plain, tagged = (make_ticket(workshop, attendee_email=each) for each in ("a@example.org", "a+ben@example.org"))
    be_there(session, 0, 6, email="a+ben@example.org")
    be_there(session, 0, 6, email="a+third@example.org")

    attendance.count_due()

    assert (minutes(plain), minutes(tagged), AttendanceSheet.objects.get().unknown) == ([0], [360], 1)


def test_only_booked_live_places_of_this_workshop_are_counted(session, workshop):
    other = make_ticket(make_workshop(), attendee_email="b@example.org")
    cancelled = make_ticket(workshop, Ticket.Status.CANCELLED, attendee_email="c@example.org")
    recording = make_ticket(
        workshop, access=TicketType.Access.CATCH_UP, place_number=None, attendee_email="d@example.org"
    )
    for email in ("b@example.org", "c@example.org", "d@example.org"):
        be_there(session, 0, 6, email=email)

    attendance.count_due()

    assert Attendance.objects.filter(ticket__in=[other, cancelled, recording]).exists() is False
    assert AttendanceSheet.objects.get().unknown == 3


def test_what_is_told_later_and_who_comes_later_is_counted_anew(session, workshop):
    ticket = make_ticket(workshop)
    attendance.count_due()
    assert (minutes(ticket), attendance.count_due()) == ([0], 0)

    be_there(session, 0, 6)
    attendance.count_due()
    late = make_ticket(workshop, attendee_email="late@example.org")

    assert (attendance.count_due(), attendance.count_due()) == (1, 0)
    assert (minutes(ticket), minutes(late)) == ([360], [0])


def test_what_was_counted_of_somebody_stays_once_they_are_erased(session, workshop):
    ticket = make_ticket(workshop)
    be_there(session, 0, 6)
    attendance.count_due()
    erase_attendees(Ticket.objects.all())
    erase_presences(Presence.objects.all())

    be_there(session, 0, 6, email="else@example.org")

    assert (attendance.count_due(), attendance.count_due()) == (1, 0)
    assert (minutes(ticket), AttendanceSheet.objects.get().unknown) == ([360], 1)


@pytest.mark.parametrize("change", [{"status": Workshop.Status.CANCELLED}, {"status": Workshop.Status.DRAFT}])
def test_nothing_is_counted_of_a_workshop_that_was_cancelled_or_taken_back(session, workshop, change):
    Workshop.objects.update(**change)

    assert (attendance.count_due(), AttendanceSheet.objects.count()) == (0, 0)


def test_nothing_is_counted_before_the_end(session, workshop):
    session.ends_at = timezone.now() + HOUR
    session.save()

    assert attendance.count_due() == 0


def test_a_sum_goes_over_all_sessions_and_says_whether_it_is_whole(workshop, session):
    ticket = make_ticket(workshop)
    second = make_session(workshop, timezone.localdate() - timedelta(days=2), time(10), time(12))
    be_there(session, 0, 6)
    attendance.count_due()
    assert attended.sum_of(ticket) == attended.AttendanceSum(360, 480, is_whole=False)

    be_there(second, 0, 0.5)
    attendance.count_due()

    total = attended.sum_of(ticket)
    assert (total, total.percent) == (attended.AttendanceSum(390, 480, is_whole=True), 81)


@pytest.mark.parametrize(
    ("source", "start", "end", "is_told"),
    [
        ("report", 0, 1, True),
        ("report", -24, -23, False),  # a rehearsal
        ("report", 6, 7, False),
        ("webhook", 0, 1, False),  # who left early is told of while the others are still there
        ("file", -0.2, -0.1, True),
    ],
)
def test_a_session_is_told_by_what_can_tell(workshop, session, source, start, end, is_told, time_machine):
    ticket = make_ticket(workshop)
    be_there(session, start, end, source=source, email="other@example.org")

    attendance.count_due()

    said = "You were there for 0 of 360 minutes; 80 per cent are needed."
    assert attended.sum_of(ticket).is_whole is is_told
    assert (said in rules.outcome_of(ticket).blocks) is is_told
    time_machine.move_to(session.ends_at + timedelta(hours=25))
    assert len(list(jobs.sessions_nobody_told_of())) == (0 if is_told else 1)


def test_the_end_of_its_meeting_tells_and_the_session_is_counted_once_more(workshop, session):
    ticket = make_ticket(workshop)
    be_there(session, 0, 6, source=Presence.Source.WEBHOOK, email="other@example.org")
    span = {"starts_at": session.starts_at, "ends_at": session.ends_at}
    meeting = Meeting.objects.create(session=session, mark="m", **span)
    attendance.count_due()
    before = attended.sum_of(ticket).is_whole

    meeting.ended_at = session.ends_at
    meeting.save()

    assert (attendance.count_due(), attendance.count_due()) == (1, 0)
    assert (before, attended.sum_of(ticket).is_whole) == (False, True)


@pytest.mark.parametrize(("minutes", "is_enough"), [(288, True), (287, False), (0, False)])
def test_the_workshops_percentage_is_the_threshold(minutes, is_enough):
    assert attended.AttendanceSum(minutes, 360, is_whole=True).is_enough(80) is is_enough


def test_a_correction_counts_and_needs_a_reason(workshop, session):
    ticket = make_ticket(workshop)
    attendance.count_due()
    row = Attendance.objects.get()
    row.corrected_minutes = 300
    with pytest.raises(ValidationError):
        row.full_clean()

    row.corrected_because = "By phone"
    row.full_clean()
    row.save()
    be_there(session, 0, 1)
    attendance.count_due()

    assert (minutes(ticket), attended.sum_of(ticket).minutes) == ([60], 300)


def desk(client):
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))
    return client


def page_of(sheet):
    return reverse("admin:learning_attendancesheet_who", args=[sheet.pk])


def the_choice(page):
    return found(page, r'<select name="(who-[0-9a-f]+)"')


def test_the_desk_says_who_somebody_was_and_what_is_told_later_of_them_counts(client, workshop, session):
    ticket = make_ticket(workshop)
    be_there(session, 0, 3, name="Noor Haddad", email="")
    attendance.count_due()
    sheet = AttendanceSheet.objects.get()
    page = desk(client).get(page_of(sheet)).text
    [name] = the_choice(page)
    assert "The name fits Noor Haddad (noor@example.org). A name alone proves nothing." in page

    client.post(page_of(sheet), {"recognise": "1", name: str(ticket.pk)})
    be_there(session, 4, 5, name="Noor Haddad", email="")
    attendance.count_due()

    sheet.refresh_from_db()
    assert (minutes(ticket), sheet.unknown, the_choice(client.get(page_of(sheet)).text)) == ([240], 0, [])
    assert AuditEntry.objects.filter(model="learning.recognition").count() == 1


def test_a_presenter_is_nobody_who_booked(client, workshop, session):
    be_there(session, 0, 6, name="The presenter", email="presenter@example.org")
    attendance.count_due()
    sheet = AttendanceSheet.objects.get()
    [name] = the_choice(desk(client).get(page_of(sheet)).text)

    client.post(page_of(sheet), {"recognise": "1", name: "nobody"})

    sheet.refresh_from_db()
    assert sheet.unknown == 0


def test_a_place_of_another_workshop_is_refused_and_nothing_chosen_changes_nothing(client, workshop, session):
    other = make_ticket(make_workshop())
    be_there(session, 0, 6, name="Noor Haddad", email="")
    attendance.count_due()
    sheet = AttendanceSheet.objects.get()
    [name] = the_choice(desk(client).get(page_of(sheet)).text)

    answers = [client.post(page_of(sheet), {"recognise": "1", name: each}).status_code for each in (other.pk, "", "x")]

    assert (answers, sheet.recognitions.count()) == ([422, 302, 422], 0)


def test_the_desk_credits_people_with_a_reason_once(client, workshop, session):
    ticket, absent = make_ticket(workshop), make_ticket(workshop, attendee_email="b@example.org")
    attendance.count_due()
    address = page_of(AttendanceSheet.objects.get())
    answers = {"credit": "1", "all-places": [ticket.pk], "all-because": "The presenter kept a list"}

    without = desk(client).post(address, answers | {"all-because": ""})
    client.post(address, answers)
    client.post(address, answers)

    assert without.status_code == 422
    assert [attended.sum_of(each).percent for each in (ticket, absent)] == [100, 0]
    assert [entry.reason for entry in AuditEntry.objects.filter(model="learning.attendance")] == [
        "The presenter kept a list"
    ]


def test_the_picture_has_a_bar_for_each_stay_and_a_table_behind_it(client, workshop, session):
    make_ticket(workshop)
    be_there(session, 0, 3)
    be_there(session, 4, 6, instance="2", email="noor@example.org")
    attendance.count_due()

    page = desk(client).get(page_of(AttendanceSheet.objects.get())).text

    assert found(page, r'<rect\s+class="bars__bar"\s+x="([\d.]+)"\s+y="28"\s+width="([\d.]+)"') == [
        ("220.0", "308.0"),
        ("630.7", "205.3"),
    ]
    assert found(page, r"<td>(10:00[^<]*)</td>") == ["10:00–13:00, 14:00–16:00"]


def test_the_desk_hears_of_people_to_recognise_and_of_sessions_nobody_told_of(workshop, session):
    be_there(session, 0, 6, name="Somebody", email="")
    silent = make_workshop(day=timezone.localdate() - timedelta(days=3))
    make_ticket(silent)
    attendance.count_due()

    waiting = [[job.words for job in find()] for find in (jobs.people_nobody_knows, jobs.sessions_nobody_told_of)]
    assert waiting == [
        ["1 session where somebody is to be recognised"],
        ["1 session of which nobody has said who was there"],
    ]
    attendance.credit(AttendanceSheet.objects.get(session__workshop=silent), silent.tickets.all(), because="Seen")
    assert list(jobs.sessions_nobody_told_of()) == []


def correct(ticket, email):
    places.set_attendee(ticket, to=places.Attendee(ticket.attendee_name, email, "Europe/London", ""))


def test_an_address_that_is_corrected_afterwards_takes_no_minutes_away(session, workshop):
    ticket = make_ticket(workshop, attendee_email="nor@example.org")
    be_there(session, 0, 6, email="Nor+zoom@example.org")
    attendance.count_due()
    for email in ("noor@example.org", "noor.haddad@example.org"):
        correct(Ticket.objects.get(), email)

    be_there(session, 0, 6, email="noor@example.org", source=Presence.Source.FILE)
    attendance.count_session(session)

    assert minutes(ticket) == [360]
    assert [each.how for each in presences.stays_in(session, [Ticket.objects.get()])] == ["by their address"] * 2


def test_who_had_the_place_before_the_session_has_none_of_its_minutes(session, workshop):
    make_ticket(workshop, attendee_email="before@example.org")
    correct(Ticket.objects.get(), "noor@example.org")
    AuditEntry.objects.update(at=session.starts_at - HOUR)
    be_there(session, 0, 6, email="before@example.org")

    [stay] = presences.stays_in(session, [Ticket.objects.get()])

    assert (stay.ticket, stay.is_known) == (None, False)


def test_an_earlier_address_of_one_that_is_anothers_now_tells_nothing(session, workshop):
    first = make_ticket(workshop, attendee_email="shared@example.org")
    correct(first, "noor@example.org")
    make_ticket(workshop, attendee_email="shared@example.org")
    be_there(session, 0, 6, email="shared@example.org")

    [stay] = presences.stays_in(session, presences.tickets_of(session))

    assert stay.is_known is False


def test_an_address_that_is_corrected_after_the_count_gets_the_minutes(client, session, workshop):
    ticket = make_ticket(workshop, attendee_email="nor@example.org")
    be_there(session, 0, 6, name="Noor", email="noor@example.org")
    attendance.count_due()
    before = (minutes(ticket), attendance.count_changed())

    correct(Ticket.objects.get(), "noor@example.org")

    assert (attendance.count_changed(), attendance.count_changed()) == (1, 0)
    assert (before, minutes(ticket), AttendanceSheet.objects.get().unknown) == (([0], 0), [360], 0)


def test_hours_that_are_changed_after_the_end_are_counted(session, workshop):
    ticket = make_ticket(workshop)
    be_there(session, 0, 7)
    attendance.count_due()

    Session.objects.update(ends_at=session.starts_at + 7 * HOUR)

    assert (attendance.count_changed(), attendance.count_changed()) == (1, 0)
    assert (minutes(ticket), attended.sum_of(ticket).of_minutes) == ([420], 420)


def test_a_row_that_was_taken_away_counts_no_more_though_another_came(session, workshop):
    ticket = make_ticket(workshop)
    first = be_there(session, 0, 6)
    attendance.count_due()

    first.delete()
    be_there(session, 0, 1)

    assert (attendance.count_due() + attendance.count_changed(), minutes(ticket)) == (1, [60])


def test_that_raw_rows_are_erased_takes_no_minutes_away(session, workshop):
    ticket = make_ticket(workshop)
    be_there(session, 0, 6)
    attendance.count_due()

    erase_presences(Presence.objects.all())

    assert (attendance.count_changed(), minutes(ticket)) == (0, [360])


def test_an_uploaded_file_is_taken_back_by_a_confirmed_act_with_a_reason(client, workshop, session):
    ticket = make_ticket(workshop)
    be_there(session, 0, 1)
    be_there(session, 1, 5, source=Presence.Source.FILE, email="noor@example.org")
    attendance.count_due()
    address = page_of(AttendanceSheet.objects.get())
    before, [file] = minutes(ticket), uploads.files_of(session)
    answers = {"take_back": "1", "upload-because": "By the clock of Paris", "upload-is_meant": "on"}
    answers |= {"upload-file": file.stored_at.isoformat()}

    desk(client)
    refused = [client.post(address, answers | {name: ""}) for name in ("upload-because", "upload-is_meant")]
    assert ([each.status_code for each in refused], minutes(ticket)) == ([422, 422], [300])
    pages = [client.post(address, answers, follow=True).text for _ in range(2)]

    assert (before, minutes(ticket)) == ([300], [60])
    assert list(Presence.objects.values_list("source", flat=True)) == ["report"]
    assert ["are taken back: 1." in pages[0], "It is taken back already." in pages[1]] == [True, True]
    entry = AuditEntry.objects.get(model="courses.session", object_id=session.pk)
    assert (entry.after, entry.reason) == ("taken back, rows: 1", "By the clock of Paris")


def test_of_two_files_the_other_stays(client, workshop, session, time_machine):
    ticket, start = make_ticket(workshop), session.starts_at
    early = ReadStay("Noor", "noor@example.org", start, start + HOUR)
    late = ReadStay("Noor", "noor@example.org", start + 2 * HOUR, start + 5 * HOUR)
    for told in ([early], [early, late]):
        assert uploads.store_file(session, told) == 1
        time_machine.move_to(timezone.now() + timedelta(minutes=1))
    attendance.count_due()
    first, second = uploads.files_of(session)

    page = desk(client).get(page_of(AttendanceSheet.objects.get())).text
    assert page.count("1 row, stored ") == 2
    attendance.take_upload_back(AttendanceSheet.objects.get(), second, because="By the clock of Paris")

    assert (minutes(ticket), uploads.files_of(session)) == ([60], [first])


def test_without_a_file_nothing_is_to_be_taken_back(client, workshop, session):
    be_there(session, 0, 1)
    attendance.count_due()

    assert "Take an uploaded file back" not in desk(client).get(page_of(AttendanceSheet.objects.get())).text


def test_who_somebody_was_can_be_said_otherwise_and_taken_back(client, workshop, session):
    right, wrong = make_ticket(workshop), make_ticket(workshop, attendee_name="Ben", attendee_email="b@example.org")
    be_there(session, 0, 6, name="iPad", email="")
    attendance.count_due()
    sheet, counted = AttendanceSheet.objects.get(), []
    [name] = the_choice(desk(client).get(page_of(sheet)).text)
    client.post(page_of(sheet), {"recognise": "1", name: str(wrong.pk)})
    for choice in (str(wrong.pk), str(right.pk), "nobody", ""):
        page = client.post(page_of(sheet), {"change": "1", f"said-{name}": choice}, follow=True)
        sheet.refresh_from_db()
        counted.append((minutes(right), minutes(wrong), sheet.unknown, the_choice(page.text)))

    assert counted == [
        ([0], [360], 0, []),
        ([360], [0], 0, []),
        ([0], [0], 0, []),
        ([0], [0], 1, [name]),
    ]
    entries = AuditEntry.objects.filter(model="learning.recognition").order_by("pk")
    changes = [entry.changes["ticket"] for entry in entries if entry.changes]
    assert [each[0] != each[1] for each in changes] == [True, True]
    assert [entry.after for entry in entries if not entry.changes] == ["added", "deleted"]


def test_a_host_is_nobody_who_booked_unless_they_booked(session, workshop):
    for email in ("host@example.org", "teaching@example.org"):
        Host.objects.create(email=email)
    ticket = make_ticket(workshop, attendee_email="teaching@example.org")
    for email in ("Host@example.org", "teaching@example.org"):
        be_there(session, 0, 6, name="The practice", email=email)

    attendance.count_due()

    assert (AttendanceSheet.objects.get().unknown, minutes(ticket)) == (0, [360])
    assert list(jobs.people_nobody_knows()) == []


def test_a_presenter_is_said_once_for_all_sessions_of_the_course(client, session, workshop):
    day = timezone.localdate() - timedelta(days=2)
    other = make_workshop(day=day, course=workshop.course)
    elsewhere = make_workshop(day=day)
    for each in (session, other.sessions.get(), elsewhere.sessions.get()):
        be_there(each, 0, 6, name="Omar", email="omar@example.org")
    attendance.count_due()
    sheet = AttendanceSheet.objects.get(session=session)
    [name] = the_choice(desk(client).get(page_of(sheet)).text)

    client.post(page_of(sheet), {"recognise": "1", name: "nobody"})
    attendance.count_changed()

    unknown = {each.session.workshop: each.unknown for each in AttendanceSheet.objects.all()}
    assert unknown == {workshop: 0, other: 0, elsewhere: 1}
    ticket = make_ticket(other, attendee_name="Omar")
    page = page_of(AttendanceSheet.objects.get(session__workshop=other))
    client.post(page, {"change": "1", f"said-{name}": str(ticket.pk)})
    assert minutes(ticket) == [360]
