"""When a recording is open, to whom, and until when."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from django.utils import timezone

from accounts.models import AuditEntry, User
from courses.models import Ticket, Workshop, WorkshopChange
from kit.forms.seen import ChangedMeanwhile, seal
from kit.guard.secret_links import without_secrets
from kit.local.times import long_day
from learning import feedback, publishing, recordings, tellings
from learning.models import FeedbackGiven, RecordingExtension
from orders.changes.workshop_changes import tell_of_changes
from outbox.models import Message
from tests.builders import at, make_practice, make_recording, make_ticket, make_user, make_workshop
from tests.orders.purchases import buy, buyer
from tests.orders.test_refund_desk import sign_in
from tests.pressing import press, told, words_of

pytestmark = pytest.mark.django_db
DAY = date(2027, 3, 5)  # clocks change in London within the 28 days
AFTER = "2027-03-06 23:30"


@pytest.fixture
def workshop():
    return make_workshop(day=DAY)


@pytest.fixture
def published(workshop, time_machine):
    time_machine.move_to(at(AFTER), tick=False)
    recording = make_recording(workshop)
    publishing.publish_recording(recording)
    recording.refresh_from_db()
    return recording


def ends_for(ticket):
    return [each.ends_at for each in recordings.watchable_for(ticket)]


def test_it_is_open_to_the_end_of_the_organisers_day_28_days_after_it_was_published(workshop, published):
    ticket = make_ticket(workshop)

    assert published.last_day == date(2027, 4, 3)
    assert ends_for(ticket) == [datetime(2027, 4, 3, 23, tzinfo=UTC)]  # midnight in London, in summer


def test_the_day_is_the_organisers_and_nobody_elses(time_machine):
    workshop = make_workshop(day=DAY, time_zone="America/New_York")
    time_machine.move_to(datetime(2027, 3, 7, 4, 30, tzinfo=UTC))  # 23:30 on the 6th there
    recording = make_recording(workshop)
    publishing.publish_recording(recording)
    recording.refresh_from_db()

    assert recording.last_day == date(2027, 4, 3)
    assert recording.ends_at == datetime(2027, 4, 4, 4, tzinfo=UTC)


def test_one_person_may_watch_for_longer_and_never_for_a_shorter_time(workshop, published):
    longer, shorter = make_ticket(workshop), make_ticket(workshop)
    RecordingExtension.objects.create(ticket=longer, last_day=date(2027, 5, 1), reason="Ill in March.")
    RecordingExtension.objects.create(ticket=shorter, last_day=date(2027, 3, 20), reason="A slip.")

    assert ends_for(longer) == [datetime(2027, 5, 1, 23, tzinfo=UTC)]
    assert ends_for(shorter) == [published.ends_at]


def test_of_several_each_has_its_own_28_days(workshop, published, time_machine):
    time_machine.move_to(at("2027-03-08 12:00"))
    publishing.publish_recording(make_recording(workshop, title="Evening"))
    workshop.refresh_from_db()

    assert ends_for(make_ticket(workshop)) == [published.ends_at, datetime(2027, 4, 5, 23, tzinfo=UTC)]
    assert workshop.recording_published_at == at("2027-03-08 12:00")


@pytest.mark.parametrize("status", [Ticket.Status.HELD, Ticket.Status.LAPSED, Ticket.Status.CANCELLED])
def test_a_place_that_is_not_booked_opens_nothing(workshop, published, status):
    assert ends_for(make_ticket(workshop, status)) == []


def test_a_workshop_that_is_cancelled_opens_nothing(workshop, published):
    ticket = make_ticket(workshop)
    Workshop.objects.update(status=Workshop.Status.CANCELLED)

    assert ends_for(Ticket.objects.get(pk=ticket.pk)) == []


def test_what_is_taken_back_is_open_to_nobody_and_begins_anew(workshop, published, time_machine):
    ticket = make_ticket(workshop)

    done = [publishing.take_back_recording(published) for _ in range(2)]
    workshop.refresh_from_db()
    assert (done, ends_for(ticket), workshop.recording_published_at) == ([True, False], [], None)

    time_machine.move_to(at("2027-03-10 12:00"))
    publishing.publish_recording(published)
    assert ends_for(ticket) == [datetime(2027, 4, 7, 23, tzinfo=UTC)]
    entries = AuditEntry.objects.filter(model="learning.recording").order_by("pk")
    assert [(each.before, each.after) for each in entries] == [
        ("draft", "published"), ("published", "draft"), ("draft", "published"),
    ]  # fmt: skip


def mails_of_changes():
    """Who hears of a change, each with the words."""
    tell_of_changes()
    return {mail.to: mail.text for mail in Message.objects.filter(kind="orders/workshop_changed")}


def test_whoever_could_watch_it_or_paid_for_that_hears_that_it_is_taken_back(workshop, standin, time_machine):
    time_machine.move_to(at("2027-03-01 12:00"))
    make_practice()
    order = buy(standin, workshop, by=buyer("pays@example.org"))
    place = order.lines.get().ticket
    make_ticket(workshop, Ticket.Status.CANCELLED, attendee_email="gone@example.org")
    time_machine.move_to(at(AFTER))
    recording = make_recording(workshop)
    publishing.publish_recording(recording)

    publishing.take_back_recording(recording, note="One voice must be cut out.")

    said = mails_of_changes()
    assert sorted(said) == [place.attendee_email, "pays@example.org"]
    assert (place.secret in said[place.attendee_email], order.secret in said["pays@example.org"]) == (True, True)
    lines = (
        "One voice must be cut out.\n\nRecording “The whole day”\nSo far: open until the end of Saturday 3 April 2027"
    )
    assert [lines in words for words in said.values()] == [True, True]
    assert tell_of_changes() == 0


def test_the_page_that_takes_it_back_shows_how_many_and_the_mail(client, workshop, published):
    make_practice()
    ticket = make_ticket(workshop)
    desk = sign_in(client, "Editors")
    path = f"/admin/learning/recording/{published.pk}/take-back/"

    page = desk.get(path)
    answer = press(desk, path, note="  Sorry.\r\nIt comes back. ", why="Sound")

    words = words_of(page)
    assert "It closes at once for 1 place . " in words
    assert "as one person would read it" in words
    assert ticket.secret not in page.text
    assert told(desk.get(answer["Location"])) == [
        ("success", "Taken back: nobody sees it any more. Whoever could is told within a minute.")
    ]
    change = WorkshopChange.objects.get()
    assert (change.note, change.changed_by) == ("Sorry.\nIt comes back.", User.objects.get())
    assert without_secrets(mails_of_changes()[ticket.attendee_email], "…").split("\n\nRec")[1] in unescape(page.text)


def test_where_it_is_open_to_nobody_any_more_nobody_is_told(workshop, published, time_machine):
    ticket = make_ticket(workshop)
    time_machine.move_to(at("2027-04-05 12:00"))

    assert publishing.loss_of(published) is None
    RecordingExtension.objects.create(ticket=ticket, last_day=date(2027, 5, 1), reason="Ill in March.")
    assert publishing.loss_of(published).differences[0].was == "open until the end of Saturday 1 May 2027, London time"


def test_published_again_it_is_news_again(workshop, published, time_machine):
    make_practice()
    make_ticket(workshop, confirmed_at=at("2027-03-01 12:00"))
    for day in (7, 8):
        time_machine.move_to(at(f"2027-03-0{day} 12:00"))
        assert (tellings.tell_of_recordings(), tellings.tell_of_recordings()) == (1, 0)
        publishing.take_back_recording(published)
        publishing.publish_recording(published)


@pytest.mark.parametrize(
    "change", [{"status": Workshop.Status.CANCELLED}, {"catch_up_days": 0}, {"ends_at": at("2027-03-07 10:00")}]
)
def test_nothing_is_published_that_nobody_was_promised_or_that_is_not_over(workshop, time_machine, change):
    time_machine.move_to(at(AFTER))
    recording = make_recording(workshop)
    Workshop.objects.update(**change)

    with pytest.raises(publishing.NotReady):
        publishing.publish_recording(recording)
    recording.refresh_from_db()
    assert recording.published_at is None


def test_what_was_seen_is_what_is_published(workshop, time_machine):
    time_machine.move_to(at(AFTER))
    recording = make_recording(workshop)
    seen = seal(publishing.facts_seen(recording))
    type(recording).objects.update(url="https://zoom.example/rec/another")

    with pytest.raises(ChangedMeanwhile):
        publishing.publish_recording(recording, seen=seen)


def test_the_first_view_and_whether_feedback_was_given_are_known(workshop, published, time_machine):
    ticket, other = make_ticket(workshop), make_ticket(workshop)
    for moment in ("2027-03-08 12:00", "2027-03-08 13:00"):
        time_machine.move_to(at(moment), tick=False)
        recordings.open_recording(ticket, published.pk)
    ticket.refresh_from_db()
    FeedbackGiven.objects.create(ticket=ticket)

    assert (ticket.recording_opened_at, other.recording_opened_at) == (at("2027-03-08 12:00"), None)
    assert (feedback.is_given(ticket), feedback.is_given(other)) == (True, False)


@pytest.fixture
def extended(client, workshop):
    """What the desk says once a place has a last day of its own."""
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))

    def extend(ticket, last_day, **of):
        found = RecordingExtension.objects.filter(ticket=ticket).first()
        page = f"/admin/learning/recordingextension/{f'{found.pk}/change' if found else 'add'}/"
        form = client.get(page).context["adminform"].form
        typed = {each.html_name: each.value() or "" for each in form if each.html_name != "ticket"}
        sent = typed | {"ticket": ticket.pk, "last_day": last_day, "reason": "Ill in March."} | of
        answer = client.post(page, sent, follow=True)
        return [str(each) for each in answer.context["messages"] if "mail" in str(each)]

    return extend


def test_whoever_may_watch_for_longer_is_told_once_of_each_last_day_and_the_desk_says_so(workshop, extended):
    published = make_recording(workshop, published_at=timezone.now())
    ticket = make_ticket(workshop)
    late, later = (published.last_day + timedelta(days=days) for days in (30, 60))

    said = [
        extended(ticket, late),
        extended(ticket, late, reason="Ill in April, too."),
        extended(ticket, later),
        extended(ticket, late),
        extended(ticket, published.last_day),
    ]

    words = ["A mail tells Noor Haddad until when it can be watched."]
    assert said == [words, [], words, [], []]
    mails = Message.objects.filter(key__startswith="recording-longer:").order_by("pk")
    assert [mail.key for mail in mails] == [f"recording-longer:{ticket.pk}:{day:%Y%m%d}" for day in (late, later)]
    assert [mail.to for mail in mails] == [ticket.attendee_email] * 2
    assert f"can be watched until the end of {long_day(late)}, London time." in mails[0].text
    assert ticket.get_absolute_url() in mails[0].text


def test_who_has_longer_before_it_is_published_is_told_that_it_comes(workshop, extended):
    ticket = make_ticket(workshop)

    extended(ticket, timezone.localdate() + timedelta(days=90))

    assert "It is not here yet." in Message.objects.get().text


def test_the_page_of_a_place_leads_to_longer_watching_with_the_place_chosen_without_javascript(client, workshop):
    ticket = make_ticket(workshop)
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))
    page = client.get(f"/admin/courses/ticket/{ticket.pk}/change/").text

    [link] = re.findall(r'<a href="([^"]+)">Open it for longer to this person</a>', page)

    assert f'<option value="{ticket.pk}" selected>{ticket}</option>' in client.get(link).text
