"""What the migrations make of rows that were stored when one row said everything about the practice, and of enquiries
that were stored as they were written."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accounts.models import AuditEntry
from kit.guard.encryption import decrypt, encrypt
from practice.migrations import __name__ as package
from practice.models import Practice, SaleTerms, SiteWords
from practice.refund_policy import RefundPolicy, Tier
from tests.builders import make_user
from tests.migrating import migrate_to_today

pytestmark = pytest.mark.django_db(transaction=True)
WHO = {
    "name": "Withy Rooms",
    "tagline": "Therapy and training.",
    "email": "desk@withyrooms.example",
    "phone": "020 7946 0714",
    "address": "2 Osier Yard\nLondon SE1",
    "opening_hours": "Monday to Friday",
    "legal_name": "Withy Rooms Ltd",
    "company_number": "01234567",
    "registered_in": "England and Wales",
    "registered_address": "2 Osier Yard, London",
    "professional_body": "None.",
    "vat_number": "GB 123 4567 89",
    "time_zone": "Europe/Paris",
    "enquiries_kept_days": 30,
}
WORDS = {
    "headline": "Minds change in company.",
    "introduction": "An introduction.",
    "therapy_headline": "Therapy, at a human pace",
    "therapy_introduction": "Another introduction.",
    "approach": "You are not a fault.\n\nInsight helps.",
    "reply_promise": "Two working days.",
    "fees_note": "Some hours cost less.",
}
MOVED = "0007"  # where each value stands in the row of its subject
ASKED = {"name": "Noor Haddad", "email": "noor@example.org", "phone": "", "message": "Mondays?"}
PARTS = ("practice", "saleterms", "sitewords")
TERMS = {
    "vat_rate": Decimal("17.5"),
    "refund_free_days": 21,
    "refund_note": "Ask us.",
    "takes_invoices": True,
    "invoice_days": 45,
    "invoice_min_days_before": 20,
    "bank_details": "Sort code 00-00-00",
}


@pytest.fixture(scope="module")
def way(django_db_setup, django_db_blocker):
    """Back once, with all that was built on what the practice was, and forward again when all tests are done: between
    the two they go a step or two, because it takes long to go through everything that came since."""
    with django_db_blocker.unblock():
        yield
        migrate_to_today()


@pytest.fixture
def at(way):
    """`at("0004")`: the models of then, with the tables of then."""

    def go_to(number):
        executor = MigrationExecutor(connection)
        names = [name for app, name in executor.loader.graph.nodes if app == "practice" and name.startswith(number)]
        state = executor.migrate([("practice", *names)])
        return state.apps.get_model

    return go_to


def test_what_was_changed_before_can_still_be_read(client):
    Practice.objects.create(pk=1, **WHO)
    AuditEntry.objects.create(
        model="practice.practice",
        object_id=1,
        page="practice.practice:1",
        label="Practice 1",
        changes={"bank_details": ["Sort code 1", "Sort code 2"], "tagline": ["Old", "New"]},
        actor="the desk",
    )
    client.force_login(make_user(is_staff=True, is_superuser=True))

    page = client.get("/admin/practice/practice/1/history/").content.decode()

    told = ("Bank details", "Sort code 1", "Sort code 2", "Tagline", "Old", "New")
    assert [words for words in told if words not in page] == []


def columns(row, expected):
    return {name: getattr(row, name) for name in expected}


def steps_of(row):
    return list(row.refund_tiers.order_by("-days_before").values_list("days_before", "percent"))


def test_every_value_moves_to_the_row_of_its_subject(at):
    then = at("0004")
    row = then("practice", "Practice").objects.create(pk=1, **WHO, **WORDS, **TERMS)
    for days_before, percent in [(14, 100), (7, 50)]:
        then("practice", "RefundTier").objects.create(practice=row, days_before=days_before, percent=percent)

    now = at(MOVED)
    terms = now("practice", "SaleTerms").objects.get()
    assert columns(now("practice", "Practice").objects.get(), WHO) == WHO
    assert columns(now("practice", "SiteWords").objects.get(), WORDS) == WORDS
    assert columns(terms, TERMS) == TERMS
    assert steps_of(terms) == [(14, 100), (7, 50)]


def test_every_value_comes_back(at):
    now = at(MOVED)
    row = now("practice", "Practice").objects.create(pk=1, **WHO)
    now("practice", "SiteWords").objects.create(practice=row, **WORDS)
    terms = now("practice", "SaleTerms").objects.create(practice=row, **TERMS)
    for days_before, percent in [(14, 100), (7, 50)]:
        terms.refund_tiers.create(days_before=days_before, percent=percent)

    then = at("0004")

    back = then("practice", "Practice").objects.get()
    assert columns(back, WHO | WORDS | TERMS) == WHO | WORDS | TERMS
    assert steps_of(back) == [(14, 100), (7, 50)]


def test_a_site_without_a_practice_stays_without(at):
    at("0004")

    now = at(MOVED)

    assert [now("practice", each).objects.count() for each in ("Practice", "SiteWords", "SaleTerms")] == [0, 0, 0]


@pytest.mark.parametrize(("before", "after"), [(0, 14), (13, 14), (14, 14), (30, 30)])
def test_a_site_that_gave_fewer_days_gives_14_from_the_upgrade_on(at, before, after):
    at("0002")("practice", "Practice").objects.create(pk=1, **WHO, **WORDS, **TERMS | {"refund_free_days": before})

    then = at("0003")

    assert then("practice", "Practice").objects.get().refund_free_days == after


def test_enquiries_are_encrypted_once_whatever_their_number_and_come_back(at, monkeypatch):
    monkeypatch.setattr(f"{package}.0011_enquiries_are_encrypted.AT_A_TIME", 2)
    sealed = {name: text and encrypt(text) for name, text in ASKED.items()}
    at("0011")("practice", "Enquiry").objects.create(setting="room", **sealed)
    before = at("0010")("practice", "Enquiry").objects
    plain = before.values(*ASKED).get()
    for _ in range(4):
        before.create(setting="room", **ASKED)

    stored = list(at("0011")("practice", "Enquiry").objects.values(*ASKED))

    assert plain == ASKED
    assert [row for row in stored if row["name"] == ASKED["name"] or row["phone"]] == []
    assert [{name: text and decrypt(text) for name, text in row.items()} for row in stored] == [ASKED] * 5


def may(who):
    return sorted(each.split(".")[1] for each in who.get_all_permissions())


def test_all_the_way_to_today_the_values_stay_and_whoever_might_change_them_may_change_the_parts_and_no_more(at):
    call_command("migrate", "practice", "0004", verbosity=0)  # which makes the permissions of then
    row = at("0004")("practice", "Practice").objects.create(pk=1, **WHO, **WORDS, **TERMS)
    row.refund_tiers.create(days_before=14, percent=100)
    tends = Group.objects.create(name="Tends")
    tends.permissions.set(Permission.objects.filter(codename__in=["view_practice", "change_practice"]))
    editor, decider = make_user(is_staff=True), make_user(is_staff=True)
    editor.groups.add(tends)
    decider.user_permissions.set(Permission.objects.filter(codename="decide_invoicing_of_practice"))

    call_command("migrate", verbosity=0)

    assert columns(Practice.current(), WHO) == WHO
    assert columns(SiteWords.objects.get(), WORDS) == WORDS
    assert columns(SaleTerms.objects.get(), TERMS) == TERMS
    assert SaleTerms.current().refund_policy == RefundPolicy(21, (Tier(14, 100),), "Ask us.")
    assert may(editor) == [f"{action}_{model}" for action in ("change", "view") for model in PARTS]
    assert may(decider) == ["decide_invoicing_of_saleterms"]
    assert Permission.objects.filter(codename="decide_invoicing_of_practice").count() == 0
    assert Permission.objects.get(codename="view_saleterms").name == "Can view terms of sale"
