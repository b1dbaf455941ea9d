"""Who a paper is made out to was misspelt, or a purchase order's number is missing: it is credited and issued anew."""

from dataclasses import replace
from typing import NamedTuple

from django.db import transaction

from accounts.history import recording
from kit.desk.rows import save_changed
from kit.forms.seen import Facts as Seen
from kit.forms.seen import check_seen
from kit.work.checkpoints import checkpoint
from orders import locks
from orders.documents import document_facts, issuing
from orders.documents.document_facts import Party, Transfer
from orders.mails import document_mails
from orders.models import Document, Order

Kind = Document.Kind
REPLACED = "Replaced by a corrected document"
NEVER_CAME = "Cancelled: this payment was noted by mistake"


class NothingToCorrect(Exception):
    """No paper of the order is made out to anybody else."""


class Reissued(NamedTuple):
    new: Document
    note: Document


def facts_seen(order: Order) -> Seen:
    """What the desk saw before it corrected anything."""
    columns = ("buyer_name", "organisation", "organisation_address", "po_number")
    papers = ", ".join(each.number for each in live_papers(order))
    return {each: [each.replace("_", " "), getattr(order, each)] for each in columns} | {"papers": ["Papers", papers]}


def live_papers(order: Order) -> list[Document]:
    """Invoice and receipt as they stand now: what was credited in whole is none of them."""
    receipts = issuing.not_replaced(order.documents.filter(kind=Kind.RECEIPT))
    return [*issuing.live_invoices(order), *receipts.order_by("pk")]


@transaction.atomic
def correct_papers(order: Order, *, to: Party, seen: str, why: str = "") -> list[Reissued]:
    """Invoice and receipt are issued anew to `to`, and the old ones credited by all that stands on them: the same sums,
    VAT to the penny. The old ones stay listed. The buyer is told.

    Raises NothingToCorrect and kit.forms.seen.ChangedMeanwhile.
    """
    locked = locks.locked_order(order.pk)
    check_seen(seen, facts_seen(locked))
    wrong = [each for each in live_papers(locked) if document_facts.read(each.facts).buyer != to]
    if not wrong:
        raise NothingToCorrect
    _store(locked, to, why)
    news = [_issue_anew(locked, each, to) for each in wrong]  # before any note, as everybody takes the series
    made = [
        Reissued(new, _credit(locked, old, f"{REPLACED}, {new.number}")) for old, new in zip(wrong, news, strict=True)
    ]
    document_mails.tell_corrected(locked, made)
    checkpoint("papers corrected")
    return made


def void_receipts(order: Order) -> list[Document]:
    """The credit notes of receipts for money that never came; the order must be locked. What comes has a new one."""
    return [_credit(order, each, NEVER_CAME) for each in live_papers(order) if each.kind == Kind.RECEIPT]


def _store(order: Order, to: Party, why: str) -> None:
    if order.is_by_invoice:
        order.organisation, order.organisation_address, order.po_number = to.organisation, to.address, to.po_number
    with recording(order, reason=why):
        save_changed(order)


def _issue_anew(order: Order, old: Document, to: Party) -> Document:
    facts = replace(document_facts.read(old.facts), buyer=to, issued_on=document_facts.today(), replaces=old.number)
    return issuing.issue(order, kind=old.kind, key=f"{old.kind}:reissue:{old.pk}", facts=facts)


def _credit(order: Order, old: Document, words: str) -> Document:
    facts = document_facts.read(old.facts)
    transfers = (Transfer(words, facts.total),)
    corrected = replace(facts, issued_on=document_facts.today(), corrects=(old.number,), transfers=transfers)
    return issuing.issue(order, kind=Kind.CREDIT_NOTE, key=f"{issuing.REPLACED}{old.pk}", facts=corrected)
