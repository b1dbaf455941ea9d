"""A draft from an earlier row, under a title of its own: made once, by a page of the desk that asks for the title."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Field, Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods

from kit.desk.desk_pages import desk_page, desk_path
from kit.desk.snapshots import FIELDS, KEY, PARTS, Shape, take

PAGE = "admin/use_again.html"
MOST_OF_ONE_NAME = 1000


class CopyForm(forms.Form):
    title = forms.CharField(
        max_length=120,
        widget=forms.TextInput({"class": "vTextField"}),
        help_text="Of the new one. The end of its address is made from it; you can change that on its form.",
    )


@dataclass(frozen=True)
class Copying:
    """`make` takes the row and a title, and gives the draft and whether it was made now: a second press finds the
    first one's. `along` and `behind` say what the draft has of the row, and what it has not."""

    make: Callable[[Any, str], tuple[Any, bool]]
    along: str
    behind: str


def store_copy(row: Model, shape: Shape, *, title: str) -> Any:
    """A new row with what the shape holds of the row as it stands in memory; its choices and parts come along."""
    content = take(row, shape)
    values = {each.attname: each.to_python(content[FIELDS][each.name]) for each in shape.columns}
    new = shape.model(title=title, slug=free_slug(shape.model, title), **values)
    new.save(force_insert=True)
    for choice in shape.choices:
        getattr(new, choice.name).set(content[FIELDS][choice.name])
    for part in shape.every_part:
        for each in content[PARTS][part.name]:
            part.made(new, each | {KEY: None}).save(force_insert=True)
    return new


def free_slug(model: type[Model], title: str) -> str:
    """Of the title; with a number where another row has that."""
    field = model._meta.get_field("slug")
    longest = field.max_length or 50
    base = slugify(title)[: longest - len("-999")].strip("-") or "draft"
    tries = [base, *(f"{base}-{number}" for number in range(2, MOST_OF_ONE_NAME))]
    taken = set(model._base_manager.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(each for each in tries if each not in taken and _may_be(field, each))


def _may_be(field: Field, slug: str) -> bool:
    """Not where another page of the site is."""
    try:
        field.run_validators(slug)
    except ValidationError:
        return False
    return True


def copying_url(model_admin: ModelAdmin, copying: Copying) -> URLPattern:
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, pk: int, model_admin: ModelAdmin) -> HttpResponse:
        return _page(request, pk, model_admin, copying)

    options = model_admin.opts
    return desk_path(model_admin, "<int:pk>/use-again/", view, f"{options.app_label}_{options.model_name}_use_again")


def _page(request: HttpRequest, pk: int, model_admin: ModelAdmin, copying: Copying) -> HttpResponse:
    """GET asks and changes nothing."""
    row = get_object_or_404(model_admin.get_queryset(request), pk=pk)
    if not (model_admin.has_add_permission(request) and model_admin.has_view_permission(request, row)):
        raise PermissionDenied
    form = CopyForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        title = f"Use again: {row}"
        context = {"row": row, "here": "Use again", "title": title, "form": form, "copying": copying}
        return desk_page(request, model_admin, PAGE, context, status=422 if form.errors else 200)
    made, is_new = copying.make(row, form.cleaned_data["title"])
    if is_new:
        model_admin.log_addition(request, made, f"Made from “{row}”.")
        messages.success(request, f"Made from “{row}”: a draft, which nobody sees yet.")
    else:
        messages.info(request, "There is a draft of that title: this one.")
    return redirect(f"admin:{model_admin.opts.app_label}_{model_admin.opts.model_name}_change", made.pk)
