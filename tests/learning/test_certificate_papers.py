"""Certificates as PDF. Without the renderer these tests are skipped, or fail where REQUIRE_BROWSER or CI is set."""

import re
import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from courses.models import Ticket
from kit.forms.seen import seal
from kit.texts import pdf
from learning import jobs
from learning.certificates import bundles, issuing, papers
from learning.models import Certificate, CertificateBundle, CertificateFile
from practice.models import Practice
from privacy import people
from tests.builders import make_user
from tests.learning.certificates import make_certificate, make_past_workshop
from tests.orders.test_pdf import UNASSIGNED, renderer, unpacked  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("renderer")]


@pytest.fixture
def workshop():
    return make_past_workshop()


@pytest.fixture
def quick(monkeypatch):
    """Whatever stands in a file is another test's."""
    monkeypatch.setattr(papers.pdf, "render", lambda template, context, styles: context["certificate"].name.encode())


def file_of(certificate, paper="a4"):
    return reverse("certificates:certificate_pdf", args=[certificate.secret, paper])


@pytest.mark.parametrize(("paper", "width", "height"), [("a4", 595, 842), ("letter", 612, 792)])
def test_it_is_one_tagged_page_with_title_and_language_on_either_paper(client, workshop, paper, width, height):
    found = make_certificate(workshop, attendee_name="Łucja Őry")
    cache.clear()

    answer = client.get(file_of(found, paper))
    text = unpacked(answer.content)

    boxes = [tuple(map(float, each.split())) for each in re.findall(rb"/MediaBox\s*\[([\d. ]+)\]", text)]
    assert answer["Content-Type"] == "application/pdf"
    assert [(round(box[2]), round(box[3])) for box in boxes] == [(width, height)]
    tags = b"/StructTreeRoot", b"/Marked true", b"/Lang", b"/Figure", b"/H1"
    fonts = b"+Brygada-Medium", b"+Brygada-Ext-Medium"  # of our own for Ł and Ő, too
    assert [each for each in (*tags, *fonts) if each not in text] == []


def test_files_that_nobody_waits_for_are_not_made_without_end(client, workshop, quick):
    """Many ask before the first is whole, or it cannot be kept."""
    found, statuses = make_certificate(workshop), []
    for _ in range(papers.MADE_PER_HOUR + 2):
        CertificateFile.objects.all().delete()
        statuses.append(client.get(file_of(found)).status_code)

    assert statuses == [200] * papers.MADE_PER_HOUR + [429] * 2


def test_it_is_made_once_for_each_size_whatever_becomes_of_the_templates(client, workshop, quick, monkeypatch):
    found = make_certificate(workshop)
    first = [client.get(file_of(found, paper)).content for paper in ("a4", "letter")]
    monkeypatch.setattr(papers.pdf, "render", lambda template, context, styles: b"another")
    cache.clear()

    with time_machine.travel(timezone.now() + timedelta(days=900)):
        later = [client.get(file_of(found, paper)).content for paper in ("a4", "letter")]

    assert later == first == [b"Noor Haddad"] * 2
    assert list(found.files.values_list("paper", flat=True)) == ["a4", "letter"]


def test_of_two_who_ask_first_at_one_moment_both_get_the_one_that_is_kept(client, workshop, monkeypatch):
    """The other one is done while ours is made."""
    found = make_certificate(workshop)

    def overtaken(template, context, styles):
        CertificateFile.objects.create(certificate=found, paper="a4", content=b"first")
        return b"second"

    monkeypatch.setattr(papers.pdf, "render", overtaken)

    assert client.get(file_of(found)).content == b"first"


def _reissue(found):
    issuing.reissue(found, name="Noor El Haddad", seen=seal(issuing.facts_seen(found)), why="Her wish")


def _revoke(found):
    issuing.revoke(found, seen=seal(issuing.facts_seen(found)), why="Wrong")


def _erase(found):
    people.erase(found.ticket.attendee_email, user=None)


@pytest.mark.parametrize("end", [_reissue, _revoke, _erase])
def test_its_files_go_with_what_it_says(client, workshop, quick, end):
    found, other = make_certificate(workshop), make_certificate(workshop, attendee_name="Ben", attendee_email="b@x.org")
    for each in (found, other):
        assert client.get(file_of(each)).status_code == 200

    end(found)

    assert list(CertificateFile.objects.values_list("certificate", flat=True)) == [other.pk]


@pytest.mark.parametrize("end", [_reissue, _revoke, _erase])
def test_no_file_is_kept_of_what_ended_while_it_was_made(client, workshop, monkeypatch, end):
    found = make_certificate(workshop)
    monkeypatch.setattr(papers.pdf, "render", lambda template, context, styles: end(found) or b"PDF")

    client.get(file_of(found))

    assert CertificateFile.objects.count() == 0


def test_a_place_that_ended_shows_no_file_and_has_the_same_again_when_it_counts_again(client, workshop, quick):
    found = make_certificate(workshop)
    client.get(file_of(found))
    Ticket.objects.update(status=Ticket.Status.CANCELLED)
    assert client.get(file_of(found)).url == found.get_absolute_url()
    Ticket.objects.update(status=Ticket.Status.CONFIRMED)

    assert (client.get(file_of(found)).status_code, CertificateFile.objects.count()) == (200, 1)


def test_a_bundle_takes_the_files_that_were_made_and_leaves_its_own_to_readers(client, workshop, monkeypatch):
    made = []

    def render(template, context, styles):
        made.append(context["certificate"].name)
        return context["certificate"].name.encode()

    monkeypatch.setattr(papers.pdf, "render", render)
    ada, ben = (make_certificate(workshop, attendee_name=name) for name in ("Ada", "Ben"))
    assert client.get(file_of(ada)).content == b"Ada"
    for _ in range(2):
        bundles.ask_for_bundle(workshop, user=None)
        bundles.make_bundles()
    assert client.get(file_of(ben)).content == b"Ben"

    assert made == ["Ada", "Ben"]
    CertificateBundle.objects.all().delete()
    assert CertificateFile.objects.count() == 2


def test_no_certificate_has_gaps_in_a_name_and_the_desk_is_told(client, workshop):
    found = make_certificate(workshop, attendee_name=f"Noor {UNASSIGNED}")
    cache.clear()

    answer = client.get(file_of(found))
    found.refresh_from_db()

    assert (answer.status_code, found.letters_without_font) == (503, UNASSIGNED)
    assert UNASSIGNED in answer.content.decode()
    assert "Our server has no font" in client.get(found.get_absolute_url()).content.decode()
    words = "1 certificate of which no PDF can be made, because the server has no font for it"
    assert [job.words for job in jobs.certificates_without_a_font()] == [words]


def test_the_desk_is_told_no_longer_once_there_is_a_file(client, workshop):
    found = make_certificate(workshop)
    Certificate.objects.update(letters_without_font=UNASSIGNED)
    cache.clear()

    assert client.get(file_of(found)).status_code == 200
    assert list(jobs.certificates_without_a_font()) == []


def test_a_bundle_is_made_without_the_name_that_has_no_font_and_says_so(client, workshop):
    make_certificate(workshop, attendee_name=f"Noor {UNASSIGNED}")
    make_certificate(workshop, attendee_name="Ada")
    bundle = bundles.ask_for_bundle(workshop, user=None)
    bundles.make_bundles()

    archive = zipfile.ZipFile(BytesIO(b"".join(bundles.zip_of(bundle))))
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))
    page = client.get(reverse("admin:learning_certificate_workshop", args=[workshop.pk])).content.decode()

    assert [name.partition("-")[0] for name in archive.namelist()] == ["ada"]
    assert ("Not in it" in page, CertificateBundle.objects.get().made_at is None) == (True, False)


def test_the_usual_paper_of_the_practice_comes_first(workshop):
    assert [paper for paper, _ in papers.choices()] == ["a4", "letter"]
    Practice.objects.update(locale="en-US")

    assert [paper for paper, _ in papers.choices()] == ["letter", "a4"]


def test_a_paper_that_there_is_not_leads_to_the_page(client, workshop):
    found = make_certificate(workshop)

    assert client.get(file_of(found, "a3")).url == found.get_absolute_url()


def test_a_bundle_has_a_file_for_each_valid_one_and_is_made_once(workshop, quick):
    names = ["Noor Haddad", "Noor Haddad", "李小明", "!!!", "Ada", "Ben", "Cleo"]
    for name in names:
        make_certificate(workshop, attendee_name=name)
    Certificate.objects.filter(name="Ben").update(revoked_at=timezone.now(), because="Wrong")
    bundle = bundles.ask_for_bundle(workshop, user=None)

    assert bundles.ask_for_bundle(workshop, user=None) == bundle
    assert (bundles.make_bundles(), bundles.make_bundles()) == (2, 0)
    archive = zipfile.ZipFile(BytesIO(b"".join(bundles.zip_of(CertificateBundle.objects.get()))))
    assert archive.testzip() is None
    names.remove("Ben")
    assert sorted(archive.read(each).decode() for each in archive.namelist()) == sorted(names)
    assert len(set(archive.namelist())) == len(names)


def test_what_was_revoked_since_it_was_asked_for_is_not_in_the_bundle(workshop, quick):
    make_certificate(workshop)
    make_certificate(workshop, attendee_name="Ben")
    bundle = bundles.ask_for_bundle(workshop, user=None)
    bundles.make_bundles()

    Certificate.objects.filter(name="Ben").update(revoked_at=timezone.now(), because="Wrong")

    archive = zipfile.ZipFile(BytesIO(b"".join(bundles.zip_of(bundle))))
    assert [archive.read(each).decode() for each in archive.namelist()] == ["Noor Haddad"]


def test_a_worker_that_dies_goes_on_where_it_was(workshop, quick, monkeypatch):
    for number in range(7):
        make_certificate(workshop, attendee_name=f"Person {number}")
    bundles.ask_for_bundle(workshop, user=None)
    broken = ["Person 6"]

    def render(template, context, styles):
        if context["certificate"].name in broken:
            raise pdf.PdfUnavailable
        return b"PDF"

    monkeypatch.setattr(papers.pdf, "render", render)
    with pytest.raises(pdf.PdfUnavailable):
        bundles.make_bundles()
    assert CertificateFile.objects.count() == 6
    broken.clear()

    bundles.make_bundles()

    assert (CertificateFile.objects.count(), CertificateBundle.objects.exclude(made_at=None).count()) == (7, 1)


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_a_file_is_made(workshop, monkeypatch):
    """On SQLite whoever has one open that writes keeps everybody else from it: bookings, and webhooks."""
    make_certificate(workshop)
    make_certificate(workshop, attendee_name="Ben")
    bundles.ask_for_bundle(workshop, user=None)
    open_ones = []

    def render(template, context, styles):
        open_ones.append(connection.in_atomic_block)
        return b"PDF"

    monkeypatch.setattr(papers.pdf, "render", render)
    bundles.make_bundles()

    assert (open_ones, CertificateBundle.objects.exclude(made_at=None).count()) == ([False, False], 1)


def test_two_workers_make_no_file_twice_and_one_that_died_keeps_nobody_out(workshop, monkeypatch):
    """The other one comes while the first is at its first file; a third finds a lease that nobody gave back."""
    for name in ("Ada", "Ben"):
        make_certificate(workshop, attendee_name=name)
    bundle = bundles.ask_for_bundle(workshop, user=None)
    made, others = [], []

    def render(template, context, styles):
        made.append(context["certificate"].name)
        others.append(bundles.make_bundles())
        return b"PDF"

    monkeypatch.setattr(papers.pdf, "render", render)
    CertificateBundle.objects.update(leased_until=timezone.now() + bundles.LEASE)
    assert (bundles.make_bundles(), made) == (0, [])
    with time_machine.travel(timezone.now() + bundles.LEASE + timedelta(seconds=1)):
        bundles.make_bundles()

    assert (made, others, bundle.files.count()) == (["Ada", "Ben"], [0, 0], 2)


def test_a_bundle_is_not_whole_while_a_name_was_changed_under_the_file(workshop, monkeypatch):
    found = make_certificate(workshop)
    bundle = bundles.ask_for_bundle(workshop, user=None)
    names = iter(["Noor El Haddad"])

    def render(template, context, styles):
        written = context["certificate"].name
        Certificate.objects.filter(pk=found.pk).update(name=next(names, written))
        return written.encode()

    monkeypatch.setattr(papers.pdf, "render", render)
    bundles.make_bundles()
    bundles.make_bundles()

    assert [bytes(each.content) for each in bundle.files.all()] == [b"Noor El Haddad"]


def test_old_bundles_go(workshop, quick):
    make_certificate(workshop)
    bundles.ask_for_bundle(workshop, user=None)
    bundles.make_bundles()

    with time_machine.travel(timezone.now() + bundles.KEPT + timedelta(minutes=1)):
        assert (bundles.delete_old_bundles(), bundles.delete_old_bundles()) == (1, 0)
    assert CertificateBundle.objects.count() == 0


def test_the_desk_asks_for_the_file_and_takes_it_when_it_is_whole(client, workshop, quick):
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))
    page = reverse("admin:learning_certificate_workshop", args=[workshop.pk])
    client.post(page)
    assert CertificateBundle.objects.count() == 0  # there is nothing to put into one
    make_certificate(workshop)

    client.post(page)
    client.post(page)
    bundle = CertificateBundle.objects.get()
    address = reverse("admin:learning_certificate_bundle", args=[bundle.pk])
    assert client.get(address).status_code == 404
    bundles.make_bundles()

    answer = client.get(address)
    archive = zipfile.ZipFile(BytesIO(b"".join(answer.streaming_content)))
    assert [archive.read(each) for each in archive.namelist()] == [b"Noor Haddad"]
