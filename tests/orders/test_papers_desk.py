import re
from decimal import Decimal

import pytest

from accounts.models import AuditEntry
from courses.models import Ticket
from kit.forms.seen import ChangedMeanwhile, seal
from orders.books import books
from orders.changes import cancellations, reissuing
from orders.changes.reissuing import NothingToCorrect
from orders.documents import issuing
from orders.documents.document_facts import Party
from orders.models import Document, Refund
from orders.settling import reconcile, transfers_back
from outbox.models import Message
from tests.builders import make_refund_tiers, make_workshop
from tests.markup import words_of
from tests.orders.invoices import ADDRESS, invoice, make_invoicing_practice, transfer
from tests.orders.purchases import buy
from tests.orders.test_buyer_desk import press, told
from tests.orders.test_refund_desk import sign_in

pytestmark = pytest.mark.django_db(transaction=True)
RIGHT = Party("Noor Haddad", "Humber Care NHS Trust", ADDRESS, "PO-78")


@pytest.fixture
def order():
    make_invoicing_practice(refund_free_days=14)
    make_refund_tiers((0, 100))
    return invoice(make_workshop(price="33.33", capacity=3), 3)


def correct(order, to=RIGHT, **fields):
    order.refresh_from_db()
    return reissuing.correct_papers(order, to=to, seen=seal(reissuing.facts_seen(order)), **fields)


def papers(order):
    return [(each.kind, each.total) for each in order.documents.order_by("pk")]


def problems():
    return [str(finding) for finding in books.findings()]


def test_a_misspelt_organisation_gets_a_new_invoice_and_a_note_that_cancels_the_old(order):
    old = order.documents.get()

    [(new, note)] = correct(order, why="They rang.")

    order.refresh_from_db()
    assert (order.organisation, order.po_number) == ("Humber Care NHS Trust", "PO-78")
    assert (new.facts["buyer"]["organisation"], new.facts["replaces"]) == ("Humber Care NHS Trust", old.number)
    assert (note.facts["corrects"], note.facts["buyer"]) == ([old.number], old.facts["buyer"])
    assert old.total == new.total == note.total
    assert old.facts["vat"] == new.facts["vat"] == note.facts["vat"]
    assert (old.facts["items"] == note.facts["items"], problems()) == (True, [])
    assert AuditEntry.objects.get(changes__has_key="organisation").reason == "They rang."


def test_the_buyer_gets_the_links_and_the_order_leads_to_the_new_paper(client, order):
    [(new, note)] = correct(order)

    mail = Message.objects.get(key__contains=":papers-corrected:").text
    page = client.get(f"{order.get_absolute_url()}invoice/")
    assert [each.get_absolute_url() in mail for each in (new, note)] == [True, True]
    assert page["Location"] == new.get_absolute_url()
    assert f"<dd>{new.facts['replaces']}</dd>" in client.get(new.get_absolute_url()).text


def test_invoice_and_receipt_are_both_issued_anew_once_it_is_paid(order):
    transfer(order)

    correct(order)

    total = Decimal("99.99")
    kinds = ["invoice", "receipt", "invoice", "receipt", "credit_note", "credit_note"]
    assert (papers(order), problems()) == ([(kind, total) for kind in kinds], [])
    assert issuing.issue_missing() == 0


def test_a_receipt_by_card_can_name_an_employer(standin):
    make_invoicing_practice()
    bought = buy(standin, make_workshop())

    correct(bought, Party("Noor Haddad", "Humber Care Trust", ADDRESS, "PO-1"))

    assert [kind for kind, _ in papers(bought)] == ["receipt", "receipt", "credit_note"]
    assert problems() == []


def test_what_is_made_out_rightly_is_not_issued_anew(order):
    correct(order)

    with pytest.raises(NothingToCorrect):
        correct(order)

    assert Document.objects.count() == 3


def test_two_who_correct_at_once_correct_once(order):
    seen = seal(reissuing.facts_seen(order))
    correct(order)

    with pytest.raises(ChangedMeanwhile):
        reissuing.correct_papers(order, to=Party("Noor Haddad", "Other", ADDRESS), seen=seen)

    assert Document.objects.count() == 3


def test_corrected_papers_are_corrected_again(order):
    correct(order)

    [(new, _)] = correct(order, Party("Noor Haddad", "Humber Care NHS Trust", ADDRESS, "PO-79"))

    assert (new.facts["buyer"]["po_number"], reissuing.live_papers(order), problems()) == ("PO-79", [new], [])


def test_an_invoice_that_comes_to_nothing_after_it_was_corrected_is_credited_once(order):
    [(new, _)] = correct(order)

    reconcile.give_back(order)

    dead = order.documents.latest("pk")
    assert (dead.kind, dead.facts["corrects"], issuing.issue_missing(), problems()) == (
        "credit_note",
        [new.number],
        0,
        [],
    )


def test_what_goes_back_after_a_correction_credits_the_new_paper(order):
    transfer(order)
    correct(order)
    order.refresh_from_db()

    cancellations.cancel_places(order, tickets=list(Ticket.objects.all()[:1]), shown=Decimal("33.33"))
    transfers_back.mark_sent(Refund.objects.get())

    live = reissuing.live_papers(order)
    note = Document.objects.get(refund__isnull=False)
    assert (note.total, note.facts["corrects"], problems()) == (Decimal("33.33"), [live[0].number], [])


def test_the_desk_corrects_the_papers(client, order):
    desk = sign_in(client, "Organisers")
    answers = {"organisation": "Humber Care NHS Trust", "address": ADDRESS, "po_number": "PO-78", "why": "They rang."}

    response = press(desk, order, "correct-the-papers", **answers)
    again = press(desk, order, "correct-the-papers", **answers)

    words = "The papers are issued anew, the old ones credited, and the buyer is told by email."
    assert told(response) == [("success", words)]
    assert (again.status_code, "made out like this already" in words_of(again)) == (409, True)
    assert re.search("Correct the papers", desk.get(f"/admin/orders/order/{order.pk}/change/").text)
