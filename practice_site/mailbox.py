"""Every mail that the developer's site has sent, read from the files of the mail backend. Mounted with DEBUG only."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render

# The backend ends every message with such a line; what follows is the next one's first header, or nothing.
END = re.compile(rb"^-{79}\n(?=[A-Za-z-]+: |\Z)", re.MULTILINE)
LETTER_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HTML_CSP = (
    "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


@dataclass(frozen=True)
class Letter:
    name: str
    mail: EmailMessage

    @property
    def subject(self) -> str:
        return str(self.mail["Subject"] or "(no subject)")

    @property
    def to(self) -> str:
        return str(self.mail["To"] or "")

    @property
    def sent_at(self) -> datetime | None:
        try:
            return parsedate_to_datetime(str(self.mail["Date"]))
        except ValueError:
            return None

    @property
    def headers(self) -> list[tuple[str, str]]:
        hidden = {"content-type", "content-transfer-encoding", "mime-version", "subject"}
        return [(name, str(value)) for name, value in self.mail.items() if name.lower() not in hidden]

    @property
    def text(self) -> str:
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    @property
    def attachments(self) -> list[tuple[str, str, str]]:
        """Name, type and content of each."""
        return [
            (part.get_filename() or "unnamed", part.get_content_type(), _text_of(part))
            for part in self.mail.iter_attachments()
        ]

    def _body(self, kind: str) -> str:
        part = self.mail.get_body((kind,))
        return _text_of(part) if part else ""


def mailbox(request):
    return render(request, "mailbox/mailbox.html", {"letters": letters()})


def letter(request, name):
    response = render(request, "mailbox/letter.html", {"letter": _find(name)})
    response["Content-Security-Policy"] = LETTER_CSP
    return response


def letter_html(request, name):
    """The HTML part by itself, for the frame in the letter's page."""
    html = _find(name).html.replace("<head>", '<head><base target="_top">', 1)
    response = HttpResponse(html)
    response["Content-Security-Policy"] = HTML_CSP
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


def letters() -> list[Letter]:
    """The newest first. A name is the file's, and the place in it."""
    files = sorted(Path(settings.EMAIL_FILE_PATH).glob("*.log"), key=lambda file: file.stat().st_mtime, reverse=True)
    return [letter for file in files for letter in reversed(_letters_in(file))]


def _find(name: str) -> Letter:
    """Looks among the letters that exist, so that no name leads to another file."""
    for found in letters():
        if found.name == name:
            return found
    raise Http404("There is no such letter.")


def _letters_in(file: Path) -> list[Letter]:
    parser = BytesParser(policy=policy.default)
    mails = [parser.parsebytes(chunk) for chunk in END.split(file.read_bytes()) if chunk.strip()]
    return [Letter(f"{file.stem}-{number}", mail) for number, mail in enumerate(mails, start=1)]


def _text_of(part: EmailMessage) -> str:
    content = part.get_content()
    return content if isinstance(content, str) else bytes(content).decode("utf-8", errors="replace")
