"""A certificate as a PDF, on the paper of either side of the Atlantic."""

from django.core.cache import cache
from django.db import models

from kit import pdf
from kit.tries import is_over_limit
from learning.certificates.facts import context_of
from learning.certificates.issuing import verify_url
from learning.models import Certificate

STYLES = ("css/certificate.css", "css/certificate_pdf.css")
KEPT = 24 * 3600  # seconds
MADE_PER_HOUR = 6  # of one certificate: each costs a processor a moment


class Paper(models.TextChoices):
    A4 = "a4", "A4"
    LETTER = "letter", "US Letter"


class MadeTooOften(Exception):
    """Before a first one was whole, many more were asked for."""


def as_pdf(certificate: Certificate, paper: str = Paper.A4) -> bytes:
    """Tagged. Raises kit.pdf.PdfUnavailable."""
    context = context_of(certificate) | {"paper": paper, "verify_url": verify_url(certificate)}
    return pdf.render("learning/certificate_pdf.html", context, styles=STYLES)


def kept_pdf(certificate: Certificate, paper: str) -> bytes:
    """Made once a day: nothing on it ever changes. Raises PdfUnavailable and MadeTooOften."""
    name = f"certificate:{certificate.pk}:{paper}:{certificate.status}"
    content = cache.get(name)
    if content is None:
        if is_over_limit("certificate", name, MADE_PER_HOUR):
            raise MadeTooOften
        content = as_pdf(certificate, paper)
        cache.set(name, content, KEPT)
    return content
