"""What search engines are told beside the words of a page."""

import json
from typing import Any

from django.utils.safestring import SafeString, mark_safe

SCHEMA = "https://schema.org/"
NO_TAGS = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def as_json_ld(data: dict[str, Any]) -> SafeString:
    """For a script element of the page. What is empty is left out, wherever it stands."""
    text = json.dumps(_without_empty(data), ensure_ascii=False)
    return mark_safe(text.translate(NO_TAGS))  # noqa: S308  no sign is left that HTML would read


def _without_empty(told: Any) -> Any:
    if isinstance(told, dict):
        return {name: kept for name, value in told.items() if (kept := _without_empty(value))}
    return [_without_empty(each) for each in told] if isinstance(told, list) else told
