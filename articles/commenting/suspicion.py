"""Why a comment may be spam: told by what it is and how it came, and asked of nobody else."""

import re
from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.db.models import Q
from django.utils import timezone

from articles.commenting.models import Comment

SALT = "articles.commenting.opened"
QUICKEST = timedelta(seconds=5)  # from opening the form to sending it, for somebody who reads and writes
MOST_LINKS = 1  # a reference is welcome
MOST_IN_AN_HOUR = 3  # from one address or network
LINK = re.compile(r"(?:https?://|www\.)\S|\b[\w-]+\.(?:com|net|org|info|shop|biz|ru|cn|xyz|top|online|site|io)\b", re.I)

TRAP = "a part of the form that nobody sees was filled in"
TOO_QUICK = "it was sent within seconds of opening the form"
NOT_OPENED = "its form was not opened here"
LINKS = "it has more than one link"
MANY = "more than three came from there within an hour"


@dataclass(frozen=True)
class Way:
    """How a comment came: `opened` is what the form carries, see `opening`."""

    opened: str = ""
    fell_into_trap: bool = False


def opening() -> str:
    """When the form was opened, signed."""
    return signing.TimestampSigner(salt=SALT).sign("form")


def suspicions(words: str, way: Way, *, marks: list[str]) -> list[str]:
    """Each in words for the desk."""
    links = len(LINK.findall(words))
    found = [TRAP] * way.fell_into_trap + _of_time(way.opened) + [LINKS] * (links > MOST_LINKS)
    return found + [MANY] * (_lately(marks) >= MOST_IN_AN_HOUR)


def _of_time(opened: str) -> list[str]:
    signer = signing.TimestampSigner(salt=SALT)
    try:
        signer.unsign(opened)
    except (signing.BadSignature, ValueError):
        return [NOT_OPENED]
    try:
        signer.unsign(opened, max_age=QUICKEST)
    except signing.SignatureExpired:
        return []
    return [TOO_QUICK]


def _lately(marks: list[str]) -> int:
    since = timezone.now() - timedelta(hours=1)
    sent = Q(network_mark__in=marks) | Q(address_mark__in=marks)
    return Comment.objects.filter(sent, created_at__gt=since).count() if marks else 0
