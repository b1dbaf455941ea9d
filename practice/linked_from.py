"""Where a page is used: asked of the texts and rows themselves, so it is never behind them."""

from typing import Any

from django.apps import apps
from django.db.models import Model, Q

from kit.texts.rich_text import RichTextField
from practice.models import OldAddress

ENDS = ('"', "#", "?")  # of an address, where a link names it
COLUMNS = {"practice.menuentry": "page", "practice.sitenotice": "link", "practice.redirect": "new"}  # with an address


def linked_from(row: Any) -> list[Model]:
    """The rows that lead to the page of this one, by its address of today or an earlier one; articles whose changes
    that wait lead there, too."""
    addresses = _addresses_of(row)
    links = [f'href="{address}{end}' for address in addresses for end in ENDS]
    found: list[Model] = []
    for model in apps.get_models():
        names = [field.name for field in model._meta.concrete_fields if isinstance(field, RichTextField)]
        if names:
            asked = Q(*((f"{name}__contains", link) for link in links for name in names), _connector=Q.OR)
            found += model._base_manager.filter(asked).exclude(pk=row.pk if isinstance(row, model) else None)
    for label, column in COLUMNS.items():
        found += apps.get_model(label)._base_manager.filter(**{f"{column}__in": addresses})
    waiting = Q(*(("content__fields__body__icontains", link) for link in links), _connector=Q.OR)
    copies = apps.get_model("articles.workingcopy").objects.filter(waiting).select_related("article")
    return list(dict.fromkeys([*found, *(each.shown_by for each in copies if each.shown_by != row)]))


def shown_with(row: Any, labels: set[str]) -> list[Model]:
    """The rows of these models that name this one, as a course names who teaches it."""
    named = [each for each in row._meta.related_objects if each.related_model._meta.label_lower in labels]
    rows = (each for link in named for each in getattr(row, link.get_accessor_name()).all())
    return list(dict.fromkeys(rows))


def named_in_changes(row: Any) -> list[Model]:
    """The articles whose changes that wait name this row, as author or otherwise; they would lose it with the row."""
    article, copies = apps.get_model("articles.article"), apps.get_model("articles.workingcopy")
    names = [each.name for each in article._meta.concrete_fields if each.related_model is type(row)]
    asked = Q(*((f"content__fields__{name}", row.pk) for name in names), _connector=Q.OR)
    return [each.shown_by for each in copies.objects.filter(asked).select_related("article")] if names else []


def _addresses_of(row: Any) -> list[str]:
    now = row.get_absolute_url()
    earlier = OldAddress.objects.filter(model=row._meta.label_lower, object_id=row.pk).values_list("slug", flat=True)
    return [now, *(slug.join(now.rsplit(row.slug, 1)) for slug in earlier)]
