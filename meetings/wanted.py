"""What the meeting of a session should be at Zoom: it follows from the rows of courses, and from nothing else."""

import hashlib
from datetime import timedelta
from math import ceil
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from courses.models import Session, Workshop
from meetings.models import Meeting
from meetings.zoom_api import MeetingWish

LONGEST_TOPIC = 200
ROUND = "1"  # to be raised when what every meeting is told changes: then all of them are told anew


def mark_of(session: Session) -> str:
    """`www.example.org session 12`: by which the meeting is found again when Zoom's answer got lost."""
    return f"{urlsplit(settings.SITE_URL).netloc} session {session.pk}."


def is_wanted(session: Session) -> bool:
    """A link that somebody typed stands, and Zoom is not asked."""
    is_published = session.workshop.status == Workshop.Status.PUBLISHED
    return is_published and not session.join_url and session.ends_at > timezone.now()


def is_to_go(meeting: Meeting) -> bool:
    """Called off, cancelled, or somebody typed a link. What was only taken off the site keeps its meeting.

    Once people may come in, a typed link leaves it alone: whoever is in it stays, and its report is read.
    """
    session = meeting.session
    if session is None or session.workshop.status == Workshop.Status.CANCELLED:
        return True
    is_in_use = meeting.number is not None and session.has_opened
    return bool(session.join_url) and not is_in_use


def wish_of(session: Session) -> MeetingWish:
    heading = ", ".join(filter(None, [session.workshop.course.title, session.title]))
    length = session.ends_at - session.starts_at
    return MeetingWish(
        topic=heading[:LONGEST_TOPIC],
        starts_at=session.starts_at,
        minutes=ceil(length / timedelta(minutes=1)),
        agenda=f"Your own link is on your ticket’s page. {mark_of(session)}",
    )


def digest_of(wish: MeetingWish) -> str:
    facts = (ROUND, wish.topic, wish.starts_at.isoformat(), str(wish.minutes), wish.agenda)
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()
