"""Each state that a sale may come to is come to by the steps of the machine, and from there to an end that holds.

The stories that hypothesis thinks of reach rare states now and then; these reach each of them every time.
"""

from decimal import Decimal

import pytest

from orders.models import BankLine, Order, Payment, Payout, Refund
from tests.proof import (  # noqa: F401  their steps are taken, too
    cohort_steps,
    consent_steps,
    desk_steps,
    series_steps,
)
from tests.proof.sale_machine import DUE, STEPS
from tests.proof.test_machine import sale, taken  # noqa: F401  fixtures

pytestmark = pytest.mark.django_db(transaction=True)
Status = Order.Status
FIRST = {"which": 0}
PAID_LATE = [("bank_speaks", FIRST | {"has_money": True}), ("tell_everything", {})]
EIGHT_DAYS = [("time_passes", {"passed": 8 * 24 * 60}), ("work_comes_due", {"works": DUE})]
UNCONFIRMED = ("book_for_an_address_to_confirm", {"who": 1, "places": 1, "which": 0})


def transferred(share):
    return ("write_transfer_down", FIRST | {"share": share})


def listed(share=100):
    return ("read_a_banks_file_twice", FIRST | {"share": share})


def last():
    return Order.objects.order_by("pk").last().status


def lines():
    return list(BankLine.objects.values_list("status", flat=True))


# By what it comes to: how it begins, the steps, and what is looked at then.
STORIES = {
    "late money waits": ("a bank is late", PAID_LATE, last, Status.REVIEW),
    "late money has its place": (
        "a bank is late",
        [*PAID_LATE, ("give_the_place_all_the_same", FIRST)],
        last,
        Status.PAID,
    ),
    "late money goes back": ("a bank is late", [*PAID_LATE, ("send_late_money_back", FIRST)], last, Status.REFUNDED),
    "money comes when all is over": (
        "a bank is slow",
        [("the_workshop_comes_before_the_money", {"is_over": True}), *PAID_LATE],
        last,
        Status.REFUNDED,
    ),
    "a part is there": ("an invoice is sent", [transferred(50)], last, Status.PART_PAID),
    "both parts are there": ("a transfer is wrong", [transferred(50)], last, Status.PAID),
    "a part is enough": ("a transfer is wrong", [("accept_what_came", FIRST)], last, Status.PAID),
    "a part was a slip": ("a transfer is wrong", [("undo_a_transfer", FIRST | {"last": 0})], last, Status.INVOICED),
    "more came than was asked for": (
        "an invoice is sent",
        [transferred(150), ("send_surplus_back", FIRST), ("say_that_it_was_sent", FIRST)],
        lambda: list(Refund.objects.filter(is_surplus=True).values_list("status", flat=True)),
        [Refund.Status.SUCCEEDED],
    ),
    "a line of the bank pays": ("an invoice is sent", [listed(), ("record_a_bank_line", FIRST)], last, Status.PAID),
    "a line of the bank is assigned": (
        "an invoice is sent",
        [listed(50), ("assign_a_bank_line", FIRST | {"whose": 0})],
        last,
        Status.PART_PAID,
    ),
    "a line of the bank is set aside and taken up": (
        "an invoice is sent",
        [listed(), ("set_a_bank_line_aside", FIRST), ("take_a_bank_line_up", FIRST)],
        lines,
        [BankLine.Status.WAITING],
    ),
    "Stripe pays out": (
        "somebody waits",
        [("stripe_pays_out", {}), ("read_the_balance", {})],
        lambda: [payout.movements.net_total() for payout in Payout.objects.filter(is_read=True)],
        [Decimal()],
    ),
    "an address is to be confirmed": ("somebody waits", [UNCONFIRMED], last, Status.UNCONFIRMED),
    "an address is confirmed": ("somebody waits", [UNCONFIRMED, ("press_the_link", FIRST)], last, Status.INVOICED),
    "an address is never confirmed": ("somebody waits", [UNCONFIRMED, *EIGHT_DAYS], last, Status.UNANSWERED),
    "a place is split off": (
        "somebody waits",
        [("split_a_place_off", FIRST)],
        lambda: Payment.objects.order_by("pk").last().method,
        Payment.Method.CREDIT,
    ),
}


@pytest.mark.parametrize("name", STORIES)
def test_a_state_is_come_to_and_the_rules_hold_to_its_end(name, sale, taken):  # noqa: F811
    beginning, steps, look, wanted = STORIES[name]
    story = sale()
    try:
        story.begin(beginning=beginning)
        for step, drawn in steps:
            with story.whatever_comes(step):
                STEPS[step].work(story, **drawn)
            story.the_rules_hold()
        came_to = look()
    finally:
        story.teardown()

    assert [step for step, _ in steps if not taken[step]] == []
    assert came_to == wanted
