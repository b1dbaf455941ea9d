"""Zoom's meetings are what the sessions say, whatever happens on the way."""

from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from courses.models import Session, Workshop
from meetings import hosting, syncing
from meetings.models import Host, Meeting
from tests.builders import make_session, make_workshop

pytestmark = pytest.mark.django_db
HOST, OTHER_HOST = "host@example.org", "second@example.org"


def make(**fields):
    """A published workshop whose session has no link."""
    workshop = make_workshop(**fields)
    Session.objects.filter(workshop=workshop).update(join_url="")
    return workshop


def again():
    """When what was put off is due."""
    Meeting.objects.update(next_attempt_at=timezone.now())
    return syncing.sync_meetings()


def test_a_session_without_a_link_gets_a_meeting_and_each_change_is_told_once(zoom):
    session = make().sessions.get()

    assert (syncing.sync_meetings(), syncing.sync_meetings()) == (1, 0)
    Session.objects.update(starts_at=session.starts_at + timedelta(minutes=15))
    assert (syncing.sync_meetings(), syncing.sync_meetings()) == (1, 0)

    (made,) = zoom.meetings
    start = session.starts_at + timedelta(minutes=15)
    assert (made["start_time"], made["duration"]) == (start.strftime("%Y-%m-%dT%H:%M:%SZ"), 345)
    assert (made["settings"]["join_before_host"], made["settings"]["registrants_confirmation_email"]) == (False, False)
    assert Meeting.objects.get().number == made["id"]


@pytest.mark.parametrize(
    "how",
    [
        {"status": Workshop.Status.DRAFT},
        {"status": Workshop.Status.CANCELLED, "cancelled_because": "Ill."},
        {"day": date(2020, 1, 10)},
    ],
    ids=["a draft", "cancelled", "over"],
)
def test_what_is_not_published_or_over_gets_no_meeting(zoom, how):
    make(**how)

    syncing.sync_meetings()

    assert (zoom.meetings, zoom.asked("POST")) == ([], [])


def test_a_typed_link_stands_and_zoom_is_not_asked(zoom):
    make_workshop()

    assert (syncing.sync_meetings(), zoom.requests) == (0, [])


def test_by_hand_nobody_asks_zoom(zoom, settings):
    settings.SESSION_PROVIDER = "manual"
    make()

    assert (syncing.sync_meetings(), syncing.check_meetings(), zoom.requests) == (0, 0, [])


@pytest.mark.parametrize("end", ["cancelled", "typed", "removed"])
def test_a_meeting_goes_with_what_it_was_for(zoom, end):
    workshop = make()
    syncing.sync_meetings()

    if end == "cancelled":
        Workshop.objects.update(status=Workshop.Status.CANCELLED, cancelled_because="Ill.")
    elif end == "typed":
        Session.objects.update(join_url="https://zoom.us/j/1")
    else:
        workshop.sessions.all().delete()

    assert (syncing.sync_meetings(), syncing.sync_meetings(), zoom.meetings) == (1, 0, [])
    assert Meeting.objects.exclude(number=None).count() == 0


@pytest.mark.parametrize("end", ["cancelled", "removed"])
def test_what_is_called_off_while_people_are_in_it_goes_once_they_have_left(zoom, end, time_machine):
    workshop = make()
    syncing.sync_meetings()
    open_in(timedelta(hours=-5))
    zoom.go_on(Meeting.objects.get().number, is_on=True)
    if end == "cancelled":
        Workshop.objects.update(status=Workshop.Status.CANCELLED, cancelled_because="Ill.")
    else:
        workshop.sessions.all().delete()

    assert (syncing.sync_meetings(), len(zoom.meetings)) == (0, 1)
    words = "People are in the meeting: it goes once they have left (HTTP 400, code 3002)."
    assert Meeting.objects.get().last_error == words

    zoom.go_on(Meeting.objects.get().number, is_on=False)
    time_machine.move_to(timezone.now() + timedelta(hours=3))  # long after its end
    assert (syncing.sync_meetings(), zoom.meetings) == (1, [])
    assert Meeting.objects.exclude(number=None).count() == 0


def open_in(meeting_opens_in):
    """As if the session opened so much later than now."""
    now = timezone.now()
    start = now + meeting_opens_in + Session.OPENS_BEFORE
    span = {"starts_at": start, "ends_at": start + timedelta(hours=6)}
    Session.objects.update(**span)
    Meeting.objects.update(**span, report_at=span["ends_at"] + syncing.REPORT_AFTER)


@pytest.mark.parametrize(
    ("opens_in", "is_kept"),
    [(timedelta(minutes=1), False), (timedelta(0), True), (timedelta(hours=-2), True), (timedelta(hours=-7), True)],
    ids=["before it opens", "as it opens", "while it goes on", "once it is over"],
)
def test_a_link_that_is_typed_once_people_may_come_in_leaves_the_meeting_and_its_report(zoom, opens_in, is_kept):
    make()
    syncing.sync_meetings()
    open_in(opens_in)
    known = Meeting.objects.get()

    Session.objects.update(join_url="https://zoom.us/j/1")
    again()
    again()

    meeting = Meeting.objects.get()
    assert len(zoom.meetings) == is_kept
    assert [meeting.number, meeting.report_at] == ([known.number, known.report_at] if is_kept else [None, None])
    assert (meeting.standing == "another link was typed: it stays for its report") == is_kept


def test_one_that_was_never_heard_of_goes_though_people_may_come_in(zoom):
    make()
    zoom.fail("POST", "*/meetings", "drop_after")
    syncing.sync_meetings()
    open_in(timedelta(hours=-1))
    Session.objects.update(join_url="https://zoom.us/j/1")

    assert (again(), zoom.meetings) == (1, [])


def test_what_is_taken_off_the_site_for_a_while_keeps_its_meeting(zoom):
    make()
    syncing.sync_meetings()

    Workshop.objects.update(status=Workshop.Status.DRAFT)

    assert (syncing.sync_meetings(), len(zoom.meetings)) == (0, 1)


@pytest.mark.parametrize("kind", ["drop_after", "garbage"])
def test_a_meeting_whose_answer_got_lost_is_found_and_never_made_twice(zoom, kind):
    make()
    zoom.fail("POST", "*/meetings", kind)

    assert syncing.sync_meetings() == 0
    assert (Meeting.objects.get().number, Meeting.objects.get().attempts) == (None, 1)
    assert (again(), len(zoom.meetings), len(zoom.asked("POST", "*/meetings"))) == (1, 1, 1)
    assert Meeting.objects.get().number == zoom.meetings[0]["id"]


def test_a_meeting_that_was_lost_is_found_at_its_host_though_the_session_has_moved_to_where_that_is_taken(zoom):
    first = make()
    syncing.sync_meetings()
    day = timezone.localdate() + timedelta(days=60)
    moved = make(day=day).sessions.get()
    zoom.fail("POST", "*/meetings", "drop_after")
    syncing.sync_meetings()
    Host.objects.create(email=OTHER_HOST)
    span = {"starts_at": first.sessions.get().starts_at, "ends_at": first.sessions.get().ends_at}
    Session.objects.filter(pk=moved.pk).update(**span)

    for _ in range(3):
        again()

    assert sorted(each["host"] for each in zoom.meetings) == [HOST, OTHER_HOST]


def test_one_that_was_lost_and_is_not_wanted_any_more_is_found_and_deleted(zoom):
    make()
    zoom.fail("POST", "*/meetings", "drop_after")
    syncing.sync_meetings()
    Workshop.objects.update(status=Workshop.Status.CANCELLED, cancelled_because="Ill.")

    assert (again(), zoom.meetings) == (1, [])


def test_what_never_arrived_is_made_on_the_second_try(zoom):
    make()
    zoom.fail("POST", "*/meetings", "drop_before")

    assert (syncing.sync_meetings(), again(), len(zoom.meetings)) == (0, 1, 1)


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (429, {"Retry-After": "90"}, 90),
        (429, {"Retry-After": "2099-01-01T00:00:00Z"}, 86400),
        (429, {"X-RateLimit-Reset": "30"}, 30),
        (429, {}, 60),
        (500, {}, 60),
        (503, {"Retry-After": "nonsense"}, 60),
    ],
)
def test_who_is_too_busy_is_asked_again_when_it_said_so(zoom, status, headers, seconds):
    make()
    zoom.fail("POST", "*/meetings", "status", status=status, headers=headers)
    before = timezone.now()

    assert syncing.sync_meetings() == 0

    meeting = Meeting.objects.get()
    assert abs((meeting.next_attempt_at - before).total_seconds() - seconds) < 5
    what = "Too many requests" if status == 429 else "Zoom could not answer"
    assert meeting.last_error == f"{what} (HTTP {status}, code {status})."


def test_a_token_that_ended_is_renewed_once(zoom):
    make()
    syncing.sync_meetings()
    zoom.end_tokens()
    Session.objects.update(title="Another")

    assert (syncing.sync_meetings(), len(zoom.asked("POST", "/oauth/token"))) == (1, 2)


def test_wrong_credentials_are_said_in_words_and_ask_for_no_more(zoom, settings):
    settings.ZOOM_CLIENT_SECRET = "wrong"
    for number in range(5):
        make(day=timezone.localdate() + timedelta(days=20 + number))

    syncing.sync_meetings()

    assert len(zoom.requests) == 3
    assert set(Meeting.objects.values_list("last_error", flat=True)) == {
        "",
        "Zoom gives no token (HTTP 400): see to the app's credentials",
    }


def test_what_was_deleted_at_zoom_is_made_anew(zoom):
    make()
    syncing.sync_meetings()
    first = zoom.meetings[0]["id"]
    zoom.delete_by_hand(first)
    Meeting.objects.update(checked_at=None)

    assert (syncing.check_meetings(), syncing.sync_meetings()) == (1, 1)

    assert [each["id"] for each in zoom.meetings] != [first]
    assert Meeting.objects.get().number == zoom.meetings[0]["id"]


def test_who_hears_late_that_a_meeting_is_gone_leaves_the_new_one_alone(zoom):
    make()
    syncing.sync_meetings()
    late = Meeting.objects.get()
    zoom.delete_by_hand(late.number)
    syncing.check(Meeting.objects.select_related("session__workshop__course").get())
    again()

    syncing.forget(late)

    assert [each["id"] for each in zoom.meetings] == [Meeting.objects.get().number]


def test_what_was_changed_at_zoom_is_changed_back(zoom):
    make()
    syncing.sync_meetings()
    topic = zoom.meetings[0]["topic"]
    zoom.meetings[0]["topic"] = "Somebody's own words"
    Meeting.objects.update(checked_at=None)

    assert (syncing.check_meetings(), syncing.sync_meetings(), syncing.check_meetings()) == (1, 1, 0)
    assert zoom.meetings[0]["topic"] == topic


def test_sessions_at_one_time_have_two_hosts_and_a_third_waits_in_words(zoom):
    Host.objects.create(email=OTHER_HOST)
    for _ in range(3):
        make()

    assert syncing.sync_meetings() == 2

    assert sorted(each["host"] for each in zoom.meetings) == [HOST, OTHER_HOST]
    assert [each.last_error for each in Meeting.objects.in_trouble()] == [
        "No host is free at that time: add one, or move the session."
    ]


def test_a_session_that_moves_to_where_its_host_is_taken_gets_another_one(zoom):
    day = timezone.localdate() + timedelta(days=30)
    for start, end in ((time(9), time(11)), (time(14), time(16))):
        make(day=day, start=start, end=end)
        syncing.sync_meetings()
    assert [each["host"] for each in zoom.meetings] == [HOST, HOST]
    Host.objects.create(email=OTHER_HOST)
    first, second = Session.objects.order_by("starts_at")

    Session.objects.filter(pk=second.pk).update(starts_at=first.starts_at, ends_at=first.ends_at)
    syncing.sync_meetings()
    syncing.sync_meetings()

    assert sorted(each["host"] for each in zoom.meetings) == [HOST, OTHER_HOST]


def test_a_host_changes_no_more_than_a_hundred_meetings_a_day(zoom):
    make()
    syncing.sync_meetings()
    Host.objects.update(changes=hosting.MOST_CHANGES)
    Session.objects.update(title="Another")
    before = len(zoom.requests)

    assert (syncing.sync_meetings(), len(zoom.requests) - before) == (0, 0)
    assert Meeting.objects.get().last_error == "Zoom allows its host no more changes today."

    Host.objects.update(changes_on=timezone.localdate() - timedelta(days=1))
    assert again() == 1


def test_a_host_that_zoom_does_not_know_is_said_so(zoom):
    Host.objects.update(email="nobody@example.org")
    make()

    syncing.sync_meetings()

    assert Meeting.objects.get().last_error == "Zoom knows no such host (HTTP 404, code 1001)."


def test_a_host_that_zoom_does_not_know_is_passed_over_for_the_next(zoom):
    Host.objects.update(email="nobody@example.org")
    Host.objects.create(email=OTHER_HOST)
    make()

    assert (syncing.sync_meetings(), [each["host"] for each in zoom.meetings]) == (1, [OTHER_HOST])
    assert Meeting.objects.get().host.email == OTHER_HOST


@pytest.mark.parametrize("asked_at", [None, timezone.now()], ids=["as it is left", "as it was left before"])
def test_a_meeting_does_not_stay_with_a_host_that_zoom_does_not_know(zoom, asked_at):
    unknown = Host.objects.get()
    Host.objects.update(email="nobody@example.org")
    make()
    syncing.sync_meetings()
    if asked_at:
        Meeting.objects.update(host=unknown, asked_at=asked_at)
    Host.objects.update(is_active=False)
    Host.objects.create(email=OTHER_HOST)

    assert (again(), [each["host"] for each in zoom.meetings]) == (1, [OTHER_HOST])
    assert Meeting.objects.get().host.email == OTHER_HOST


def test_what_a_host_that_zoom_does_not_know_was_asked_for_is_over_once_it_is_not_wanted(zoom):
    unknown = Host.objects.get()
    Host.objects.update(email="nobody@example.org")
    workshop = make()
    syncing.sync_meetings()
    Meeting.objects.update(host=unknown, asked_at=timezone.now())
    workshop.sessions.all().delete()

    again()

    assert Meeting.objects.count() == 0


@pytest.mark.parametrize(("kind", "host"), [("drop_before", OTHER_HOST), ("drop_after", HOST)])
def test_who_gets_no_new_meetings_any_more_keeps_the_one_that_may_have_been_made(zoom, kind, host):
    make()
    zoom.fail("POST", "*/meetings", kind)
    syncing.sync_meetings()
    Host.objects.update(is_active=False)
    Host.objects.create(email=OTHER_HOST)

    assert (again(), [each["host"] for each in zoom.meetings]) == (1, [host])
    assert Meeting.objects.get().host.email == host


def test_the_link_that_starts_a_meeting_is_kept_nowhere(zoom, caplog):
    caplog.set_level("DEBUG")
    make()
    syncing.sync_meetings()
    syncing.check_meetings()

    kept = repr(list(Meeting.objects.values())) + caplog.text
    assert ("zak" in kept, "/s/" in kept) == (False, False)


def test_two_workers_take_a_meeting_once(zoom):
    make()
    syncing.note_wanted_sessions()
    rows = [Meeting.objects.select_related("host", "session__workshop__course").get() for _ in range(2)]

    assert [syncing.sync(row) for row in rows] == [1, 0]
    assert len(zoom.meetings) == 1


def test_sessions_of_one_workshop_have_a_meeting_each(zoom):
    workshop = make()
    make_session(workshop, date(2099, 10, 30), join_url="")

    assert (syncing.sync_meetings(), len(zoom.meetings)) == (2, 2)
