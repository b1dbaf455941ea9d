"""Documents by secret links of their own: who is given one, such as an accountant, sees no more than that document."""

from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from kit import pdf
from kit.http import private_page, too_many_requests
from kit.tries import is_over_limit
from orders.documents import document_facts, issuing
from orders.models import Document, Order
from practice.models import Practice

KEPT = 24 * 3600  # seconds
MADE_PER_HOUR = 5  # of one document: each costs a processor a second


class MadeTooOften(Exception):
    """Before a first one was whole, many more were asked for."""


@private_page
@require_safe
def document(request, secret):
    return render(request, "orders/document.html", _context(_find(secret)) | {"has_pdf": pdf.is_available()})


@private_page
@require_safe
def document_pdf(request, secret):
    """As a file; where none can be made, a page says what to do instead."""
    found = _find(secret)
    try:
        content = _pdf_of(found)
    except MadeTooOften:
        return too_many_requests(request)
    except pdf.PdfUnavailable as error:
        context = {"document": found, "page_url": reverse("orders:document", args=[found.secret]), "error": error}
        return render(request, "orders/no_pdf.html", context, status=503)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{found.number}.pdf"'
    return response


@private_page
@require_safe
def order_document(request, secret, kind):
    """A link that mails can hold before the document exists: a moment after the order is paid, it leads there."""
    order = get_object_or_404(Order, secret=secret)
    found = order.documents.filter(kind=kind).order_by("pk").last()
    if found:
        return redirect("orders:document", found.secret)
    is_due = issuing.is_due(order, kind)
    return render(request, "orders/document_soon.html", {"order": order, "kind": Document.Kind(kind), "is_due": is_due})


def _find(secret: str) -> Document:
    return get_object_or_404(Document, secret=secret)


def _context(document: Document) -> dict[str, object]:
    return {"document": document, "facts": document_facts.read(document.facts)}


def _pdf_of(document: Document) -> bytes:
    """Made once a day: nothing on a document ever changes. Raises PdfUnavailable and MadeTooOften."""
    name = f"pdf:{document.pk}"
    content = cache.get(name)
    if content is None:
        if is_over_limit("pdf", str(document.pk), MADE_PER_HOUR):
            raise MadeTooOften
        content = pdf.render("orders/document_pdf.html", _context(document) | {"practice": Practice.current()})
        cache.set(name, content, KEPT)
    return content
