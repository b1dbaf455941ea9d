from datetime import timedelta

from django.utils import timezone

from kit.database.plans import of_no_index
from kit.work.due import Lane, due
from kit.work.rounds import do_for_each
from newsletter import privacy
from newsletter.signup import subscribe_buyer
from orders.models import Order

LOOK_BACK = timedelta(days=7)  # a question that comes later than that surprises


@due(every=timedelta(minutes=1), lane=Lane.UPKEEP)
def ask_buyers_to_confirm() -> int:
    """Buyers who ticked the newsletter, once their order is paid."""
    recent = Order.objects.filter(paid_at__gt=timezone.now() - LOOK_BACK, news_asked_at=None).exclude(news_words="")
    paid = recent.alias(state=of_no_index("status")).filter(state=Order.Status.PAID)
    return do_for_each(paid.order_by("paid_at", "pk"), _ask_to_confirm)


def _ask_to_confirm(order: Order) -> int:
    subscribe_buyer(order)
    return 1


forget_subscribers = due(every=timedelta(hours=1), lane=Lane.UPKEEP)(privacy.forget_subscribers)
