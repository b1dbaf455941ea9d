"""A document as PDF, made when it is first asked for and kept: no later change of templates or fonts alters a paper
that somebody has, and one that is corrected is another document with a file of its own."""

from kit.guard.tries import is_over_limit
from kit.texts import pdf
from orders.documents import document_facts
from orders.models import Document, DocumentFile
from practice.models import Practice

MADE_PER_HOUR = 5  # of one document: each costs a processor a second


class MadeTooOften(Exception):
    """Before a first one was whole, many more were asked for."""


def pdf_of(document: Document) -> bytes:
    """Of two who ask first at one moment, both get the one that is kept. Raises PdfUnavailable and MadeTooOften."""
    kept = DocumentFile.objects.filter(document=document).first()
    if kept is None:
        if is_over_limit("pdf", str(document.pk), MADE_PER_HOUR):
            raise MadeTooOften
        content = pdf.render("orders/document_pdf.html", context_of(document) | {"practice": Practice.current()})
        kept, _ = DocumentFile.objects.get_or_create(document=document, defaults={"content": content})
    return bytes(kept.content)


def context_of(document: Document) -> dict[str, object]:
    return {"document": document, "facts": document_facts.read(document.facts)}
