"""Personal codes: how they look, who may use one, and which order holds it."""

import re
import secrets
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts import audit
from accounts.history import recording
from kit.guard.addresses import benefit_key
from kit.local.times import end_of_day, long_day, until_label
from orders.models import Discount, DiscountCode, Order, order_status
from orders.states import move
from practice.models import Practice

GOOD_AGAIN = timedelta(days=30)  # at least, for a code whose order was given back
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXY"  # 31 symbols, a prime; those that are mistaken for others are absent
LENGTH = 10  # nine drawn, one to check them; shown as XXXXX-XXXXX
LONGEST_TYPED = 64
DRAWS = 5
Status = DiscountCode.Status

UNKNOWN = (
    "We do not know this code for this email address. Check the code, and book with the address that it was sent to."
)
TAKEN = "This code has just been used for another booking of yours."
ANOTHER = "This code is for a first course, and another booking of yours has a code for that already."


class CodeNotUsable(Exception):
    """`reason` tells the buyer why, and whether the code is still good."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def bare(text: str) -> str:
    """What was typed without case, spaces and dashes; empty for what cannot be a code."""
    symbols = _SEPARATORS.sub("", text) if len(text) <= LONGEST_TYPED else ""
    return symbols.upper() if symbols.isascii() else ""


def normalise(text: str) -> str:
    """`xxxxx xxxxx`, however it was typed, as `XXXXX-XXXXX`; empty for what cannot be a personal code."""
    symbols = bare(text).translate(_LOOK_ALIKES)
    return _with_dash(symbols) if len(symbols) == LENGTH and _is_sound(symbols) else ""


@transaction.atomic
def issue_code(*, discount: Discount, email: str, percent: int) -> DiscountCode:
    """The person's one code of this discount: a new one, or the one they have.

    A better promise raises a code that is unused and not expired; nothing lowers it. A new code is good to the end of
    the day, in the practice's zone, that lies the discount's `valid_days` ahead.
    """
    code = _find_or_draw(discount, email, percent)
    better = DiscountCode.objects.filter(
        pk=code.pk, status=Status.ISSUED, expires_at__gt=timezone.now(), percent__lt=percent
    )
    with recording(code):
        if better.update(percent=percent):
            code.percent = percent
    return code


def find_usable(text: str, *, email: str) -> DiscountCode:
    """The code, if the person behind this address may use it now; raises CodeNotUsable.

    To everybody else an existing code looks like one that does not exist.
    """
    code = (
        DiscountCode.objects.select_related("discount")
        .filter(code=normalise(text), benefit_key=benefit_key(email))
        .first()
    )
    if code is None:
        raise CodeNotUsable(UNKNOWN)
    if reason := why_not(code, email=email):
        raise CodeNotUsable(reason)
    return code


def why_not(code: DiscountCode, *, email: str) -> str:
    """Why its owner cannot use the code now, and whether it is still good; empty if they can."""
    if code.status == Status.VOID:
        return "This code is no longer valid. Write to us if you think it should be."
    if code.status == Status.REDEEMED:
        return "You have used this code already. It was good for one booking."
    if code.status == Status.RESERVED:
        return why_held(code.orders.filter(status__in=order_status.HOLDING).first())
    if code.is_expired:
        return f"This code ended on {long_day(last_day(code))}."
    if code.discount.first_course_only and has_booked_before(email):
        return "This code is for a first course, and you have booked with us before."
    return ANOTHER if _has_another_in_use(code) else ""


def why_held(holder: Order | None) -> str:
    """What to do about a code that an unpaid order of the same person holds."""
    if holder is None or not holder.is_holding:
        return "Another booking of yours held this code and has just ended. The code is good again in a few minutes."
    if holder.status == Order.Status.PROCESSING:
        return "Another booking of yours uses this code, and its payment is on its way."
    until = until_label(holder.held_until, Practice.current().time_zone)
    return (
        f"Another booking of yours, not paid yet, holds this code until {until}. "
        "Pay that one, or use the code afterwards: it is still good."
    )


def has_booked_before(email: str) -> bool:
    """Whether this person has paid for an order and not got all of it back; what was free is no first course."""
    kept = Order.objects.filter(status__in=[Order.Status.PAID, Order.Status.CLOSED], total__gt=0)
    return kept.filter(benefit_key=benefit_key(email)).exists()


@transaction.atomic
def reserve(code: DiscountCode, *, order: Order) -> None:
    """Holds the code for this order and points the order at it; raises CodeNotUsable when another came first.

    Whether it has expired is find_usable's question: an order keeps the price that it was placed at.
    """
    locked = _locked_with_others(code)
    if locked.status == Status.ISSUED:
        if _has_another_in_use(locked):
            raise CodeNotUsable(ANOTHER)
        move(locked, Status.RESERVED, why=_for(order))
    elif not _holds(order, locked):
        raise CodeNotUsable(TAKEN)
    if order.discount_code_id != code.pk:
        order.discount_code = code
        Order.objects.filter(pk=order.pk).update(discount_code=code)


def redeem(order: Order) -> None:
    """The order is paid: its code is used, even where a late payment finds it released."""
    _move(order, [Status.RESERVED, Status.ISSUED], Status.REDEEMED)


def reserve_again(order: Order) -> None:
    """The order was not paid after all, and waits for its money still."""
    _move(order, [Status.REDEEMED], Status.RESERVED)


def release(order: Order) -> None:
    """The order will not be paid: its code is free again and ends when it always would."""
    _move(order, [Status.RESERVED], Status.ISSUED)


def give_back(order: Order) -> None:
    """The order was refunded in full: its code is good again, for some days at least.

    An order that never got its place, or waited for a person, still has its code reserved.
    """
    _move(order, [Status.REDEEMED, Status.RESERVED], Status.ISSUED, good_until=_end_of_day_in(GOOD_AGAIN.days))


def rules_in_words(code: DiscountCode) -> list[str]:
    """What the code is good for, as sentences for page and mail."""
    discount = code.discount
    return [
        f"It takes {code.percent}% off one ticket of one booking.",
        *(["It is for your first course with us."] if discount.first_course_only else []),
        *(["It is good for full-price tickets only, not for reduced ones."] if discount.full_price_only else []),
        "It is yours alone: book with the email address it was sent to.",
        f"It is good until the end of {long_day(last_day(code))}.",
    ]


def last_day(code: DiscountCode) -> date:
    """The last day on which the code is good, in the practice's zone."""
    return (code.expires_at - timedelta(microseconds=1)).astimezone(Practice.current().zone).date()


_LOOK_ALIKES = str.maketrans("ILO", "110")
_SEPARATORS = re.compile("[\\s\\-_\u200b\u2010-\u2015\u2212\ufeff]")

# Read as people read them: V for U, digits for letters, one stroke for both I and L.
_AS_READ = str.maketrans("01345678VL", "OIEASGTBUI")
_BLOCKED = (
    (
        "ANAL ANUS ARSE ASS BOOB BUM COCK CRAP CRY CUM CUNT DEAD DEATH DIE DICK DUMB FAG FAT FUC FUK FUCK GOD HATE "
        "HELL JEW KILL KKK MAD NAZI NIG PAIN PENIS PISS POO PORN RAPE SAD SEX SHIT SICK SLUT SUICID TIT TWAT UGLY WANK"
    )
    .translate(_AS_READ)
    .split()
)


def _draw() -> str:
    while True:
        drawn = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
        symbols = drawn + _check_symbol(drawn)
        if not _reads_badly(symbols):
            return _with_dash(symbols)


def _reads_badly(symbols: str) -> bool:
    return any(word in symbols.translate(_AS_READ) for word in _BLOCKED)


def _check_symbol(drawn: str) -> str:
    """Weights 10, 9 ... 1 and a prime modulus: every wrong symbol and every swap of two changes the sum."""
    return ALPHABET[-_weighted_sum(drawn) % len(ALPHABET)]


def _weighted_sum(symbols: str) -> int:
    return sum((LENGTH - place) * ALPHABET.index(symbol) for place, symbol in enumerate(symbols))


def _is_sound(symbols: str) -> bool:
    return set(symbols) <= set(ALPHABET) and _weighted_sum(symbols) % len(ALPHABET) == 0


def _with_dash(symbols: str) -> str:
    return f"{symbols[:5]}-{symbols[5:]}"


def _find_or_draw(discount: Discount, email: str, percent: int) -> DiscountCode:
    for draws_left in reversed(range(DRAWS)):
        try:
            code, is_new = DiscountCode.objects.get_or_create(
                discount=discount,
                benefit_key=benefit_key(email),
                defaults={
                    "code": _draw(),
                    "percent": percent,
                    "issued_to": email,
                    "expires_at": _end_of_day_in(discount.valid_days),
                },
            )
        except IntegrityError:  # the same string was drawn for somebody else
            if not draws_left:
                raise
        else:
            if is_new:
                audit.record(code, after=code.status)
            return code
    raise AssertionError("unreachable")


def _end_of_day_in(days: int) -> datetime:
    practice = Practice.current()
    return end_of_day(practice.today() + timedelta(days=days), practice.time_zone)


def _holds(order: Order, code: DiscountCode) -> bool:
    """An order is alone in pointing at its code while it lives, so the reservation is its own."""
    return (
        code.status == Status.RESERVED
        and Order.objects.filter(pk=order.pk, discount_code=code, status__in=order_status.HOLDING).exists()
    )


def _move(order: Order, before: list[str], to: str, *, good_until: datetime | None = None) -> None:
    """Changes the order's code unless another order holds or has used it; does nothing the second time."""
    if order.discount_code_id:
        _move_code(order, order.discount_code_id, before, to, good_until)


@transaction.atomic
def _move_code(order: Order, code_id: int, before: list[str], to: str, good_until: datetime | None) -> None:
    # The lock comes first, so that the question about others sees an order that was placed while we waited.
    code = _locked(code_id)
    others = Order.objects.filter(discount_code=code, status__in=order_status.USES_CODE).exclude(pk=order.pk)
    if code.status not in before or others.exists():
        return
    longer = {"expires_at": max(code.expires_at, good_until)} if good_until else {}
    move(code, to, why=_for(order), **longer)


def _locked(code_id: int) -> DiscountCode:
    """As it stands, locked to the end of the transaction: no second order takes it, nothing is written twice."""
    return DiscountCode.objects.select_for_update(of=("self",)).get(pk=code_id)


def _locked_with_others(code: DiscountCode) -> DiscountCode:
    """The same, with all of the person's codes for a first course: of two at once one is reserved."""
    for_a_first = Q(benefit_key=code.benefit_key, discount__first_course_only=True)
    rows = DiscountCode.objects.select_for_update(of=("self",)).select_related("discount").order_by("pk")
    return next(row for row in rows.filter(Q(pk=code.pk) | for_a_first) if row.pk == code.pk)


def _has_another_in_use(code: DiscountCode) -> bool:
    """A person has one first course, whatever discounts promised something for it."""
    others = DiscountCode.objects.filter(benefit_key=code.benefit_key, discount__first_course_only=True)
    in_use = others.filter(status__in=[Status.RESERVED, Status.REDEEMED]).exclude(pk=code.pk)
    return code.discount.first_course_only and in_use.exists()


def _for(order: Order) -> str:
    return f"Order {order.number}"
