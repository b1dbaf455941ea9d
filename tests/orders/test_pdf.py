"""The PDF of a document. Without the renderer these tests are skipped, or fail where REQUIRE_BROWSER or CI is set."""

import os
import re
import shutil
import subprocess
import zlib
from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.checks import run_checks
from django.template import Context, Template
from django.urls import reverse
from django.utils import timezone

from kit.texts import pdf
from orders.documents import issuing
from orders.models import Document, DocumentFile
from tests.builders import make_practice
from tests.orders.big_papers import NAME, big_invoice
from tests.orders.test_documents import paid_behind_the_back

pytestmark = pytest.mark.django_db
UNASSIGNED = "\u0378"  # a place in Unicode that is no letter, so that no font has one
REASON = "WeasyPrint, Pango or HarfBuzz is not installed (see docs/running.md)"


@pytest.fixture
def renderer():
    if pdf.is_available():
        return
    if os.environ.get("REQUIRE_BROWSER") or os.environ.get("CI"):
        pytest.fail(REASON)
    pytest.skip(REASON)


@pytest.fixture
def receipt():
    make_practice()
    (made,) = issuing.issue_due(paid_behind_the_back().pk)
    return made


@pytest.fixture
def no_renderer(monkeypatch):
    monkeypatch.setattr(pdf, "LIBRARIES", ["no-such-library"])
    pdf.is_available.cache_clear()
    yield
    pdf.is_available.cache_clear()


def page_of(receipt):
    return reverse("orders:document", args=[receipt.secret])


def pdf_of(receipt):
    return reverse("orders:document_pdf", args=[receipt.secret])


def unpacked(content):
    """The objects of a PDF, which stand in it compressed."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL)
    found = []
    for stream in streams:
        with suppress(zlib.error):
            found.append(zlib.decompress(stream))
    return b"\n".join(found)


@pytest.mark.usefixtures("renderer")
def test_the_pdf_is_one_tagged_page_with_title_and_language(client, receipt):
    response = client.get(pdf_of(receipt))

    assert (response.status_code, response["Content-Type"], response["Cache-Control"]) == (
        200,
        "application/pdf",
        "private, no-store",
    )
    assert response["Content-Disposition"] == 'inline; filename="R-000001.pdf"'
    assert response.content[:5] == b"%PDF-"
    inside = unpacked(response.content)
    for fact in (b"/Lang (en-GB)", b"/MarkInfo <</Marked true>>", b"/Title (Receipt R-000001)"):
        assert fact in inside
    assert inside.count(b"/Type /Page/") == 1


@pytest.mark.usefixtures("renderer")
def test_names_with_letters_beyond_western_europe_stand_in_our_own_fonts(client):
    make_practice(name="Łucja Őry")
    (made,) = issuing.issue_due(paid_behind_the_back().pk)

    assert b"+Brygada-Ext" in unpacked(client.get(pdf_of(made)).content)


@pytest.mark.usefixtures("renderer")
@pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs pdftotext (poppler-utils)")
def test_the_pdf_says_what_the_page_says(client, receipt, tmp_path):
    file = tmp_path / "receipt.pdf"
    file.write_bytes(client.get(pdf_of(receipt)).content)

    text = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, check=True, text=True).stdout
    facts = subprocess.run(["pdfinfo", file], capture_output=True, check=True, text=True).stdout
    fonts = subprocess.run(["pdffonts", file], capture_output=True, check=True, text=True).stdout

    for words in ("R-000001", "Withy Rooms Ltd", "Noor Haddad", receipt.order.number, "£105.00"):
        assert words in text
    assert re.findall(r"^(Tagged|Pages): +(\S+)", facts, re.MULTILINE) == [("Tagged", "yes"), ("Pages", "1")]
    assert {name.split("-")[0] for name in re.findall(r"\+(\w+)", fonts)} >= {"Brygada", "Instrument"}


@pytest.mark.usefixtures("renderer")
def test_letters_that_no_font_has_are_no_boxes_in_somebodys_name(client, receipt):
    facts = receipt.facts | {"buyer": receipt.facts["buyer"] | {"name": f"Noor {UNASSIGNED}Haddad"}}
    Document.objects.filter(pk=receipt.pk).update(facts=facts)

    response = client.get(pdf_of(receipt))

    text = response.content.decode()
    assert (response.status_code, UNASSIGNED in text, page_of(receipt) in text) == (503, True, True)
    with pytest.raises(pdf.LettersWithoutFont) as error:
        pdf.render("orders/document_pdf.html", big_invoice(pay_to=f"{UNASSIGNED}\u200d\ufe0f"))
    assert error.value.letters == UNASSIGNED  # what joins letters and shows nothing itself is no letter


@pytest.mark.usefixtures("renderer")
@pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs pdftotext (poppler-utils)")
def test_the_day_of_a_workshop_stands_in_one_line(client, tmp_path, receipt):
    file = tmp_path / "receipt.pdf"
    file.write_bytes(client.get(pdf_of(receipt)).content)

    text = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, check=True, text=True).stdout

    assert re.search(rf"Workshop +{receipt.order.workshop.starts_on}, \d\d:\d\d\S+ in London", text)


@pytest.mark.usefixtures("renderer")
@pytest.mark.skipif(not shutil.which("pdftotext"), reason="needs pdftotext (poppler-utils)")
@pytest.mark.parametrize(("locale", "size"), [("en-GB", "595.276 x 841.89"), ("en-US", "612 x 792")])
def test_a_long_invoice_goes_on_over_pages_of_the_usual_paper(tmp_path, locale, size):
    make_practice(locale=locale)
    file = tmp_path / "invoice.pdf"
    file.write_bytes(pdf.render("orders/document_pdf.html", big_invoice()))

    text = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, check=True, text=True).stdout
    facts = subprocess.run(["pdfinfo", file], capture_output=True, check=True, text=True).stdout
    boxes = subprocess.run(["pdftotext", "-bbox", file, "-"], capture_output=True, check=True, text=True).stdout

    pages = text.rstrip("\f").split("\f")
    by = "December 24, 2026" if locale == "en-US" else "24 December 2026"
    assert re.search(rf"Please pay by +{by}", pages[0])  # in one line, with room between
    assert re.search(r"Your reference \(PO\) +PO-7\b", pages[0])
    tables = [page for page in pages if "For Person" in page]
    assert re.search(r"Page size: +(\S+ x \S+)", facts)[1] == size
    assert all(re.search(r"^ *What +Amount$", page, re.MULTILINE) for page in tables)
    assert len(tables) > 2
    assert (text.count("For Person"), text.count("To pay"), text.count("Line ")) == (60, 1, 10)
    assert "".join(text.split()).count(NAME) == 1
    assert max(float(each) for each in re.findall(r'xMax="([\d.]+)"', boxes)) < float(size.split()[0]) - 50  # 18 mm
    assert pages[-1].replace(" ", "").rstrip().endswith(f"\n{len(pages)}/{len(pages)}")


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "https://example.org/x.css",
        "http://localhost:8000/static/css/site.css",
        f"{pdf.OURS}../practice_site/settings.py",
        f"{pdf.OURS}css/../../.git/config",
        f"{pdf.OURS}js/site.js",
        f"{pdf.OURS}",
        "data:text/css,body{}",
    ],
)
def test_the_renderer_may_read_our_static_files_and_nothing_else(url):
    with pytest.raises(ValueError, match="not one of our static files"):
        pdf.read_static(url)


def test_the_renderer_may_read_our_style_sheets_and_fonts():
    content, content_type = pdf.read_static(f"{pdf.OURS}css/document.css")

    assert (content_type, b".doc" in content) == ("text/css", True)


@pytest.mark.usefixtures("renderer")
def test_a_file_that_a_template_names_is_not_embedded(monkeypatch):
    secret = "file:///etc/hostname"
    page = f'<html lang="en"><title>T</title><link rel="attachment" href="{secret}"><img src="{secret}" alt="x">'
    monkeypatch.setattr(pdf, "render_to_string", lambda *args: Template(page).render(Context()))

    content = pdf.render("any", {})

    assert (content[:5], b"/EmbeddedFile" in content, b"/Image" in content) == (b"%PDF-", False, False)


def test_without_the_renderer_the_page_offers_no_pdf_and_says_how_to_keep_it(client, receipt, no_renderer):
    text = client.get(page_of(receipt)).content.decode()

    assert (pdf_of(receipt) in text, "choose “Save as PDF”" in text) == (False, True)


@pytest.mark.usefixtures("renderer")
def test_with_the_renderer_the_page_links_to_the_pdf(client, receipt):
    assert f'href="{pdf_of(receipt)}"' in client.get(page_of(receipt)).content.decode()


def test_a_renderer_that_fails_or_is_missing_makes_a_calm_page(client, receipt, monkeypatch):
    def fail():
        raise OSError("cannot load library")

    monkeypatch.setattr(pdf, "_fetcher", fail)

    response = client.get(pdf_of(receipt))

    text = response.content.decode()
    assert (response.status_code, "The PDF could not be made." in text) == (503, True)
    assert f'href="{page_of(receipt)}"' in text


def test_a_site_that_cannot_make_pdfs_is_told_so_outside_debug(settings, no_renderer):
    settings.PRODUCTION = True
    found = [each.id for each in run_checks() if each.id.startswith("practice_site.I")]

    settings.PRODUCTION = False
    quiet = [each.id for each in run_checks() if each.id.startswith("practice_site.I")]

    assert (found, quiet) == (["practice_site.I001"], [])


def test_a_document_is_made_into_a_file_once(client, receipt, monkeypatch):
    made = []
    monkeypatch.setattr(pdf, "render", lambda *args: made.append(args) or b"%PDF-")

    answers = [client.get(pdf_of(receipt)).content for _ in range(20)]

    assert (answers, len(made)) == ([b"%PDF-"] * 20, 1)


def test_files_that_nobody_waits_for_are_not_made_without_end(client, receipt, monkeypatch):
    """Many ask before the first is whole, or it cannot be kept."""
    made = []
    monkeypatch.setattr(pdf, "render", lambda *args: made.append(args) or b"%PDF-")
    statuses = []
    for _ in range(7):
        DocumentFile.objects.all().delete()
        statuses.append(client.get(pdf_of(receipt)).status_code)

    assert (statuses, len(made)) == ([200] * 5 + [429] * 2, 5)


def test_the_file_is_kept_for_good_whatever_becomes_of_the_templates(client, receipt, monkeypatch, time_machine):
    monkeypatch.setattr(pdf, "render", lambda *args: b"%PDF-" + bytes(range(256)) * 300)

    first = client.get(pdf_of(receipt)).content
    monkeypatch.setattr(pdf, "render", lambda *args: b"another")
    cache.clear()
    time_machine.move_to(timezone.now() + timedelta(days=900))

    assert client.get(pdf_of(receipt)).content == first == bytes(DocumentFile.objects.get().content)


def test_of_two_who_ask_first_at_one_moment_both_get_the_one_that_is_kept(client, receipt, monkeypatch):
    """The other one is done while ours is made."""

    def overtaken(*args):
        DocumentFile.objects.create(document=receipt, content=b"%PDF-first")
        return b"%PDF-second"

    monkeypatch.setattr(pdf, "render", overtaken)

    assert client.get(pdf_of(receipt)).content == b"%PDF-first"


def test_a_file_that_cannot_be_made_is_not_kept(client, receipt, monkeypatch):
    def fail(*args):
        raise pdf.PdfUnavailable

    monkeypatch.setattr(pdf, "render", fail)

    assert (client.get(pdf_of(receipt)).status_code, DocumentFile.objects.count()) == (503, 0)
