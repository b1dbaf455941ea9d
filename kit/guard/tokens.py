import re
import secrets

SECRET = re.compile(r"[A-Za-z0-9_-]{1,40}")


def new_secret() -> str:
    """A part of a link that nobody can guess: 192 bits."""
    return secrets.token_urlsafe(24)


def may_be_secret(text: str) -> bool:
    """What cannot be one need not be asked for, and no column has to hold it."""
    return SECRET.fullmatch(text) is not None
