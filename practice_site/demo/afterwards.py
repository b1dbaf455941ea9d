"""What followed the demo's past workshop: who was there. What Zoom would have told stands here in words."""

from datetime import timedelta
from uuid import NAMESPACE_DNS, uuid5

from accounts.models import User
from courses.models import Session, Ticket, Workshop
from kit.forms.seen import seal
from learning import attendance, calendar_feeds
from learning.certificates import issuing
from learning.cpd import record
from learning.models import AttendanceSheet, Certificate, CpdEntry, Review
from learning.reviewing import reviews
from meetings.models import Presence
from practice_site.demo.words.afterwards import READER, RECORD, REVIEWS
from practice_site.demo.words.visitors import ATTENDEES, STAYS

PAST = "complexity-in-grief-last-term"
WITHOUT_ADDRESS = "Leila Rahimi"  # she came in by a link that somebody had sent on
CORRECTED, REVOKED = "amara.nwosu@example.org", "owen.tully@example.org"
EARLY, LATE = -9, 400  # minutes; longer than any day of ours


def load_attendance() -> None:
    """Once: what has been counted and said since stays."""
    if AttendanceSheet.objects.exists():
        return
    session = Session.objects.get(workshop__slug=PAST)
    for visitor in ATTENDEES:
        email = "" if visitor.name == WITHOUT_ADDRESS else visitor.email
        for start, end in STAYS.get(visitor.email, ((EARLY, LATE),)):
            add_presence(session, visitor.name, email, start, end)
    attendance.count_session(session)


def load_certificates() -> None:
    """Whoever was there has one; the name of one was corrected since, and one was revoked."""
    if Certificate.objects.exists():
        return
    issuing.issue_all(Workshop.objects.select_related("course").get(slug=PAST))
    wrong, revoked = (Certificate.objects.get(ticket__attendee_email=each) for each in (CORRECTED, REVOKED))
    seen = seal(issuing.facts_seen(wrong))
    issuing.reissue(wrong, name=f"Dr {wrong.name}", seen=seen, why="She asked for her title.")
    issuing.revoke(revoked, seen=seal(issuing.facts_seen(revoked)), why="Somebody else sat in for him.")


def load_reviews() -> None:
    """Three are public, one of them critical and answered; one waits to be read."""
    if Review.objects.exists():
        return
    for words in REVIEWS:
        ticket = Ticket.objects.select_related("workshop").get(workshop__slug=PAST, attendee_email=words.email)
        facts = {"stars": words.stars, "words": words.words, "shown_as": words.shown_as}
        written = reviews.write(ticket, facts)
        if words.is_read:
            reviews.publish(written, seen=seal(reviews.facts_seen(written)), why="")
        if words.reply:
            Review.objects.filter(pk=written.pk).update(reply=words.reply)


def load_record() -> None:
    """What a reader of the demo finds in her own record beside her certificate, and an address for her calendar."""
    reader = User.objects.get(email=READER)
    calendar_feeds.make_feed(reader)
    for words in RECORD:
        if not CpdEntry.objects.filter(user=reader, title=words["title"]).exists():
            day = record.today() - timedelta(weeks=words["weeks_ago"])
            values = {name: value for name, value in words.items() if name != "weeks_ago"}
            record.add_entry(reader, key=uuid5(NAMESPACE_DNS, words["title"]), values=values | {"done_on": day})


def add_presence(session: Session, name: str, email: str, start: int = EARLY, end: int = LATE) -> None:
    """From and to so many minutes after the session began; else throughout."""
    Presence.objects.create(
        session=session,
        source=Presence.Source.REPORT,
        instance="demo",
        name=name,
        email=email,
        joined_at=session.starts_at + timedelta(minutes=start),
        left_at=session.starts_at + timedelta(minutes=end),
    )
