from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from kit.desk.jobs import Job, counted, finds
from outbox.models import Message

LATE_AFTER = timedelta(minutes=15)
IN_VAIN_AFTER = timedelta(hours=1)


@finds("outbox.view_message", alarm=True)
def late_mails() -> Iterator[Job]:
    """Nobody sends them, as no worker runs; or somebody tries, and the mail server does not take them.

    That it takes none to what a stranger has typed tells of that address, so that nobody rings our bell by a form.
    """
    now = timezone.now()
    nobody_tries = Q(next_attempt_at__lt=now - LATE_AFTER)
    tried_in_vain = Q(attempts__gt=0, created_at__lt=now - IN_VAIN_AFTER) & ~Q(priority=Message.Priority.STRANGER)
    unsent = Message.objects.filter(sent_at=None, state__in=[Message.State.QUEUED, Message.State.SENDING])
    return counted(
        unsent.filter(nobody_tries | tried_in_vain),
        "?state__exact=queued",
        "mail waits and is not sent",
        "mails wait and are not sent",
    )


@finds("outbox.view_message")
def failed_mails() -> Iterator[Job]:
    failed = Message.objects.filter(state=Message.State.FAILED)
    return counted(failed, "?state__exact=failed", "mail could not be sent", "mails could not be sent")
