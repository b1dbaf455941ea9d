"""Pages of the desk that say what a button is about to do to a row, and do it once somebody has confirmed it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.views.decorators.http import require_http_methods

from kit.desk.desk_pages import desk_page, desk_path, row_for
from kit.forms.seen import ChangedMeanwhile, Facts, seal

MOST_WORDS = 200


class ConfirmForm(forms.Form):
    why = forms.CharField(
        label="Reason",
        required=False,
        max_length=MOST_WORDS,
        widget=forms.TextInput({"class": "vTextField"}),
        help_text="If you like. It stands in the history, for the team alone.",
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, row: Model, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row


class ReasonForm(ConfirmForm):
    """With a reason that must be given."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["why"].required = True
        self.fields["why"].help_text = "It stands in the history, for the team alone."


class NoReasonForm(ConfirmForm):
    """Without free words: the history is not encrypted."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["why"]


@dataclass(frozen=True)
class Act:
    """One change of a row's status. Its template extends admin/confirm.html.

    `do` takes the row and the form's answers, and says whether it was this press that did it; it raises
    ChangedMeanwhile, or one of `refusals`, which the page itself explains. `over` is what to say, by status or by a
    question about the row, where there is nothing to do. `permission` says who may, where the row's own form is closed
    to everybody.
    """

    verb: str
    template: str
    do: Callable[[Model, dict[str, Any]], bool]
    facts: Callable[[Model], Facts]
    context: Callable[[Model], dict[str, Any]]
    done: Callable[[Model], str]
    over: dict[str, tuple[int, str]] | Callable[[Model], tuple[int, str] | None]
    refusals: tuple[type[Exception], ...] = ()
    form: type[ConfirmForm] = ConfirmForm
    permission: str = ""

    @property
    def name(self) -> str:
        return self.verb.lower().replace(" ", "-")

    def over_for(self, row: Model) -> tuple[int, str] | None:
        return self.over.get(row.status) if isinstance(self.over, dict) else self.over(row)

    def may(self, model_admin: ModelAdmin, request: HttpRequest, row: Model | None = None) -> bool:
        if self.permission:
            return request.user.has_perm(self.permission)
        return model_admin.has_change_permission(request, row)


def act_urls(model_admin: ModelAdmin, acts: Iterable[Act]) -> list[URLPattern]:
    return [_url(model_admin, act) for act in acts]


def act_page(request: HttpRequest, pk: int, model_admin: ModelAdmin, act: Act) -> HttpResponse:
    """GET asks and changes nothing. A second press, or another tab's, finds it done and says so."""
    row = _row(request, pk, model_admin, act)
    form = act.form(request.POST if request.method == "POST" else None, row=row, initial={"seen": seal(act.facts(row))})
    if over := act.over_for(row):
        return _told(request, model_admin, row, *over)
    if not form.is_valid():
        return _page(request, model_admin, act, form, {})
    try:
        is_done = act.do(row, form.cleaned_data)
    except ChangedMeanwhile as error:
        return _ask_anew(request, model_admin, act, form, {"changes": error.changes})
    except act.refusals:
        return _ask_anew(request, model_admin, act, form, {})
    row.refresh_from_db()
    if not is_done:
        return _told(request, model_admin, row, *(act.over_for(row) or (messages.INFO, "Nothing was left to do.")))
    return _told(request, model_admin, row, messages.SUCCESS, act.done(row))


def fieldsets_without(fieldsets: Iterable[tuple[str | None, dict[str, Any]]], name: str) -> list:
    """For a new row, of which this field has nothing to say."""
    found = []
    for title, options in fieldsets:
        found.append((title, {**options, "fields": [each for each in options["fields"] if each != name]}))
    return found


def _url(model_admin: ModelAdmin, act: Act) -> URLPattern:
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, pk: int, model_admin: ModelAdmin) -> HttpResponse:
        return act_page(request, pk, model_admin, act)

    options = model_admin.opts
    name = f"{options.app_label}_{options.model_name}_{act.name.replace('-', '_')}"
    return desk_path(model_admin, f"<int:pk>/{act.name}/", view, name)


def _row(request: HttpRequest, pk: int, model_admin: ModelAdmin, act: Act) -> Model:
    return row_for(request, pk, model_admin, partial(act.may, model_admin))


def _ask_anew(
    request: HttpRequest, model_admin: ModelAdmin, act: Act, form: ConfirmForm, more: dict[str, Any]
) -> HttpResponse:
    """Nothing was done. The page shows how things stand now, and keeps what was typed."""
    row = _row(request, form.row.pk, model_admin, act)
    if over := act.over_for(row):
        return _told(request, model_admin, row, *over)
    again = act.form(row=row, initial={**form.cleaned_data, "seen": seal(act.facts(row))})
    return _page(request, model_admin, act, again, {"is_asked_anew": True, **more})


def _page(
    request: HttpRequest, model_admin: ModelAdmin, act: Act, form: ConfirmForm, more: dict[str, Any]
) -> HttpResponse:
    row = form.row
    context = {
        "row": row,
        "act": act,
        "form": form,
        "here": act.verb,
        "title": f"{act.verb}: {row}",
        **act.context(row),
        **more,
    }
    status = 409 if "is_asked_anew" in more else 422 if form.errors else 200
    return desk_page(request, model_admin, act.template, context, status=status)


def _told(request: HttpRequest, model_admin: ModelAdmin, row: Model, level: int, words: str) -> HttpResponse:
    model_admin.message_user(request, words, level)
    options = model_admin.opts
    return redirect(f"admin:{options.app_label}_{options.model_name}_change", row.pk)
