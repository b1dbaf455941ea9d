"""What the migrations make of enquiries that were stored as they were written."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from practice.migrations import __name__ as package
from practice.models import Enquiry
from tests.migrating import migrate_to_today

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = {"name": "Noor Haddad", "email": "noor@example.org", "phone": "", "message": "Mondays?"}


def go_to(name):
    MigrationExecutor(connection).migrate([("practice", name)])
    return MigrationExecutor(connection).loader.project_state(("practice", name)).apps.get_model("practice", "Enquiry")


def test_enquiries_are_encrypted_once_whatever_their_number_and_come_back(monkeypatch):
    monkeypatch.setattr(f"{package}.0011_enquiries_are_encrypted.AT_A_TIME", 2)
    Enquiry.objects.create(setting="room", **WORDS)
    before = go_to("0010_enquiries_are_texts").objects
    plain = before.values(*WORDS).get()
    for _ in range(4):
        before.create(setting="room", **WORDS)

    migrate_to_today()

    assert plain == WORDS
    assert list(Enquiry.objects.values(*WORDS)) == [WORDS] * 5
    stored = go_to_stored()
    assert [row for row in stored if row["name"] == WORDS["name"] or row["phone"]] == []


def go_to_stored():
    last = MigrationExecutor(connection).loader.project_state(("practice", "0011_enquiries_are_encrypted"))
    return list(last.apps.get_model("practice", "Enquiry").objects.values("name", "phone"))
