from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from courses.models import Ticket, TicketType, Workshop
from learning import publishing, tellings
from learning.models import Attendance, AttendanceSheet, FeedbackGiven, Recording, RecordingExtension
from outbox.models import Message
from tests.builders import at, make_practice, make_recording, make_ticket, make_ticket_type, make_user, make_workshop
from tests.orders.purchases import buy

pytestmark = pytest.mark.django_db
DAY = date(2027, 2, 5)
END = at("2027-02-05 16:00", "Europe/London")
PUBLISHED = at("2027-02-06 12:00", "Europe/London")
LAST = at("2027-03-07 00:00", "Europe/London")  # the end of the 28th day after


@pytest.fixture
def workshop(time_machine):
    time_machine.move_to(at("2027-01-01 12:00"))
    make_practice()
    return make_workshop(day=DAY, catch_up_days=28)


@pytest.fixture
def recording(workshop):
    workshop.recording_published_at = PUBLISHED
    workshop.save()
    return make_recording(workshop, published_at=PUBLISHED)


def place(workshop, **fields):
    return make_ticket(workshop, **({"confirmed_at": at("2027-01-01 12:00")} | fields))


def keys():
    return [message.key for message in Message.objects.order_by("pk")]


def test_everybody_who_may_watch_is_told_once_that_they_can(workshop, recording, time_machine):
    ticket = place(workshop)
    place(workshop, status=Ticket.Status.CANCELLED)
    place(workshop, confirmed_at=PUBLISHED + timedelta(minutes=1))  # told by the booking
    time_machine.move_to(PUBLISHED + timedelta(hours=1))

    assert [tellings.tell_of_recordings(), tellings.tell_of_recordings()] == [1, 0]
    message = Message.objects.get()
    assert (message.to, message.useless_after) == (ticket.attendee_email, LAST)
    assert (
        f"until the end of Saturday 6 March 2027, London time.\n\n{recording.title}: Without captions" in message.text
    )
    assert ticket.get_absolute_url() in message.text
    assert recording.url not in message.text + message.html


def test_the_organisers_words_go_with_a_recording(workshop, recording, client, time_machine):
    words = "The first <b>ten</b> minutes & the end are missing."
    Recording.objects.update(note=words)
    ticket = place(workshop)
    time_machine.move_to(PUBLISHED + timedelta(hours=1))

    tellings.tell_of_recordings()

    message, shown = Message.objects.get(), escape(words)
    assert (f"{recording.captions_words}\n{words}\n" in message.text, shown in message.html) == (True, True)
    for page in (ticket.get_absolute_url(), reverse("learning:recording", args=[ticket.secret, recording.pk])):
        assert shown in client.get(page).content.decode()


def test_several_that_are_published_at_once_make_one_mail(workshop, recording, time_machine):
    make_recording(workshop, title="Afternoon", published_at=PUBLISHED + timedelta(minutes=1))
    place(workshop)
    time_machine.move_to(PUBLISHED + timedelta(hours=1))

    assert (tellings.tell_of_recordings(), Message.objects.get().text.count("Without captions")) == (1, 2)


def test_nobody_is_told_while_they_are_still_being_published(workshop, recording, time_machine):
    place(workshop)
    time_machine.move_to(PUBLISHED + tellings.SETTLED - timedelta(seconds=1))
    assert tellings.tell_of_recordings() == 0
    time_machine.move_to(PUBLISHED + tellings.SETTLED)
    assert tellings.tell_of_recordings() == 1


def test_what_is_published_a_day_later_is_told_of_once_more(workshop, recording, time_machine):
    place(workshop)
    time_machine.move_to(PUBLISHED + timedelta(hours=1))
    tellings.tell_of_recordings()
    make_recording(workshop, title="Afternoon", published_at=PUBLISHED + timedelta(days=1))
    time_machine.move_to(PUBLISHED + timedelta(days=1, hours=1))

    assert [tellings.tell_of_recordings(), tellings.tell_of_recordings()] == [1, 0]
    assert [message.text.count("Without captions") for message in Message.objects.order_by("pk")] == [1, 2]


def test_who_may_still_cancel_is_told_until_when_it_stays_closed(workshop, recording, time_machine, standin):
    time_machine.move_to(PUBLISHED - timedelta(hours=1))
    kind = make_ticket_type(workshop, "Catch-up only", "85.00", access=TicketType.Access.CATCH_UP)
    buy(standin, workshop, ticket_types=[kind])
    Message.objects.all().delete()
    time_machine.move_to(PUBLISHED + timedelta(hours=1))

    assert tellings.tell_of_recordings() == 1
    message = Message.objects.get()
    assert message.subject == f"The recording is here: {workshop.title}"
    assert "may change their mind until the end of Saturday 20 February 2027, London time." in message.text


@pytest.mark.parametrize("fields", [{"published_at": None}, {"published_at": PUBLISHED - timedelta(days=4)}])
def test_what_is_not_published_or_no_news_is_told_to_nobody(workshop, time_machine, fields):
    make_recording(workshop, **fields)
    place(workshop)
    time_machine.move_to(PUBLISHED)

    assert tellings.tell_of_recordings() == 0


def test_a_week_and_a_day_before_it_closes_people_are_told_once_each(workshop, recording, time_machine):
    ticket = place(workshop)
    counts = []
    for before in (timedelta(days=8), timedelta(days=7), timedelta(days=5), timedelta(days=1), timedelta(0)):
        time_machine.move_to(LAST - before)
        counts += [tellings.tell_of_ends(), tellings.tell_of_ends()]

    assert counts == [0, 0, 1, 0, 0, 0, 1, 0, 0, 0]
    assert keys() == [f"recording-ends:{ticket.pk}:20270307:{name}" for name in ("7d", "1d")]
    assert "until the end of Saturday 6 March 2027" in Message.objects.first().text


def test_two_recordings_that_close_on_two_days_are_told_each_with_its_own(workshop, recording, time_machine):
    ticket = place(workshop)
    make_recording(workshop, title="Afternoon", published_at=PUBLISHED + timedelta(days=10))
    workshop.recording_published_at = PUBLISHED + timedelta(days=10)
    workshop.save()
    time_machine.move_to(PUBLISHED + timedelta(days=10, hours=1))

    tellings.tell_of_recordings()
    text = Message.objects.get().text
    assert "is open to you until the day that each part has." in text
    assert f"{recording.title}, until the end of Saturday 6 March 2027, London time: Without" in text
    assert "Afternoon, until the end of Tuesday 16 March 2027, London time: Without" in text

    Message.objects.all().delete()
    for day in range(20):
        time_machine.move_to(LAST + timedelta(days=day - 8, hours=1))
        tellings.tell_of_ends()
    told = [f"recording-ends:{ticket.pk}:{end}:{name}" for end in ("20270307", "20270317") for name in ("7d", "1d")]
    assert keys() == told
    texts = [message.text for message in Message.objects.order_by("pk")]
    assert [f"That is: {recording.title}. The rest has a day of its own" in text for text in texts] == [
        True,
        True,
        False,
        False,
    ]
    assert ["until the end of Tuesday 16 March 2027" in text for text in texts] == [False, False, True, True]
    assert [message.useless_after for message in Message.objects.order_by("pk")][:2] == [LAST, LAST]


def test_the_page_says_one_day_where_all_close_on_it_and_of_several_each_its_own(
    client, workshop, recording, time_machine
):
    ticket = place(workshop)
    time_machine.move_to(PUBLISHED + timedelta(days=11))
    one = client.get(ticket.get_absolute_url()).text
    make_recording(workshop, title="Afternoon", published_at=PUBLISHED + timedelta(days=10))
    two = client.get(ticket.get_absolute_url()).text
    time_machine.move_to(LAST)
    later = client.get(ticket.get_absolute_url()).text

    ends = ["the end of Saturday 6 March 2027", "the end of Tuesday 16 March 2027"]
    assert [[page.count(f"pen to you until {end}") for end in ends] for page in (one, two, later)] == [
        [1, 0],
        [0, 0],
        [0, 1],
    ]
    assert "are open to you, each until its own day" in two
    assert [two.count(f"Open until {end}") for end in ends] == [1, 1]


def test_whoever_may_watch_for_longer_is_told_by_their_own_last_day(workshop, recording, time_machine):
    ticket = place(workshop)
    RecordingExtension.objects.create(ticket=ticket, last_day=date(2027, 4, 30), reason="Travelling")
    time_machine.move_to(LAST - timedelta(days=6))
    assert tellings.tell_of_ends() == 0

    time_machine.move_to(at("2027-04-25 12:00"))
    assert (tellings.tell_of_ends(), keys()) == (1, [f"recording-ends:{ticket.pk}:20270430:7d"])


def end_later_for_one(client, ticket):
    page = reverse("admin:learning_recordingextension_add")
    form = client.get(page).context["adminform"].form
    typed = {each.html_name: each.value() or "" for each in form}
    client.post(page, typed | {"ticket": ticket.pk, "last_day": "2027-04-30", "reason": "Travelling"})


def end_later_for_all(client, ticket):
    Workshop.objects.update(catch_up_days=40)
    tellings.tell_of_ends()


def take_it_back(client, ticket):
    publishing.take_back_recording(ticket.workshop.recordings.get())
    tellings.tell_of_ends()


@pytest.mark.parametrize("change", [end_later_for_one, end_later_for_all, take_it_back])
def test_what_waits_and_says_a_day_that_moved_is_not_sent(workshop, recording, time_machine, client, change):
    """The mail server was down when it was due."""
    ticket = place(workshop)
    other = place(make_workshop(day=DAY, catch_up_days=28, recording_published_at=PUBLISHED))
    make_recording(other.workshop, published_at=PUBLISHED)
    time_machine.move_to(LAST - timedelta(days=6))
    assert tellings.tell_of_ends() == 2
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))

    change(client, ticket)

    [old] = Message.objects.filter(key=f"recording-ends:{ticket.pk}:20270307:7d")
    assert old.state == "skipped"
    assert [each.to for each in Message.objects.filter(state="queued", key__startswith="recording-ends")] == [
        other.attendee_email
    ] * (change is not end_later_for_all)


def test_who_was_there_is_asked_once_and_told_what_the_certificate_waits_for(workshop, time_machine):
    ticket = place(workshop)
    FeedbackGiven.objects.create(ticket=place(workshop))
    time_machine.move_to(END)
    assert tellings.ask_for_feedback() == 0
    time_machine.move_to(END + timedelta(hours=1))

    assert [tellings.ask_for_feedback(), tellings.ask_for_feedback()] == [1, 0]
    message = Message.objects.get()
    assert message.to == ticket.attendee_email
    assert "- It is not known yet how long you were there." in message.text


@pytest.mark.parametrize(("is_told", "asked"), [(True, ["there@example.org"]), (False, ["away@example.org"] * 2)])
def test_whoever_is_known_to_have_been_away_is_not_thanked_for_having_been_there(
    workshop, time_machine, is_told, asked
):
    there, away = (place(workshop, attendee_email=f"{name}@example.org") for name in ("there", "away"))
    time_machine.move_to(END + timedelta(hours=1))
    session = workshop.sessions.get()
    AttendanceSheet.objects.create(session=session, is_told=is_told)
    Attendance.objects.create(session=session, ticket=away, minutes=0)
    if is_told:
        Attendance.objects.create(session=session, ticket=there, minutes=1)
    else:
        Ticket.objects.update(attendee_email=away.attendee_email)

    assert tellings.ask_for_feedback() == len(asked)
    assert [message.to for message in Message.objects.all()] == asked


def test_whoever_has_the_recording_alone_is_asked_a_day_after_they_opened_it(workshop, recording, time_machine):
    place(workshop)  # live: that it is over is no news by then
    opened_at = PUBLISHED + timedelta(days=10)
    fields = {"access": TicketType.Access.CATCH_UP, "place_number": None}
    ticket = place(workshop, attendee_email="later@example.org", recording_opened_at=opened_at, **fields)
    place(workshop, **fields)  # never opened it
    counts = []
    for after in (timedelta(hours=23), timedelta(days=1), timedelta(days=2)):
        time_machine.move_to(opened_at + after)
        counts.append(tellings.ask_for_feedback())

    assert counts == [0, 1, 0]
    message = Message.objects.get()
    assert (message.to, message.key) == (ticket.attendee_email, f"feedback:{ticket.pk}")
    assert "thank you for watching: " in message.text
    assert "thank you for watching" in " ".join(message.html.split())


def test_what_was_opened_long_ago_is_asked_of_nobody(workshop, recording, time_machine):
    opened_at = PUBLISHED + timedelta(days=10)
    place(workshop, access=TicketType.Access.CATCH_UP, place_number=None, recording_opened_at=opened_at)
    time_machine.move_to(opened_at + timedelta(days=4))

    assert tellings.ask_for_feedback() == 0


def test_nobody_is_told_anything_of_a_cancelled_workshop(workshop, recording, time_machine):
    place(workshop)
    workshop.status = "cancelled"
    workshop.save()
    for moment in (END + timedelta(hours=2), PUBLISHED + timedelta(hours=1), LAST - timedelta(hours=20)):
        time_machine.move_to(moment)
        assert [tellings.tell_of_recordings(), tellings.tell_of_ends(), tellings.ask_for_feedback()] == [0, 0, 0]


def test_a_round_over_many_people_who_were_told_asks_no_more_than_over_few(workshop, recording, time_machine):
    counts = []
    for more in (1, 1, 4):  # in the first round nothing waits yet that was told before
        for _ in range(more):
            place(workshop)
        asked = []
        for moment in (END + timedelta(hours=2), PUBLISHED + timedelta(hours=1), LAST - timedelta(hours=20)):
            time_machine.move_to(moment)
            for tell in (tellings.ask_for_feedback, tellings.tell_of_recordings, tellings.tell_of_ends):
                tell()
                with CaptureQueriesContext(connection) as queries:
                    tell()
                asked.append(len(queries))
        counts.append(asked)

    assert counts[1] == counts[2]
    assert max(counts[0]) > 4  # something was looked for
