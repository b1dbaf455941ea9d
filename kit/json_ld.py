"""What search engines are told beside the words of a page."""

import json
from typing import Any

from django.utils.safestring import SafeString, mark_safe

SCHEMA = "https://schema.org/"
NO_TAGS = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def as_json_ld(data: dict[str, Any]) -> SafeString:
    """For a script element of the page."""
    text = json.dumps(data, ensure_ascii=False)
    return mark_safe(text.translate(NO_TAGS))  # noqa: S308  no sign is left that HTML would read
