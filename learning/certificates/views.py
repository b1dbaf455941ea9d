"""A certificate for whoever has its link, and what anybody may ask about its number."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from kit.guard.security_log import note
from kit.guard.tokens import may_be_secret
from kit.guard.tries import client_network, count_try, tries
from kit.local.times import long_day
from kit.pages.http import private_page, too_many_requests
from kit.texts import pdf
from learning.certificates import facts, papers
from learning.certificates.issuing import verify_url
from learning.models import Certificate
from learning.serials import as_serial
from practice.models import Practice

WRONG_PER_HOUR = 20  # from one network; the number of one's own is typed wrongly once or twice


class SerialForm(forms.Form):
    serial = forms.CharField(
        label="Number of the certificate",
        max_length=80,
        help_text="16 letters and digits, for example 7K3D-0QWZ-M4TH-9XB2.",
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": "Enter the number that stands on the certificate."},
    )

    def clean_serial(self) -> str:
        if serial := as_serial(self.cleaned_data["serial"]):
            return serial
        raise forms.ValidationError("This is no number of ours: they have 16 letters and digits, in four groups.")


@private_page
@require_safe
def certificate(request: HttpRequest, secret: str) -> HttpResponse:
    found = _find(secret)
    context = facts.context_of(found) | {
        "newer": _newer(found),
        "verify_url": verify_url(found),
        "has_pdf": pdf.is_available(),
        "papers": papers.choices(),
    }
    return render(request, "learning/certificate.html", context)


@private_page
@require_safe
def certificate_pdf(request: HttpRequest, secret: str, paper: str) -> HttpResponse:
    """Only while it is valid: a file that is sent on says nothing of what came later."""
    found = _find(secret)
    if not found.is_valid or paper not in papers.Paper.values:
        return redirect("certificates:certificate", secret)
    try:
        content = papers.kept_pdf(found, paper)
    except papers.MadeTooOften:
        return too_many_requests(request)
    except pdf.PdfUnavailable as error:
        return render(request, "learning/no_pdf.html", {"certificate": found, "error": error}, status=503)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="certificate-{found.serial}.pdf"'
    return response


@private_page
@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    form = SerialForm(request.GET if "serial" in request.GET else None)
    if form.is_valid():
        return redirect("certificates:verified", form.cleaned_data["serial"])
    return render(request, "learning/verify.html", {"form": form}, status=422 if form.errors else 200)


@private_page
@require_safe
def verified(request: HttpRequest, serial: str) -> HttpResponse:
    """What an employer needs, and no more. Numbers that are none count: nobody tries them at speed."""
    network = client_network(request)
    if tries("verify", network) >= WRONG_PER_HOUR:
        note("too many numbers of certificates tried", request=request)
        return too_many_requests(request)
    known = as_serial(serial)
    found = Certificate.objects.select_related("ticket").filter(serial=known).first() if known else None
    if found is None:
        count_try("verify", network)
        return render(
            request, "learning/verify_unknown.html", {"form": SerialForm(initial={"serial": serial})}, status=404
        )
    revoked_on = timezone.localdate(found.revoked_at, Practice.current().zone) if found.revoked_at else None
    context = facts.context_of(found) | {
        "initials": facts.initials(found.name),
        "revoked_on": long_day(revoked_on) if revoked_on else "",
    }
    return render(request, "learning/verified.html", context)


def _find(secret: str) -> Certificate:
    certificates = Certificate.objects.select_related("ticket__workshop")
    return get_object_or_404(certificates, secret=secret if may_be_secret(secret) else "")


def _newer(found: Certificate) -> Certificate | None:
    """Its holder is led on to the one that counts."""
    if not found.replaced_at:
        return None
    return Certificate.objects.latest().filter(ticket=found.ticket_id, order=found.order_id).first()
