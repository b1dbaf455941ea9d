import csv
import re
from datetime import date, timedelta
from decimal import Decimal
from io import StringIO
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from kit.forms.seen import seal
from kit.texts import pdf
from learning.certificates import issuing
from learning.cpd import record
from learning.cpd.views import PDFS_PER_HOUR
from learning.models import Certificate, CpdEntry
from tests.builders import make_user
from tests.learning.certificates import make_certificate, make_past_workshop

pytestmark = pytest.mark.django_db
NOOR = "noor@example.org"


@pytest.fixture
def noor():
    return make_user(NOOR)


@pytest.fixture
def page(client, noor):
    client.force_login(noor)
    return client


def answers(**changed):
    defaults = {"title": "A book", "provider": "", "done_on": "2026-03-01", "kind": "reading", "hours": "2.5"}
    return defaults | {"key": str(uuid4())} | changed


def own(user, **fields):
    defaults = {"title": "A book", "done_on": date(2026, 3, 1), "kind": "reading", "hours": Decimal("2.5")}
    return CpdEntry.objects.create(user=user, **(defaults | fields))


def titles(user):
    return [(year.year, year.total, [line.title for line in year.lines]) for year in record.years_of(user)]


def test_certificates_of_ones_confirmed_addresses_come_by_themselves(noor):
    workshop = make_past_workshop()
    make_certificate(workshop, attendee_email="Noor@example.org")
    make_certificate(workshop, attendee_email="b@example.org")
    noor.emailaddress_set.create(email="b@example.org", verified=False)
    year = workshop.session_list[0].day.year

    assert titles(noor) == [(year, "5", ["Complexity in grief"])]


def test_of_two_places_under_one_address_one_certificate_counts(page, noor):
    """A colleague was booked by one's own address."""
    noor.name = "Noor Haddad"
    noor.save()
    workshop = make_past_workshop()
    ada, _ = (make_certificate(workshop, attendee_email=NOOR, attendee_name=name) for name in ("Ada", "Noor  Haddad"))
    make_certificate(make_past_workshop(), attendee_email=NOOR, attendee_name="Ada")

    [found] = record.years_of(noor)
    assert (found.total, sorted(line.name for line in found.lines)) == ("10", ["", "Ada"])
    assert page.get(reverse("cpd:overview")).text.count("in the name of Ada") == 1

    CpdEntry.objects.create(user=noor, certificate=ada, review="Much")
    [found] = record.years_of(noor)
    assert (found.total, [line.name for line in found.lines]) == ("10", ["Ada", "Ada"])


@pytest.mark.parametrize("change", [{"revoked_at": timezone.now(), "because": "x"}, {"replaced_at": timezone.now()}])
def test_what_does_not_count_any_more_is_not_in_the_record(noor, change):
    make_certificate()
    Certificate.objects.update(**change)

    assert titles(noor) == []


def test_hours_add_up_by_year_and_by_kind(noor):
    own(noor)
    own(noor, title="Peer group", kind="supervision", hours=Decimal("1.5"), done_on=date(2026, 12, 31))
    own(noor, title="Long ago", done_on=date(2025, 1, 1), hours=Decimal(8))

    assert titles(noor) == [(2026, "4", ["Peer group", "A book"]), (2025, "8", ["Long ago"])]
    assert record.year_of(noor, 2026).by_kind == [
        ("reading and research", "2.5"),
        ("supervision and peer groups", "1.5"),
    ]


def test_an_entry_is_added_once_changed_and_taken_out(page, noor):
    sent = answers()
    first, again = (page.post(reverse("cpd:add"), sent) for _ in range(2))
    assert (first.status_code, again.status_code, CpdEntry.objects.count()) == (303, 303, 1)

    entry = CpdEntry.objects.get()
    page.post(reverse("cpd:change", args=[entry.pk]), answers(hours="3", review="Much"))
    entry.refresh_from_db()
    assert (entry.hours, entry.review) == (3, "Much")

    page.post(reverse("cpd:delete", args=[entry.pk]))
    assert CpdEntry.objects.count() == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"hours": "0"},
        {"hours": "0.3"},
        {"hours": "201"},
        {"hours": "NaN"},
        {"hours": "1e309"},
        {"done_on": "2026-02-30"},
        {"done_on": "0026-03-01"},
        {"title": " "},
        {"title": "x" * 201},
        {"kind": "magic"},
        {"key": "x"},
        {"review": "x" * 2001},
        {"title": "a\x00b"},
    ],
)
def test_bad_answers_are_shown_again_and_store_nothing(page, wrong):
    answer = page.post(reverse("cpd:add"), answers(**wrong))

    assert (answer.status_code, CpdEntry.objects.count()) == (422, 0)


def test_a_day_that_has_begun_nowhere_is_refused(page):
    answer = page.post(reverse("cpd:add"), answers(done_on=str(timezone.localdate() + timedelta(days=2))))

    assert (answer.status_code, CpdEntry.objects.count()) == (422, 0)


def test_a_certificate_is_looked_back_on_in_ones_own_words(page, noor):
    found = make_certificate()
    words = {"plan": "Grief at work", "review": "Slower", "reflection": "I wait longer"}

    for _ in range(2):
        assert page.post(reverse("cpd:reflect", args=[found.pk]), words).status_code == 303

    [year] = record.years_of(noor)
    assert (CpdEntry.objects.count(), year.total, year.lines[0].words) == (1, "5", tuple(words.values()))
    page.post(reverse("cpd:reflect", args=[found.pk]), dict.fromkeys(words, " "))
    assert CpdEntry.objects.count() == 0


def test_what_somebody_noted_stays_when_the_name_is_corrected(noor):
    found = make_certificate()
    record.note_words(noor, found, {"plan": "Grief at work", "review": "", "reflection": ""})

    newer = issuing.reissue(found, name="Noor El Haddad", seen=seal(issuing.facts_seen(found)), why="Her wish")

    [line] = record.years_of(noor)[0].lines
    assert (line.certificate, line.words) == (newer, ("Grief at work", "", ""))


def test_nobody_opens_anothers_record(client, noor):
    entry, certificate = own(noor), make_certificate()
    client.force_login(make_user("charlie@example.org"))
    pages = [reverse("cpd:change", args=[entry.pk]), reverse("cpd:reflect", args=[certificate.pk])]

    codes = [client.get(each).status_code for each in pages]
    codes += [client.post(each, answers()).status_code for each in [*pages, reverse("cpd:delete", args=[entry.pk])]]

    assert (codes, CpdEntry.objects.get().title) == ([404] * 5, "A book")
    assert "A book" not in client.get(reverse("cpd:overview")).text


def test_nobody_adds_without_end(noor, monkeypatch, page):
    monkeypatch.setattr(record, "MOST_ENTRIES", 1)
    own(noor)

    answer = page.post(reverse("cpd:add"), answers())

    assert (answer.status_code, CpdEntry.objects.count()) == (422, 1)


def test_a_year_is_a_table_that_no_spreadsheet_runs(page, noor):
    own(noor, title="=cmd", plan="Why\nnot", review="-", done_on=date(2026, 3, 1))
    own(noor, done_on=date(2025, 3, 1))

    answer = page.get(reverse("cpd:csv", args=[2026]))
    rows = list(csv.reader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))

    assert rows[1:] == [["2026-03-01", "'=cmd", "", "reading and research", "2.5", "", "", "Why\nnot", "'-", ""]]


def test_files_say_in_whose_name_a_certificate_is(noor, page, monkeypatch):
    noor.name = "Noor Haddad"
    noor.save()
    make_certificate(attendee_email=NOOR, attendee_name="Ada")
    monkeypatch.setattr(pdf, "render", lambda name, context: render_to_string(name, context).encode())
    year = Certificate.objects.get().completed_on.year

    answer = page.get(reverse("cpd:csv", args=[year]))
    [row] = csv.DictReader(StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    printed = page.get(reverse("cpd:pdf", args=[year])).text

    assert (row["In the name of"], ", in the name of Ada" in printed) == ("Ada", True)


@pytest.mark.parametrize("year", [1999, 2101, 10**9])
def test_there_is_no_such_year(page, year):
    assert [page.get(reverse(f"cpd:{kind}", args=[year])).status_code for kind in ("csv", "pdf")] == [404, 404]


@pytest.mark.skipif(not pdf.is_available(), reason="no renderer")
def test_a_year_is_a_summary_to_hand_in(page, noor):
    own(noor)

    answer = page.get(reverse("cpd:pdf", args=[2026]))

    assert (answer["Content-Type"], answer.content[:5]) == ("application/pdf", b"%PDF-")


def test_summaries_that_nobody_waits_for_are_not_made_without_end(page, noor, monkeypatch):
    own(noor)
    monkeypatch.setattr(pdf, "render", lambda *args: b"%PDF-")

    statuses = [page.get(reverse("cpd:pdf", args=[2026])).status_code for _ in range(PDFS_PER_HOUR + 2)]

    assert statuses == [200] * PDFS_PER_HOUR + [429] * 2


def test_the_page_shows_years_kinds_and_ones_own_words(page, noor):
    own(noor, reflection="<b>I wait</b>")

    html = page.get(reverse("cpd:overview")).text

    assert re.findall(r"<h2>([^<]+)</h2>", html)[:1] == ["2026: 2.5 hours"]
    assert "&lt;b&gt;I wait&lt;/b&gt;" in html


def test_an_entry_has_facts_of_its_own_or_those_of_a_certificate(noor):
    certificate = make_certificate()
    for wrong in ({"done_on": None}, {"title": ""}, {"hours": None}, {"certificate": certificate}, {"hours": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            own(noor, **wrong)
