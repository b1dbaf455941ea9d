"""Pages of the desk that are neither a list nor the form of a row: what every one of them does."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import NoReverseMatch, URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst

View = Callable[..., HttpResponseBase]  # takes the request, what the route names, and the admin as `model_admin`
Page = TypeVar("Page", bound=Callable[..., Any])
Named = tuple[str, int, str]  # a row: its model, its number, what it is and is called


def desk_path(model_admin: ModelAdmin, route: str, view: View, name: str) -> URLPattern:
    """For `get_urls`: behind the door of the desk, as every page there."""

    def page(request: HttpRequest, **named: Any) -> HttpResponseBase:
        return view(request, **named, model_admin=model_admin)

    return path(route, model_admin.admin_site.admin_view(page), name=name)


def desk_page(
    request: HttpRequest, model_admin: ModelAdmin, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """`context` brings at least a title."""
    ours = {**model_admin.admin_site.each_context(request), "opts": model_admin.opts}
    return render(request, template, ours | context, status=status)


def needs(permission: str) -> Callable[[Page], Page]:
    """For whatever takes the request first: who may not, is refused before a row is looked for."""

    def decorate(page: Page) -> Page:
        @wraps(page)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if not request.user.has_perm(permission):
                raise PermissionDenied
            return page(request, *args, **kwargs)

        return checked  # type: ignore[return-value]  # it takes the same

    return decorate


def row_for(request: HttpRequest, pk: int, model_admin: ModelAdmin, may: Callable[..., bool]) -> Any:
    """`may` is asked of the request before the row is looked for, and of both: whoever may nothing learns of no row."""
    if not may(request):
        raise PermissionDenied
    row = get_object_or_404(model_admin.get_queryset(request), pk=pk)
    if not may(request, row):
        raise PermissionDenied
    return row


def named(row: Model) -> Named:
    return row._meta.label_lower, row.pk, f"{capfirst(row._meta.verbose_name)}: {row}"


def links_to(rows: Iterable[Named]) -> SafeString:
    """In order of their names; each leads to its form, where it has one."""
    found = sorted((words, _form_of(label, pk)) for label, pk, words in rows)
    lines = ((format_html('<a href="{}">{}</a>', url, words) if url else words,) for words, url in found)
    return format_html_join("", "<p>{}</p>", lines)


def _form_of(label: str, pk: int) -> str:
    try:
        return reverse(f"admin:{label.replace('.', '_')}_change", args=[pk])
    except NoReverseMatch:
        return ""
