"""The table of contents of the desk: the stock list of all that somebody may open there, as one part by its values."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.safestring import SafeString

from kit.pages import same_parts


class ListedModel(NamedTuple):
    name: str
    object_name: str
    admin_url: str | None
    add_url: str | None
    view_only: bool


class ListedSection(NamedTuple):
    app_label: str
    app_url: str
    name: str
    models: tuple[ListedModel, ...]


def contents(sections: Sequence[dict[str, Any]]) -> SafeString:
    """Of what `AdminSite.get_app_list` gives. The same for all who may open the same."""
    listed = tuple(
        ListedSection(each["app_label"], each["app_url"], str(each["name"]), tuple(map(_listed, each["models"])))
        for each in sections
    )
    return same_parts.rendered("admin/app_list.html", app_list=listed, show_changelinks=True)


def _listed(model: dict[str, Any]) -> ListedModel:
    urls = model.get("admin_url"), model.get("add_url")
    return ListedModel(str(model["name"]), model["object_name"], *urls, model.get("view_only", False))
