"""General codes: given out by the editors, good for many people, once for each, as often as the code allows.

A use is a live order that points at the code; there is no counter to drift. Whoever takes a use locks the code's row,
last of all (workshop, order, payments, code), and counts then: of two people at the last use the second is told.
"""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.history import recording
from courses.models import Course
from kit.guard.addresses import benefit_key
from kit.local.times import long_day, moment_label
from kit.texts.sentences import listed
from orders.models import GeneralCode, Order, order_status
from orders.pricing.codes import UNKNOWN, CodeNotUsable, bare, why_held
from practice.models import Practice

# An order that was cancelled for less than all its money keeps its use; one that is refunded in full gives it back.
SHAPE = re.compile("[A-Z0-9]{4,20}")

ENDED = "This code has ended."
USED_UP = "This code has been used as often as it can be. You can book without it."
ALL_HELD = "Every use of this code is taken, some by bookings that are not paid yet. Try later, or book without it."
AGAIN = "You have used this code already. It is good for one booking of each person."


class UsesTaken(Exception):
    """More orders use the code than the new limit would allow."""

    def __init__(self, taken: int) -> None:
        super().__init__(f"{taken} uses")
        self.taken = taken


def normalise(text: str) -> str:
    """`spring 26`, however it was typed, as `SPRING26`; empty for what cannot be a general code."""
    symbols = bare(text)
    return symbols if SHAPE.fullmatch(symbols) else ""


def find_usable(text: str, *, email: str | None, course: Course) -> GeneralCode:
    """The code, if this person may use it now for this course; raises CodeNotUsable, which says why not.

    Without an address it is not asked who has used it.
    """
    code = GeneralCode.objects.filter(code=normalise(text)).first()
    if code is None:
        raise CodeNotUsable(UNKNOWN)
    if reason := why_not(code, email=email, course=course):
        raise CodeNotUsable(reason)
    return code


def why_not(code: GeneralCode, *, email: str | None, course: Course) -> str:
    """Why it cannot be used; empty if it can."""
    return (
        _why_not_now(code) or _why_not_here(code, course) or _why_not_by(code, email) or _why_used_up(code, uses(code))
    )


def uses(code: GeneralCode) -> QuerySet[Order]:
    return Order.objects.filter(general_code=code, status__in=order_status.USES_CODE)


@transaction.atomic
def take(code: GeneralCode, *, order: Order) -> None:
    """Makes this order one of the code's uses; raises CodeNotUsable when the last has just gone to somebody else.

    The order must be locked, or new. Whether the code has ended is find_usable's question: an order keeps the price
    that it was placed at.
    """
    locked = _locked(code)
    if locked is None:  # deleted since the form was read
        raise CodeNotUsable(UNKNOWN)
    _check_free(locked, order)
    if order.general_code_id != locked.pk:
        order.general_code = locked
        Order.objects.filter(pk=order.pk).update(general_code=locked)


@transaction.atomic
def end_codes(codes: QuerySet[GeneralCode]) -> int:
    """Nobody can use them from now on; how many that ended. Bookings keep the price that they were placed at."""
    running = GeneralCode.objects.select_for_update().filter(pk__in=codes.values("pk"), is_active=True).order_by("pk")
    for code in running:
        with recording(code):
            code.is_active = False
            code.save(update_fields=["is_active"])
    return len(running)


def check_most_uses(code: GeneralCode, most_uses: int | None) -> None:
    """Raises UsesTaken when the limit would fall below the uses there are. Call it in a transaction."""
    _locked(code)
    taken = uses(code).count()
    if most_uses is not None and most_uses < taken:
        raise UsesTaken(taken)


def _locked(code: GeneralCode) -> GeneralCode | None:
    return GeneralCode.objects.select_for_update().filter(pk=code.pk).first()


def _check_free(code: GeneralCode, order: Order) -> None:
    others = uses(code).exclude(pk=order.pk)
    if others.filter(benefit_key=order.benefit_key).exists():
        raise CodeNotUsable(AGAIN)
    if reason := _why_used_up(code, others):
        raise CodeNotUsable(reason)


def _why_not_now(code: GeneralCode) -> str:
    now = timezone.now()
    zone = Practice.current().time_zone
    if now < code.starts_at and code.is_active:
        return f"This code is not good yet. It starts on {moment_label(code.starts_at, zone)}."
    if now >= code.ends_at:
        return f"This code ended on {long_day(_last_moment(code).astimezone(ZoneInfo(zone)))}."
    return "" if code.is_active else ENDED


def _why_not_here(code: GeneralCode, course: Course) -> str:
    its_courses = list(code.courses.all())
    if not its_courses or course in its_courses:
        return ""
    return f"This code is not for this course. It is good for {listed([each.title for each in its_courses])}."


def _why_not_by(code: GeneralCode, email: str | None) -> str:
    if email is None:
        return ""
    own = uses(code).filter(benefit_key=benefit_key(email)).first()
    if own is None:
        return ""
    return why_held(own) if own.status in order_status.HOLDING else AGAIN


def _why_used_up(code: GeneralCode, others: QuerySet[Order]) -> str:
    if code.most_uses is None or others.count() < code.most_uses:
        return ""
    return ALL_HELD if others.filter(status__in=order_status.HOLDING).exists() else USED_UP


def _last_moment(code: GeneralCode) -> datetime:
    """An end at midnight belongs to the day before."""
    return code.ends_at - timedelta(microseconds=1)
