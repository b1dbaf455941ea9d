"""The booking terms of today. They come with the practice's row, so that a sale does not ask for them by themselves."""

from kit.database.brought import rows_of
from practice.models import Page, Practice
from practice.models.identity import versions_of_terms


def in_force() -> Page | None:
    """What whoever books now agrees to, without its words."""
    practice = Practice.current()
    brought = getattr(practice, "its_booking_terms", None)
    if brought is None:  # none that is stored, or no practice that is
        return Page.objects.current(Page.Kind.TERMS)
    return next((page for page in rows_of(versions_of_terms(), brought) if page.published_on <= practice.today()), None)
