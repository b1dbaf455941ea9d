from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Value
from django.db.models.functions import Concat
from django.utils import timezone

from kit.due import due
from newsletter.models import ConsentEvent
from newsletter.signup import ORDER_SOURCE, subscribe_buyer
from orders.models import Order

LOOK_BACK = timedelta(days=7)  # so that an erased subscriber is not asked again because of an old order


@due(every=timedelta(minutes=1))
def ask_buyers_to_confirm() -> int:
    """Buyers who ticked the newsletter, once their order is paid."""
    source = Concat(Value(ORDER_SOURCE), OuterRef("number"))
    done = ConsentEvent.objects.annotate(order_source=source).filter(source=F("order_source"))
    orders = Order.objects.filter(
        ~Exists(done), wants_news=True, status=Order.Status.PAID, paid_at__gt=timezone.now() - LOOK_BACK
    )
    for order in (found := list(orders)):
        subscribe_buyer(order)
    return len(found)
