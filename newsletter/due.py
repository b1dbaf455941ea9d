from datetime import timedelta

from django.utils import timezone

from kit.due import due
from newsletter.signup import subscribe_buyer
from orders.models import Order

LOOK_BACK = timedelta(days=7)  # a question that comes later than that surprises


@due(every=timedelta(minutes=1))
def ask_buyers_to_confirm() -> int:
    """Buyers who ticked the newsletter, once their order is paid."""
    paid = Order.objects.filter(status=Order.Status.PAID, paid_at__gt=timezone.now() - LOOK_BACK, news_asked_at=None)
    for order in (found := list(paid.exclude(news_words=""))):
        subscribe_buyer(order)
    return len(found)
