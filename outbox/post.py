"""Putting a mail into the outbox, in the same transaction as what it tells of."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypedDict, Unpack

import css_inline
from django.conf import settings
from django.db.models import Model, QuerySet
from django.template import Context, Engine
from django.utils import timezone

from kit.guard.acting import who_acts
from outbox import limits
from outbox.models import Message, person_of
from outbox.sealing import sealed

# Rules that can be inlined are; @media rules for the dark and for small screens stay in the head.
INLINER = css_inline.CSSInliner(keep_style_tags=True, remove_inlined_selectors=True, load_remote_stylesheets=False)

AS_IT_WAS = {"kind", "person", "about", "to", "reply_to", "subject", "text", "html", "headers", "attachments"}
DOUBLE_CLICK = 10  # seconds
BLANK_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True)
class Attachment:
    """A text file, or what says the same as the mail in another way, for programs that understand it.

    The type goes without a charset: it is UTF-8, and the mail says so.
    """

    name: str
    content_type: str
    content: str
    is_alternative: bool = False


@dataclass(frozen=True)
class Words:
    """A mail's subject and text as they are ready to be sent; the HTML may be left out."""

    subject: str
    text: str
    html: str = ""


class Options(TypedDict, total=False):
    """`kind` and `answered_at` are for the limits, which are not for what a person sends `by_desk`; `about`, too, and
    for who looks for the mails about a row (`on`). A mail without a meaning after a moment says so."""

    kind: str
    about: str
    answered_at: datetime | None
    by_desk: bool
    reply_to: str
    attachments: Sequence[Attachment]
    headers: dict[str, str]
    is_secret: bool
    priority: int
    useless_after: datetime | None


def on(row: Model) -> str:
    """What a mail is about that tells of this row: `ticket:12`."""
    return f"{row._meta.model_name}:{row.pk}"


def queue_message(*, key: str, to: str, template: str, context: dict[str, Any], **options: Unpack[Options]) -> None:
    """Queue the mail written in `emails/<template>.subject.txt`, `.txt` and `.html`, which is its `kind`.

    Text templates are rendered without escaping; all three know `site_url`. A key is queued once, see `queue_plain`.
    """
    options.setdefault("kind", template)
    queue_plain(key=key, to=to, words=words_of(template, context), **options)


def words_of(template: str, context: dict[str, Any]) -> Words:
    """The mail as it would be queued."""
    context = {"site_url": settings.SITE_URL, **context}
    return Words(
        subject=_render(f"emails/{template}.subject.txt", context, autoescape=False),
        text=_render(f"emails/{template}.txt", context, autoescape=False),
        html=_render(f"emails/{template}.html", context),
    )


@contextmanager
def collected() -> Iterator[list[Message]]:
    """What is queued within is not stored: it is in the list, as it would be."""
    waiting: list[Message] = []
    token = _collected.set(waiting)
    try:
        yield waiting
    finally:
        _collected.reset(token)


def queue_plain(*, key: str, to: str, words: Words, **options: Unpack[Options]) -> None:
    """Queue a mail whose words are ready, unless its limits say that there were enough (`outbox/limits.py`), or nobody
    is there to read it: who was erased has no address. A key is queued once: a second call leaves the first row as it
    is.

    On PostgreSQL it locks that row, so whoever queues several keys twice holds a lock of what they tell about.
    """
    answered_at = options.pop("answered_at", None)
    about, by_desk = options.get("about", ""), options.pop("by_desk", False)
    if not to:
        return
    if not by_desk and not limits.may_write(options.get("kind", ""), to=to, about=about, answered_at=answered_at):
        return
    fields = {
        **options,
        "to": to,
        "caused_by": who_acts().words[:80],
        "person": person_of(to),
        "subject": one_line(words.subject)[: Message._meta.get_field("subject").max_length],
        "text": BLANK_LINES.sub("\n\n", words.text).strip() + "\n",
        "html": INLINER.inline(words.html.strip()) if words.html else "",
        "attachments": [vars(attachment) for attachment in options.get("attachments", ())],
        "headers": {name: one_line(value) for name, value in options.get("headers", {}).items()},
    }
    if (waiting := _collected.get()) is not None:
        waiting.append(Message(key=key, **fields))
        return
    stored = sealed(fields) if options.get("is_secret") else fields
    # One statement, also where the key is queued already: nothing of that row changes. To ignore conflicts would, on
    # SQLite, also ignore a missing value, and the mail would be lost without a word.
    Message.objects.bulk_create(
        [Message(key=key, **stored)], update_conflicts=True, unique_fields=["key"], update_fields=["key"]
    )


def once_more(key: str, *, to: str) -> str:
    """The key of a mail that is sent once more. Who asks for it twice within ten seconds has clicked twice, and gets
    the key of the first: it is queued once."""
    now = timezone.now()
    keys = [f"{key}:{now - timedelta(seconds=ago):%Y%m%dT%H%M%S}" for ago in range(DOUBLE_CLICK + 1)]
    return max(Message.objects.filter(key__in=keys, to=to).values_list("key", flat=True), default=keys[0])


def send_again(message: Message) -> bool:
    """The same words once more, to the same address; a double click sends one. False where nothing is left to send."""
    if message.is_secret or not message.text:
        return False
    fields = {
        each.name: getattr(message, each.name) for each in Message._meta.concrete_fields if each.name in AS_IT_WAS
    }
    made = {"key": once_more(f"again:{message.pk}", to=message.to), "caused_by": who_acts().words[:80], **fields}
    Message.objects.bulk_create([Message(**made)], update_conflicts=True, unique_fields=["key"], update_fields=["key"])
    return True


def withdraw(messages: QuerySet[Message]) -> int:
    """Those of them that have not left are never sent. Returns how many."""
    waiting = messages.filter(state__in=[Message.State.QUEUED, Message.State.FAILED])
    return waiting.update(state=Message.State.SKIPPED)


def way_out(url: str, *, email: str) -> dict[str, str]:
    """The headers behind a mail program's own unsubscribe button (RFC 2369, RFC 8058). What it posts to the address is
    done at once and leads to no other, see `kit.pages.http.is_one_click`; `email` is the practice's, if it has one."""
    ways = [f"<{url}>", *([f"<mailto:{email}?subject=unsubscribe>"] if email else [])]
    return {"List-Unsubscribe": ", ".join(ways), "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def one_line(text: str) -> str:
    """What may stand in a mail header: no line break of any kind."""
    return " ".join(text.split())


def _render(name: str, context: dict[str, Any], *, autoescape: bool = True) -> str:
    return Engine.get_default().get_template(name).render(Context(context, autoescape=autoescape))


_collected: ContextVar[list[Message] | None] = ContextVar("collected", default=None)
