"""What becomes of a comment once somebody has read it; and that whoever wrote it deletes it."""

from django.db import transaction
from django.utils import timezone

from accounts import audit
from articles.commenting import mails
from articles.commenting.blocking import block
from articles.commenting.models import Comment
from articles.commenting.states import may_move, move
from kit.database.locks import lock
from kit.forms.seen import Facts, check_seen, facts_of

Status = Comment.Status


class NotPublished(Exception):
    """Nobody reads it, so nobody would understand a reply."""


def facts_seen(comment: Comment) -> Facts:
    return facts_of(comment)


@transaction.atomic
def publish_comment(comment: Comment, *, seen: str | None = None) -> bool:
    """Everybody reads it from now on. False if it is published or deleted; raises kit.forms.seen.ChangedMeanwhile."""
    locked = _locked(comment)
    if not may_move(locked, Status.PUBLISHED):
        return False
    _check(locked, seen)
    move(locked, Status.PUBLISHED, decided_at=timezone.now(), rejected_because="")
    mails.tell_published(locked)
    return True


@transaction.atomic
def reject_comment(comment: Comment, *, because: str, seen: str | None = None) -> bool:
    """Nobody reads it, or nobody any more. Whoever wrote what was held as spam is not told.

    False if it is so already, or deleted; raises kit.forms.seen.ChangedMeanwhile.
    """
    locked = _locked(comment)
    if not may_move(locked, Status.REJECTED):
        return False
    _check(locked, seen)
    was_held = locked.status == Status.HELD
    reason = Comment.Because(because)
    move(locked, Status.REJECTED, why=str(reason.label), decided_at=timezone.now(), rejected_because=reason.value)
    if not was_held:
        mails.tell_rejected(locked)
    return True


@transaction.atomic
def block_writer(comment: Comment, *, kinds: list[str], days: int, because: str, seen: str | None = None) -> bool:
    """Takes no comment from there for so long, and does not publish this one. False if it is deleted."""
    locked = _locked(comment)
    if locked.is_deleted:
        return False
    _check(locked, seen)
    block(locked, kinds=kinds, days=days)
    reject_comment(locked, because=because)
    return True


@transaction.atomic
def reply_to(comment: Comment, *, words: str, voice: str, seen: str | None = None) -> bool:
    """Below it, marked as the author's or the practice's; without words there is no reply any more.

    False if nothing changes. Raises NotPublished and kit.forms.seen.ChangedMeanwhile.
    """
    locked = _locked(comment)
    if not locked.is_published:
        raise NotPublished
    voice = voice if words else ""
    if (locked.reply, locked.reply_by) == (words, voice):
        return False
    _check(locked, seen)
    locked.reply, locked.reply_by = words, voice
    locked.replied_at = timezone.now() if words else None
    locked.save(update_fields=["reply", "reply_by", "replied_at"])
    audit.record(locked, after="reply published" if words else "reply taken away")
    return True


@transaction.atomic
def delete_own(comment: Comment) -> bool:
    """By whoever wrote it: the words are gone at once, and so is the reply, which may repeat them."""
    locked = _locked(comment)
    if not may_move(locked, Status.DELETED):
        return False
    emptied = ("name", "email", "words", "agreed_words", "address_mark", "network_mark", "held_because", "reply")
    emptied += ("reply_by", "rejected_because")
    move(locked, Status.DELETED, decided_at=timezone.now(), replied_at=None, **dict.fromkeys(emptied, ""))
    return True


def _locked(comment: Comment) -> Comment:
    return lock(Comment.objects, comment.pk)


def _check(comment: Comment, seen: str | None) -> None:
    if seen is not None:
        check_seen(seen, facts_seen(comment))
