"""What follows a sale: Zoom knows who comes, a session runs, it is counted, recorded and certified, while places end.

The sale goes on meanwhile, by its own steps; a Zoom that loses answers and a worker that dies are among those here.
"""

import re
from collections import Counter
from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant

from courses.models import Session, Ticket
from kit.forms.seen import seal
from learning import attendance, books, extensions, feedback, publishing, recordings, tellings
from learning.certificates import issuing
from learning.models import Attendance, AttendanceSheet, Certificate, Recording, RecordingExtension
from meetings import registering, reports, syncing, uploads
from meetings.models import Host, Meeting, Registrant
from meetings.zoom_api import TOKENS, ZoomUnavailable
from meetings.zoom_files import ReadStay
from orders.settling import events
from outbox.models import Message
from tests.builders import make_recording
from tests.proof import sale_machine
from tests.proof.sale_machine import PEOPLE, Sale, nth, person, step
from tests.zoom_standin import ZoomStandIn

HOSTS = ["host@example.org", "second@example.org"]
NEEDED, WHOLE = 288, 360  # minutes of a session: for a certificate, and all
ZOOM = [syncing.sync_meetings, registering.register_attendees, registering.cancel_registrants, syncing.check_meetings]
COUNTING = [reports.read_reports, attendance.count_due, attendance.count_changed]
FOLLOWING = [
    *(issuing.issue_recent, issuing.issue_due, issuing.issue_wholes),
    *(tellings.tell_of_recordings, tellings.tell_of_ends, tellings.ask_for_feedback, tellings.tell_what_is_missing),
]
POINTS = ["meeting made", "meeting taken away", "attendee registered"]
BEGINNINGS = ["it is to come", "it was held", "it is certified"]
REGISTRANTS = "registrants have a place"  # that is asked of Zoom itself, once the worker has seen to it
TAG = re.compile(r"\+\d+-\d+@")
OF_THE_SALE = [
    *("buy", "cancel", "cancel_at_desk", "refund_at_desk", "refund_at_the_dashboard", "hand_over"),
    *("move_to_another_workshop", "give_free_place", "take_place_back", "cancel_a_workshop", "time_passes"),
    *("work_comes_due", "tell_everything", "choose_after_the_cancellation"),
]
STEPS = {name: sale_machine.STEPS[name] for name in OF_THE_SALE}


def after(*needed, **drawn):
    return step(*needed, of=STEPS, **drawn)


class Afterwards(Sale):
    """The same sale beside a Zoom that knows two hosts; what was there first is told once more of what follows."""

    steps = STEPS

    def __init__(self, clock, taken):
        super().__init__(clock, taken)
        TOKENS.forget()
        self.zoom = ZoomStandIn(hosts=HOSTS).start()
        self.zoom.office.now = timezone.now
        settings.ZOOM_API_BASE = self.zoom.url
        settings.ZOOM_ACCOUNT_ID, settings.ZOOM_CLIENT_ID = self.zoom.account, self.zoom.client
        settings.ZOOM_CLIENT_SECRET = self.zoom.client_secret
        Session.objects.update(join_url="")
        for email in HOSTS:
            Host.objects.create(email=email)
        self.less, self.seen_after = set(), None  # places from which minutes were taken

    @initialize(beginning=st.sampled_from(BEGINNINGS))
    def begin(self, beginning):
        """Two have paid for the first workshop, one of them for two places, and one for the second."""
        for workshop in self.workshops[:2]:
            make_recording(workshop)
        for who, places, which in ((0, 2, 0), (1, 1, 0), (2, 1, 1)):
            self._buy(who, places, which)
            events.receive(self.standin.events[-1])
        zoom_is_told(self, works=ZOOM)
        if beginning != "it is to come":
            the_sessions_are_held(self, minutes=[WHOLE, 100, 300, 0])
        if beginning == "it is certified":
            publishing.publish_recording(Recording.objects.earliest("pk"))
            self._work(FOLLOWING)

    @invariant()
    def the_rules_hold(self):
        """Those of what follows; of money and places they are asked at the end, and after each step of a sale alone."""
        self.there = {name for name, rows in self._what_there_is() if rows}
        now = (self.writes, self.now)
        if self.seen_after != now:
            self.seen_after = now
            self.found = list(self._wrong())
            assert not self.found, self.found

    def teardown(self):
        try:
            super().teardown()
        finally:
            self.zoom.close()

    def _end(self):
        """Zoom answers again, and the worker has had the time that it may take."""
        super()._end()
        self.zoom.faults.clear()
        self._move_clock(120)
        for _ in range(3):
            self._work(ZOOM + COUNTING + FOLLOWING)
        found = [*self._wrong(), *self._wrong_at_zoom()]
        assert not found, found

    def _work(self, works):
        for work in works:
            with suppress(ZoomUnavailable):
                work()

    def _wrong(self):
        """By the rules of the application, and by what this story knows of itself."""
        for rule in books.RULES.keys() - {REGISTRANTS}:
            yield from (str(each) for each in books.findings_of(rule) if each.about not in self._lessened())
        mails = Counter(Message.objects.values_list("key", flat=True))
        yield from (f"{each} was not told" for each in Certificate.objects.all() if not mails[f"certificate:{each.pk}"])
        repeated = Counter(Certificate.objects.of_places().latest().values_list("ticket", flat=True))
        yield from (f"place {pk} has {count} certificates" for pk, count in repeated.items() if count > 1)

    def _lessened(self):
        rows = Certificate.objects.filter(ticket__in=self.less)
        return {f"certificate {each.serial}" for each in rows}

    def _wrong_at_zoom(self):
        """Who could join, and who should: nobody waits for the worker any more."""
        for meeting in self.zoom.meetings:
            row = Meeting.objects.filter(number=meeting["id"]).first()
            if row is None or row.session is None:
                yield f"meeting {meeting['id']} is nobody's"
            elif row.ends_at > self.now:
                yield from _others(self.zoom, row)
        wanted = Session.objects.filter(workshop__status="published", ends_at__gt=self.now)
        lacking = wanted.filter(meeting__number=None)
        yield from (f"session {each.pk} has no meeting" for each in lacking)

    def _what_there_is(self):
        yield from super()._what_there_is()
        yield "session to come", Session.objects.filter(ends_at__gt=self.now, workshop__status="published").exists()
        yield "sheet", AttendanceSheet.objects.exists()
        yield "attendance", Attendance.objects.exists()
        yield "finished place", _finished().exists()
        yield "published recording", Recording.objects.published().exists()
        yield "draft", Recording.objects.filter(published_at=None).exists()
        yield "certificate", Certificate.objects.of_places().latest().exists()
        yield "registrant", Registrant.objects.live().exclude(number="").exists()
        yield "uploaded file", any(_files())


def _others(zoom, row):
    places = row.session.workshop.tickets.confirmed().exclude(attendee_email="")
    due = sorted(each.attendee_email for each in places if each.is_live)
    may_join = sorted(TAG.sub("@", each) for each in zoom.registrants(row.number))
    if may_join != due:
        yield f"at Zoom {may_join} may join session {row.session_id}, and its places are {due}"


def _files():
    for sheet in AttendanceSheet.objects.order_by("pk"):
        yield from ((sheet, file) for file in uploads.files_of(sheet.session))


def _finished():
    return Ticket.objects.confirmed().filter(workshop__ends_at__lte=timezone.now()).exclude(attendee_email="")


# Zoom


@after(works=st.permutations(ZOOM))
def zoom_is_told(story, works):
    """What waits for nobody is then so at Zoom: an hour later, what was put off is tried again."""
    story._work(works)
    waits = [rows.objects.filter(next_attempt_at__gt=story.now).exists() for rows in (Meeting, Registrant)]
    if works == ZOOM and not any(waits) and not story.zoom.faults:
        story._work(ZOOM)
        assert not (found := list(story._wrong_at_zoom())), found


@after(kind=st.sampled_from(["drop_before", "drop_after", "status"]), method=st.sampled_from(["POST", "PUT", "DELETE"]))
def zoom_is_away(story, kind, method):
    story.zoom.fail(method, "/v2/*", kind)


@after("registrant", which=nth)
def a_meeting_is_deleted_at_zoom(story, which):
    meetings = story.zoom.meetings
    if meetings:
        story.zoom.delete_by_hand(story._chosen(meetings, which)["id"])


@after(point=st.sampled_from(POINTS))
def the_worker_is_to_die_at(story, point):
    story.process.environ["CHECKPOINT"] = point


# The day, and who was there


@after("session to come", minutes=st.lists(st.sampled_from([0, 100, 300, WHOLE]), min_size=4, max_size=4))
def the_sessions_are_held(story, minutes):
    """Those of the next day; the worker reads the report as soon as it is due."""
    upcoming = Session.objects.filter(ends_at__gt=story.now, workshop__status="published").order_by("ends_at")
    day = [each for each in upcoming if each.ends_at == upcoming[0].ends_at]
    for session in day:
        number = session.meeting.number if hasattr(session, "meeting") else None
        if number in {each["id"] for each in story.zoom.meetings}:
            run = story.zoom.begin(number)
            for address, stayed in zip(story.zoom.registrants(number), minutes, strict=False):
                left_at = session.starts_at + timedelta(minutes=stayed)
                who = story.zoom.registrant_id(number, address)
                story.zoom.was_there(run, session.starts_at, left_at, name="iPad", registrant_id=who)
    story._move_clock(max(0, (day[0].ends_at - story.now).total_seconds() // 60 + 31))
    story._work(COUNTING)


@after(works=st.permutations(COUNTING + FOLLOWING))
def the_worker_follows_up(story, works):
    """What the desk said of somebody's minutes is enough by itself."""
    story._work(works)
    seen = Attendance.objects.filter(corrected_minutes__gte=NEEDED, ticket__in=_finished())
    without = issuing.without_certificate(Ticket.objects.filter(pk__in=seen.values("ticket")))
    assert not without.filter(workshop__status="published").exists()


@after("sheet", which=nth, who=person, minutes=st.sampled_from([100, WHOLE]))
def a_file_is_uploaded(story, which, who, minutes):
    session = story._one(AttendanceSheet.objects.all(), which).session
    left_at = session.starts_at + timedelta(minutes=minutes)
    uploads.store_file(session, [ReadStay("Somebody", PEOPLE[who], session.starts_at, left_at)])
    attendance.count_due()


@after("uploaded file", which=nth)
def an_upload_is_taken_back(story, which):
    sheet, file = story._chosen(list(_files()), which)
    story.less.update(Attendance.objects.filter(session=sheet.session).values_list("ticket", flat=True))
    attendance.take_upload_back(sheet, file, because="By another clock")


@after("attendance", which=nth, minutes=st.sampled_from([10, 300]))
def minutes_are_corrected(story, which, minutes):
    row = story._one(Attendance.objects.filter(ticket__in=Ticket.objects.confirmed()), which)
    if minutes < NEEDED:
        story.less.add(row.ticket_id)
    Attendance.objects.filter(pk=row.pk).update(corrected_minutes=minutes, corrected_because="Seen")


@after("sheet", which=nth)
def all_are_credited(story, which):
    sheet = story._one(AttendanceSheet.objects.all(), which)
    attendance.credit(sheet, sheet.session.workshop.tickets.confirmed(), because="A list was kept")


# The recording


@after("draft", which=nth)
def a_recording_is_published(story, which):
    publishing.publish_recording(story._one(Recording.objects.filter(published_at=None), which))


@after("published recording", which=nth)
def a_recording_is_taken_back(story, which):
    publishing.take_back_recording(story._one(Recording.objects.published(), which))


@after("finished place", which=nth, days=st.sampled_from([1, 10, 60]))
def somebody_may_watch_for_longer(story, which, days):
    ticket = story._one(_finished(), which)
    day = {"last_day": story.now.date() + timedelta(days=days), "reason": "Abroad"}
    extension = RecordingExtension.objects.update_or_create(ticket=ticket, defaults=day)[0]
    extensions.tell_of_extension(extension)


@after("published recording", "finished place", which=nth)
def somebody_watches(story, which):
    """Whoever has no place any more, or comes after the last day, finds it closed."""
    recording = story._one(Recording.objects.published(), which)
    ticket = story._one(recording.workshop.tickets.exclude(confirmed_at=None), which)
    last_days = [recording.published_at.date() + timedelta(days=28)]
    last_days += RecordingExtension.objects.filter(ticket=ticket).values_list("last_day", flat=True)
    is_due = ticket.is_confirmed and not recording.workshop.is_cancelled and story.now.date() <= max(last_days)
    try:
        recordings.open_recording(ticket, recording.pk)
    except recordings.NotOpen:
        assert not is_due, f"closed to place {ticket.pk}"
    else:
        assert is_due, f"open to place {ticket.pk}"


@after("finished place", which=nth, is_anonymous=st.booleans())
def somebody_answers(story, which, is_anonymous):
    feedback.give_feedback(story._one(_finished(), which), answers=[], is_anonymous=is_anonymous)


# The certificate


@after("certificate", which=nth, name=st.sampled_from(["Noor El Haddad", "Noor Haddad"]))
def a_certificate_is_corrected(story, which, name):
    found = story._one(Certificate.objects.of_places().latest(), which)
    issuing.reissue(found, name=name, seen=seal(issuing.facts_seen(found)), why="Her wish")


@after("certificate", which=nth)
def a_certificate_is_revoked(story, which):
    found = story._one(Certificate.objects.of_places().latest(), which)
    issuing.revoke(found, seen=seal(issuing.facts_seen(found)), why="Not there")
