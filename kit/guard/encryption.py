"""What nobody but this site may read, not even with the database in hand: encrypted under keys from the environment."""

from functools import lru_cache
from types import ModuleType
from typing import Any

from django.conf import settings


class Unreadable(Exception):
    """Encrypted under a key that the site no longer has."""


def encrypt(text: str) -> str:
    """Under the first of `settings.ENCRYPTION_KEYS`."""
    return _box(tuple(settings.ENCRYPTION_KEYS)).encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Under whichever of the keys fits, so that a new key can stand before an old one. Raises Unreadable."""
    try:
        return _box(tuple(settings.ENCRYPTION_KEYS)).decrypt(token.encode()).decode()
    except _fernet().InvalidToken as error:
        raise Unreadable from error


def renewed(token: str) -> str:
    """The same words under the first key; the very token where it is under that already. Raises Unreadable."""
    first, *_ = keys = tuple(settings.ENCRYPTION_KEYS)
    try:
        _box((first,)).decrypt(token.encode())
        return token
    except _fernet().InvalidToken:
        pass
    try:
        return _box(keys).rotate(token.encode()).decode()
    except _fernet().InvalidToken as error:
        raise Unreadable from error


@lru_cache(maxsize=8)
def _box(keys: tuple[str, ...]) -> Any:
    return _fernet().MultiFernet([_fernet().Fernet(key) for key in keys])


def _fernet() -> ModuleType:
    """Loaded with the first secret: that takes a thirtieth of what the site takes to start."""
    from cryptography import fernet

    return fernet
