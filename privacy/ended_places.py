"""Who had a place, once its sale is kept no longer: the place counts on, and is nobody's."""

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from courses.models import Ticket
from kit.guard.privacy import AT_A_TIME, all_kept
from kit.work.rounds import do_for_each
from orders.ended_sales import kept_from
from orders.models import OrderLine


def forget_ended_places() -> int:
    """For the worker."""
    return do_for_each(ended_places()[:AT_A_TIME], _end_place)


def ended_places() -> QuerySet[Ticket]:
    """Also those that were given away without a sale, after the same time."""
    sold = OrderLine.objects.filter(ticket=OuterRef("pk")).exclude(order__buyer_email="")
    over = Ticket.objects.filter(workshop__ends_at__lt=kept_from()).exclude(attendee_email="")
    return over.exclude(Exists(sold)).order_by("pk")


@transaction.atomic
def _end_place(ticket: Ticket) -> int:
    """With all that is kept as long as it: each app says in its `privacy.py` what that is."""
    for kept in all_kept():
        if kept.of_place and kept.erase:
            kept.erase(kept.rows.filter(**{kept.of_place: ticket.pk}))
    return 1
