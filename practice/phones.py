"""Telephone numbers, as people type them and as a link dials them."""

from django.core.validators import RegexValidator

PHONE = RegexValidator(r"^[0-9+ ()-]{2,30}$", "Use digits, spaces and a leading + only.")


def dialled(phone: str) -> str:
    """A number as a tel: link wants it."""
    return "".join(sign for sign in phone if sign.isdigit() or sign == "+")
