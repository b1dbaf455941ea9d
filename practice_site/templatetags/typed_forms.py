from typing import Any

from django import template

from accounts.staff_sessions import seconds_left
from kit.desk.typed_copies import sitting_of
from practice_site.typed import OPENED_BY, statement_of

register = template.Library()


@register.inclusion_tag("admin/_typed.html", takes_context=True)
def typed_form(context: dict[str, Any], keeps_a_copy: bool = False) -> dict[str, Any]:
    """Within a form of the desk: who opened it, and what static/js/typed.js needs to know."""
    request = context["request"]
    page = ": ".join(str(context[name]) for name in ("title", "subtitle") if context.get(name))
    return {
        "name": OPENED_BY,
        "statement": statement_of(request, page[:150]),
        "user": request.user,
        "seconds_left": seconds_left(request.session),
        "keeps_a_copy": keeps_a_copy,
        "sitting": sitting_of(request),
        "is_unsaved": request.method == "POST",
    }
