"""What people say of a workshop once it is over."""

from courses.models import Ticket
from learning.models import FeedbackGiven


def is_given(ticket: Ticket) -> bool:
    """Whether whoever has this place has answered, with their name or without."""
    return FeedbackGiven.objects.filter(ticket=ticket).exists()
