"""Each rule is broken behind the application's back, and is found and named."""

from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.utils import timezone

from accounts import audit
from accounts.models import AuditEntry
from courses.models import Cohort, SeriesWaitingEntry, Session, Ticket, WaitingListEntry, Workshop
from orders import stripe_api
from orders.books import books
from orders.documents import document_facts, issuing
from orders.models import (
    BalanceReading,
    BankLine,
    DiscountCode,
    Document,
    GeneralCode,
    Movement,
    Order,
    OrderLine,
    Payment,
    Payout,
    Refund,
    Series,
)
from orders.pricing import codes
from orders.settling import disputes, settle
from tests.builders import (
    make_cohort,
    make_discount,
    make_general_code,
    make_practice,
    make_series,
    make_ticket,
    make_workshop,
)
from tests.orders import series_purchases
from tests.orders.purchases import as_stripe_sees_it, buyer, open_session, place

pytestmark = pytest.mark.django_db(transaction=True)
Status = Order.Status
HOUR = timedelta(hours=1)
AN_HOUR_AGO = timezone.now() - HOUR
SECOND = "00000000-0000-0000-0000-000000000002"  # the key of an order written behind the back


@pytest.fixture
def order(standin):
    """Paid, with a code, on a workshop of two places."""
    make_practice()
    standin.webhooks.mode = "drop"
    code = codes.issue_code(discount=make_discount(), email="noor@example.org", percent=20)
    return bought(make_workshop(capacity=2), standin, code=str(code))


def bought(workshop, standin, **options):
    order = place(workshop, **options)
    session_id = open_session(order)
    standin.pay(session_id)
    return settle.settle(as_stripe_sees_it(session_id))


def broken_rules():
    return [finding.rule for finding in books.findings()]


def send_back(order, amount="84.00", status=Refund.Status.SUCCEEDED):
    return Refund.objects.create(payment=order.payments.get(), amount=Decimal(amount), reason="Test.", status=status)


def test_books_of_honest_sales_add_up(order, standin):
    bought(order.workshop, standin, by=buyer("ada@example.org"))
    place(make_workshop(), by=buyer("lea@example.org"))
    make_ticket(make_workshop())

    assert broken_rules() == []


def _replace_a_paper_by_nothing(order):
    receipt = order.documents.get()
    facts = document_facts.read(receipt.facts)
    with transaction.atomic():
        issuing.issue(order, kind="credit_note", key=f"{issuing.REPLACED}{receipt.pk}", facts=facts)


FAULTS = {
    "a cohort keeps to its places": lambda order: (
        Workshop.objects.update(capacity=9),
        cohort := make_cohort(order.workshop, places=1),
        make_ticket(order.workshop, cohort=cohort),
        make_ticket(order.workshop, cohort=cohort),
    ),
    "a cohort ends with its sale": lambda order: (
        make_cohort(order.workshop, places=1, ends_at=order.workshop.starts_at + HOUR),
        Workshop.objects.update(capacity=3),
    ),
    "a cohort's place is one of its own": lambda order: make_ticket(
        order.workshop, cohort=make_cohort(make_workshop(slug="elsewhere"))
    ),
    "what is kept for a cohort is there": lambda order: (
        make_cohort(order.workshop, places=1),
        Workshop.objects.update(capacity=1),
    ),
    "no workshop above its capacity": lambda order: (
        make_ticket(order.workshop),
        Workshop.objects.update(capacity=1),
    ),
    "money is decided on": lambda order: (
        Order.objects.update(status=Status.LAPSED),
        Ticket.objects.update(status=Ticket.Status.LAPSED),
        DiscountCode.objects.update(status=DiscountCode.Status.ISSUED),
    ),
    "a paid order has its places": lambda order: Ticket.objects.update(status=Ticket.Status.LAPSED),
    "a paid order was paid": lambda order: Payment.objects.update(status=Payment.Status.EXPIRED),
    "an invoiced order holds its places": lambda order: (
        Ticket.objects.update(status=Ticket.Status.LAPSED),
        Payment.objects.update(status=Payment.Status.EXPIRED),
        DiscountCode.objects.update(status=DiscountCode.Status.RESERVED),
        Order.objects.update(
            status=Status.INVOICED,
            organisation="Humber Care Trust",
            invoice_due_on=timezone.localdate(),
            held_until=timezone.now() + timedelta(days=7),
        ),
    ),
    "an unseated order is being refunded": lambda order: (
        Order.objects.update(status=Status.UNSEATED),
        Ticket.objects.update(status=Ticket.Status.LAPSED),
    ),
    "a failed refund is sent again": lambda order: (
        Order.objects.update(status=Status.OWED),
        DiscountCode.objects.update(status=DiscountCode.Status.ISSUED),
    ),
    "a refunded order holds no money": lambda order: (
        Order.objects.update(status=Status.REFUNDED),
        DiscountCode.objects.update(status=DiscountCode.Status.ISSUED),
        send_back(order, "80.00"),
    ),
    "what goes back stays within the payment": lambda order: (send_back(order), send_back(order, "0.01")),
    "nobody pays twice": lambda order: Payment.objects.create(
        order=order,
        attempt=2,
        amount=order.total,
        received=order.total,
        currency="GBP",
        status=Payment.Status.PAID,
        expires_at=timezone.now(),
    ),
    "a payment is the order's total": lambda order: Payment.objects.update(received=Decimal("83.99")),
    "a corrected paper is for the same sum": _replace_a_paper_by_nothing,
    "transfers add up to the order": lambda order: (
        Payment.objects.update(method=Payment.Method.TRANSFER, received=Decimal("83.99")),
        Order.objects.update(invoice_due_on="2027-01-01"),
        _add_the_invoice(order),
    ),
    "a surplus is beyond the price": lambda order: Refund.objects.create(
        payment=order.payments.get(), amount=Decimal("1.00"), reason="Test.", is_surplus=True
    ),
    "a bank's line is recorded once": lambda order: BankLine.objects.create(
        booked_on="2026-11-01", amount=5, currency="GBP", fingerprint="1", status=BankLine.Status.RECORDED
    ),
    "a credit has two sides": lambda order: Payment.objects.create(
        order=order,
        attempt=2,
        method=Payment.Method.CREDIT,
        amount=order.total,
        received=Decimal(),
        currency="GBP",
        status=Payment.Status.PAID,
        expires_at=timezone.now(),
    ),
    "a cancelled workshop asks everybody": lambda order: Workshop.objects.update(status="cancelled"),
    "an order is the sum of its lines": lambda order: OrderLine.objects.update(
        price=Decimal(110), discount=Decimal(22)
    ),
    "a code has one live order": lambda order: _second_order_of_the_code(order),
    "a code is where its order is": lambda order: DiscountCode.objects.update(status=DiscountCode.Status.ISSUED),
    "numbers of documents have no gap": lambda order: Series.objects.filter(kind="receipt").update(last=2),
    "a sale has its document": lambda order: (
        Document.objects.all().delete(),
        Series.objects.update(last=0),
        Order.objects.update(paid_at=AN_HOUR_AGO),
    ),
    "what went back is credited": lambda order: (
        send_back(order, "1.00"),
        Refund.objects.update(created_at=AN_HOUR_AGO),
        AuditEntry.objects.filter(model="orders.refund").update(at=AN_HOUR_AGO),
    ),
    "credit notes stay within the sale": lambda order: _credit_more_than_was_sold(order),
    "a document adds up": lambda order: Document.objects.update(total=Decimal("83.99")),
    "a general code stays within its limit": lambda order: (
        Order.objects.update(general_code=make_general_code(most_uses=1)),
        GeneralCode.objects.update(most_uses=0),
    ),
    "a general code is used once by a person": lambda order: _second_use_of_a_general_code(order),
    "a discount is as its words tell": lambda order: Order.objects.update(
        discount_words=order.discount_words.replace("20%", "30%")
    ),
    "a booked place is paid for": lambda order: (
        Order.objects.update(status=Status.CLOSED),
        send_back(order, "42.00"),
    ),
    "a held place has an order or an offer": lambda order: make_ticket(order.workshop, Ticket.Status.HELD),
    "an offer holds its place": lambda order: WaitingListEntry.objects.create(
        workshop=order.workshop,
        email="lea@example.org",
        email_key="lea@example.org",
        status=WaitingListEntry.Status.OFFERED,
        ticket=order.lines.get().ticket,
        offer_ends_at=timezone.now() + timedelta(hours=1),
    ),
    "an offer of a series is whole": lambda order: _offer_a_part(),
    "a series is sold whole": lambda order: _lapse_a_part(),
    "a workshop lasts as its sessions do": lambda order: Session.objects.update(ends_at=F("ends_at") + HOUR),
    "what Stripe moved for us stands here": lambda order: _moved("payment", intent_id="pi_unknown", is_ours=True),
    "what is settled moved at Stripe": lambda order: _settled_long_ago(order),
    "Stripe booked what was paid": lambda order: _moved("payment", intent_id=order.payments.get().intent_id),
    "a payout is what it is made of": lambda order: _paid_out(),
}


def _lapse_a_part():
    """Its series waits for money, and one of its places is gone."""
    waiting = series_purchases.place(make_series(), by=buyer("ada@example.org"))
    Ticket.objects.filter(pk=waiting.lines.last().ticket_id).update(status=Ticket.Status.LAPSED)


def _offer_a_part():
    """Somebody has an offer of a series, and one of its places is gone."""
    one, other = make_workshop(), make_workshop()
    entry = SeriesWaitingEntry.objects.create(
        series=make_series(one, other),
        email="lea@example.org",
        email_key="lea@example.org",
        status=SeriesWaitingEntry.Status.OFFERED,
        offer_ends_at=timezone.now() + HOUR,
    )
    gone = make_ticket(other, Ticket.Status.LAPSED, place_number=None)
    entry.tickets.set([make_ticket(one, Ticket.Status.HELD), gone])


LONG_AGO = timezone.now() - timedelta(days=9)


def _moved(kind, **fields):
    facts = {"amount": 1, "fee": 0, "currency": "GBP", "moved_at": LONG_AGO}
    return Movement.objects.create(transaction_id="txn_1", kind=kind, **facts | fields)


def _settled_long_ago(order):
    BalanceReading.objects.create(is_live=False, began_at=LONG_AGO, read_until=LONG_AGO, is_whole=True)
    order.payments.update(paid_at=LONG_AGO)


def _paid_out():
    sent = {"amount": 9, "currency": "GBP", "created_at": LONG_AGO, "arrives_on": LONG_AGO.date()}
    payout = Payout.objects.create(payout_id="po_1", status="paid", is_told_whole=True, is_read=True, **sent)
    _moved("payout", payout=payout)


def _add_the_invoice(order):
    """It has one, as an order by invoice has."""
    receipt = order.documents.get()
    with transaction.atomic():
        issuing.issue(order, kind="invoice", key="invoice", facts=document_facts.read(receipt.facts))


def _credit_more_than_was_sold(order):
    refund = Refund(payment=order.payments.get(), amount=Decimal("84.01"))
    facts = document_facts.of_refund(refund, refund.amount, credited=[])
    with transaction.atomic():
        issuing.issue(order, kind="credit_note", key="too much", facts=facts)


@pytest.mark.parametrize("rule", books.RULES)
def test_a_broken_rule_is_found_and_named(rule, order, unguarded):
    with unguarded("order_uses_a_code_alone"), unguarded("order_uses_a_general_code_once_per_person"):
        FAULTS[rule](order)

        assert broken_rules() == [rule]

        OrderLine.objects.filter(order__key=SECOND).delete()
        Order.objects.filter(key=SECOND).delete()


def test_more_kept_than_a_workshop_has_is_found_before_anybody_books(order):
    other = make_workshop(capacity=2)
    make_cohort(other, places=3)

    assert [(finding.rule, finding.words) for finding in books.findings()] == [
        ("what is kept for a cohort is there", "3 places are taken or kept, of 2")
    ]


def test_a_cohort_outlasts_neither_its_ticket_nor_the_sale_and_one_that_has_ended_is_in_order(order):
    Workshop.objects.update(capacity=9)
    kept = make_cohort(order.workshop, places=1, ends_at=order.workshop.starts_at)
    last_day = kept.ends_at.date() - timedelta(days=2)
    assert broken_rules() == []

    order.workshop.ticket_types.update(last_day=last_day)
    assert broken_rules() == ["a cohort ends with its sale"]

    order.workshop.ticket_types.update(last_day=None)
    Workshop.objects.update(sales_close_at=order.workshop.starts_at - HOUR)
    assert broken_rules() == ["a cohort ends with its sale"]

    Cohort.objects.update(ended_at=timezone.now())
    assert broken_rules() == []


@pytest.mark.parametrize("amount", ["84.00", "10.00"])
def test_a_cancelled_place_of_a_paid_order_is_in_order_whatever_the_policy_sent_back(order, amount):
    Ticket.objects.update(status=Ticket.Status.CANCELLED)
    send_back(order, amount)

    assert broken_rules() == []


@pytest.mark.parametrize("status", [Refund.Status.FAILED, Refund.Status.CANCELED])
def test_a_refund_that_failed_sends_nothing_back(order, status):
    Order.objects.update(status=Status.UNSEATED)
    Ticket.objects.update(status=Ticket.Status.LAPSED)
    send_back(order, status=status)

    assert broken_rules() == ["an unseated order is being refunded"]


def test_the_code_of_an_unpaid_order_that_ended_must_be_free(order):
    Order.objects.update(status=Status.CANCELLED)
    Ticket.objects.update(status=Ticket.Status.CANCELLED)
    Payment.objects.update(status=Payment.Status.EXPIRED)
    DiscountCode.objects.update(status=DiscountCode.Status.RESERVED)

    assert broken_rules() == ["a code is where its order is"]


def test_a_paid_order_of_which_nobody_has_a_place_is_found_unless_money_went_back(order):
    Ticket.objects.update(status=Ticket.Status.CANCELLED)

    assert broken_rules() == ["a paid order has its places"]


def test_a_place_is_not_held_for_an_order_that_waits_for_no_money(order):
    other = place(order.workshop, by=buyer("ada@example.org"))
    Order.objects.filter(pk=other.pk).update(status=Status.LAPSED)

    assert broken_rules() == ["a held place has an order or an offer"]


@pytest.mark.parametrize("amounts", [["84.01"], ["84.00", "0.01"]])
def test_a_refund_of_too_much_is_found_before_it_is_sent(order, amounts):
    for amount in amounts:
        send_back(order, amount, Refund.Status.REQUESTED)

    assert broken_rules() == ["what goes back stays within the payment"]


def test_a_second_payment_of_which_a_part_stayed_is_found(order):
    FAULTS["nobody pays twice"](order)
    payment = order.payments.get(attempt=2)
    Refund.objects.create(payment=payment, amount=Decimal("1.00"), reason="Test.", status=Refund.Status.SUCCEEDED)

    assert broken_rules() == ["nobody pays twice"]


def test_a_refund_that_was_done_a_moment_ago_may_still_be_credited_however_old_it_is(order):
    send_back(order, "1.00")
    Refund.objects.update(created_at=AN_HOUR_AGO)
    [refund] = Refund.objects.all()
    audit.record(refund, before="pending", after=refund.status)

    assert broken_rules() == []


def test_a_code_that_a_cancelled_order_has_used_is_not_used_again(order, unguarded):
    second = place(order.workshop, by=buyer("ada@example.org"))
    Order.objects.filter(pk=order.pk).update(status=Status.CLOSED)
    Ticket.objects.filter(pk=order.lines.get().ticket_id).update(status=Ticket.Status.CANCELLED)
    words = {"discount_code": order.discount_code, "discount_words": order.discount_words, "total": order.total}
    with unguarded("order_uses_a_code_alone"):
        Order.objects.filter(pk=second.pk).update(**words)
        OrderLine.objects.filter(order=second).update(discount=Decimal("21.00"))

        assert broken_rules() == ["a code has one live order"]

        Order.objects.filter(pk=second.pk).update(discount_code=None)


def test_the_database_keeps_a_code_from_a_second_order_while_a_cancelled_one_has_used_it(order):
    second = place(order.workshop, by=buyer("ada@example.org"))
    Order.objects.filter(pk=order.pk).update(status=Status.CLOSED)

    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=second.pk).update(discount_code=order.discount_code)


@pytest.mark.parametrize("status", [DiscountCode.Status.RESERVED, DiscountCode.Status.ISSUED])
def test_the_code_of_a_paid_order_is_redeemed(order, status):
    DiscountCode.objects.update(status=status)

    assert broken_rules() == ["a code is where its order is"]


def test_a_hold_that_ended_takes_no_place(order):
    make_ticket(order.workshop, Ticket.Status.HELD, held_until=timezone.now() - timedelta(seconds=1))
    Workshop.objects.update(capacity=1)

    assert broken_rules() == []


# Against Stripe's own ledger -----------------------------------------------------------


def test_the_same_ledger_at_stripe_is_no_finding(order, standin):
    standin.refund_from_dashboard(order.payments.get().intent_id, amount=1000)
    send_back(order, "10.00")

    assert list(books.findings_at_stripe(Payment.objects.all())) == []


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"status": Payment.Status.EXPIRED}, "at Stripe it is paid, here it is expired"),
        ({"received": Decimal("85.00")}, "84.00 GBP came in at Stripe, 85.00 GBP here"),
        ({"session_id": "cs_test_unknown"}, "Stripe does not know it"),
    ],
)
def test_a_payment_that_stripe_sees_otherwise_is_found(order, fault, words):
    Payment.objects.update(**fault)

    assert words_at_stripe() == [words]


def test_a_refund_that_we_were_never_told_of_is_found(order, standin):
    standin.refund_from_dashboard(order.payments.get().intent_id, amount=1000)

    [finding] = books.findings_at_stripe(Payment.objects.all())

    assert (finding.about, finding.words) == (
        f"payment {order.payments.get()}",
        "£10.00 went back at Stripe, £0.00 here",
    )


def test_a_dispute_that_we_were_never_told_of_is_found(order, standin):
    standin.dispute(order.payments.get().intent_id)

    assert words_at_stripe() == ["£84.00 was taken in disputes at Stripe, £0.00 here"]


def test_a_dispute_is_the_same_ledger_at_both_ends_until_one_hears_that_it_was_won(order, standin):
    intent_id = order.payments.get().intent_id
    standin.dispute(intent_id)
    hear_of_disputes(intent_id)
    assert words_at_stripe() == []

    standin.close_dispute(intent_id, "won")
    assert words_at_stripe() == ["£0.00 was taken in disputes at Stripe, £84.00 here"]

    hear_of_disputes(intent_id)
    assert words_at_stripe() == []


def hear_of_disputes(intent_id):
    for state in stripe_api.disputes_of_intent(intent_id):
        disputes.record(state)


def words_at_stripe():
    return [finding.words for finding in books.findings_at_stripe(Payment.objects.all())]


# The command ---------------------------------------------------------------------------


def table(**options):
    out = StringIO()
    try:
        call_command("check_books", stdout=out, **options)
    except CommandError as error:
        return out.getvalue().splitlines(), str(error)
    return out.getvalue().splitlines(), ""


def test_the_command_prints_each_rule_and_is_content_when_all_are_kept(order):
    lines, error = table()

    assert [line.split("  ")[0] for line in lines] == [*books.RULES, books.AT_STRIPES_LEDGER]
    assert ({line.split()[-1] for line in lines}, error) == ({"yes"}, "")


def test_the_command_fails_on_any_finding_and_names_the_row_and_no_person(order):
    Payment.objects.update(received=Decimal("1.00"))

    lines, error = table()

    assert lines[-2] == f"payment {order.payments.get()}: 1.00 came in for an order of 84.00."
    assert error == "The books do not add up: 2 found."
    assert "noor" not in "".join(lines)


def test_a_document_is_read_once_and_what_was_changed_at_the_database_is_found_by_reading_all(order):
    table()
    document = Document.objects.get()
    Document.objects.update(facts=document.facts | {"total": "1.00"})

    (_, quick), (lines, whole) = table(), table(all=True)

    assert (document.proved_at is not None, quick) == (True, "")
    assert (lines[-1], whole) == (
        f"document {document}: its total is 84.00, and what stands on it differs.",
        "The books do not add up: 1 found.",
    )


def test_a_document_that_does_not_add_up_is_found_each_time(order):
    Document.objects.update(facts=Document.objects.get().facts | {"total": "1.00"})

    errors = [table()[1] for _ in range(2)]

    assert (errors, Document.objects.get().proved_at) == (["The books do not add up: 1 found."] * 2, None)


def test_the_total_of_a_document_that_was_proved_is_compared_again(order):
    table()
    Document.objects.update(total=1)

    assert table()[1] == "The books do not add up: 1 found."


def test_the_command_proves_nothing_when_stripe_does_not_answer(order, standin):
    standin.faults.add(method="GET", path="*", kind="drop_before")

    lines, error = table()

    assert lines[-1] == f"{books.AT_STRIPES_LEDGER:40} not asked: Stripe did not answer"
    assert error == "Stripe did not answer, so its ledger could not be compared. Run this again."


def _second_use_of_a_general_code(order):
    code = make_general_code("SPRING26", percent=20)
    Order.objects.update(discount_code=None, general_code=code, discount_words="20% off with SPRING26")
    DiscountCode.objects.update(status=DiscountCode.Status.ISSUED)
    _second_order_of_the_code(order)


def _second_order_of_the_code(order):
    again = Order.objects.get(pk=order.pk)
    again.pk, again.number, again.secret, again.key, again.status = None, "2", "2", SECOND, Status.PENDING
    again.save()
    OrderLine.objects.create(
        order=again,
        ticket=make_ticket(order.workshop, Ticket.Status.HELD),
        description="Again",
        price=Decimal("105.00"),
        discount=Decimal("21.00"),
    )


@pytest.fixture
def unguarded():
    """Takes a constraint of the order away: the books must see even what the database would refuse."""

    @contextmanager
    def without(name):
        constraint = next(each for each in Order._meta.constraints if each.name == name)
        with connection.schema_editor() as editor:
            editor.remove_constraint(Order, constraint)
        try:
            yield
        finally:
            with connection.schema_editor() as editor:
                editor.add_constraint(Order, constraint)

    return without
