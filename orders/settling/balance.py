"""The balance at Stripe, read into rows of ours: every movement of money and every payout to the bank.

Each page is a transaction that says where to go on from, and what was read before is known by its id. So a worker may
die anywhere, two may read at once, and nothing is left out or stands here twice.
"""

import logging
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

from django.db import transaction
from django.utils import timezone

from kit.work.checkpoints import checkpoint
from kit.work.rounds import do_for_each
from orders import stripe_api, stripe_balance
from orders.models import BalanceReading, Movement, Payout
from orders.stripe_balance import MovementState, PayoutState

log = logging.getLogger(__name__)

Kind = Movement.Kind
AT_ONCE = 100  # so many Stripe lists at once
PAGES_BACK = 10  # of what is older than this site, in one go
READ_AGAIN = timedelta(days=2)  # what Stripe books a little late
MAY_CHANGE = timedelta(days=60)  # a payout may fail after it arrived
THE_BEGINNING = datetime(2011, 1, 1, tzinfo=UTC)  # Stripe is no older
BY_TYPE = {
    "charge": Kind.PAYMENT,
    "payment": Kind.PAYMENT,
    "refund": Kind.REFUND,
    "payment_refund": Kind.REFUND,
    "refund_failure": Kind.REFUND_BACK,
    "stripe_fee": Kind.FEE,
    "stripe_fx_fee": Kind.FEE,
    "tax_fee": Kind.FEE,
    "payout": Kind.PAYOUT,
    "payout_failure": Kind.PAYOUT_BACK,
    "payout_cancel": Kind.PAYOUT_BACK,
}
BY_CATEGORY = {"dispute": Kind.DISPUTE, "dispute_reversal": Kind.DISPUTE_BACK}


def read_balance() -> int:
    """For the worker: what was paid out and what moved since it last asked, then what each payout is made of, and a
    bounded part of what is older than this site. Returns how many rows are new.

    Payouts come first: how far back they are asked for hangs on the moment until which all movements are here.
    """
    steps = [_read_payouts, _read_recent, _read_older]
    new = do_for_each(steps, lambda step: step(_reading()), silence=stripe_api.StripeUnavailable, silences=1)
    read_told_payouts()
    return new


def read_told_payouts() -> int:
    """For the worker: what those payouts are made of that Stripe has told of, by its list or a webhook.

    Returns how many payouts it read.
    """
    told = Payout.objects.filter(is_live=stripe_api.is_live(), is_told_whole=True, is_read=False)
    return do_for_each(
        told.order_by("created_at", "pk"), _read_members, silence=stripe_api.StripeUnavailable, silences=1
    )


def record_payout(state: PayoutState) -> None:
    """What a webhook tells, which may come late: that a payout came back is the last word of it."""
    if not Payout.objects.filter(payout_id=state.id, status__in=Payout.CAME_BACK).exists():
        _store_payouts([state])


def _reading() -> BalanceReading:
    now = timezone.now()
    return BalanceReading.objects.get_or_create(
        is_live=stripe_api.is_live(), defaults={"began_at": now, "read_until": now}
    )[0]


def _read_recent(reading: BalanceReading) -> int:
    """The moment until which all is here moves on when all is."""
    until = timezone.now()
    new = sum(_store(some) for some in _in_pages(stripe_balance.movements_since(reading.read_until - READ_AGAIN)))
    BalanceReading.objects.filter(pk=reading.pk, read_until__lt=until).update(read_until=until)
    return new


def _read_older(reading: BalanceReading) -> int:
    """From where reading began back to the first movement of all, which the sum of the balance needs."""
    new = 0
    for _ in range(PAGES_BACK):
        if reading.is_whole:
            break
        found, has_more = stripe_balance.movements_before(reading.began_at, after=reading.oldest_id)
        with transaction.atomic():
            new += _store(found)
            reading.oldest_id = found[-1].id if found else reading.oldest_id
            reading.is_whole = not has_more
            reading.save(update_fields=["oldest_id", "is_whole"])
            checkpoint("balance page read")
    return new


def _read_payouts(reading: BalanceReading) -> int:
    """As they stand now: one that arrived may fail later."""
    since = reading.read_until - MAY_CHANGE if reading.is_whole else THE_BEGINNING
    return sum(_store_payouts(some) for some in _in_pages(stripe_balance.payouts_since(since)))


def _read_members(payout: Payout) -> int:
    for some in _in_pages(stripe_balance.movements_of(payout.payout_id)):
        with transaction.atomic():
            _store(some)
            Movement.objects.filter(transaction_id__in=[each.id for each in some]).update(payout=payout)
            checkpoint("part of a payout read")
    Payout.objects.filter(pk=payout.pk).update(is_read=True)
    return 1


def _store(states: Iterable[MovementState]) -> int:
    """Those that are not here yet. What is here was written with the same words: Stripe never changes a movement."""
    rows = [_row(state) for state in states]
    before = Movement.objects.filter(transaction_id__in=[row.transaction_id for row in rows]).count()
    Movement.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows) - before


def _store_payouts(states: Iterable[PayoutState]) -> int:
    facts = ["status", "amount", "currency", "created_at", "arrives_on", "is_told_whole"]
    rows = [
        Payout(payout_id=state.id, is_live=stripe_api.is_live(), **{name: getattr(state, name) for name in facts})
        for state in states
    ]
    before = Payout.objects.filter(payout_id__in=[row.payout_id for row in rows]).count()
    told_anew = ["status", "arrives_on", "is_told_whole"]
    Payout.objects.bulk_create(rows, update_conflicts=True, unique_fields=["payout_id"], update_fields=told_anew)
    return len(rows) - before


def _row(state: MovementState) -> Movement:
    kind = BY_TYPE.get(state.type) or BY_CATEGORY.get(state.category, Kind.OTHER)
    return Movement(
        transaction_id=state.id,
        kind=kind,
        amount=state.amount,
        fee=state.fee,
        currency=state.currency,
        moved_at=state.moved_at,
        source_id=state.source_id,
        intent_id=state.intent_id,
        is_ours=state.is_ours,
        words=state.words,
        is_live=stripe_api.is_live(),
    )


def _in_pages(states: Iterator) -> Iterator[list]:
    while some := list(islice(states, AT_ONCE)):
        yield some
