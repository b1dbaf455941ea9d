"""Before a form of the desk changes what people have booked, a page says for how many and what, and asks."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.urls import reverse

from courses import changes
from courses.changes import Plan
from courses.models import Workshop, WorkshopChange
from courses.seats.cohorts import Sooner, end_with_the_sale
from kit.desk.desk_pages import desk_page
from kit.forms.seen import ChangedMeanwhile, check_seen, seal

CONFIRMED, NOTE = "_confirmed", "_note"
LONGEST_NOTE = 1000  # characters


class NotConfirmed(Exception):
    """People have booked something else than what would be stored. Nothing is. `mails` show how they would be told,
    `sooner` are cohorts for which places would be kept for a shorter time."""

    def __init__(self, plans: list[Plan], mails: list[str], sooner: list[Sooner]) -> None:
        super().__init__("Not confirmed")
        self.plans = plans
        self.mails = mails
        self.sooner = sooner


class AsksBeforeChanges(admin.ModelAdmin):
    """Before the bases that compare what was opened: they undo all that was stored when this one asks first.

    The page that asks holds the whole form, so that its button sends it again, to be checked and compared again.
    """

    def booked_workshops(self, row: Model) -> QuerySet[Workshop]:
        """Those that a change of the row is a change of."""
        raise NotImplementedError

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        sent = request.POST
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except NotConfirmed as error:
            return self._ask(request, str(object_id), sent, error)

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        workshops = self._changed(obj, change)
        request.booked, request.calendar_words = changes.booked_of(workshops), changes.calendar_words(workshops)
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        changes.note_new_words(request.calendar_words)
        sooner = [each for workshop in self._changed(form.instance, change) for each in end_with_the_sale(workshop)]
        self._save_changes(request, sooner)
        for each in sooner:
            self.message_user(request, str(each), messages.WARNING)

    def _changed(self, row: Model, change: bool) -> QuerySet[Workshop] | list[Workshop]:
        return self.booked_workshops(row) if change else []

    def _save_changes(self, request: HttpRequest, sooner: list[Sooner]) -> None:
        plans = changes.plans_since(request.booked)
        if not plans:
            return
        note = _note(request.POST)
        noted = changes.note_changes(plans, by=request.user, note=note)
        if len(note) > LONGEST_NOTE or not _is_confirmed(request.POST, plans):
            raise NotConfirmed(plans, mails_about(noted), sooner)
        people = sum(plan.people for plan in plans)
        self.message_user(request, f"{_people(people)} booked there: the mails leave within a minute.", messages.INFO)

    def _ask(self, request: HttpRequest, object_id: str, sent: QueryDict, asked: NotConfirmed) -> HttpResponse:
        row = self.get_queryset(request).get(pk=object_id)
        context = {
            "row": row,
            "here": "What changes for people",
            "title": f"Change what people have booked: {row}",
            "plans": asked.plans,
            "has_new_address": sent.get("slug", row.slug) != row.slug,
            "leaves_meeting": settings.SESSION_PROVIDER == "zoom" and any(plan.has_new_link for plan in asked.plans),
            "mails": asked.mails,
            "sooner": asked.sooner,
            "is_asked_anew": bool(sent.get(CONFIRMED)) and len(_note(sent)) <= LONGEST_NOTE,
            "is_too_long": len(_note(sent)) > LONGEST_NOTE,
            "note": _note(sent),
            "longest": LONGEST_NOTE,
            "sent": [(name, value) for name, values in _typed(sent) for value in values],
            "confirmed": seal(_facts(asked.plans)),
            "change_url": reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk]),
        }
        status = 422 if context["is_too_long"] else 409 if context["is_asked_anew"] else 200
        return desk_page(request, self, "admin/courses/workshop/changes.html", context, status=status)


def mails_about(noted: Iterable[WorkshopChange]) -> list[str]:
    """How people would be told, drawn while everything stands as it would be stored."""
    return [render_to_string("admin/courses/workshop/_mail.html", {"change": change}) for change in noted]


def _is_confirmed(sent: QueryDict, plans: list[Plan]) -> bool:
    try:
        check_seen(sent.get(CONFIRMED, ""), _facts(plans))
    except ChangedMeanwhile:
        return False
    return True


def _facts(plans: list[Plan]) -> dict[str, list[str]]:
    return {key: fact for plan in plans for key, fact in plan.facts.items()}


def _typed(sent: QueryDict) -> list[tuple[str, list[str]]]:
    return [(name, values) for name, values in sent.lists() if name not in {CONFIRMED, NOTE, "csrfmiddlewaretoken"}]


def _note(sent: QueryDict) -> str:
    return sent.get(NOTE, "").replace("\r\n", "\n").replace("\0", "").strip()


def _people(count: int) -> str:
    return "1 place is" if count == 1 else f"{count} places are"
