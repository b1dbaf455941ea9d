"""How the desk searches long lists; both ways ask an index and find the same on both databases."""

import pytest
from django.db import connection

from accounts.models import AuditEntry, User
from orders.models import Order
from outbox.models import Message

pytestmark = pytest.mark.django_db


def found(model, **lookup):
    return sorted(map(str, model.objects.filter(**lookup).values_list("pk", flat=True)))


def users(*names):
    made = User.objects.bulk_create(User(email=f"{number}@example.org", name=name) for number, name in enumerate(names))
    return {user.name: str(user.pk) for user in made}


@pytest.mark.parametrize("typed", ["W00", "w00", "W"])
def test_a_column_begins_with_what_was_typed_in_small_letters_or_in_capitals(typed):
    of = users("W001", "w002", "AW00")

    assert found(User, name__begins=typed) == sorted([of["W001"], of["w002"]])


@pytest.mark.parametrize(("typed", "name"), [("50%", "50% off"), ("a_b", "a_b"), (r"a\b", r"a\b"), ("ß", "ße")])
def test_signs_of_a_pattern_stand_for_themselves(typed, name):
    of = users(name, "500 off", "axb", "a", "ss")

    assert found(User, name__begins=typed) == [of[name]]


@pytest.mark.parametrize(
    "typed", ["haddad", "Had", "noor haddad", "HADDAD, Noor", "smith", "Smith-Haddad", "smith_", "o'b"]
)
def test_each_word_stands_in_the_column_or_begins_one(typed):
    of = users("Noor O'Brien Smith-Haddad", "Ada Lovelace")

    assert found(User, name__has_words=typed) == [of["Noor O'Brien Smith-Haddad"]]


@pytest.mark.parametrize("typed", ["noor ada", "!", "&", "'", ":*", "_", "\\", "noor & tom"])
def test_what_is_in_no_name_finds_nobody_and_breaks_nothing(typed):
    users("Noor Haddad", "Ada Lovelace")

    assert found(User, name__has_words=typed) == []


@pytest.mark.parametrize(
    ("model", "lookup", "index"),
    [
        (Order, {"po_number__begins": "W0"}, "orders_order_po_number"),
        (Order, {"buyer_name__has_words": "noor"}, "order_by_buyer"),
        (Order, {"organisation__has_words": "noor"}, "order_by_buyer"),
        (Message, {"subject__has_words": "noor"}, "message_by_words"),
        (AuditEntry, {"label__has_words": "noor"}, "audit_entry_by_label"),
    ],
)
def test_a_search_reads_an_index(model, lookup, index):
    """PostgreSQL is asked to prefer it: of an empty table it would read the rows."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")

    plan = model.objects.filter(**lookup).order_by().values("pk").explain()

    assert index in plan
