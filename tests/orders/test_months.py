"""The end of a month: the site's books are Stripe's own, to the penny, and what differs has its line."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from kit.local.money import money
from orders.books import months
from orders.changes import moves, refunds
from orders.changes.moves import MoveWish
from orders.documents import issuing
from orders.models import Document, Movement, Payment, Refund
from orders.settling import balance, reconcile, transfers_back, workshop_cancellation
from practice.models import Practice
from tests.builders import (
    make_general_code,
    make_practice,
    make_refund_tiers,
    make_sale_terms,
    make_user,
    make_workshop,
)
from tests.orders.invoices import ACCOUNT, invoice, transfer
from tests.orders.purchases import buy, buyer

pytestmark = pytest.mark.django_db(transaction=True)
Kind = Movement.Kind
MONTH_PAGE = "/admin/orders/movement/month/"
JOURNAL = "/admin/orders/movement/journal/"
FULL = Decimal("105.00")


@pytest.fixture(autouse=True)
def _practice(standin):
    make_practice(vat_number="GB 123 4567 89")
    make_sale_terms(takes_invoices=True, bank_details=ACCOUNT, refund_free_days=0, vat_rate=20)
    make_refund_tiers((14, 100))
    standin.webhooks.mode = "drop"


@pytest.fixture
def desk(client):
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))
    return client


def this_month():
    return Practice.current().today().replace(day=1)


def read():
    """All that the worker does, of money and of papers."""
    reconcile.find_untold_refunds()
    reconcile.find_untold_disputes()
    reconcile.send_waiting_refunds()
    issuing.issue_missing()
    balance.read_balance()


def intent(order):
    return order.payments.get(method=Payment.Method.STRIPE).intent_id


def bought(standin, number, count=1, **options):
    return buy(standin, make_workshop(capacity=9), count, by=buyer(f"{number}@example.org"), **options)


def send_back(payment, amount):
    refunds.send(refunds.send_back(payment, amount=Decimal(amount), reason="Sorry.").pk)


def move(order, workshop):
    wish = MoveWish(order.lines.get(), workshop.ticket_types.first(), Decimal(), uuid4())
    return moves.move_place(wish)


def a_month_of_everything(standin):
    """Orders that something happened to, by what that was. What Stripe sends to the bank fails once."""
    make_general_code("SPRING26", 10)
    orders = {
        "plain": bought(standin, "plain"),
        "group": bought(standin, "group", 3),
        "code": bought(standin, "code", code="SPRING26"),
        "in part": bought(standin, "part", 2),
        "whole": bought(standin, "whole"),
        "there": bought(standin, "there"),
        "came back": bought(standin, "back"),
        "won": bought(standin, "won"),
        "lost": bought(standin, "lost"),
        "moved": bought(standin, "moved"),
    }
    send_back(orders["in part"].payments.get(), "105.00")
    send_back(orders["whole"].payments.get(), "105.00")
    standin.refund_from_dashboard(intent(orders["there"]), amount=2500)
    send_back(orders["came back"].payments.get(), "40.00")
    standin.fail_refund(standin.refunds[-1]["id"])
    failing = standin.payout_arrives(standin.pay_out()["id"])
    standin.dispute(intent(orders["won"]))
    standin.dispute(intent(orders["lost"]), amount=6000)
    standin.close_dispute(intent(orders["won"]), "won")
    standin.close_dispute(intent(orders["lost"]), "lost")
    read()
    orders["moved to"] = move(orders["moved"], make_workshop())
    orders["invoice"] = invoice(make_workshop(), 2, by=buyer("pays@example.org"))
    transfer(orders["invoice"])
    standin.payout_fails(failing["id"])
    standin.book_by_hand(-599)
    standin.book_by_hand(1234, kind="adjustment")
    standin.payout_arrives(standin.pay_out()["id"])
    orders["late"] = bought(standin, "late")
    standin.pay_out(automatic=False)
    cancelled = orders["cancelled"] = bought(standin, "cancelled")
    workshop_cancellation.cancel_workshop(cancelled.workshop, because="Ill.")
    send_back(cancelled.payments.get(), "105.00")
    read()
    return orders


def in_pounds(pence):
    return Decimal(pence) / 100


def test_a_month_of_everything_is_stripes_own_to_the_penny(standin, desk):
    orders = a_month_of_everything(standin)

    month = months.month_of(this_month())

    assert (month.is_read, month.is_right, month.opening) == (True, True, 0)
    the_balance_is_stripes(standin, month)
    each_kind_is_what_stripe_booked(standin, month)
    each_payout_says_what_it_is_made_of(standin, month)
    the_papers_lead_to_the_money(orders, month)
    the_pages_show_that(standin, desk, orders, month)


def the_balance_is_stripes(standin, month):
    booked = standin.balance_transactions
    sent = [each for each in booked if each["type"].startswith("payout")]
    assert month.closing == in_pounds(sum(each["net"] for each in booked))
    assert month.paid_out == in_pounds(sum(each["net"] for each in sent))
    assert month.before_payouts == in_pounds(sum(each["net"] for each in booked if each not in sent))
    own_fees = sum(each["amount"] for each in booked if each["type"] == "stripe_fee")
    assert month.fees == in_pounds(own_fees - sum(each["fee"] for each in booked))
    assert (month.of_others, month.disputed) == (Decimal("12.34"), Decimal("-60.00"))


def each_kind_is_what_stripe_booked(standin, month):
    types = {"charge": "payment", "stripe_fee": "fee", "refund": "refund", "refund_failure": "refund_back"}
    categories = {"dispute": "dispute", "dispute_reversal": "dispute_back", "other_adjustment": "other"}
    expected = Counter()
    for each in standin.balance_transactions:
        kind = types.get(each["type"]) or categories.get(each["reporting_category"])
        expected[kind] += in_pounds(each["amount"])
    del expected[None]
    assert {each.kind: each.amount for each in month.at_stripe} == expected


def each_payout_says_what_it_is_made_of(standin, month):
    failed, arrived, _ = standin.payouts
    lines = [Movement.objects.filter(payout__payout_id=each["id"]).count() - 1 for each in (failed, arrived)]
    said = [(each.entry.kind, each.payout.status, each.words) for each in month.sent]
    assert sorted(said) == [
        ("payout", "failed", f"{lines[0]} lines, to the penny"),
        ("payout", "in_transit", "what Stripe does not say: somebody asked for it there"),
        ("payout", "paid", f"{lines[1]} lines, to the penny"),
        ("payout_back", "failed", f"{lines[0]} lines, to the penny"),
    ]


def the_papers_lead_to_the_money(orders, month):
    """Of all that happened, one thing alone has a paper and no money: a refund that a bank sent back."""
    documents = Document.objects.exclude(kind=Document.Kind.INVOICE)
    receipts = sum(each.total for each in documents.filter(kind=Document.Kind.RECEIPT))
    notes = sum(each.total for each in documents.filter(kind=Document.Kind.CREDIT_NOTE))
    assert (month.on_paper, month.by_transfer) == (receipts - notes, Decimal("210.00"))
    lines = {each.order: (each.amount, each.words) for each in month.differences}
    assert lines == {orders["came back"]: (Decimal("-40.00"), "a credit note of money that did not go back this month")}
    assert month.on_paper - month.differing == month.by_card + Decimal("210.00")
    [vat] = month.vat
    assert (vat.gross, vat.net + vat.vat, vat.rate) == (month.on_paper, month.on_paper, 20)


def the_pages_show_that(standin, desk, orders, month):
    page = desk.get(MONTH_PAGE).text
    for amount in (month.closing, month.fees, month.on_paper, month.before_payouts, month.paid_out):
        assert money(amount) in page
    assert "does not add up" not in page
    entries = desk.get(JOURNAL).context["page"].paginator.object_list
    assert sum(each.net for each in entries) == month.closing + month.by_transfer
    of_payout = desk.get(JOURNAL, {"payout": standin.payouts[1]["id"]}).context["page"].paginator.object_list
    assert sum(each.net for each in of_payout) == 0
    disputed = {each.order_number for each in desk.get(JOURNAL, {"kind": "dispute"}).context["page"]}
    assert disputed == {orders["won"].number, orders["lost"].number}


def test_what_moved_in_another_month_opens_the_next_and_its_papers_have_a_line(standin):
    order, later = bought(standin, "early"), bought(standin, "later")
    read()
    before = this_month() - timedelta(days=10)
    Movement.objects.filter(intent_id=intent(order)).update(moved_at=f"{before}T12:00Z")

    month, last = months.month_of(this_month()), months.month_of(before.replace(day=1))

    assert (last.closing, month.opening) == (month.opening, FULL - Decimal("1.78"))
    assert [(each.order, each.amount, each.words) for each in month.differences] == [
        (order, FULL, "a receipt of money that came in another month")
    ]
    assert [(each.order, each.amount, each.words) for each in last.differences] == [
        (order, -FULL, "money without a receipt of this month")
    ]
    assert (month.is_right, last.is_right, later.is_paid) == (True, True, True)


def test_a_month_is_the_practices(standin):
    order = bought(standin, "sydney")
    read()
    make_practice(time_zone="Australia/Sydney")
    for moment, expected in (("2026-10-31T12:59Z", 10), ("2026-10-31T13:00Z", 11)):
        Movement.objects.update(moved_at=moment)
        found = [number for number in (10, 11) if months.month_of(date(2026, number, 1)).at_stripe]
        assert found == [expected]
    assert order.is_paid


def test_a_month_that_is_not_read_to_its_end_says_so(standin, desk):
    bought(standin, "one")

    unread = desk.get(MONTH_PAGE).text
    read()

    assert ["do not close the month now" in page for page in (unread, desk.get(MONTH_PAGE).text)] == [True, False]


def test_a_payment_of_another_site_stands_there_as_none_of_ours(standin, desk):
    order = bought(standin, "foreign")
    read()
    Movement.objects.update(intent_id="pi_of_another_site")

    month = months.month_of(this_month())

    assert (month.by_card, month.of_others, month.is_right) == (0, FULL, True)
    assert [(each.order, each.amount) for each in month.differences] == [(order, FULL)]
    page = desk.get(JOURNAL, {"kind": "others"}).text
    assert ("none of this site" in page, "1 line, on all pages" in page) == (True, True)


def test_a_transfer_that_was_sent_back_stands_on_the_day_it_was_sent(standin):
    order = invoice(make_workshop(), by=buyer("pays@example.org"))
    transfer(order)
    refund = refunds.send_back(order.payments.get(), amount=Decimal("30.00"), reason="Sorry.")
    before = months.month_of(this_month()).by_transfer
    transfers_back.mark_sent(refund)
    issuing.issue_missing()

    month = months.month_of(this_month())

    assert (before, month.by_transfer, month.differences, month.is_right) == (FULL, Decimal("75.00"), [], True)


def test_money_beyond_the_price_is_a_difference_until_it_is_sent_back(standin):
    order = invoice(make_workshop(), by=buyer("pays@example.org"))
    transfer(order, "125.00")
    issuing.issue_missing()
    month = months.month_of(this_month())
    assert [(each.order, each.amount) for each in month.differences] == [(order, Decimal("-20.00"))]

    [refund] = transfers_back.send_back_surplus(order, shown=Decimal("20.00"))
    transfers_back.mark_sent(refund)

    month = months.month_of(this_month())
    assert (month.differences, month.by_transfer, month.is_right) == ([], FULL, True)


def test_one_refund_at_stripe_that_two_orders_share_is_split_between_them(standin):
    """Made there, before anybody here knew: each order gives up what it holds of the payment."""
    old = buy(standin, make_workshop(), 2)
    wish = MoveWish(old.lines.first(), make_workshop().ticket_types.first(), Decimal(), uuid4())
    new = moves.move_place(wish)
    standin.refund_from_dashboard(intent(old))
    read()

    month = months.month_of(this_month())

    back = Refund.objects.filter(credit=None).values_list("payment__order", "amount")
    assert sorted(back) == [(old.pk, FULL), (new.pk, FULL)]
    assert (month.on_paper, month.by_card, month.differences) == (0, 0, [])


@pytest.mark.parametrize("asked", ["2026-13", "26-1", "x", "9999-99", "0001-01"])
def test_a_month_that_makes_no_sense_shows_the_present_one_and_says_so(desk, asked):
    page = desk.get(MONTH_PAGE, {"month": asked})

    assert (page.context["month"].first_day, "As 2026-11." in page.text) == (this_month(), True)


def test_a_month_asks_as_much_for_many_orders_as_for_one(standin, django_assert_max_num_queries):
    for number in range(3):
        bought(standin, number)
    read()

    with django_assert_max_num_queries(14):
        months.month_of(this_month())
