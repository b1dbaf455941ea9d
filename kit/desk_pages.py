"""Pages of the desk that are neither a list nor the form of a row: what every one of them does."""

from collections.abc import Callable
from typing import Any

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path

View = Callable[..., HttpResponseBase]  # takes the request, what the route names, and the admin as `model_admin`


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
