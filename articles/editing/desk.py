"""The desk's pages about an article that is worked on: reviews, previews, who else is here."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from articles.editing import leases, passages, previews, reviewing
from articles.editing.models import PublicationPlan
from articles.editing.reviewing import NoReviewOpen, Outcome, ReviewIsOpen
from articles.editing.revisions import last_by_others
from articles.editing.schedule_desk import archived, scheduled
from articles.editing.standing import tags_of
from articles.editing.working_copies import SHAPE, edited, has_working_copy, last_edit, stored
from articles.figures import listed_at_desk
from articles.models import Article
from articles.reading import cover_within, reading
from kit.desk.desk_pages import desk_page, desk_path, row_for
from kit.desk.snapshots import lay_over

OPEN = ("GET", "HEAD", "POST")
MOST_PICTURES = 100
CLOSED = "The review was answered or withdrawn meanwhile, so nothing was sent. What you wrote stands below: copy it."


# Reviews -------------------------------------------------------------------------------------------------------------
class WordsForm(forms.Form):
    words = forms.CharField(
        label="Your words",
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 4, "class": "vLargeTextField"}),
        help_text="The two of you and your colleagues at the desk read this; nobody else does.",
    )


class CommentForm(WordsForm):
    passage = forms.CharField(
        label="The passage it is about",
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2, "class": "vLargeTextField"}),
        help_text="If it is about one: copy the sentence from the article. It is marked once it has changed.",
    )
    field_order = ["passage", "words"]

    def __init__(self, *args: Any, article: Article, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.article = article

    def clean_passage(self) -> str:
        passage = self.cleaned_data["passage"]
        if passage and not passages.stands_in(self.article, passage):
            raise ValidationError("The article does not say this. Copy a sentence from it as it stands now.")
        return passage

    def clean(self) -> None:
        if self.cleaned_data.get("passage") and not self.cleaned_data.get("words", "").strip():
            self.add_error("words", "Say what you mean about the passage.")


class AskForm(WordsForm):
    reviewer = forms.ModelChoiceField(User.objects.none(), label="Who is to read it", empty_label=None)
    field_order = ["reviewer", "words"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reviewer"].queryset = reviewing.colleagues_who_may_read(user)
        self.fields["reviewer"].label_from_instance = lambda each: each.name or each.email


@require_http_methods(OPEN)
def review(request: HttpRequest, pk: int, model_admin: ModelAdmin) -> HttpResponse:
    """One page for both: who is asked, what was written, and what to answer."""
    article = row_for(request, pk, model_admin, model_admin.has_view_or_change_permission)
    asked = reviewing.open_request(article)
    may_change = model_admin.has_change_permission(request, article)
    is_reviewer = asked is not None and asked.reviewer_id == request.user.pk
    unsent = ""
    if request.method == "POST" and not (may_change or is_reviewer):
        unsent = request.POST.get("words", "").strip()
        if asked or not unsent:
            raise PermissionDenied
        model_admin.message_user(request, CLOSED, messages.WARNING)
    data = request.POST if request.method == "POST" else None
    form = CommentForm(data, article=article) if asked else AskForm(data, user=request.user)
    if not unsent and form.is_valid() and (told := _act_on_review(request, article, form, is_reviewer=is_reviewer)):
        model_admin.message_user(request, *told)
        return redirect("admin:articles_article_review", pk)
    context = {
        "row": article,
        "title": f"Review: {article}",
        "here": "Review",
        "asked": asked,
        "earlier": reviewing.answered_requests(article),
        "form": form,
        "unsent": unsent,
        "is_reviewer": is_reviewer,
        "may_write": may_change or is_reviewer,
        "may_change": may_change,
    }
    status = 409 if unsent else 422 if form.errors else 200
    return desk_page(request, model_admin, "admin/articles/article/review.html", context, status=status)


def _act_on_review(
    request: HttpRequest, article: Article, form: forms.Form, *, is_reviewer: bool
) -> tuple[str, int] | None:
    """What to tell; None where the form says what is missing."""
    act, words = request.POST.get("act", ""), form.cleaned_data["words"]
    if act in {Outcome.APPROVED, Outcome.CHANGES_ASKED} and not is_reviewer:
        raise PermissionDenied
    if act in {"comment", Outcome.CHANGES_ASKED} and not words.strip():
        form.add_error("words", "Write what you mean.")
        return None
    try:
        return _do(act, article, form.cleaned_data)
    except ReviewIsOpen:
        form.add_error("words", "Somebody has been asked meanwhile, so nothing was sent. Open this page anew.")
    except NoReviewOpen:
        form.add_error("words", CLOSED)
    return None


def _do(act: str, article: Article, answers: dict[str, Any]) -> tuple[str, int] | None:
    words, passage = answers["words"], answers.get("passage", "")
    if act == "comment":
        reviewing.comment(article, words=words, passage=passage)
        return "Your words are kept.", messages.SUCCESS
    if act in Outcome.values:
        reviewing.answer(article, outcome=act, words=words, passage=passage)
        return f"The review is closed: {Outcome(act).label}.", messages.SUCCESS
    if "reviewer" in answers:
        reviewing.ask_for_review(article, reviewer=answers["reviewer"], words=words)
        return (
            f"{answers['reviewer'].name or answers['reviewer'].email} finds it on the first page of the desk.",
            messages.SUCCESS,
        )
    return None


# Links for people without an account ---------------------------------------------------------------------------------
@require_http_methods(OPEN)
def preview_links(request: HttpRequest, pk: int, model_admin: ModelAdmin) -> HttpResponse:
    article = row_for(request, pk, model_admin, model_admin.has_change_permission)
    if told := archived(article):
        model_admin.message_user(request, told[1], told[0])
        return redirect("admin:articles_article_change", pk)
    if request.method == "POST":
        _change_links(request, article, model_admin)
        return redirect("admin:articles_article_preview_links", pk)
    links = [
        (link, request.build_absolute_uri(reverse("articles:preview", args=[link.secret])))
        for link in previews.open_links(article)
    ]
    context = {
        "row": article,
        "title": f"Links to read it: {article}",
        "here": "Links",
        "links": links,
        "days": previews.LASTS.days,
    }
    return desk_page(request, model_admin, "admin/articles/article/preview_links.html", context)


def _change_links(request: HttpRequest, article: Article, model_admin: ModelAdmin) -> None:
    number = request.POST.get("end", "")
    if not number:
        try:
            previews.make_link(article)
        except previews.TooManyLinks:
            model_admin.message_user(request, "There are enough links. End one first.", messages.WARNING)
    elif number.isascii() and number.isdecimal() and len(number) < 19:
        previews.end_link(get_object_or_404(article.preview_links, pk=int(number)))
        model_admin.message_user(request, "That link leads nowhere any more.", messages.SUCCESS)


# Who else is here ----------------------------------------------------------------------------------------------------
def state_of(article: Article, user: User) -> dict[str, Any]:
    """What the form says of the article beside its fields."""
    return {
        "has_copy": has_working_copy(article),
        "others": leases.others_at(article, user),
        "tags": tags_of(article),
        "plan": PublicationPlan.objects.filter(article=article).select_related("revision").first(),
        "review": reviewing.last_request(article),
        "last": last_edit(article),
    }


@require_POST
def here(request: HttpRequest, pk: int, model_admin: ModelAdmin) -> HttpResponse:
    """The form is open in somebody's browser; the answer says who else has it open, and who has changed it since."""
    article = row_for(request, pk, model_admin, model_admin.has_change_permission)
    leases.note_open(article, request.user)
    others = [{"name": each.name, "since": each.since.timestamp()} for each in leases.others_at(article, request.user)]
    last = last_by_others(article, request.user)
    changed = last and {"name": last.made_by.name if last.made_by else "", "at": last.made_at.timestamp()}
    return JsonResponse({"others": others, "changed": changed})


@require_POST
def autosave(request: HttpRequest, pk: int, model_admin: ModelAdmin) -> HttpResponse:
    if row_for(request, pk, model_admin, model_admin.has_change_permission).is_archived:
        raise PermissionDenied
    return model_admin.autosave(request, pk)


@require_POST
def preview_typed(request: HttpRequest, pk: int, model_admin: ModelAdmin) -> HttpResponse:
    """What is in the form, saved or not, as readers would get it on a phone and on a desktop. Nothing is written."""
    article = edited(row_for(request, pk, model_admin, model_admin.has_change_permission))
    shown = lay_over(stored(article), model_admin.typed(request, article).content, SHAPE)
    page = {"reading": reading(shown), "is_preview": True, "cover_src": cover_within(shown)}
    context = {
        "row": article,
        "title": f"Preview: {article}",
        "here": "Preview",
        "page": render_to_string("articles/article.html", page, request),
    }
    return desk_page(request, model_admin, "admin/articles/article/preview_typed.html", context)


def editing_urls(model_admin: ModelAdmin) -> list[URLPattern]:
    return [
        desk_path(model_admin, "scheduled/", scheduled, "articles_article_scheduled"),
        desk_path(model_admin, "pictures/", pictures_typed, "articles_article_pictures"),
        desk_path(model_admin, "<int:pk>/review/", review, "articles_article_review"),
        desk_path(model_admin, "<int:pk>/links/", preview_links, "articles_article_preview_links"),
        desk_path(model_admin, "<int:pk>/closed/", closed, "articles_article_closed"),
        desk_path(model_admin, "<int:pk>/preview/typed/", preview_typed, "articles_article_preview_typed"),
        desk_path(model_admin, "<int:pk>/here/", here, "articles_article_here"),
        desk_path(model_admin, "<int:pk>/autosave/", autosave, "articles_article_autosave"),
    ]


@require_safe
def pictures_typed(request: HttpRequest, model_admin: ModelAdmin) -> HttpResponse:
    """The pictures of a text that is being typed, by their `numbers`, as its form lists them."""
    if not model_admin.has_view_or_change_permission(request):
        raise PermissionDenied
    typed = request.GET.get("numbers", "").split(",")[:MOST_PICTURES]
    return HttpResponse(listed_at_desk([int(each) for each in typed if each.isdecimal() and len(each) < 10]))


@require_POST
def closed(request: HttpRequest, pk: int, model_admin: ModelAdmin) -> HttpResponse:
    """The browser has left the form."""
    leases.note_closed(row_for(request, pk, model_admin, model_admin.has_view_or_change_permission), request.user)
    return HttpResponse(status=204)
