"""Which change of a comment's status is allowed, and the one place that makes it."""

from django.db import transaction

from accounts import audit
from articles.commenting.models import Comment

Status = Comment.Status
ALLOWED: dict[str, set[str]] = {
    Status.WAITING: {Status.PUBLISHED, Status.REJECTED, Status.DELETED},
    Status.HELD: {Status.PUBLISHED, Status.REJECTED, Status.DELETED},
    Status.PUBLISHED: {Status.REJECTED, Status.DELETED},
    Status.REJECTED: {Status.PUBLISHED, Status.DELETED},
    Status.DELETED: set(),
}


def move(comment: Comment, to: str, *, why: str = "", **fields) -> None:
    """Changes the status of a comment that the caller has locked and read anew, together with these fields.

    The change, who makes it and why stand in an audit entry, and nothing of the comment. The caller has asked
    `may_move`.
    """
    before = comment.status
    comment.status = to
    for name, value in fields.items():
        setattr(comment, name, value)
    with transaction.atomic(savepoint=False):
        comment.save(update_fields=["status", *fields])
        audit.record(comment, before=before, after=to, reason=why)


def may_move(comment: Comment, to: str) -> bool:
    return to in ALLOWED[comment.status]
