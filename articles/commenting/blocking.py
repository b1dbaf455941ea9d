"""From whom no comment is taken for a while: an address, a network, or both."""

from datetime import datetime, timedelta

from django.utils import timezone

from accounts import audit
from articles.commenting.marks import every_mark
from articles.commenting.models import Comment, CommentBlock

DAYS = {7: "a week", 30: "a month", 365: "a year"}
Kind = CommentBlock.Kind


def blocked_until(*, email: str, network: str) -> datetime | None:
    """When the last block ends that meets this sender; None if there is none."""
    marks = every_mark(email=email, network=network)
    blocks = CommentBlock.objects.filter(mark__in=marks, ends_at__gt=timezone.now())
    return blocks.order_by("-ends_at").values_list("ends_at", flat=True).first()


def block(comment: Comment, *, kinds: list[str], days: int) -> None:
    """Whoever sent it, by what is chosen of what is still known. A block that there is already ends anew."""
    ends_at = timezone.now() + timedelta(days=days)
    for kind, mark in known_marks(comment).items():
        if kind in kinds:
            values = {"kind": kind, "ends_at": ends_at}
            row, _ = CommentBlock.objects.update_or_create(mark=mark, defaults=values)
            audit.record(row, after=f"for {DAYS[days]}")


def known_marks(comment: Comment) -> dict[str, str]:
    marks = {Kind.ADDRESS.value: comment.address_mark, Kind.NETWORK.value: comment.network_mark}
    return {kind: mark for kind, mark in marks.items() if mark}
