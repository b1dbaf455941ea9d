"""One spelling for an email address: in it the address is stored, mailed, handed on and compared.

Its domain is written as DNS has it, by today's standard (IDNA 2008, mapped by UTS 46). There ß, ς and the joiners of
Persian and Indian scripts are letters of their own: `faß.example` and `fass.example` may belong to two people.
"""

import re
import unicodedata

import idna

LONGEST = 254
LONGEST_LOCAL = 64
FAR_TOO_LONG = 4 * LONGEST  # whatever in it is invisible
WORDS = {
    "invalid": "Enter an email address like name@example.org.",
    "several": "Enter one address only.",
    "too_long": "This address is too long.",
    "wide_at": "The @ in this address is a wider sign than the usual one. Type it with an English keyboard.",
    "space": "There is a space in this address. Take it out.",
    "dots": "Look at the dots in this address: each one stands between two letters or digits.",
    "quotes": "We cannot write to an address with quotation marks. Please give us another one.",
    "local_letters": "We cannot write to an address with letters like é or ж before the @. Please give us another one.",
    "local_signs": "Before the @ is a sign that mail servers refuse, such as a comma or a bracket. Look at it again.",
    "local_long": "Before the @ are more than 64 letters, and mail servers refuse that. Please give us another one.",
    "literal": "After the @ is a number. Enter a name there, like example.org.",
    "no_dot": "The end of this address is missing. After the @ comes a name like example.org.",
    "domain": "Look at the name after the @: it has letters, digits, dots and hyphens, and ends like example.org.",
    "domain_signs": "The name after the @ has a sign that no domain may have, such as an emoji. Give us another one.",
    "domain_coded": "No domain is spelled like the name after the @. Write it as people read it, without “xn--”.",
}

JOINERS = {"\u200c", "\u200d"}  # nobody sees them, and in a domain they count
SPACE = re.compile(r"\s")
WIDE_AT = re.compile("[\uff20\ufe6b]")
LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]+", re.IGNORECASE)
LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
DOMAIN = re.compile(rf"(?:{LABEL.pattern}\.)+(?!\d+$)(?=..){LABEL.pattern}")
WRAPPED = re.compile(r"[^<>]*<([^<>]*)>")
LINK = re.compile(r"mailto:([^?]*)(?:\?.*)?", re.IGNORECASE)


class NotDeliverable(ValueError):
    """No mail server would take this address; `reason` says to the person what to do. `code` is its key in WORDS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code, self.reason = code, WORDS[code]


def delivery_form(address: str) -> str:
    """The address in its one spelling: nothing invisible or around it, domain in ASCII. Raises NotDeliverable.

    The part before the @ is its owner's affair and stays as typed. It has to be ASCII: Django's way to a mail server
    knows no SMTPUTF8.
    """
    if len(address) > FAR_TOO_LONG:
        raise NotDeliverable("too_long")
    text = _visible(address)
    local, _, domain = text.rpartition("@")
    if fault := _fault_of(text) or _fault_before_the_at(local):
        raise NotDeliverable(fault)
    delivered = f"{local}@{_as_dns_has_it(domain)}"
    if len(delivered) > LONGEST:
        raise NotDeliverable("too_long")
    return delivered


def as_delivered(address: str) -> str:
    """In the delivery form; an address that has none stays as it stands."""
    try:
        return delivery_form(address)
    except NotDeliverable:
        return address


def unwrapped(text: str) -> str:
    """The address alone, from what mail programs copy: `Noor <noor@example.org>`, `mailto:noor@example.org`."""
    text = text.strip()
    for wrapping in (WRAPPED, LINK):
        if found := wrapping.fullmatch(text):
            text = found[1].strip()
    return text


def email_key(address: str) -> str:
    """The same mailbox in one spelling: the delivery form in lower case. Takes any text."""
    address = as_delivered(address)
    return address.lower() if address.isascii() else address  # what has no delivery form must not become one: K is no k


def benefit_key(address: str) -> str:
    """The same person for an offer: +tags are dropped everywhere, dots at Gmail. Never used for delivery."""
    local, _, domain = email_key(address).rpartition("@")
    local = local.split("+", 1)[0] or local
    if domain in {"gmail.com", "googlemail.com"}:
        local, domain = local.replace(".", ""), "gmail.com"
    return f"{local}@{domain}"


def _visible(address: str) -> str:
    """Without the signs that nobody sees, which come along when a page is copied, and without space around it."""
    if address.isascii():
        return address.strip()  # no letter of ASCII is unseen
    local, at, domain = address.rpartition("@")
    local = "".join(sign for sign in local if unicodedata.category(sign) != "Cf")
    domain = "".join(sign for sign in domain if sign in JOINERS or unicodedata.category(sign) != "Cf")
    return f"{local}{at}{domain}".strip()


def _fault_of(text: str) -> str:
    if WIDE_AT.search(text):
        return "wide_at"
    if '"' in text:
        return "quotes"
    if text.count("@") > 1:
        return "several"
    if not all(text.partition("@")):
        return "invalid"
    return "space" if SPACE.search(text) else ""


def _fault_before_the_at(local: str) -> str:
    if not local.isascii():
        return "local_letters"
    if _has_loose_dot(local):
        return "dots"
    if not LOCAL.fullmatch(local):
        return "local_signs"
    return "local_long" if len(local) > LONGEST_LOCAL else ""


def _as_dns_has_it(domain: str) -> str:
    if domain.startswith("[") or domain.replace(".", "").isdecimal():
        raise NotDeliverable("literal")
    domain = _in_ascii(domain).lower()
    if _has_loose_dot(domain):
        raise NotDeliverable("dots")
    if LABEL.fullmatch(domain):
        raise NotDeliverable("no_dot")
    if not DOMAIN.fullmatch(domain):
        raise NotDeliverable("domain")
    return domain


def _in_ascii(domain: str) -> str:
    """What is ASCII already stands as DNS has it, other than a label that claims to be coded."""
    is_coded = "xn--" in domain.lower()
    if domain.isascii() and not is_coded:
        return domain
    try:
        labels = idna.uts46_remap(domain, std3_rules=True, transitional=False).split(".")
        return ".".join(label if _is_plain(label) else idna.alabel(label).decode() for label in labels)
    except idna.IDNAError as error:
        raise NotDeliverable("domain_coded" if is_coded else "domain_signs") from error


def _is_plain(label: str) -> bool:
    return label.isascii() and not label.startswith("xn--")


def _has_loose_dot(part: str) -> bool:
    return part.startswith(".") or part.endswith(".") or ".." in part
