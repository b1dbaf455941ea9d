from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from kit.guard.privacy import Kept, about_nobody, days, delete_rows, delete_some, keeps
from newsletter.models import ConsentEvent, Subscriber
from practice.markers import marker

UNCONFIRMED_KEPT = timedelta(days=30)
LEFT_KEPT = timedelta(days=3 * 365)

keeps(
    Kept(
        "newsletter.consentevent",
        columns=("source", "text"),
        by="subscriber__email",
        why="Evidence of what somebody agreed to, in which words, and when.",
        until="As long as the subscriber.",
    ),
    Kept(
        "newsletter.subscriber",
        columns=("email", "email_key", "secret"),
        by="email",
        why="They asked for the newsletter.",
        until=f"Until they leave, and as evidence {days(LEFT_KEPT)} more; unconfirmed ones {days(UNCONFIRMED_KEPT)}.",
        erase=delete_rows,
    ),
)
about_nobody("newsletter.signupoffer.*")


def forget_subscribers() -> int:
    """For the worker: addresses that nobody confirmed, and those that left long ago, with their evidence."""
    now = timezone.now()
    asked_lately = ConsentEvent.objects.filter(subscriber=OuterRef("pk"), happened_at__gt=now - UNCONFIRMED_KEPT)
    pending = Subscriber.objects.filter(status=Subscriber.Status.PENDING, created_at__lt=now - UNCONFIRMED_KEPT)
    left = Subscriber.objects.filter(status=Subscriber.Status.UNSUBSCRIBED, unsubscribed_at__lt=now - LEFT_KEPT)
    return sum(delete_some(each.filter(~Exists(asked_lately))) for each in (pending, left))


marker("unconfirmed kept", "how long an address is kept that nobody confirmed")(lambda: days(UNCONFIRMED_KEPT))
marker("left newsletter kept", "for how many years it is kept that somebody left the newsletter")(
    lambda: f"{LEFT_KEPT.days // 365} years"
)
