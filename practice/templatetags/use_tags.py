"""Where a row is used, on the desk's pages about it."""

from typing import Any

from django import template
from django.db.models import Model
from django.utils.safestring import SafeString

from kit.desk.desk_pages import links_to, named
from practice.linked_from import linked_from, named_in_changes, shown_with
from practice.old_addresses import PAGES

register = template.Library()

WITH_A_PAGE = {*PAGES.values()}
ASKED = {*WITH_A_PAGE, "practice.page"}


@register.inclusion_tag("admin/_used_in.html")
def used_in(row: Model | None, *, ends: bool = False) -> dict[str, Any]:
    """Of rows without a page of their own nothing is said. `ends`: the page is about to go."""
    if row is None or row.pk is None or row._meta.label_lower not in ASKED:
        return {}
    links = _listed(linked_from(row))
    if ends:
        return {"ends": True, "links": links, "changes": _listed(named_in_changes(row))}
    return {"is_asked": True, "links": links, "named_by": _listed(shown_with(row, WITH_A_PAGE))}


def _listed(rows: list[Model]) -> SafeString:
    return links_to(map(named, rows))
