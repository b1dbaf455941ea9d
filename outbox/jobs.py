from collections.abc import Iterator

from kit.jobs import Job, counted, finds
from outbox.models import Message


@finds("outbox.view_message")
def failed_mails() -> Iterator[Job]:
    failed = Message.objects.filter(state=Message.State.FAILED)
    return counted(failed, "?state__exact=failed", "mail could not be sent", "mails could not be sent")
