"""Sending what waits in the outbox: with leases, so that no two workers send one mail, and with patience."""

import hashlib
import logging
from contextlib import suppress
from datetime import timedelta
from email.charset import QP, Charset
from email.header import Header
from functools import partial
from itertools import islice
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPResponseException, SMTPSenderRefused
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from kit.database.moments import ThisMoment
from kit.database.questions import compiled_once
from kit.guard.addresses import NotDeliverable, delivery_form
from kit.guard.encryption import Unreadable
from kit.work.rounds import do_for_each
from outbox.models import Message
from outbox.sealing import BLANK, unsealed

LEASE = timedelta(minutes=5)
BACK_OFF = [
    *(timedelta(minutes=minutes) for minutes in (1, 5, 30)),
    *(timedelta(hours=hours) for hours in (2, 6, 24)),
]
BODIES_KEPT = timedelta(days=90)
QUOTED = Charset("utf-8")
QUOTED.body_encoding = QP
KEY_LOST = "It cannot be read: the key that it was encrypted with is not among ENCRYPTION_KEYS any more."
# Answers about one message. Any other failure is the server's, and the rest of the batch waits for the next round.
ABOUT_ONE_MESSAGE = (SMTPRecipientsRefused, SMTPSenderRefused, SMTPDataError)

log = logging.getLogger(__name__)


class ServerSilent(Exception):
    """The mail server cannot be reached, or has stopped talking: no other message would fare better now."""


def deliver_due(limit: int = 50) -> int:
    """Send what is due, what somebody waits for first, also if it was written a moment ago; returns how many were sent.

    Each message is claimed when its turn has come, so that several workers share what there is.
    """
    if not _first_to_do():
        return 0
    skip_useless()
    give_up_deadly()
    connection = get_connection()
    messages = islice(iter(claim_next, None), limit)
    try:
        return do_for_each(messages, partial(_deliver, connection=connection), silence=ServerSilent, silences=1)
    finally:
        with suppress(OSError):
            connection.close()


def claim_next() -> Message | None:
    """The first that nobody else has, ours until `leased_until`; None if there is none."""
    due = Message.objects.due()
    if not due.exists():
        return None
    with transaction.atomic():
        message = due.select_for_update(of=("self",), skip_locked=True).first()
        if message:
            message.state, message.leased_until = Message.State.SENDING, timezone.now() + LEASE
            message.attempts += 1
            message.save(update_fields=["state", "leased_until", "attempts"])
    return message


def skip_useless() -> int:
    """Give up what has lost its meaning, and forget the secrets in it."""
    useless = _useless()
    pks = list(useless.values_list("pk", flat=True))
    if not pks:
        return 0
    with transaction.atomic():
        skipped = useless.filter(pk__in=pks).update(state=Message.State.SKIPPED, leased_until=None)
        Message.objects.filter(pk__in=pks, state=Message.State.SKIPPED, is_secret=True).update(**BLANK)
    return skipped


def give_up_deadly() -> int:
    """Stop trying what ended the worker in the middle each time: it would end the next one too."""
    deadly = Message.objects.due().filter(state=Message.State.SENDING, attempts__gt=len(BACK_OFF))
    pks = list(deadly.values_list("pk", flat=True))
    if not pks:
        return 0
    given_up = {"state": Message.State.FAILED, "leased_until": None, "last_error": "The worker ended while sending it."}
    with transaction.atomic():
        count = deadly.filter(pk__in=pks).update(**given_up)
        Message.objects.filter(pk__in=pks, state=Message.State.FAILED, is_secret=True).update(**BLANK)
    log.error("%s messages given up: the worker ended while sending them", count)
    return count


def forget_old_bodies() -> int:
    """Blank what was sent, skipped or given up long ago. The row stays: its key guards against sending twice."""
    old = Message.objects.filter(state__in=Message.OVER, created_at__lt=timezone.now() - BODIES_KEPT)
    return old.exclude(text="").update(**BLANK)


@compiled_once
def _first_to_do() -> QuerySet[Message]:
    """In one statement, because it is asked each second; it looks at no mail that was sent."""
    either = Message.objects.due() | _useless()
    return either.filter(sent_at=None).order_by().only("pk")[:1]


def _useless() -> QuerySet[Message]:
    is_idle = Q(state=Message.State.QUEUED) | Q(state=Message.State.SENDING, leased_until__lt=ThisMoment())
    return Message.objects.filter(is_idle, useless_after__lt=ThisMoment())


def _deliver(message: Message, *, connection: BaseEmailBackend) -> int:
    """Raises ServerSilent."""
    try:
        _send(unsealed(message), connection)
    except Exception as error:
        _record_failure(message, error)
        if isinstance(error, OSError) and not isinstance(error, ABOUT_ONE_MESSAGE):
            raise ServerSilent from error
        return 0
    _record_success(message)
    return 1


def _send(message: Message, connection: BaseEmailBackend) -> None:
    mail = SevenBitMail(
        message.subject,
        message.text,
        settings.DEFAULT_FROM_EMAIL,
        [delivery_form(message.to)],  # Django would make another's address of one that has none: ß becomes ss
        reply_to=[message.reply_to] if message.reply_to else None,
        headers={"Auto-Submitted": "auto-generated", "Message-ID": message_id(message), **message.headers},
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    for attachment in message.attachments:
        if attachment.get("is_alternative"):
            mail.attach_alternative(attachment["content"], attachment["content_type"])
        else:
            mail.attach(attachment["name"], attachment["content"], attachment["content_type"])
    connection.open()  # kept open for the next message
    connection.send_messages([mail])


class SevenBitMail(EmailMultiAlternatives):
    """Its texts are quoted-printable: a server on the way that writes 8-bit texts anew would break the signature."""

    def message(self, *args: Any, **options: Any) -> Any:
        whole = super().message(*args, **options)
        if not self.subject.isascii():  # the length of its name counts: else the first line would be empty
            whole.replace_header("Subject", Header(str(self.subject), "utf-8", header_name="Subject").encode())
        for part in whole.walk():
            if part.get_content_maintype() == "text":
                text = part.get_payload(decode=True).decode()
                del part["Content-Transfer-Encoding"]
                part.set_payload(text, QUOTED)
        return whole


def message_id(message: Message) -> str:
    """The same for every attempt, so that a mail sent twice across a crash can be known as one."""
    digest = hashlib.sha256(message.key.encode()).hexdigest()[:40]
    return f"<{digest}@{urlsplit(settings.SITE_URL).hostname}>"


def _record_success(message: Message) -> None:
    blank = BLANK if message.is_secret else {}
    _ours(message).update(state=Message.State.SENT, sent_at=timezone.now(), leased_until=None, last_error="", **blank)
    log.info("message %s sent", message.pk)


def _record_failure(message: Message, error: Exception) -> None:
    reason = _describe(error)
    is_final = _is_hopeless(error) or message.attempts > len(BACK_OFF)
    if is_final:
        blank = BLANK if message.is_secret else {}
        fields: dict[str, Any] = {"state": Message.State.FAILED, **blank}
    else:
        wait = BACK_OFF[message.attempts - 1]
        fields = {"state": Message.State.QUEUED, "next_attempt_at": timezone.now() + wait}
    _ours(message).update(leased_until=None, last_error=reason, **fields)
    log.warning("message %s not sent (%s), %s", message.pk, reason, "given up" if is_final else "will be tried again")


def _ours(message: Message) -> QuerySet[Message]:
    """The row, unless our lease ended and another worker has taken it."""
    return Message.objects.filter(
        pk=message.pk, state=Message.State.SENDING, leased_until=message.leased_until, attempts=message.attempts
    )


def _is_hopeless(error: Exception) -> bool:
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code in _codes(error))
    return isinstance(error, NotDeliverable | Unreadable)


def _describe(error: Exception) -> str:
    """Class and SMTP code: a server's words may repeat addresses."""
    if isinstance(error, Unreadable):
        return KEY_LOST
    return " ".join([type(error).__name__, *map(str, _codes(error))])


def _codes(error: Exception) -> list[int]:
    if isinstance(error, SMTPRecipientsRefused):
        return [code for code, _words in error.recipients.values()]
    if isinstance(error, SMTPResponseException):
        return [error.smtp_code]
    return []
