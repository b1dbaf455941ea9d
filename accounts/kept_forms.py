"""What was typed at the desk by somebody whose session had ended waits here until they have signed in again.

A form states who opened it. What is sent with such a statement is kept encrypted, for an hour, in a row of the session
table under a key of its own: signing in and out leaves it alone, and it ends by itself. Only its author is shown it.
"""

import json
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.core import signing

from kit.guard.encryption import Unreadable, decrypt, encrypt

STATEMENT_HOLDS = timedelta(days=7)  # a form may stand open over a weekend
WAITS = timedelta(hours=1)
SALT = "accounts.kept_forms.opened_by"
KEPT = "kept_form"


@dataclass(frozen=True)
class Opened:
    """Who opened which form: its path, and what the page calls itself."""

    user_id: int
    path: str
    page: str


@dataclass(frozen=True)
class KeptForm:
    """What was sent, and the address with its query that it was sent to."""

    opened: Opened
    address: str
    fields: list[tuple[str, str]]


def state(opened: Opened) -> str:
    """For a hidden field of the form; nobody else can write it."""
    return signing.dumps([opened.user_id, opened.path, opened.page], salt=SALT)


def read_statement(statement: str, *, path: str) -> Opened | None:
    """None if it is not ours, not of this form or more than seven days old."""
    try:
        opened = Opened(*signing.loads(statement, salt=SALT, max_age=STATEMENT_HOLDS))
    except signing.BadSignature:
        return None
    return opened if opened.path == path else None


def keep(form: KeptForm) -> str:
    """Returns the key by which `find` finds it, for an hour."""
    opened = form.opened
    words = json.dumps([opened.user_id, opened.path, opened.page, form.address, form.fields], ensure_ascii=False)
    row = SessionStore()
    row[KEPT] = encrypt(words)
    row.set_expiry(WAITS)
    row.create()
    return row.session_key


def find(key: str) -> KeptForm | None:
    try:
        *opened, address, fields = json.loads(decrypt(SessionStore(key)[KEPT]))
    except (KeyError, Unreadable):
        return None
    return KeptForm(Opened(*opened), address, [(name, value) for name, value in fields])
