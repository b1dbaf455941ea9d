"""What screen readers walk in our files, read by another program than the one that made them.

Nothing here proves PDF/UA, and the files do not claim it.
"""

from collections.abc import Iterator
from functools import cache
from io import BytesIO
from itertools import pairwise

import pytest
from pypdf import PdfReader
from pypdf.generic import IndirectObject

from kit.texts import pdf
from learning.certificates import papers
from learning.cpd.record import Year
from practice.models import Practice
from tests.builders import make_practice
from tests.learning.certificates import make_certificate, make_past_workshop
from tests.orders.big_papers import big_invoice
from tests.orders.test_pdf import renderer  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("renderer")]
PARENTS = {"/LI": {"/L"}, "/TR": {"/Table", "/THead", "/TBody", "/TFoot"}, "/TH": {"/TR"}, "/TD": {"/TR"}}


@pytest.fixture(params=["certificate", "invoice", "record"])
def reader(request):
    return PdfReader(BytesIO(file_of(request.param)))


@cache
def file_of(kind: str) -> bytes:
    """Made once for all that read it."""
    make_practice()
    return MAKERS[kind]()


def certificate():
    return papers.as_pdf(make_certificate(make_past_workshop(), attendee_name="Łucja Őry"))


def invoice():
    return pdf.render("orders/document_pdf.html", big_invoice())


def record():
    context = {"year": Year(2026, []), "name": "Noor Haddad", "practice": Practice.current()}
    return pdf.render("learning/cpd_pdf.html", context)


MAKERS = {"certificate": certificate, "invoice": invoice, "record": record}


def walk(element, parent=None) -> Iterator[tuple[dict, dict | None]]:
    """All elements of the structure with their parents."""
    yield element, parent
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        found = kid.get_object() if isinstance(kid, IndirectObject) else kid
        if isinstance(found, dict) and "/S" in found:
            yield from walk(found, element)


def structure_of(reader):
    root = reader.root_object["/StructTreeRoot"]
    assert all(kid.get_object()["/S"] == "/Document" for kid in root["/K"])
    return list(walk(root["/K"][0].get_object()))


def test_a_file_is_tagged_in_the_language_of_the_practice_and_shows_its_title(reader):
    catalog = reader.root_object

    assert (catalog["/MarkInfo"]["/Marked"], catalog["/Lang"]) == (True, "en-GB")
    assert catalog["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title.split()[0] in ("Certificate", "Invoice", "CPD")


def test_a_file_claims_no_standard_that_nobody_has_checked(reader):
    assert b"pdfuaid" not in b"".join(
        each.get_data() for each in (reader.root_object.get("/Metadata"),) if each is not None
    )


def test_lists_hold_items_and_rows_stand_in_tables(reader):
    wrong = [
        (element["/S"], parent["/S"])
        for element, parent in structure_of(reader)
        if parent and parent["/S"] not in PARENTS.get(element["/S"], {parent["/S"]})
    ]
    strangers = [each["/S"] for each, parent in structure_of(reader) if parent and parent["/S"] == "/L"]

    assert (wrong, set(strangers) - {"/LI"}) == ([], set())


def test_each_element_names_the_one_that_holds_it(reader):
    assert [each["/S"] for each, parent in structure_of(reader) if parent and each["/P"] != parent] == []


def test_heads_of_tables_say_what_they_are_heads_of(reader):
    for element, row in structure_of(reader):
        if element["/S"] == "/TH":
            expected = "/Column" if row["/P"]["/S"] == "/THead" else "/Row"
            assert element["/A"]["/Scope"] == expected


def test_headings_leave_no_level_out(reader):
    levels = [int(each["/S"][2]) for each, _ in structure_of(reader) if each["/S"][:2] == "/H" and each["/S"] != "/H"]

    assert levels[:1] == [1]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_pictures_are_described(reader):
    assert [each for each, _ in structure_of(reader) if each["/S"] == "/Figure" and not each.get("/Alt")] == []


def test_fonts_are_in_the_file_and_tell_their_letters(reader):
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & set(descriptor)
            assert "/ToUnicode" in font.get_object()
