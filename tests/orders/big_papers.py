"""Papers that are longer than most."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from orders.documents import document_facts, issuing
from orders.documents.document_facts import Party, VatSum
from practice.models import Practice
from tests.orders.test_documents import paid_behind_the_back

PLACES = 60
NAME = "Wolfeschlegelsteinhausenbergerdorff" * 6  # no blank in 210 letters


def big_invoice(**changed):
    """The context of an invoice of 60 places, with VAT, for a name and an address that are very long."""
    (made,) = issuing.issue_due(paid_behind_the_back().pk)
    facts = document_facts.read(made.facts)
    item = replace(facts.items[0], vat_rate=Decimal(20), vat=Decimal("17.50"))
    facts = replace(
        facts,
        items=tuple(replace(item, attendee=f"Person {number}") for number in range(PLACES)),
        vat=(VatSum("standard rate", "", Decimal(20), Decimal(5250), Decimal(1050), Decimal(6300)),),
        total=Decimal(6300),
        paid_on=None,
        due_on=date(2026, 12, 24),
        pay_to="Sort code 00-00-00\nAccount 12345678",
        buyer=Party(NAME, "Trust " + "of many words " * 12, "\n".join(f"Line {n} of it" for n in range(10)), "PO-7"),
    )
    made.kind = "invoice"
    return {"document": made, "facts": replace(facts, **changed), "practice": Practice.current()}
