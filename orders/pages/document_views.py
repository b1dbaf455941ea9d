"""Documents by secret links of their own: who is given one, such as an accountant, sees no more than that document."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from kit.pages.http import private_page, too_many_requests
from kit.texts import pdf
from orders.documents import files, issuing
from orders.models import Document, Order


@private_page
@require_safe
def document(request, secret):
    return render(request, "orders/document.html", files.context_of(_find(secret)) | {"has_pdf": pdf.is_available()})


@private_page
@require_safe
def document_pdf(request, secret):
    """As a file; where none can be made, a page says what to do instead."""
    found = _find(secret)
    try:
        content = files.pdf_of(found)
    except files.MadeTooOften:
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
