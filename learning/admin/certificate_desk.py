"""The certificates of a workshop: how far they are, what each still waits for, and all of them as one file."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from courses.models import Ticket, Workshop
from kit.desk.desk_pages import desk_page, needs
from kit.guard.security_log import note
from kit.texts import pdf
from learning.certificates import bundles
from learning.certificates.rules import Outcome, outcomes_of
from learning.models import Certificate, CertificateBundle

PERMISSION = "learning.change_certificate"
A_PAGE = 100
ASKED = "The file is being made. You find it below; you may leave this page meanwhile."
NONE_YET = "There is no certificate to put into a file yet."
NO_RENDERER = "No PDF can be made on this server; docs/running.md says what is missing."


@dataclass(frozen=True)
class Row:
    ticket: Ticket
    certificate: Certificate | None
    outcome: Outcome | None


@require_http_methods(["GET", "HEAD", "POST"])
@needs(PERMISSION)
def of_workshop(request: HttpRequest, pk: int, model_admin: ModelAdmin) -> HttpResponseBase:
    """GET shows; a press asks for the file."""
    workshop = get_object_or_404(Workshop.objects.with_course(), pk=pk)
    valid = Certificate.objects.of_places().valid().filter(ticket__workshop=workshop)
    if request.method == "POST":
        return _asked(request, workshop, has_some=valid.exists())
    tickets = Ticket.objects.confirmed().filter(workshop=workshop).order_by("attendee_name", "pk")
    page = Paginator(tickets, A_PAGE).get_page(request.GET.get("page"))
    made = list(CertificateBundle.objects.filter(workshop=workshop).select_related("asked_by"))
    context = {
        "opts": Workshop._meta,
        "row": workshop,
        "here": "Certificates",
        "title": f"Certificates: {workshop}",
        "page": page,
        "rows": _rows(workshop, list(page.object_list)),
        "issued": valid.count(),
        "places": page.paginator.count,
        "bundles": [_state_of(each) for each in made],
        "is_under_way": any(each.made_at is None for each in made),
        "kept": bundles.KEPT,
    }
    return desk_page(request, model_admin, "admin/learning/certificate/workshop.html", context)


@require_safe
@needs(PERMISSION)
def bundle_file(request: HttpRequest, pk: int, model_admin: ModelAdmin) -> HttpResponseBase:
    """Only when it is whole."""
    rows = CertificateBundle.objects.exclude(made_at=None).filter(asked_at__gt=timezone.now() - bundles.KEPT)
    bundle = get_object_or_404(rows.select_related("workshop"), pk=pk)
    note("certificates downloaded", workshop=bundle.workshop_id, request=request)
    answer = StreamingHttpResponse(bundles.zip_of(bundle), content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="certificates-{bundle.workshop.slug}.zip"'
    return answer


def _asked(request: HttpRequest, workshop: Workshop, *, has_some: bool) -> HttpResponseBase:
    if not pdf.is_available():
        messages.warning(request, NO_RENDERER)
    elif has_some:
        bundles.ask_for_bundle(workshop, user=request.user)
        messages.success(request, ASKED)
    else:
        messages.warning(request, NONE_YET)
    return redirect("admin:learning_certificate_workshop", workshop.pk)


def _state_of(bundle: CertificateBundle) -> dict[str, object]:
    return {
        "bundle": bundle,
        "made": bundle.files.count(),
        "refused": list(bundle.refused.all()),
        "tried": bundle.tried(),
        "all": bundles.certificates_in(bundle).count(),
    }


def _rows(workshop: Workshop, tickets: list[Ticket]) -> list[Row]:
    made = {each.ticket_id: each for each in Certificate.objects.of_places().latest().filter(ticket__in=tickets)}
    for ticket in tickets:
        if certificate := made.get(ticket.pk):
            certificate.ticket = ticket
    outcomes = outcomes_of(workshop, [ticket for ticket in tickets if ticket.pk not in made])
    return [Row(ticket, made.get(ticket.pk), outcomes.get(ticket.pk)) for ticket in tickets]
