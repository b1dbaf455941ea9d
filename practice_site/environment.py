"""Typed readers of the environment. A setting that production lacks stops the start and is named."""

import os
from base64 import urlsafe_b64encode
from contextlib import suppress
from pathlib import Path
from secrets import token_bytes, token_hex

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str | None = None) -> str:
    """Raises ImproperlyConfigured when the variable is unset and has no default."""
    value = os.environ.get(name, "").strip() or default
    if value is None:
        raise ImproperlyConfigured(f"Set the environment variable {name} (README, Configuration).")
    return value


def flag(name: str, default: bool = False) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value not in {"", "0", "1", "true", "false"}:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")
    return value in {"1", "true"} if value else default


def number(name: str, default: int) -> int:
    try:
        return int(text(name, str(default)))
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be a whole number.") from None


def choice(name: str, default: str, *, known: list[str]) -> str:
    """In capitals."""
    value = text(name, default).upper()
    if value not in known:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(known)}, not {value!r}.")
    return value


def words(name: str, default: str | None = None, *, may_be_empty: bool = False) -> list[str]:
    """A comma-separated list."""
    found = [word.strip() for word in text(name, default).split(",") if word.strip()]
    if not found and not may_be_empty:
        raise ImproperlyConfigured(f"{name} names nothing.")
    return found


def made_once(path: Path) -> str:
    """A key for a developer's machine, as `Fernet.generate_key` makes one, which would load all of cryptography.

    It is in a file that whoever comes first writes whole; for its owner alone to read.
    """
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        draft = path.with_name(f"{path.name}.{token_hex(4)}")
        draft.touch(mode=0o600)
        try:
            draft.write_bytes(urlsafe_b64encode(token_bytes(32)))
            with suppress(FileExistsError):
                os.link(draft, path)
        finally:
            draft.unlink()
    return path.read_text().strip()
