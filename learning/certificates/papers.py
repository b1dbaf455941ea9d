"""A certificate as a PDF, on the paper of either side of the Atlantic."""

from django.core.cache import cache
from django.db import models

from kit import pdf
from kit.tries import is_over_limit
from learning.certificates.facts import context_of
from learning.certificates.issuing import verify_url
from learning.models import Certificate
from learning.models.certificates import LETTERS_NOTED
from practice.models import Practice

STYLES = ("css/certificate.css", "css/certificate_pdf.css")
KEPT = 24 * 3600  # seconds
MADE_PER_HOUR = 6  # of one certificate: each costs a processor a moment


class Paper(models.TextChoices):
    A4 = "a4", "A4"
    LETTER = "letter", "US Letter"


class MadeTooOften(Exception):
    """Before a first one was whole, many more were asked for."""


def choices() -> list[tuple[str, str]]:
    """The practice's usual one first."""
    return sorted(Paper.choices, key=lambda choice: choice[0] != Practice.current().paper)


def as_pdf(certificate: Certificate, paper: str = "") -> bytes:
    """Tagged; on the practice's usual paper if none is named. Raises kit.pdf.PdfUnavailable.

    Letters that no font here has are noted until a file has them all: the desk is told.
    """
    practice = Practice.current()
    context = context_of(certificate) | {"practice": practice, "verify_url": verify_url(certificate)}
    context["paper"] = paper or practice.paper
    try:
        content = pdf.render("learning/certificate_pdf.html", context, styles=STYLES)
    except pdf.LettersWithoutFont as error:
        _note(certificate, error.letters)
        raise
    _note(certificate, "")
    return content


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


def _note(certificate: Certificate, letters: str) -> None:
    letters = letters[:LETTERS_NOTED]
    if letters != certificate.letters_without_font:
        Certificate.objects.filter(pk=certificate.pk).update(letters_without_font=letters)
