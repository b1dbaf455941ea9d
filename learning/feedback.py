"""What people say of a workshop once it is over."""

from courses.models import Ticket
from learning.models import FeedbackGiven


def is_given(ticket: Ticket) -> bool:
    """Whether whoever has this place has answered, with their name or without."""
    return FeedbackGiven.objects.filter(ticket=ticket).exists()


def may_be_given(ticket: Ticket) -> bool:
    """Once they have seen something of it: a live place when the workshop is over, any other when it was opened."""
    if not ticket.is_confirmed or ticket.workshop.is_cancelled:
        return False
    return ticket.workshop.is_over if ticket.is_live else ticket.recording_opened_at is not None
