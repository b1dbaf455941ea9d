"""What a browser compares a script of ours with before it runs it (SRI)."""

import hashlib
from base64 import b64encode
from functools import cache

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage

register = template.Library()


@register.simple_tag
def integrity(name: str) -> str:
    """`sha384-...` of the file as it is served; a developer's changes at once."""
    return _digest(_source(name)) if settings.DEBUG else _kept(name)


@cache
def _kept(name: str) -> str:
    stored = staticfiles_storage.stored_name(name) if hasattr(staticfiles_storage, "stored_name") else name
    if not staticfiles_storage.exists(stored):
        return _digest(_source(name))
    with staticfiles_storage.open(stored) as file:
        return _digest(file.read())


def _source(name: str) -> bytes:
    """As it was written: where nothing was collected, that is what is served."""
    path = finders.find(name)
    if path is None:
        raise ValueError(f"There is no file {name}.")
    with open(path, "rb") as file:
        return file.read()


def _digest(content: bytes) -> str:
    return f"sha384-{b64encode(hashlib.sha384(content).digest()).decode()}"
