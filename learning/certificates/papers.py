"""A certificate as a PDF, on the paper of either side of the Atlantic.

Made when somebody first asks for it, and kept as long as the certificate counts: no later change of templates or fonts
alters what somebody has sent on. What replaced or revoked one, or made its holder be forgotten, deletes its files.
"""

from django.db import models, transaction

from kit.guard.tries import is_over_limit
from kit.texts import pdf
from learning.certificates.facts import context_of
from learning.certificates.issuing import verify_url
from learning.models import Certificate, CertificateFile
from learning.models.certificates import LETTERS_NOTED
from practice.models import Practice

STYLES = ("css/certificate.css", "css/certificate_pdf.css")
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
    """Tagged; on the practice's usual paper if none is named. Raises kit.texts.pdf.PdfUnavailable.

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
    """For whoever opens it. Raises PdfUnavailable and MadeTooOften."""
    if kept := certificate.files.filter(paper=paper).first():
        return bytes(kept.content)
    if is_over_limit("certificate", f"{certificate.pk}:{paper}", MADE_PER_HOUR):
        raise MadeTooOften
    content = as_pdf(certificate, paper)
    kept = _keep(certificate, paper, content)
    return bytes(kept.content) if kept else content


def kept_file(certificate: Certificate) -> CertificateFile | None:
    """On the practice's usual paper, for the zip of all; None if it counts no more. Raises PdfUnavailable."""
    paper = Practice.current().paper
    kept = certificate.files.filter(paper=paper).first()
    return kept or _keep(certificate, paper, as_pdf(certificate, paper))


@transaction.atomic
def _keep(certificate: Certificate, paper: str, content: bytes) -> CertificateFile | None:
    """Of two who make it at one moment, both get the first. Nothing is kept of what says otherwise by now."""
    says_the_same = Certificate.objects.filter(revoked_at=None, replaced_at=None, name=certificate.name)
    if not says_the_same.select_for_update(of=("self",)).filter(pk=certificate.pk).exists():
        return None
    kept, _ = CertificateFile.objects.get_or_create(certificate=certificate, paper=paper, defaults={"content": content})
    return kept


def _note(certificate: Certificate, letters: str) -> None:
    letters = letters[:LETTERS_NOTED]
    if letters != certificate.letters_without_font:
        Certificate.objects.filter(pk=certificate.pk).update(letters_without_font=letters)
