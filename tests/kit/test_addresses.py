from email.headerregistry import Address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.guard.addresses import (
    LONGEST,
    WORDS,
    NotDeliverable,
    as_delivered,
    benefit_key,
    delivery_form,
    email_key,
    unwrapped,
)

# Two names of each row may belong to two people.
TWO_DOMAINS = [
    ("faß.example", "fass.example"),
    ("FAẞ.example", "FASS.example"),
    ("βόλος.example", "βόλοσ.example"),
    ("ς.example", "Σ.example"),
    ("نامه\u200cای.example", "نامهای.example"),
    ("क्\u200dष.example", "क्ष.example"),
    ("ılgaz.example", "ilgaz.example"),
    ("İlgaz.example", "ilgaz.example"),
    ("büro.example", "buero.example"),
    ("аnna.example", "anna.example"),  # the first letter is Cyrillic
    ("mail.faß.example", "mail.fass.example"),
]
# And these are one each.
ONE_DOMAIN = [
    ("faß.example", "xn--fa-hia.example"),
    ("faß.example", "XN--FA-HIA.Example"),
    ("faß.example", "FAẞ.example"),
    ("βόλος.example", "xn--nxasmm1c.example"),
    ("ΒΌΛΟΣ.example", "βόλοσ.example"),
    ("bücher.example", "bu\u0308cher.example"),
    ("bücher.example", "BÜCHER.EXAMPLE"),
    ("bücher.example", "ｂücher。example"),
    ("example.org", "ex\u00adam\u200bple.org\ufeff"),
    ("example.org", "ＥＸＡＭＰＬＥ．org"),
]
REFUSED = [
    *[(text, "invalid") for text in ("", "@", "noor", "noor@", "@example.org", "noor@\u200b", "\u200e@example.org")],
    *[(text, "several") for text in ("a@b@example.org", "noor@example.org, ruth@example.org", "a@x.org;b@x.org")],
    *[(text, "wide_at") for text in ("noor＠example.org", "noor﹫example.org", "a@b＠example.org")],
    *[(text, "space") for text in ("no or@example.org", "noor @example.org", "noor@exam\u3000ple.org", "noor@a\n.org")],
    *[(text, "dots") for text in ("no..or@example.org", ".noor@example.org", "noor.@example.org")],
    *[(text, "dots") for text in ("noor@example..org", "noor@.example.org", "noor@example.org.", "a@b..c", "a@b。。c")],
    *[(text, "quotes") for text in ('"noor"@example.org', '"no or"@example.org', '"a@b"@example.org')],
    *[(text, "local_letters") for text in ("zoë@example.org", "ｎoor@example.org", "o’brien@example.org")],
    *[(text, "local_letters") for text in ("n\u0435ll@example.org", "zoe\u0301@example.org", "\u212a@example.org")],
    *[(text, "local_signs") for text in ("noor(work)@example.org", "no,or@example.org", "a\x00@example.org")],
    *[(text, "local_signs") for text in ("mailto:noor@example.org", "<noor@example.org", "no\\or@example.org")],
    ("n" * 65 + "@example.org", "local_long"),
    ("n" * 64 + "@" + ".".join(["e" * 47] * 4), "too_long"),
    ("n@" + ".".join(["ü" * 40] * 6), "too_long"),
    ("n" * 900_000 + "@example.org", "too_long"),
    *[(text, "literal") for text in ("noor@[127.0.0.1]", "noor@[IPv6:::1]", "noor@127.0.0.1", "noor@１２７.0.0.1")],
    *[(text, "no_dot") for text in ("noor@localhost", "test@test", "a@gmail", "noor@faß")],
    *[(text, "domain") for text in ("noor@example,org", "noor@my_host.org", "noor@-a.org", "noor@a-.org")],
    *[(text, "domain") for text in ("noor@example.o", "noor@example.1", "noor@example.org>", "noor@a\x00.org")],
    ("noor@" + "e" * 64 + ".org", "domain"),
    *[(text, "domain_signs") for text in ("noor@i❤.example", "noor@℀.example", "noor@a١.example", "noor@אa.example")],
    *[(text, "domain_signs") for text in ("noor@exam\u200cple.org", "noor@example.org\u200d")],
    *[(text, "domain_coded") for text in ("noor@xn--i-7iq.example", "noor@xn--a.example", "noor@xn--.org")],
]
PIECES = [
    *"aZ9.-_+'@ ßẞςΣıİäéKｎ。．＠❤\x00\n\t\u0308\u0301",
    *"\u200b\u200c\u200d\u00ad\ufeff\u061c\u202e",
    "xn--",
    "fa-hia",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
LABELS = st.sampled_from(
    ["faß", "FASS", "xn--fa-hia", "βόλος", "ΒΌΛΟΣ", "نامه\u200cای", "bu\u0308ro", "a-b", "r3---sn", "1"]
)
DOMAINS = st.lists(LABELS, min_size=1, max_size=3).map(lambda labels: ".".join([*labels, "example"]))
LOCALS = st.from_regex(r"\A[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]{1,30}\Z").map(lambda local: f"\u200e{local}")
ADDRESSES = st.one_of(
    st.builds("{}@{}".format, LOCALS, DOMAINS),
    st.builds("{}@{}.org".format, TEXTS, TEXTS),
    TEXTS,
)
many = settings(max_examples=100)


@pytest.mark.parametrize(
    ("typed", "delivered"),
    [
        ("Noor.Haddad@Example.ORG", "Noor.Haddad@example.org"),
        ("  noor@example.org\t\u00a0", "noor@example.org"),
        ("\u202anoor\u200b@exam\u00adple.org\u202c\ufeff", "noor@example.org"),
        ("no\u200dor@example.org", "noor@example.org"),
        ("o'brien+a/b=c@example.org", "o'brien+a/b=c@example.org"),
        ("noor@ab--cd.example", "noor@ab--cd.example"),
        ("noor@1.example", "noor@1.example"),
        ("noor@faß.example", "noor@xn--fa-hia.example"),
        ("noor@例え。テスト", "noor@xn--r8jz45g.xn--zckzah"),
        ("n" * 64 + "@example.org", "n" * 64 + "@example.org"),
    ],
)
def test_an_address_has_one_delivery_form(typed, delivered):
    assert delivery_form(typed) == delivered


@pytest.mark.parametrize(("typed", "code"), REFUSED, ids=lambda value: ascii(value)[:40])
def test_what_no_mail_server_takes_is_refused_with_words(typed, code):
    with pytest.raises(NotDeliverable) as refusal:
        delivery_form(typed)

    assert (refusal.value.code, refusal.value.reason) == (code, WORDS[code])
    assert as_delivered(typed) == typed


def test_every_sentence_is_said_of_some_address():
    assert {code for _, code in REFUSED} == WORDS.keys()


@pytest.mark.parametrize(("one", "other"), TWO_DOMAINS)
def test_two_mailboxes_are_never_one(one, other):
    assert delivery_form(f"anna@{one}") != delivery_form(f"anna@{other}")
    assert email_key(f"anna@{one}") != email_key(f"anna@{other}")
    assert benefit_key(f"anna+news@{one}") != benefit_key(f"anna+news@{other}")


@pytest.mark.parametrize(("one", "other"), ONE_DOMAIN)
def test_two_spellings_of_a_domain_are_one(one, other):
    assert delivery_form(f"anna@{one}") == delivery_form(f"anna@{other}")
    assert email_key(f"Anna@{one}") == email_key(f"anna@{other}")


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Noor@Example.ORG", "noor@example.org"),
        ("  noor@example.org ", "noor@example.org"),
        ("noor@bücher.example", "noor@xn--bcher-kva.example"),
        ("noor+tag@example.org", "noor+tag@example.org"),
        ("Noor@localhost", "noor@localhost"),
        ("\u212a@example.org", "\u212a@example.org"),  # Python's lower() makes a k of it
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
        ("noor@gmai\u200bl.com", "noor@gmail.com"),
        ("n.oor@example.org", "n.oor@example.org"),
        ("+tag@example.org", "+tag@example.org"),
    ],
)
def test_one_person_has_one_key_for_offers(typed, key):
    assert benefit_key(typed) == key


@pytest.mark.parametrize("typed", ["", "@", "a@" + "x" * 300, "a@..", "a@\x00", "no-at"])
def test_no_text_breaks_a_key(typed):
    assert isinstance(email_key(typed), str)
    assert isinstance(benefit_key(typed), str)


@pytest.mark.parametrize(
    ("copied", "address"),
    [
        ("Noor Haddad <noor@example.org>", "noor@example.org"),
        ('"Haddad, Noor" < noor@example.org >', "noor@example.org"),
        ("mailto:noor@example.org", "noor@example.org"),
        ("MAILTO:noor@example.org?subject=Hello", "noor@example.org"),
        (" <mailto:noor@example.org> ", "noor@example.org"),
        ("noor@example.org", "noor@example.org"),
        ("noor <a@example.org> <b@example.org>", "noor <a@example.org> <b@example.org>"),
        ("<>", ""),
    ],
)
def test_an_address_is_taken_out_of_what_a_mail_program_copies(copied, address):
    assert unwrapped(copied) == address


@many
@given(ADDRESSES)
def test_a_delivery_form_is_its_own_and_pythons_mail_package_takes_it(typed):
    delivered = as_delivered(typed)

    assert as_delivered(delivered) == delivered
    assert email_key(email_key(typed)) == email_key(delivered) == email_key(typed)
    assert benefit_key(benefit_key(typed)) == benefit_key(delivered)
    if delivered != typed or is_deliverable(typed):
        local, _, domain = delivered.rpartition("@")
        parsed = Address(addr_spec=delivered)
        assert (parsed.username, parsed.domain, parsed.addr_spec) == (local, domain, delivered)
        assert delivered.isascii()
        assert (len(local) <= 64, len(delivered) <= LONGEST) == (True, True)
        assert domain.encode("idna").decode() == domain  # what Django does to it at sending


@many
@given(DOMAINS, DOMAINS)
def test_domains_have_one_key_if_and_only_if_they_have_one_delivery_form(one, other):
    forms = {delivery_form(f"anna@{domain}") for domain in (one, other)}

    assert len({email_key(f"Anna@{domain}") for domain in (one, other)}) == len(forms)
    assert len({benefit_key(f"anna+x@{domain}") for domain in (one, other)}) == len(forms)


def is_deliverable(address: str) -> bool:
    try:
        return bool(delivery_form(address))
    except NotDeliverable:
        return False
