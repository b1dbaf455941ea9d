from datetime import time, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from courses.models import Ticket
from kit.local.times import long_day
from orders.books import books, document_books
from orders.changes import moves, refunds
from orders.documents import document_facts, issuing
from orders.models import Document, Order, OrderLine, Payment, Refund, Series
from orders.pricing import codes
from tests.builders import (
    make_discount,
    make_practice,
    make_sale_terms,
    make_session,
    make_ticket_type,
    make_workshop,
)
from tests.markup import markup
from tests.orders import purchases
from tests.orders.invoices import ACCOUNT, ADDRESS, invoice, make_invoicing_practice
from tests.orders.purchases import buy, buyer, place

pytestmark = pytest.mark.django_db(transaction=True)
Kind = Document.Kind


@pytest.fixture(autouse=True)
def practice():
    make_sale_terms(vat_rate=Decimal("20"))
    return make_practice(company_number="01234567", registered_in="England", vat_number="GB 123 4567 89")


def numbers():
    return list(Document.objects.order_by("pk").values_list("number", flat=True))


def facts_of(document):
    return document_facts.read(document.facts)


def send_back(order, amount, **fields):
    with transaction.atomic():
        return refunds.send_back(order.payments.get(), amount=Decimal(amount), reason="Test.", **fields)


def paid_behind_the_back(**fields):
    """A paid order whose process died before it came to the receipt."""
    order = place(make_workshop())
    now = timezone.now()
    Order.objects.filter(pk=order.pk).update(**({"status": Order.Status.PAID, "paid_at": now} | fields))
    Ticket.objects.filter(workshop=order.workshop).update(status=Ticket.Status.CONFIRMED, held_until=None)
    purchases.paid_behind_the_back(order, paid_at=now)
    order.refresh_from_db()
    return order


def test_a_paid_order_gets_a_receipt_at_once(standin):
    order = buy(standin, make_workshop(), 2)

    receipt = order.documents.get()
    assert (receipt.number, receipt.kind, receipt.total) == ("R-000001", Kind.RECEIPT, Decimal("210.00"))
    assert receipt.key == f"receipt:order:{order.pk}"


def test_a_receipt_says_who_sold_what_to_whom_and_how_it_was_paid(standin):
    code = codes.issue_code(discount=make_discount(), email="noor@example.org", percent=20)
    order = buy(standin, make_workshop(), code=str(code))

    facts = facts_of(order.documents.get())

    assert (facts.issuer.name, facts.issuer.company_number, facts.issuer.vat_number) == (
        "Withy Rooms Ltd",
        "01234567",
        "GB 123 4567 89",
    )
    assert (facts.buyer.name, facts.order_number) == ("Noor Haddad", order.number)
    (item,) = facts.items
    assert (item.attendee, item.price, item.discount, item.total) == (
        "Noor Haddad",
        Decimal("105.00"),
        Decimal("21.00"),
        Decimal("84.00"),
    )
    assert [(each.rate, each.net, each.vat, each.gross) for each in facts.vat] == [
        (Decimal("20.0"), Decimal("70.00"), Decimal("14.00"), Decimal("84.00"))
    ]
    assert [(each.words, each.amount) for each in facts.transfers] == [("Card, through Stripe", Decimal("84.00"))]
    assert (facts.supplied_from, facts.paid_on) == (order.workshop.session_list[0].day, timezone.localdate())


def test_a_receipt_names_every_day_with_its_hours(client, standin):
    """“26 February to 5 March” would read as a week."""
    first, second = timezone.localdate() + timedelta(days=30), timezone.localdate() + timedelta(days=37)
    workshop = make_workshop(day=first, start=time(17), end=time(20))
    make_session(workshop, second, time(18), time(20))
    order = buy(standin, workshop)

    page = " ".join(client.get(reverse("orders:order_receipt", args=[order.secret]), follow=True).text.split())

    lines = [f"{long_day(first)}, 17:00–20:00 in London", f"{long_day(second)}, 18:00–20:00 in London"]
    assert "<br> ".join(lines) in page
    older = document_facts.read(Document.objects.get().facts | {"when": []})
    shown = render_to_string("orders/_document.html", {"facts": older, "document": Document.objects.get()})
    assert shown.count("<time datetime") >= 2


def test_nothing_to_pay_brings_no_receipt(standin):
    order = buy(standin, make_workshop(price="0.00"))

    issuing.issue_missing()

    assert (order.status, numbers()) == (Order.Status.PAID, [])


def test_an_unpaid_order_has_no_document():
    place(make_workshop())

    assert (issuing.issue_missing(), numbers()) == (0, [])


def test_what_stands_on_a_document_does_not_change_with_the_practice_or_the_order(standin):
    order = buy(standin, make_workshop())
    before = order.documents.get().facts

    make_practice(legal_name="Another Ltd")
    make_sale_terms(vat_rate=None)
    Order.objects.update(buyer_name="Somebody Else", total=Decimal("1.00"))
    OrderLine.objects.update(description="Something else")
    issuing.issue_missing()

    assert [each.facts for each in order.documents.all()] == [before]


def test_a_crash_between_sale_and_document_is_made_up_for_by_the_worker():
    order = paid_behind_the_back()

    assert (issuing.issue_missing(), issuing.issue_missing()) == (1, 0)
    assert order.documents.get().number == "R-000001"


def test_a_failure_to_make_a_document_undoes_no_sale_and_leaves_no_gap(standin, monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(document_facts, "of_receipt", lambda *args, **kwargs: 1 / 0)
        order = buy(standin, make_workshop())
    assert (order.status, numbers()) == (Order.Status.PAID, [])

    issuing.issue_missing()

    assert numbers() == ["R-000001"]


def test_a_receipt_made_at_once_and_one_made_up_for_say_the_same(standin):
    code = codes.issue_code(discount=make_discount(), email="noor@example.org", percent=20)
    order = buy(standin, make_workshop(), 2, code=str(code))
    at_once = Document.objects.values("facts", "total", "currency", "key").get()
    Document.objects.all().delete()

    issuing.issue_missing()

    assert Document.objects.values("facts", "total", "currency", "key").get() == at_once
    assert order.documents.get().number == "R-000002"


def test_one_order_that_cannot_have_its_document_keeps_no_other_from_its_own():
    bad, good = paid_behind_the_back(), paid_behind_the_back()
    Payment.objects.filter(order=bad).update(method="unknown")

    assert issuing.issue_missing() == 1
    assert Document.objects.get().order == good


def test_asking_twice_finds_the_first():
    order = paid_behind_the_back()
    facts = document_facts.of_receipt(order, [], invoices=[])

    with transaction.atomic():
        first = issuing.issue(order, kind=Kind.RECEIPT, key="one", facts=facts)
        second = issuing.issue(order, kind=Kind.RECEIPT, key="one", facts=facts)

    assert (first, Series.objects.get(kind=Kind.RECEIPT).last) == (second, 1)


def test_a_document_that_is_rolled_back_leaves_no_gap():
    order = paid_behind_the_back()
    facts = document_facts.of_receipt(order, [], invoices=[])

    with transaction.atomic():
        issuing.issue(order, kind=Kind.RECEIPT, key="lost", facts=facts)
        transaction.set_rollback(True)
    issuing.issue_due(order.pk)

    assert numbers() == ["R-000001"]


def test_each_issuer_and_kind_has_numbers_of_its_own(standin):
    send_back(buy(standin, make_workshop()), "5.00")
    make_practice(legal_name="Withy Rooms Training Ltd")
    send_back(buy(standin, make_workshop(), by=buyer("ada@example.org")), "5.00")
    make_practice(legal_name="Withy Rooms Ltd")
    buy(standin, make_workshop(), by=buyer("lea@example.org"))

    assert numbers() == ["R-000001", "C-000001", "R2-000001", "C2-000001", "R-000002"]
    assert sorted(Series.objects.values_list("prefix", flat=True)) == ["C", "C2", "I", "I2", "R", "R2"]


def test_a_refund_that_succeeded_gets_one_credit_note(standin):
    order = buy(standin, make_workshop(), 2)
    line = order.lines.first()
    send_back(order, "60.00", line=line)

    issuing.issue_missing()

    note = order.documents.get(kind=Kind.CREDIT_NOTE)
    facts = facts_of(note)
    assert (note.number, note.total, note.refund) == ("C-000001", Decimal("60.00"), Refund.objects.get())
    assert (facts.corrects, [item.total for item in facts.items]) == (("R-000001",), [Decimal("60.00")])
    assert [(each.net, each.vat) for each in facts.vat] == [(Decimal("50.00"), Decimal("10.00"))]


def test_vat_of_places_that_go_back_one_by_one_is_what_the_receipt_says(standin):
    order = buy(standin, make_workshop(price="33.33"), 3)

    for line in reversed(order.lines.all()):
        send_back(order, "33.33", line=line)

    receipt, *notes = [facts_of(each).vat[0].vat for each in order.documents.order_by("pk")]
    assert (receipt, notes) == (Decimal("16.67"), [Decimal("5.56"), Decimal("5.55"), Decimal("5.56")])


def test_a_refund_for_the_whole_order_is_spread_over_its_places_to_the_penny(standin):
    workshop = make_workshop(price="100.00")
    cheap = make_ticket_type(workshop, "Student", "50.00")
    order = buy(standin, workshop, ticket_types=[workshop.ticket_types.first(), cheap, cheap])

    send_back(order, "100.01")

    facts = facts_of(order.documents.get(kind=Kind.CREDIT_NOTE))
    assert [item.total for item in facts.items] == [Decimal("50.01"), Decimal("25.00"), Decimal("25.00")]
    assert facts.total == Decimal("100.01")


def test_a_place_that_moves_is_credited_there_and_receipted_here(standin):
    old = buy(standin, make_workshop())
    to = make_workshop(price="95.00")

    with transaction.atomic():
        wish = moves.MoveWish(old.lines.get(), to.ticket_types.get(), Decimal("-10"), uuid4())
        new = moves.move_place(wish, at_desk=True)

    notes, receipt = old.documents.filter(kind=Kind.CREDIT_NOTE).order_by("total"), new.documents.get()
    assert [(note.total, facts_of(note).transfers[0].words) for note in notes] == [
        (Decimal("10.00"), "Sent back the way it was paid"),
        (Decimal("95.00"), f"Moved to order {new.number}"),
    ]
    assert (receipt.total, [each.words for each in facts_of(receipt).transfers]) == (
        Decimal("95.00"),
        [f"Brought from order {old.number}"],
    )
    assert list(books.findings()) == []


def test_a_refund_on_its_way_has_no_credit_note_yet(standin):
    order = buy(standin, make_workshop())
    Refund.objects.create(payment=order.payments.get(), amount=5, reason="Test.", status=Refund.Status.PENDING)

    issuing.issue_missing()

    assert numbers() == ["R-000001"]


def test_a_credit_note_stays_when_its_refund_fails_and_covers_the_one_that_is_sent_instead(standin):
    order = buy(standin, make_workshop())
    payment = order.payments.get()
    first = Refund.objects.create(payment=payment, amount=105, reason="Test.", status=Refund.Status.SUCCEEDED)
    issuing.issue_missing()
    Refund.objects.filter(pk=first.pk).update(status=Refund.Status.REPLACED)
    Refund.objects.create(payment=payment, amount=105, reason="Test.", status=Refund.Status.SUCCEEDED)

    issuing.issue_missing()

    assert [(note.refund, note.total) for note in order.documents.filter(kind=Kind.CREDIT_NOTE)] == [(first, 105)]


def test_no_more_is_credited_than_came_in_while_the_word_of_a_failure_is_on_its_way(standin):
    order = buy(standin, make_workshop())
    for amount in (105, 15):
        Refund.objects.create(
            payment=order.payments.get(), amount=amount, reason="Test.", status=Refund.Status.SUCCEEDED
        )

    issuing.issue_missing()

    assert [note.total for note in order.documents.filter(kind=Kind.CREDIT_NOTE)] == [105]


def test_money_that_was_never_a_sale_goes_back_without_credit_note(standin):
    order = buy(standin, make_workshop())
    now = timezone.now() + timedelta(minutes=1)
    facts = {"order": order, "attempt": 2, "amount": 105, "received": 105, "currency": "GBP", "status": "paid"}
    second = Payment.objects.create(**facts, expires_at=now, paid_at=now, recorded_at=now)
    Refund.objects.create(payment=second, amount=105, reason="Twice.", status=Refund.Status.SUCCEEDED)
    too_late = paid_behind_the_back(status=Order.Status.UNSEATED, paid_at=None)
    Refund.objects.create(payment=too_late.payments.get(), amount=105, reason="Late.", status=Refund.Status.SUCCEEDED)

    issuing.issue_missing()

    assert numbers() == ["R-000001"]


def invoiced():
    make_invoicing_practice()
    return invoice(make_workshop(day=timezone.localdate() + timedelta(days=60)))


def transferred(order):
    now = timezone.now()
    Order.objects.filter(pk=order.pk).update(status=Order.Status.PAID, paid_at=now)
    amount = {"amount": 105, "received": 105, "currency": "GBP"}
    transfer = {"method": Payment.Method.TRANSFER, "status": Payment.Status.PAID, "expires_at": now, "paid_at": now}
    Payment.objects.create(order=order, attempt=1, **transfer, **amount)


def test_an_order_by_invoice_gets_its_invoice_at_once(client):
    order = invoiced()

    made = order.documents.get()
    facts = facts_of(made)
    assert (made.number, facts.due_on, facts.paid_on, facts.pay_to) == ("I-000001", order.invoice_due_on, None, ACCOUNT)
    assert (facts.buyer.organisation, facts.buyer.address, facts.buyer.po_number) == (
        "Humber Care Trust",
        ADDRESS,
        "PO-77",
    )
    assert f"with {order.number} as the reference" in client.get(made.get_absolute_url()).content.decode()


def test_the_transfer_for_an_invoice_brings_a_receipt_for_it():
    order = invoiced()
    transferred(order)

    issuing.issue_missing()

    facts = facts_of(order.documents.get(kind=Kind.RECEIPT))
    assert (facts.corrects, facts.transfers[0].words) == (("I-000001",), "Bank transfer")


@pytest.mark.parametrize("status", [Order.Status.LAPSED, Order.Status.CANCELLED, Order.Status.REFUNDED])
def test_an_invoice_that_comes_to_nothing_is_credited_in_full_once(status):
    order = invoiced()
    Order.objects.filter(pk=order.pk).update(status=status)

    issuing.issue_missing()
    issuing.issue_missing()

    note = order.documents.get(kind=Kind.CREDIT_NOTE)
    assert (note.total, note.refund, facts_of(note).corrects) == (Decimal("105.00"), None, ("I-000001",))


def test_money_that_comes_after_the_invoice_was_credited_is_a_sale_of_its_own():
    order = invoiced()
    Order.objects.filter(pk=order.pk).update(status=Order.Status.LAPSED)
    issuing.issue_missing()
    transferred(order)
    issuing.issue_missing()
    Refund.objects.create(payment=order.payments.get(), amount=105, reason="T.", status=Refund.Status.SUCCEEDED)

    issuing.issue_missing()

    made = [(each.number, facts_of(each).corrects) for each in order.documents.order_by("pk")]
    assert made == [
        ("I-000001", ()),
        ("C-000001", ("I-000001",)),
        ("R-000001", ()),
        ("C-000002", ("R-000001",)),
    ]
    assert [rule for rule, look in document_books.RULES.items() if list(look())] == []


def test_a_document_holds_no_access_needs(standin):
    buy(standin, make_workshop())
    Ticket.objects.update(access_needs="captions please")
    Document.objects.all().delete()

    issuing.issue_missing()

    assert "captions" not in str(Document.objects.get().facts)


def test_a_document_has_a_page_of_its_own_that_is_kept_nowhere(standin, client):
    order = buy(standin, make_workshop())

    response = client.get(order.documents.get().get_absolute_url())

    assert (response.status_code, response["Cache-Control"]) == (200, "private, no-store")
    text = markup(response)
    for words in ("R-000001", "Withy Rooms Ltd", "company number 01234567", "Noor Haddad", order.number, "£105.00"):
        assert words in text
    assert "For <bdi>Noor Haddad</bdi> · £87.50 without VAT, VAT 20%" in text
    assert order.secret not in text


@pytest.mark.parametrize("name", ["orders:document", "orders:document_pdf", "orders:order_receipt"])
def test_another_secret_is_not_found(name, standin, client):
    order = buy(standin, make_workshop())
    wrong = {"orders:order_receipt": order.documents.get().secret}.get(name, order.secret)

    assert client.get(reverse(name, args=[wrong])).status_code == 404


def test_the_link_in_the_mail_leads_to_the_receipt_once_it_is_there(client, standin):
    order = paid_behind_the_back()
    link = reverse("orders:order_receipt", args=[order.secret])

    before = client.get(link)
    issuing.issue_missing()
    after = client.get(link)

    assert (before.status_code, "is being prepared" in before.content.decode()) == (200, True)
    assert (after.status_code, after["Location"]) == (302, order.documents.get().get_absolute_url())


def test_an_order_without_receipt_says_so(client):
    order = place(make_workshop())

    response = client.get(reverse("orders:order_receipt", args=[order.secret]))

    assert "There is no receipt for this order." in response.content.decode()
