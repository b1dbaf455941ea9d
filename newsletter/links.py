"""Links in newsletter mails: what they carry, whom they prove, and how mail programs find the way out."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from newsletter.models import Subscriber
from outbox import post
from practice.models import Practice

CONFIRM_SALT = "newsletter.confirm"
CONFIRM_LIFE = timedelta(days=7)


class LinkUnknown(Exception):
    """No such link was ever sent, or its subscriber is gone."""


class LinkExpired(Exception):
    """The link was good once."""


@dataclass(frozen=True)
class ConfirmLink:
    """Whoever opens it reads the subscriber's mail. The percentage is the one that the mail named."""

    subscriber: Subscriber
    percent: int


def confirm_url(subscriber: Subscriber, *, percent: int) -> str:
    token = signing.dumps({"subscriber": subscriber.pk, "percent": percent}, salt=CONFIRM_SALT)
    return settings.SITE_URL + reverse("newsletter:confirm", args=[token])


def read_confirm_token(token: str) -> ConfirmLink:
    """Raises LinkExpired after seven days, LinkUnknown for anything that we did not make."""
    try:
        payload = signing.loads(token, salt=CONFIRM_SALT, max_age=CONFIRM_LIFE)
    except signing.SignatureExpired as error:
        raise LinkExpired from error
    except signing.BadSignature as error:
        raise LinkUnknown from error
    subscriber = Subscriber.objects.select_related("offer").filter(pk=payload["subscriber"]).first()
    if subscriber is None:
        raise LinkUnknown
    return ConfirmLink(subscriber, payload["percent"])


def unsubscribe_url(subscriber: Subscriber) -> str:
    """Never expires and may be used again: a way out that has closed is worse than one that leaks."""
    return settings.SITE_URL + reverse("newsletter:unsubscribe", args=[subscriber.secret])


def preferences_url(subscriber: Subscriber) -> str:
    """By the same secret as the way out: whoever may leave may choose."""
    return settings.SITE_URL + reverse("newsletter:preferences", args=[subscriber.secret])


def read_unsubscribe_token(token: str) -> Subscriber:
    """Raises LinkUnknown."""
    if not token.isascii() or not token.isprintable():  # PostgreSQL takes no null byte
        raise LinkUnknown
    subscriber = Subscriber.objects.filter(secret=token).first()
    if subscriber is None:
        raise LinkUnknown
    return subscriber


def way_out(subscriber: Subscriber) -> dict[str, str]:
    """On every newsletter mail."""
    return post.way_out(unsubscribe_url(subscriber), email=Practice.current().email)
