"""How long what readers wrote is kept, where nobody reads it any more."""

from datetime import timedelta

from django.utils import timezone

from articles.commenting.models import Comment, CommentBlock
from kit.guard.privacy import blank_some, delete_some

KEPT = timedelta(days=30)
Status = Comment.Status


def end_comments() -> int:
    """What was not published, or deleted, is gone after a month; so is what was held and not read. The others forget
    from where they came. Returns how many rows that were."""
    before = timezone.now() - KEPT
    ended = Comment.objects.filter(status__in=[Status.REJECTED, Status.DELETED], decided_at__lt=before)
    unread = Comment.objects.filter(status=Status.HELD, created_at__lt=before)
    old = Comment.objects.filter(created_at__lt=before).exclude(network_mark="")
    return (
        delete_some(ended)
        + delete_some(unread)
        + blank_some(old, network_mark="")
        + delete_some(CommentBlock.objects.filter(ends_at__lte=timezone.now()))
    )
