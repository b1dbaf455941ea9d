from typing import Any

from django.db import models

from kit.guard.encryption import Unreadable, decrypt, encrypt

LOST = "This cannot be read any more: the key that it was encrypted with is not among ENCRYPTION_KEYS."


class Unread(str):
    """What a column holds whose key is lost, in words for whoever looks. Saved again, it stays as it is stored."""

    token: str

    def __new__(cls, token: str) -> "Unread":
        words = super().__new__(cls, LOST)
        words.token = token
        return words


class SealedField(models.TextField):
    """Text that nobody reads in the database, nor in a copy of it. It cannot be searched or sorted by.

    An empty one is stored as it is. To migrations it is a plain text, so that they see what is stored.
    """

    def deconstruct(self) -> tuple[str, str, list, dict]:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def get_lookup(self, lookup_name: str) -> None:
        return None

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Unread):
            return value.token
        return encrypt(str(value)) if value else value

    def from_db_value(self, value: Any, *_: Any) -> Any:
        try:
            return decrypt(value) if value else value
        except Unreadable:
            return Unread(value)
