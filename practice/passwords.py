"""The practice's name is the first thing that somebody tries at its desk."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError

from accounts.passwords import cores
from practice.models import Practice

LETTERS = re.compile(r"[\W_]+")


class NotOurNameValidator:
    """With or without blanks, and with whatever figures and signs stand at its ends."""

    def validate(self, password: str, user: object = None) -> None:
        practice = Practice.current()
        names = [practice.name, practice.legal_name, (urlsplit(settings.SITE_URL).hostname or "").partition(".")[0]]
        ours = {_bare(name) for name in names} - {""}
        if any(_bare(core) in ours for core in cores(password)):
            raise ValidationError("This is our own name, which people try first.", "our_name")

    def get_help_text(self) -> str:
        return "Not our own name."


def _bare(name: str) -> str:
    return LETTERS.sub("", name.casefold())
