from datetime import timedelta

import pytest
from django.db import transaction

from courses import reminders, schedule
from courses.models import Session, Ticket, TicketType, Workshop
from courses.seats import places
from outbox.delivery import deliver_due
from outbox.models import Message
from outbox.post import Words, on, queue_plain
from tests.builders import at, make_cities, make_practice, make_session, make_ticket, make_workshop
from tests.markup import answered

pytestmark = pytest.mark.django_db
START = at("2027-02-05 19:00", "Europe/London")


@pytest.fixture
def workshop(time_machine):
    time_machine.move_to(at("2027-01-01 12:00"))
    make_practice()
    make_cities()
    return make_workshop(day=START.date(), start=START.time(), end=at("2027-02-05 21:00").time())


def attendee(workshop, **fields):
    long_ago = at("2027-01-01 12:00")
    return make_ticket(workshop, **({"confirmed_at": long_ago} | fields))


def test_an_attendee_is_reminded_once_in_her_own_zone_and_the_organisers(workshop, time_machine):
    ticket = attendee(workshop, attendee_time_zone="Asia/Kolkata")
    time_machine.move_to(START - timedelta(hours=24))

    counts = [reminders.remind(), reminders.remind()]

    message = Message.objects.get()
    assert (counts, message.to, message.useless_after) == ([1, 0], ticket.attendee_email, START)
    assert "London: Friday 5 February 2027, 19:00–21:00 GMT (UTC+0)" in message.text
    assert "Kolkata: Saturday 6 February 2027, 00:30–02:30 IST (UTC+5:30)" in message.text
    assert "IST (UTC+5:30)" in message.html
    assert ["Live on Zoom, with " in each for each in (message.text, message.html)] == [True, True]
    assert "zoom.example" not in message.text


@pytest.mark.parametrize("hours", [7 * 24 + 1, 0, -1])
def test_nobody_is_reminded_too_early_or_after_the_start(workshop, time_machine, hours):
    attendee(workshop)
    time_machine.move_to(START - timedelta(hours=hours))

    assert reminders.remind() == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"status": Ticket.Status.CANCELLED},
        {"status": Ticket.Status.HELD, "held_until": START},
        {"access": TicketType.Access.CATCH_UP, "place_number": None},
        {"confirmed_at": START - timedelta(hours=23)},
    ],
)
def test_only_live_places_booked_before_are_reminded(workshop, time_machine, fields):
    attendee(workshop, **fields)
    time_machine.move_to(START - timedelta(hours=2))

    assert reminders.remind() == 0


def test_who_booked_within_a_day_of_the_new_start_is_reminded_because_it_moved(workshop, time_machine):
    """What they were told when they booked was the old time."""
    attendee(workshop, confirmed_at=START - timedelta(hours=23))
    attendee(workshop, confirmed_at=START - timedelta(hours=3), attendee_email="after@example.org")
    Workshop.objects.update(changed_at=START - timedelta(hours=4))
    time_machine.move_to(START - timedelta(hours=2))

    assert reminders.remind() == 1
    assert Message.objects.get().to == "noor@example.org"


def test_a_cancelled_workshop_reminds_nobody(workshop, time_machine):
    attendee(workshop)
    Workshop.objects.update(status=Workshop.Status.CANCELLED)
    time_machine.move_to(START - timedelta(hours=2))

    assert reminders.remind() == 0


def test_a_session_that_moved_is_told_of_anew(workshop, time_machine):
    attendee(workshop)
    time_machine.move_to(START - timedelta(hours=20))
    reminders.remind()

    Session.objects.update(revision=1)

    assert reminders.remind() == 1


def test_a_reminder_that_waited_past_the_start_is_not_sent(workshop, time_machine, mailoutbox):
    attendee(workshop)
    time_machine.move_to(START - timedelta(hours=2))
    reminders.remind()
    time_machine.move_to(START + timedelta(minutes=1))

    deliver_due()

    assert (len(mailoutbox), Message.objects.get().state) == (0, Message.State.SKIPPED)


def test_a_week_a_day_and_an_hour_before_she_is_reminded_once_each(workshop, time_machine):
    attendee(workshop)
    sent = []
    for before in (timedelta(days=8), timedelta(days=7), timedelta(days=6), timedelta(hours=24), timedelta(hours=1)):
        time_machine.move_to(START - before)
        sent += [(before, reminders.remind())]

    assert [count for _, count in sent] == [0, 1, 0, 1, 1]
    messages = Message.objects.order_by("pk")
    assert [each.text.splitlines()[0].split(".")[0] for each in messages] == [
        "It starts on Friday 5 February 2027, at 19:00 in London",
        "It starts tomorrow, at 19:00 in London",
        "It starts within the hour",
    ]
    assert [each.useless_after for each in messages] == [START - timedelta(hours=24), START, START]


def test_whoever_was_not_reminded_in_time_gets_the_nearest_alone(workshop, time_machine):
    attendee(workshop)
    time_machine.move_to(START - timedelta(minutes=40))

    assert (reminders.remind(), Message.objects.get().key.rpartition(":")[2]) == (1, "1h")


def test_of_sessions_within_a_week_the_first_alone_is_told_of_a_week_before(workshop, time_machine):
    make_session(workshop, START.date() + timedelta(days=1))
    make_session(workshop, START.date() + timedelta(days=30))
    attendee(workshop)
    time_machine.move_to(START - timedelta(days=5))
    assert reminders.remind() == 1

    time_machine.move_to(START + timedelta(days=24))
    assert reminders.remind() == 1


def test_an_attendee_says_which_reminders_she_wants(workshop, time_machine, client):
    ticket, other = attendee(workshop), attendee(workshop)
    page = f"{ticket.get_absolute_url()}reminders/"

    client.get(page)
    assert reminders.wanted_of(ticket) == ["7d", "24h", "1h"]
    answer = client.post(page, {"wanted": ["24h"]}, follow=True)

    assert answered(answer).startswith("Your choice is kept. From now on you get the reminders that are ticked below")
    assert answered(client.get(page)) == ""
    assert (reminders.wanted_of(ticket), reminders.wanted_of(other)) == (["24h"], ["7d", "24h", "1h"])
    time_machine.move_to(START - timedelta(minutes=50))
    assert [reminders.remind(), Message.objects.get().to] == [1, other.attendee_email]


@pytest.mark.parametrize("wanted", [["never"], ["24h", "x" * 999]])
def test_a_reminder_that_there_is_not_is_refused_and_changes_nothing(workshop, client, wanted):
    ticket = attendee(workshop)

    assert client.post(f"{ticket.get_absolute_url()}reminders/", {"wanted": wanted}).status_code == 422
    assert reminders.wanted_of(ticket) == ["7d", "24h", "1h"]


def cancel(ticket):
    places.cancel_ticket(ticket)


def cancel_with_others(ticket):
    with transaction.atomic():
        places.cancel_tickets(places.lock_workshop(ticket.workshop_id), tickets=[ticket])


def hold_again(ticket):
    places.hold_again([ticket], until=START)


def hand_over(ticket):
    places.hand_over(ticket, to=places.Attendee("Ada Field", "ada@example.org", "Europe/Paris"))


def turn_off(ticket):
    reminders.set_wanted(ticket, ["7d", "1h"])


@pytest.mark.parametrize("end", [cancel, cancel_with_others, hold_again, hand_over, turn_off])
def test_a_reminder_that_waits_is_not_sent_once_its_place_has_ended_or_it_is_turned_off(
    workshop, time_machine, mailoutbox, end
):
    """The mail server was down when it was due."""
    ticket, other = attendee(workshop), attendee(workshop, attendee_email="other@example.org")
    time_machine.move_to(START - timedelta(hours=20))
    assert reminders.remind() == 2

    end(ticket)
    deliver_due()

    assert [mail.to for mail in mailoutbox] == [[other.attendee_email]]


def test_what_was_turned_off_while_it_waited_and_is_wanted_again_is_sent(workshop, time_machine, mailoutbox):
    ticket = attendee(workshop)
    time_machine.move_to(START - timedelta(hours=20))
    assert reminders.remind() == 1

    reminders.set_wanted(ticket, ["7d", "1h"])
    assert reminders.remind() == 0
    reminders.set_wanted(ticket, ["7d", "24h", "1h"])

    assert (reminders.remind(), reminders.remind()) == (1, 0)
    deliver_due()
    assert [mail.to for mail in mailoutbox] == [[ticket.attendee_email]]


def test_what_was_sent_is_not_sent_again_however_often_it_is_turned_off_and_on(workshop, time_machine, mailoutbox):
    ticket = attendee(workshop)
    time_machine.move_to(START - timedelta(hours=20))
    reminders.remind()
    deliver_due()

    reminders.set_wanted(ticket, [])
    reminders.set_wanted(ticket, ["7d", "24h", "1h"])

    assert (reminders.remind(), len(mailoutbox)) == (0, 1)


def test_a_reminder_that_waits_is_not_sent_once_its_session_has_moved_or_is_gone(workshop, time_machine, mailoutbox):
    attendee(workshop)
    other = make_session(workshop, START.date(), start=at("2027-02-05 22:00").time(), end=at("2027-02-05 23:00").time())
    time_machine.move_to(START - timedelta(hours=20))
    assert reminders.remind() == 2
    first = workshop.sessions.exclude(pk=other.pk).get()
    first.end_time = at("2027-02-05 21:30").time()

    schedule.store_sessions(workshop, kept=[first], removed=[other])
    deliver_due()
    assert mailoutbox == []
    reminders.remind()
    deliver_due()

    [mail] = mailoutbox
    assert "19:00–21:30" in mail.body


@pytest.mark.parametrize("wanted", [["24h"], ["7d", "24h", "1h"]])
def test_what_is_wanted_still_is_sent_and_other_mails_of_the_place_are(workshop, time_machine, mailoutbox, wanted):
    ticket = attendee(workshop)
    time_machine.move_to(START - timedelta(hours=20))
    reminders.remind()
    queue_plain(key="another", to="noor@example.org", words=Words("Another", "Another"), about=on(ticket))

    reminders.set_wanted(ticket, wanted)
    deliver_due()

    assert len(mailoutbox) == 2
