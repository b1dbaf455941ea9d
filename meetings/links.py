"""The way into a session: a link of one's own where Zoom has given one, or the one that stands with the session."""

from collections.abc import Sequence

from courses.models import Session, Ticket
from meetings.models import Registrant


def join_url_for(ticket: Ticket, session: Session) -> str:
    """Empty where there is none yet. A link that somebody typed stands. Who may see it when is the caller's rule."""
    return session.join_url or join_urls_for(ticket).get(session.pk, "")


def with_link(ticket: Ticket, sessions: Sequence[Session]) -> set[int]:
    """Of these the keys of those that have one, typed or of the ticket's own."""
    typed = {session.pk for session in sessions if session.join_url}
    return typed if len(typed) == len(sessions) else typed | join_urls_for(ticket).keys()


def join_urls_for(ticket: Ticket) -> dict[int, str]:
    """By session, of all that have a link of the ticket's own: one question for a whole page."""
    if not (ticket.is_confirmed and ticket.is_live):
        return {}
    rows = Registrant.objects.live().filter(ticket=ticket, name=ticket.attendee_name, email=ticket.attendee_email)
    links = {row.meeting.session_id: row.join_url for row in rows.select_related("meeting")}
    return {session: link for session, link in links.items() if session and link}
