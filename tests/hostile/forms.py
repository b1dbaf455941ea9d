"""The site's forms, answered well, and the ways in which a sender may answer badly."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote
from uuid import uuid4

from django.apps import apps
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client

from tests.hostile.addresses import path_of, workshop

URLENCODED = "application/x-www-form-urlencoded"
PASSWORD = "long-enough-words"
# A visitor who was not known; a code that was asked for.
OF_NO_ACCOUNT = {"django_session", "outbox_message"}

# Never right, and in some field or other each of them once broke a site.
NASTY: dict[str, str | bytes] = {
    "null byte": "a\x00b",
    "lone surrogate": b"\xed\xa0\x80abc",
    "no UTF-8": b"\xff\xfe\xfa",
    "header": "a\r\nBcc: victim@example.org",
    "turned around": "\u202egro.elpmaxe@\u2066roon",
    "negative": "-1",
    "huge number": "9" * 5000,
    "float": "1e309",
    "other digits": "\u0661\u0662",
    "address too long": f"{'a' * 60}@{'.'.join(['b' * 60] * 4)}.org",
    "address that grows": f"a@{'.'.join([chr(0xFDFA) * 20] * 3)}.org",
    "address of two": f"a@b{chr(0xFF20)}c.org",
    "path": "../../etc/passwd",
}


@dataclass(frozen=True)
class FormPage:
    """A form, right answers to it, and the status of a page that shows it again."""

    name: str
    answers: Callable[[], dict[str, str]]
    again: int = 422
    visitor: str = "anonymous"

    def path(self) -> str:
        return path_of(self.name)


def booking() -> dict[str, str]:
    ticket_type = workshop().ticket_types.get(is_full_price=True)
    each = {"ticket_type": str(ticket_type.pk), "name": "Ada Field", "email": "ada@example.org", "access_needs": "Tea"}
    return {
        "action": "pay",
        "places": "2",
        "key": str(uuid4()),
        "shown_total": str(2 * ticket_type.price),
        "name": "Nell Moor",
        "email": "nell@example.org",
        "time_zone": "Europe/London",
        "code": "",
        "terms": "on",
        "wants_news": "on",
        **{f"place{number}-{name}": value for number in (0, 1) for name, value in each.items()},
        "place1-time_zone": "Europe/Paris",
    }


def attendee() -> dict[str, str]:
    return {"name": "Ada Field", "email": "ada@example.org", "time_zone": "Europe/Paris", "access_needs": "Tea"}


def enquiry() -> dict[str, str]:
    words = {"name": "Nell Moor", "email": "nell@example.org", "phone": "020 7946 0000", "message": "On a Tuesday?"}
    return words | {"meeting": "room", "clinician": "", "consent": "on", "may_leave_voicemail": "on"}


FORMS = {
    form.name: form
    for form in [
        FormPage("practice:practice", enquiry),
        FormPage(
            "newsletter:subscribe", lambda: {"email": "nell@example.org", "audience": "both", "placement": "everywhere"}
        ),
        FormPage("courses:waiting_list", lambda: {"email": "nell@example.org"}),
        FormPage("courses:interest", lambda: {"email": "nell@example.org"}),
        FormPage("orders:book", booking),
        FormPage("orders:hand_over", attendee),
        FormPage("account_login", lambda: {"login": "nell@example.org", "password": PASSWORD}, again=200),
        FormPage("account_signup", lambda: {"email": "nell@example.org", "password1": PASSWORD}, again=200),
        FormPage("account_request_login_code", lambda: {"email": "nell@example.org"}, again=200),
        FormPage("account_reset_password", lambda: {"email": "nell@example.org"}, again=200),
        FormPage("account_email", lambda: {"email": "z@example.org", "action_add": ""}, again=200, visitor="stranger"),
        FormPage("account_reauthenticate", lambda: {"password": PASSWORD}, again=200, visitor="stranger"),
        FormPage(
            "account_change_password",
            lambda: {"oldpassword": PASSWORD, "password1": "another-long-one", "password2": "another-long-one"},
            again=200,
            visitor="stranger",
        ),
    ]
}


def encoded(answers: dict[str, str | bytes]) -> bytes:
    """As a browser would not: with bytes that are no text."""
    pairs = ((name, value if isinstance(value, bytes) else value.encode()) for name, value in answers.items())
    return b"&".join(f"{quote(name)}={quote(value)}".encode() for name, value in pairs)


def send(client: Client, path: str, answers: dict[str, str | bytes], **extra: str):
    return post(client, path, encoded(answers), URLENCODED, **extra)


def post(client: Client, path: str, body: bytes, content_type: str, **extra: str):
    cache.clear()  # how often one may try is another test's
    return client.generic("POST", path, body, content_type, **extra)


@contextmanager
def undone() -> Iterator[None]:
    """What happens within is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def rows() -> dict[str, int]:
    """How many there are of each kind, but for what says nothing of what was sent."""
    models = [model for model in apps.get_models() if model._meta.db_table not in OF_NO_ACCOUNT]
    return {model._meta.db_table: model._base_manager.count() for model in models}


@contextmanager
def stored() -> Iterator[set[str]]:
    """The tables into which something is written meanwhile, with the same exceptions; quicker than a count."""
    tables: set[str] = set()

    def watch(execute, sql, params, many, context):
        if found := re.match(r'(?:INSERT INTO|UPDATE) "(\w+)"', sql):
            tables.update({found[1]} - OF_NO_ACCOUNT)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield tables
