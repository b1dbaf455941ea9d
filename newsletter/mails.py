"""The mails around a subscription: when they may be sent, and what each says."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from kit.guard.tokens import new_secret
from newsletter import links
from newsletter.models import ConsentEvent, Subscriber
from orders.models import DiscountCode
from orders.pricing.codes import last_day, rules_in_words, why_not
from outbox.models import Message
from outbox.post import queue_message
from practice.models import Practice

FOR_NEW_PEOPLE = "The discount is for a first course. You have booked with us before, so there is no code for you."

WHAT_WE_SEND = {
    Subscriber.Audience.THERAPIST: "workshop dates and clinical articles",
    Subscriber.Audience.CLIENT: "articles for everyone",
    Subscriber.Audience.BOTH: "workshop dates, clinical articles, and articles for everyone",
}


def ask_to_confirm(subscriber: Subscriber, *, percent: int) -> None:
    """Names the percentage of the code to come; 0 promises none.

    At most one such mail in 24 hours and three in 30 days for one address, however often the form is sent; whoever has
    used its link may ask anew.
    """
    context = {
        "percent": percent,
        "is_for_first_course": percent and subscriber.offer.discount.first_course_only,
        "confirm_url": links.confirm_url(subscriber, percent=percent),
    }
    _answer(
        "confirm",
        subscriber,
        context,
        answered_at=subscriber.confirmed_at,
        useless_after=timezone.now() + links.CONFIRM_LIFE,
    )


def tell_subscribed_already(subscriber: Subscriber, code: DiscountCode | None, *, is_raised: bool) -> None:
    """Limited like the mail that asks to confirm."""
    context = {"is_raised": is_raised, **about_code(subscriber, code), **_for_subscribers(subscriber)}
    _answer("already", subscriber, context, headers=links.way_out(subscriber))


def welcome(event: ConsentEvent, code: DiscountCode | None) -> None:
    """One for each time that somebody confirms."""
    subscriber = event.subscriber
    queue_message(
        key=f"newsletter:welcome:{event.pk}",
        to=subscriber.email,
        template="newsletter/welcome",
        context={**about_code(subscriber, code), **_for_subscribers(subscriber)},
        reply_to=Practice.current().email,
        headers=links.way_out(subscriber),
    )


def about_code(subscriber: Subscriber, code: DiscountCode | None) -> dict[str, Any]:
    """What page and mail say about somebody's code, or about why there is none."""
    if code is None:
        return {"code": None, "why_no_code": FOR_NEW_PEOPLE if subscriber.offer else ""}
    return {
        "code": code,
        "why_not": why_not(code, email=subscriber.email),
        "rules": rules_in_words(code),
        "last_day": last_day(code),
    }


def _for_subscribers(subscriber: Subscriber) -> dict[str, Any]:
    return {
        "subscriber": subscriber,
        "what_we_send": WHAT_WE_SEND[subscriber.audience],
        "preferences_url": links.preferences_url(subscriber),
        "unsubscribe_url": links.unsubscribe_url(subscriber),
        "workshops_url": settings.SITE_URL + reverse("courses:workshops") if Practice.current().has_workshops else "",
    }


def _answer(kind: str, subscriber: Subscriber, context: dict[str, Any], **options: Any) -> None:
    """To what anybody may have typed, so its limits are those of outbox/limits.py."""
    queue_message(
        key=f"newsletter:{kind}:{subscriber.pk}:{new_secret()}",
        to=subscriber.email,
        template=f"newsletter/{kind}",
        context=context,
        reply_to=Practice.current().email,
        priority=Message.Priority.STRANGER,
        **options,
    )
