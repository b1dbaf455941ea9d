import pytest

from kit.addresses import benefit_key, email_key


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Noor@Example.ORG", "noor@example.org"),
        ("  noor@example.org ", "noor@example.org"),
        ("ｎoor@example.org", "noor@example.org"),
        ("noor@bücher.example", "noor@xn--bcher-kva.example"),
        ("noor+tag@example.org", "noor+tag@example.org"),
    ],
)
def test_one_mailbox_has_one_key(typed, key):
    assert email_key(typed) == key


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("noor+news@example.org", "noor@example.org"),
        ("n.o.o.r@gmail.com", "noor@gmail.com"),
        ("noor@googlemail.com", "noor@gmail.com"),
        ("n.oor@example.org", "n.oor@example.org"),
        ("+tag@example.org", "+tag@example.org"),
    ],
)
def test_one_person_has_one_key_for_offers(typed, key):
    assert benefit_key(typed) == key


@pytest.mark.parametrize("typed", ["", "@", "a@" + "x" * 300, "a@..", "a@\x00", "no-at"])
def test_no_text_breaks_it(typed):
    assert isinstance(email_key(typed), str)
    assert isinstance(benefit_key(typed), str)
