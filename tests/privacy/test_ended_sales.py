"""Six years after the financial year of a sale nobody is named in it any more, and all sums are what they were."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.apps import apps
from django.db.models import TextField
from django.db.models.functions import Cast

from courses.models import Ticket
from learning.certificates import issuing as certificates
from learning.models import Attendance, Feedback
from orders import ended_sales
from orders.books import books
from orders.changes import refunds
from orders.documents import document_facts, issuing
from orders.models import BankLine, Dispute, Document, Order, OrderLine, Payment, Refund
from practice.models import SaleTerms
from privacy import ended_places
from tests.builders import (
    make_general_code,
    make_practice,
    make_refund_tiers,
    make_terms,
    make_ticket,
    make_workshop,
)
from tests.orders.invoices import invoice, make_invoicing_practice, transfer
from tests.orders.purchases import buy, buyer

pytestmark = pytest.mark.django_db(transaction=True)
SOLD = datetime(2026, 5, 4, 12, tzinfo=UTC)
LAST_DAY = datetime(2033, 3, 31, 12, tzinfo=UTC)  # of the sixth year after the one that ended in March 2027
AFTER = datetime(2033, 4, 1, 12, tzinfo=UTC)
ELSEWHERE = {"outbox.message", "accounts.auditentry"}  # they end sooner, by work of their own


@pytest.fixture(autouse=True)
def _practice():
    make_practice()
    make_terms()
    make_invoicing_practice(financial_year_ends=3)
    make_refund_tiers((14, 100))


@pytest.fixture
def workshop(standin):
    """By card with a code for many, twice, one sent back in part; by an organisation's transfer; and a place given."""
    with time_machine.travel(SOLD):
        standin.webhooks.mode = "drop"
        workshop = make_workshop(day=date(2026, 7, 1), capacity=9)
        make_general_code("SPRING26", percent=10)
        who = [buyer(f"canary{number}@example.org", "Noor Canary") for number in range(3)]
        first, _ = [buy(standin, workshop, by=each, code="SPRING26") for each in who[:2]]
        refunds.send_back(first.payments.get(), amount=Decimal("5.00"), reason="Noor Canary was ill.")
        invoiced = invoice(workshop, by=who[2])
        line = BankLine.objects.create(
            fingerprint="1",
            booked_on=SOLD.date(),
            amount=105,
            currency="GBP",
            payer="N Canary",
            words="Canary",
            status="recorded",
        )
        transfer(invoiced)
        Payment.objects.filter(order=invoiced).update(bank_line=line, note="From Noor Canary")
        given = make_ticket(workshop, attendee_name="Noor Canary", attendee_email="canary9@example.org")
        Ticket.objects.update(attendee_name="Noor Canary")
        make_certificates(workshop)
        Feedback.objects.create(workshop=workshop, ticket=given, answers=[{"words": "Canary"}], given_on=SOLD.date())
        issuing.issue_missing()
    return workshop


def make_certificates(workshop):
    for ticket in workshop.tickets.all():
        for each in workshop.sessions.all():
            Attendance.objects.create(
                ticket=ticket, session=each, corrected_minutes=360, corrected_because="Canary said so"
            )
        certificates.issue(ticket)


def work():
    return ended_sales.forget_ended_sales(), ended_places.forget_ended_places()


def sums():
    """All that the books say of money, paper by paper, whoever it was."""
    papers = [
        (each.number, each.total, document_facts.read(each.facts).vat) for each in Document.objects.order_by("pk")
    ]
    orders = list(Order.objects.order_by("pk").values_list("number", "status", "total", "discount_words", "paid_at"))
    payments = list(Payment.objects.order_by("pk").values_list("status", "received", "intent_id"))
    lines = list(OrderLine.objects.order_by("pk").values_list("price", "discount", "vat"))
    return papers, orders, payments, lines, [str(each) for each in books.findings()]


def rows_that_name_anybody():
    found = []
    for model in apps.get_models():
        texts = [each.name for each in model._meta.concrete_fields if not each.is_relation]
        rows = model._base_manager.annotate(**{f"x_{name}": Cast(name, TextField()) for name in texts})
        for name in texts:
            for word in ("canary", "Humber", "Dock Road"):
                if rows.filter(**{f"x_{name}__icontains": word}).exists():
                    found.append(f"{model._meta.label_lower}.{name}")
    return sorted({each for each in found if each.rpartition(".")[0] not in ELSEWHERE})


def test_a_sale_is_kept_to_the_end_of_the_sixth_year_and_not_a_day_longer(workshop):
    with time_machine.travel(LAST_DAY):
        assert (work(), Order.objects.filter(buyer_email="").count()) == ((0, 0), 0)
        before = sums()

    assert "orders.document.facts" in rows_that_name_anybody()

    with time_machine.travel(AFTER):
        assert (work(), work()) == ((3, 4), (0, 0))
        assert sums() == before

    assert before[-1] == []
    assert rows_that_name_anybody() == []


def test_links_of_an_ended_sale_open_nothing(workshop, client):
    links = [each.get_absolute_url() for each in [*Order.objects.all(), *Document.objects.all()]]
    places = [f"/join/{each.secret}/" for each in Ticket.objects.all()]

    with time_machine.travel(AFTER):
        work()
        answers = {client.get(path).status_code for path in [*links, *places]}

    assert answers == {404}


def test_an_ended_paper_is_drawn_without_anybody(workshop, client):
    with time_machine.travel(AFTER):
        work()
        page = client.get(Document.objects.earliest("pk").get_absolute_url())

    assert (page.status_code, "Canary" in page.text, "Erased" in page.text) == (200, False, True)


@pytest.mark.parametrize(
    "lately",
    [
        lambda order, day: Payment.objects.filter(order=order).update(paid_at=day),
        lambda order, day: Refund.objects.filter(payment__order=order).update(paid_at=day),
        lambda order, day: Document.objects.filter(order=order).update(issued_at=day),
        lambda order, day: Dispute.objects.create(payment=order.payments.get(), amount=5, dispute_id="du_1"),
        lambda order, day: Order.objects.filter(pk=order.pk).update(placed_at=day),
    ],
)
def test_of_which_anything_happened_later_it_is_kept_on(workshop, lately):
    order = Order.objects.earliest("pk")
    lately(order, datetime(2027, 4, 1, 12, tzinfo=UTC))

    with time_machine.travel(AFTER):
        work()

    order.refresh_from_db()
    kept = Ticket.objects.filter(pk__in=order.lines.values("ticket"), attendee_email__contains="@").count()
    assert (order.buyer_name, kept) == ("Noor Canary", 1)


def test_of_which_something_happens_while_it_waits_its_turn_it_is_kept_on_too(workshop):
    with time_machine.travel(AFTER):
        chosen = list(ended_sales.ended_orders())
        Dispute.objects.create(payment=chosen[0].payments.get(), amount=5, dispute_id="du_1")
        done = [ended_sales.end_sale(order) for order in chosen]

    assert (done, Order.objects.get(pk=chosen[0].pk).buyer_name) == ([0, 1, 1], "Noor Canary")


@pytest.mark.parametrize(
    ("ends", "day", "first"),
    [
        (3, date(2026, 3, 31), date(2025, 4, 1)),
        (3, date(2026, 4, 1), date(2026, 4, 1)),
        (12, date(2026, 1, 1), date(2026, 1, 1)),
        (12, date(2026, 12, 31), date(2026, 1, 1)),
        (2, date(2028, 2, 29), date(2027, 3, 1)),
    ],
)
def test_a_financial_year_begins_after_the_month_that_ends_it(ends, day, first):
    assert SaleTerms(financial_year_ends=ends).financial_year_of(day) == first
