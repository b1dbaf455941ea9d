from courses.models import Ticket
from learning.models import Handout


def shown_to(ticket: Ticket) -> list[Handout]:
    """Of a place that is booked: those for now, and once the workshop is over all of them."""
    if not ticket.is_confirmed or ticket.workshop.is_cancelled:
        return []
    found = Handout.objects.filter(workshop=ticket.workshop_id)
    is_over = ticket.workshop.is_over
    return [each for each in found if is_over or each.shown_from == Handout.ShownFrom.BOOKING]
