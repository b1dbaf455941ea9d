"""Which mails of the outbox are about an order: seen from their keys, or from what they say that they are about."""

from functools import reduce
from operator import or_

from django.db.models import Q

from orders.models import Dispute, Order, RebookingOffer, Refund
from outbox.models import Message, MessageQuerySet
from outbox.post import on


def mails_of(order: Order) -> MessageQuerySet:
    """To the buyer, to attendees and to the practice; the oldest first."""
    first = Message.objects.filter(_begins(_keys_of(order)) | Q(about__in=_rows_of(order)))
    again = [f"again:{pk}:" for pk in first.order_by().values_list("pk", flat=True)]
    return Message.objects.filter(Q(pk__in=first.order_by().values("pk")) | _begins(again)).order_by("pk")


def _rows_of(order: Order) -> list[str]:
    """Those of which the workshop's news are told, from a change of its date to the certificate."""
    return [on(order), *(f"ticket:{pk}" for pk in order.lines.values_list("ticket", flat=True))]


def _keys_of(order: Order) -> list[str]:
    """How they begin: of the order, its places, refunds, disputes, and of what we asked when its workshop ended."""
    money = {"payment__order": order}
    return [
        f"order:{order.pk}:",
        *(f"ticket:{pk}:" for pk in order.lines.values_list("ticket", flat=True)),
        *(f"rebooking:{pk}:" for pk in RebookingOffer.objects.filter(line__order=order).values_list("pk", flat=True)),
        *(f"payment:{pk}:" for pk in order.payments.values_list("pk", flat=True)),
        *(f"refund:{pk}:" for pk in Refund.objects.filter(**money).values_list("pk", flat=True)),
        *(f"dispute:{pk}:" for pk in Dispute.objects.filter(**money).values_list("pk", flat=True)),
    ]


def _begins(keys: list[str]) -> Q:
    return reduce(or_, (Q(key__begins=each) for each in keys), Q(pk=None))
