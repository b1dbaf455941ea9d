"""One comparable form for an email address, used wherever two addresses must count as the same person."""

import unicodedata
from contextlib import suppress

LONGEST = 254


def email_key(address: str) -> str:
    """The same mailbox in one spelling: NFKC, no surrounding space, lower case, IDNA domain."""
    local, _, domain = unicodedata.normalize("NFKC", address).strip().lower().rpartition("@")
    with suppress(UnicodeError):  # no domain that DNS could hold; compared as it stands
        domain = domain.encode("idna").decode("ascii")
    return f"{local}@{domain}"


def benefit_key(address: str) -> str:
    """The same person for an offer: +tags are dropped everywhere, dots at Gmail. Never used for delivery."""
    local, _, domain = email_key(address).rpartition("@")
    local = local.split("+", 1)[0] or local
    if domain in {"gmail.com", "googlemail.com"}:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def is_mailable(address: str) -> bool:
    """Whether a mail server could take it: one @, and a domain that DNS could hold, also as email_key() spells it."""
    key = email_key(address)
    return key.count("@") == 1 and key.isascii() and max(len(key), len(address)) <= LONGEST
