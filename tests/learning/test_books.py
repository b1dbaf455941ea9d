"""Each rule of what follows a workshop is broken behind the application's back, and is found, named and told."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from courses.models import Session, Ticket, TicketType, Workshop
from courses.privacy import erase_attendees
from courses.seats.places import Attendee, hand_over
from learning import books, publishing
from learning import recordings as watching
from learning.models import Attendance, Certificate, RecordingExtension, RecordingView
from meetings import registering
from meetings.models import Host, Meeting, Registrant
from orders.models import BooksFinding
from practice_site.desk import jobs
from tests.builders import make_practice, make_recording, make_series, make_ticket, make_user, make_workshop
from tests.learning.certificates import make_certificate, make_past_workshop
from tests.orders import series_purchases

pytestmark = pytest.mark.django_db(transaction=True)


def lower_minutes(_):
    found = make_certificate()
    Attendance.objects.update(corrected_minutes=10)
    return f"certificate {found.serial}", "it says live online, and its rule is not met so"


def take_a_part_out(standin):
    make_practice()
    order = series_purchases.buy(standin, make_series(make_workshop(), make_workshop()))
    whole = make_certificate()
    Certificate.objects.update(order=order)
    return f"certificate {whole.serial}", "it is for a whole series, and rests on 0 places of it"


def open_too_late(_):
    ticket = make_ticket(make_past_workshop())
    recording = make_recording(ticket.workshop, published_at=timezone.now() - timedelta(days=60))
    ends_at = timezone.now() - timedelta(days=32)
    for days, ends in ((50, ends_at), (1, ends_at)):
        opened_at = timezone.now() - timedelta(days=days)
        RecordingView.objects.create(recording=recording, ticket=ticket, opened_at=opened_at, ends_at=ends)
    return f"place {ticket.pk}", f"recording {recording.pk} was opened from it after its end"


def end_a_place(_):
    registrant = registered()
    Ticket.objects.update(status=Ticket.Status.CANCELLED, place_number=None)
    return told_of(registrant)


FAULTS = {
    "certificates have their rule": lower_minutes,
    "certificates of a series have all its parts": take_a_part_out,
    "recordings were opened in their time": open_too_late,
    "registrants have a place": end_a_place,
}


def registered(**fields):
    """Somebody whom Zoom knows, in the meeting of a session to come."""
    make_practice()
    ticket = make_ticket(make_workshop(), **fields)
    session = ticket.workshop.sessions.get()
    span = {"starts_at": session.starts_at, "ends_at": session.ends_at}
    host = Host.objects.create(email="host@example.org")
    meeting = Meeting.objects.create(session=session, mark="m", host=host, number=81234567890, **span)
    facts = {"name": ticket.attendee_name, "email": ticket.attendee_email, "address": ticket.attendee_email}
    return Registrant.objects.create(meeting=meeting, ticket=ticket, number="r", **facts)


def told_of(registrant):
    return f"place {registrant.ticket_id}", f"it has ended, and registrant {registrant.pk} of it can still join at Zoom"


def check():
    out = StringIO()
    call_command("check_learning", stdout=out)
    return [line.rsplit(" ", 1)[1] for line in out.getvalue().splitlines()]


def waiting():
    owner = make_user(is_staff=True, is_superuser=True)
    return [job.words for job in jobs(owner) if "of the books" in job.words]


def test_all_is_as_it_should_be():
    make_certificate()

    assert check() == ["yes"] * len(books.RULES)
    assert (books.check_rows(), BooksFinding.objects.count()) == (0, 0)


@pytest.mark.parametrize("rule", books.RULES)
def test_a_broken_rule_is_found_and_stands_at_the_desk_in_words(rule, standin):
    about, words = FAULTS[rule](standin)

    assert books.check_rows() == 1

    assert list(BooksFinding.objects.values_list("rule", "about", "words")) == [(rule, about, words)]
    assert waiting() == ["1 finding of the books is not seen yet"]


def test_the_command_ends_ill_until_it_is_mended_and_the_desk_hears_of_that():
    lower_minutes(None)
    with pytest.raises(CommandError, match="1 found"):
        check()
    assert BooksFinding.objects.count() == 1

    Attendance.objects.update(corrected_minutes=360)

    assert (check(), BooksFinding.objects.count()) == (["yes"] * len(books.RULES), 0)


def test_what_a_person_has_seen_ends_the_command_well():
    lower_minutes(None)
    books.check_rows()
    BooksFinding.objects.update(seen_at=timezone.now(), seen_because="Agreed by telephone.")

    assert (check()[0], books.check_rows()) == ("found", 0)


def test_certificates_of_many_workshops_are_read_with_few_questions(django_assert_max_num_queries):
    for _ in range(3):
        make_certificate()

    with django_assert_max_num_queries(8):
        assert list(books.unearned_certificates()) == []


@pytest.mark.parametrize("change", [{"revoked_at": timezone.now(), "because": "x"}, {"replaced_at": timezone.now()}])
def test_one_that_does_not_count_needs_no_rule(change):
    make_certificate()
    Attendance.objects.update(corrected_minutes=10)
    Certificate.objects.update(**change)

    assert list(books.unearned_certificates()) == []


def test_a_cancelled_places_certificate_is_no_finding():
    make_certificate()
    Ticket.objects.update(status=Ticket.Status.CANCELLED, place_number=None)

    assert list(books.unearned_certificates()) == []


def test_of_whoever_was_erased_the_certificate_stands():
    ticket = make_certificate().ticket
    erase_attendees(Ticket.objects.filter(pk=ticket.pk))

    assert list(books.unearned_certificates()) == []


def test_of_before_its_end_was_noted_a_view_is_late_by_the_rule_of_today():
    about, words = open_too_late(None)
    RecordingView.objects.update(ends_at=None)

    assert list(books.late_views()) == [(about, words)]


@pytest.mark.parametrize("change", ["fewer days", "no extension any more", "taken back", "published earlier"])
def test_what_is_shortened_later_makes_no_view_a_late_one(change, time_machine):
    ticket = make_ticket(make_past_workshop(catch_up_days=28))
    recording = make_recording(ticket.workshop)
    publishing.publish_recording(recording)
    RecordingExtension.objects.create(ticket=ticket, last_day=timezone.localdate() + timedelta(days=60), reason="Ill.")
    time_machine.move_to(timezone.now() + timedelta(days=40))
    watching.open_recording(ticket, recording.pk)

    RecordingExtension.objects.all().delete()
    if change == "fewer days":
        Workshop.objects.update(catch_up_days=7)
    elif change == "taken back":
        type(recording).objects.update(published_at=None)
    elif change == "published earlier":
        type(recording).objects.update(published_at=timezone.now() - timedelta(days=90))

    assert (RecordingView.objects.count(), list(books.late_views())) == (1, [])


def cancel_the_workshop(_):
    Workshop.objects.update(status=Workshop.Status.CANCELLED, cancelled_because="Ill.")


def hand_it_over(ticket):
    Ticket.objects.filter(pk=ticket.pk).update(attendee_name="Ada Field", attendee_email="ada@example.org")


def move_it(ticket):
    Ticket.objects.filter(pk=ticket.pk).update(workshop=make_workshop())


def remove_the_session(_):
    Session.objects.all().delete()


def make_it_a_recording(ticket):
    Ticket.objects.filter(pk=ticket.pk).update(access=TicketType.Access.CATCH_UP, place_number=None)


ENDS = [cancel_the_workshop, hand_it_over, move_it, remove_the_session, make_it_a_recording]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_whoever_has_no_place_in_a_meeting_any_more_and_can_still_join_is_found(end):
    registrant = registered()
    assert list(books.idle_registrants()) == []

    end(registrant.ticket)

    assert list(books.idle_registrants()) == [told_of(registrant)]


def test_whom_the_worker_has_ended_or_zoom_never_heard_of_is_no_finding():
    registrant = registered()
    Ticket.objects.update(attendee_name="Ada Field")
    Registrant.objects.update(number="")
    assert list(books.idle_registrants()) == []

    Registrant.objects.update(number="r")
    assert list(books.idle_registrants()) == [told_of(registrant)]

    registering.end_registrants()
    assert list(books.idle_registrants()) == []


def test_what_is_over_lets_nobody_in():
    end_a_place(None)
    now = timezone.now()
    Meeting.objects.update(starts_at=now - timedelta(hours=2), ends_at=now - timedelta(hours=1))

    assert list(books.idle_registrants()) == []


def test_the_worker_has_some_minutes_for_what_was_changed_a_moment_ago(time_machine):
    registrant = registered()
    hand_over(registrant.ticket, to=Attendee("Ada Field", "ada@example.org", "Europe/London", ""))
    assert list(books.idle_registrants()) == []

    time_machine.move_to(timezone.now() + books.LATE + timedelta(seconds=1))

    assert list(books.idle_registrants()) == [told_of(registrant)]
