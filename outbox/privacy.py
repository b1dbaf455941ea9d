from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from kit.guard.privacy import ERASED, Kept, blank_some, days, keeps
from outbox.delivery import BODIES_KEPT
from outbox.models import Message
from outbox.sealing import BLANK

ADDRESSES_KEPT = timedelta(days=365)
NOBODY = {"to": "", "reply_to": "", "person": "", "subject": ERASED, "last_error": ""} | BLANK


def forget_addresses() -> int:
    """For the worker: the row stays, because its key guards against sending twice, and says nothing of a person."""
    old = Message.objects.filter(created_at__lt=timezone.now() - ADDRESSES_KEPT).exclude(to="")
    return blank_some(old.filter(state__in=Message.OVER), **NOBODY)


def _erase(messages: QuerySet[Message]) -> None:
    """What still waits is not sent: nobody writes to somebody who is erased."""
    messages.exclude(state__in=Message.OVER).update(state=Message.State.SKIPPED, leased_until=None)
    messages.update(**NOBODY)


keeps(
    Kept(
        "outbox.message",
        columns=("to", "reply_to", "person", "subject", "text", "html", "headers", "attachments", "key", "about"),
        by="to",
        why="What the site has written to them, so that it is sent once and can be shown.",
        until=f"The words {days(BODIES_KEPT)}, the address {days(ADDRESSES_KEPT)}.",
        erase=_erase,
    ),
)
