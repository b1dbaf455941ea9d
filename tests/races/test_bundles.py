"""The zip of all certificates of a workshop is made by whichever worker has it on lease, and by no two at once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone

from learning.certificates import bundles, papers
from learning.models import Certificate, CertificateBundle, CertificateFile
from tests.learning.certificates import make_certificate, make_past_workshop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
PATIENCE = 60


class Press:
    """Makes a PDF of each certificate, and stops within the first one until it is let go on."""

    def __init__(self):
        self.made, self.begun, self.may_go_on = [], threading.Event(), threading.Event()

    def render(self, template, context, styles):
        self.made.append(context["certificate"].pk)
        if not self.begun.is_set():
            self.begun.set()
            assert self.may_go_on.wait(PATIENCE)
        return f"PDF {len(self.made)}".encode()


@pytest.fixture
def press(monkeypatch):
    found = Press()
    monkeypatch.setattr(papers.pdf, "render", found.render)
    return found


@pytest.fixture
def bundle():
    workshop = make_past_workshop()
    for name in ("Ada", "Ben", "Cleo"):
        make_certificate(workshop, attendee_name=name)
    return bundles.ask_for_bundle(workshop, user=None)


@pytest.fixture
def first(press, bundle):
    """A worker within the first file."""

    def work():
        try:
            return bundles.make_bundles()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        working = pool.submit(work)
        try:
            assert press.begun.wait(PATIENCE)
            yield working
        finally:
            press.may_go_on.set()


def let_the_lease_run_out():
    CertificateBundle.objects.update(leased_until=timezone.now() - timedelta(seconds=1))


def assert_is_whole(bundle):
    bundle.refresh_from_db()
    assert bundle.made_at is not None
    assert CertificateBundle.objects.count() == 1
    files = list(bundle.files.values_list("certificate", flat=True).order_by("certificate"))
    assert files == list(Certificate.objects.values_list("pk", flat=True).order_by("pk"))
    assert CertificateFile.objects.count() == len(files)


def test_who_comes_second_leaves_it_to_the_first_and_each_file_is_made_once(press, bundle, first):
    bundles.make_bundles()
    assert len(press.made) == 1

    press.may_go_on.set()
    first.result(PATIENCE)

    assert_is_whole(bundle)
    assert sorted(press.made) == sorted(bundle.files.values_list("certificate", flat=True))


def test_without_the_lease_two_make_the_same_file(press, bundle, first, monkeypatch):
    """The test above would notice."""
    monkeypatch.setattr(bundles, "_free", lambda: CertificateBundle.objects.filter(made_at=None))

    bundles.make_bundles()

    assert len(press.made) > len(set(press.made))


def test_where_the_lease_runs_out_another_finishes_it_and_the_first_does_no_harm(press, bundle, first):
    let_the_lease_run_out()
    bundles.make_bundles()
    assert_is_whole(bundle)
    made_at, content = bundle.made_at, {each.pk: bytes(each.content) for each in CertificateFile.objects.all()}

    press.may_go_on.set()
    first.result(PATIENCE)

    assert_is_whole(bundle)
    assert bundle.made_at == made_at
    assert {each.pk: bytes(each.content) for each in CertificateFile.objects.all()} == content


def test_whose_lease_ran_out_does_not_give_back_that_of_another(press, bundle, first):
    theirs = timezone.now() + timedelta(hours=1)
    CertificateBundle.objects.update(leased_until=theirs)

    press.may_go_on.set()
    first.result(PATIENCE)

    assert CertificateBundle.objects.get().leased_until == theirs


def test_while_a_file_is_made_nobody_waits_for_a_row(press, bundle, first):
    with transaction.atomic():
        for model in (Certificate, CertificateBundle, CertificateFile):
            rows = model.objects.select_for_update(of=("self",), nowait=True)
            assert rows.count() == len(list(rows))
        found = Certificate.objects.earliest("pk")
        found.ticket.save(update_fields=["attendee_name"])
