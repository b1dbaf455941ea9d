"""The desk's pages about an article's versions: all of them, two compared, one restored."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern
from django.views.decorators.http import require_http_methods, require_safe

from articles import publishing
from articles.editing.comparing import differences
from articles.editing.models import Revision
from articles.editing.revisions import EVERY_ONE_FOR
from articles.editing.working_copies import SHAPE, edited, has_working_copy, keep_edit, stored
from articles.models import Article
from kit.desk.confirm import ConfirmForm
from kit.desk.desk_pages import desk_page, desk_path, row_for
from kit.desk.snapshots import FIELDS, Content, lay_over, take
from kit.forms.seen import ChangedMeanwhile, check_seen, seal

A_PAGE = 50
NOW, LIVE = "now", "live"  # beside the numbers of versions
LONGEST_KEY = 18  # digits


@require_safe
def versions(request: HttpRequest, pk: int, model_admin: ModelAdmin) -> HttpResponse:
    article = row_for(request, pk, model_admin, model_admin.has_view_or_change_permission)
    rows = article.revisions.select_related("made_by").defer("content")
    context = {
        "row": article,
        "title": f"Versions: {article}",
        "here": "Versions",
        "page": Paginator(rows, A_PAGE).get_page(request.GET.get("page")),
        "has_copy": has_working_copy(article),
        "days": EVERY_ONE_FOR.days,
    }
    return desk_page(request, model_admin, "admin/articles/article/versions.html", context)


@require_safe
def compare(request: HttpRequest, pk: int, model_admin: ModelAdmin) -> HttpResponse:
    article = row_for(request, pk, model_admin, model_admin.has_view_or_change_permission)
    before = _chosen(article, request.GET.get("before", LIVE if article.is_published else NOW))
    after = _chosen(article, request.GET.get("after", NOW))
    context = {
        "row": article,
        "title": f"Compare: {article}",
        "here": "Compare",
        "before": before[0],
        "after": after[0],
        "differences": differences(before[1], after[1]),
        "revision": _revision(article, request.GET.get("before", "")),
    }
    return desk_page(request, model_admin, "admin/articles/article/compare.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def restore(request: HttpRequest, pk: int, number: int, model_admin: ModelAdmin) -> HttpResponse:
    """GET asks and changes nothing. What readers see does not change, unless it is pressed “Publish” afterwards."""
    article = row_for(request, pk, model_admin, model_admin.has_change_permission)
    revision = get_object_or_404(article.revisions, pk=number)
    initial = {"seen": seal(publishing.facts_seen(article))}
    form = ConfirmForm(request.POST if request.method == "POST" else None, row=article, initial=initial)
    more: dict[str, Any] = {}
    if form.is_valid():
        try:
            restore_revision(article, revision, seen=form.cleaned_data["seen"])
        except ChangedMeanwhile as error:
            again = {**form.cleaned_data, **initial}
            form, more = ConfirmForm(row=article, initial=again), {"is_asked_anew": True, "changes": error.changes}
        else:
            model_admin.message_user(request, f"{revision} is in the form again.", messages.SUCCESS)
            return redirect("admin:articles_article_change", pk)
    status = 409 if more else 422 if form.errors else 200
    context = _of_restoring(article, revision) | {"form": form, **more}
    return desk_page(request, model_admin, "admin/articles/article/restore.html", context, status=status)


def restore_revision(article: Article, revision: Revision, *, seen: str | None = None) -> None:
    """Into the working copy of an article that readers have, into the article itself of another.

    What a version does not know, because it is older, stays as it is; so does its day.
    Raises kit.forms.seen.ChangedMeanwhile.
    """
    with transaction.atomic():
        locked = publishing.lock_article(article.pk)
        if seen is not None:
            check_seen(seen, publishing.facts_seen(locked))
        with publishing.recording_all_of(locked, why=f"Restored: {revision}."):
            keep_edit(locked, _restored(locked, revision))


def _restored(article: Article, revision: Revision) -> Content:
    shown = edited(stored(article))
    day = shown.published_on
    content = take(lay_over(shown, revision.content, SHAPE), SHAPE)
    return content | {FIELDS: content[FIELDS] | {"published_on": day and day.isoformat()}} if day else content


def versions_urls(model_admin: ModelAdmin) -> list[URLPattern]:
    return [
        desk_path(model_admin, "<int:pk>/versions/", versions, "articles_article_versions"),
        desk_path(model_admin, "<int:pk>/versions/compare/", compare, "articles_article_compare"),
        desk_path(model_admin, "<int:pk>/versions/<int:number>/restore/", restore, "articles_article_restore"),
    ]


def _of_restoring(article: Article, revision: Revision) -> dict[str, Any]:
    return {
        "row": article,
        "act": {"verb": "Restore"},
        "title": f"Restore: {revision}",
        "here": "Restore",
        "may_press": True,
        "is_live": article.is_published,
        "differences": differences(take(edited(article), SHAPE), _restored(article, revision)),
    }


def _chosen(article: Article, choice: str) -> tuple[str, Content]:
    """A state in words and its content: of a version, of what readers see, or of what the form has now."""
    if choice == LIVE and article.is_published:
        return "What readers see", take(stored(article), SHAPE)
    if choice == NOW:
        return "What is in the form", take(edited(article), SHAPE)
    if revision := _revision(article, choice):
        return str(revision), revision.content
    raise Http404


def _revision(article: Article, choice: str) -> Revision | None:
    is_key = choice.isdecimal() and choice.isascii() and len(choice) <= LONGEST_KEY
    return article.revisions.filter(pk=int(choice)).first() if is_key else None
