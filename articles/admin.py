from datetime import date, datetime

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from accounts.bin_desk import DeletesIntoBin
from articles import glossary_desk as _glossary_desk  # noqa: F401  registers the page of its words
from articles import publishing
from articles.commenting import desk as _comments  # noqa: F401  registers its own admins
from articles.editing.copies import COPYING
from articles.editing.desk import editing_urls, state_of
from articles.editing.models import Revision
from articles.editing.revisions import note_revision
from articles.editing.schedule_desk import SCHEDULE, UNSCHEDULE
from articles.editing.standing import tags_of, with_standing
from articles.editing.versions_desk import versions_urls
from articles.editing.working_copies import (
    SHAPE,
    edited,
    has_working_copy,
    keep_edit,
    keep_typed,
    last_edit,
    last_saved,
    stored,
)
from articles.figures import listed_at_desk
from articles.models import Article, ArticleChange, Claim, ErrorReport, Reference, Topic
from articles.publishing_desk import ACTS
from articles.reading import cover_within, keep_rendered, reading
from kit.desk import reference_marks
from kit.desk.cited_works import CitedWorkForm, CitedWorkFormSet
from kit.desk.confirm import act_urls
from kit.desk.copies import copying_url
from kit.desk.desk_admin import DeskAdmin, DeskTabularInline, LateFilter
from kit.desk.desk_pages import desk_path
from kit.desk.rows import TableFormSet
from kit.desk.snapshots import Content, take
from kit.desk.typed_choice import TypedChoices
from kit.desk.working_forms import WorkingForms
from kit.pages.http import private_page
from kit.texts.rich_text import pictures_in_order
from practice import clock
from practice.models import Person
from practice.old_addresses import KeepsOldAddresses

BEGUN_WITH = [
    (
        None,
        {
            "fields": ["title", "slug", "author", "audience"],
            "description": "This much makes a draft. On its own page, which comes next, what you write is kept while "
            "you type, and you see how readers will get it.",
        },
    )
]
NOT_LIVE_YET = "Readers see none of this yet: it waits until you press “Publish changes”."


@admin.register(Topic)
class TopicAdmin(DeletesIntoBin, KeepsOldAddresses, DeskAdmin):
    keeps_a_copy = True
    list_display = ["name", "description", "position"]
    list_filter = [("articles", admin.EmptyFieldListFilter)]
    search_fields = ["name", "description"]
    list_editable = ["position"]
    prepopulated_fields = {"slug": ["name"]}


class ReviewFilter(admin.SimpleListFilter):
    title = "review"
    parameter_name = "review"

    def lookups(self, request, model_admin):
        return [("due", "due"), ("none", "none planned")]

    def queryset(self, request, queryset):
        if self.value() == "due":
            return queryset.review_due()
        return queryset.filter(next_review_on=None) if self.value() == "none" else queryset


class ArticleForm(forms.ModelForm):
    def clean_published_on(self) -> date | None:
        """No article leaves the site by its day: that is what taking it back is for."""
        day, stored = self.cleaned_data["published_on"], self.instance
        if stored.status == Article.Status.PUBLISHED and day is None:
            words = "A published article needs its day. To take it off the site, use “Take back” above."
            raise ValidationError(words, code="no_day")
        if stored.is_published and day > clock.today():
            raise ValidationError(publishing.VANISHES, code="vanishes")
        return day

    def clean_next_review_on(self) -> date | None:
        next_one, last = self.cleaned_data["next_review_on"], self.cleaned_data.get("reviewed_on")
        if next_one and last and next_one <= last and {"next_review_on", "reviewed_on"} & {*self.changed_data}:
            raise ValidationError("The next review comes after the last one.", code="before_the_last")
        return next_one


class ReferenceInline(DeskTabularInline):
    model = Reference
    form = CitedWorkForm
    formset = CitedWorkFormSet
    extra = 1


class ClaimFormSet(TableFormSet):
    numbered = "number"


class ClaimInline(DeskTabularInline):
    model = Claim
    formset = ClaimFormSet
    extra = 0


class ArticleChangeInline(DeskTabularInline):
    model = ArticleChange
    extra = 0


@admin.register(Article)
class ArticleAdmin(DeletesIntoBin, WorkingForms, KeepsOldAddresses, TypedChoices, DeskAdmin):
    keeps_a_copy = True
    shape = SHAPE
    form = ArticleForm
    list_display = ["title", "author", "reviewer", "standing", "published_on", "next_review"]
    list_filter = [
        *("status", "audience", ReviewFilter, "topics"),
        *(("author", admin.RelatedOnlyFieldListFilter), ("interviewee", admin.EmptyFieldListFilter)),
    ]
    list_select_related = ["author", "reviewer"]
    search_fields = ["title", "summary", "body"]
    date_hierarchy = "published_on"
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["author", "reviewer", "interviewee", "picture"]
    listed = ("author", "reviewer", "interviewee", "picture")
    filter_horizontal = ["topics", "related_courses", "services", "concerns"]
    readonly_fields = ["minutes", "standing", "pictures_in_it"]
    inlines = [ReferenceInline, ClaimInline, ArticleChangeInline]
    fieldsets = [
        (
            None,
            {
                "fields": ["title", "slug", "summary", "audience", "interviewee"],
                "description": "People come from a search, often at night. A title that answers a question they have "
                "works better than the name of a method.",
            },
        ),
        (
            "Words",
            {
                "fields": ["in_brief", "body", "pictures_in_it", "minutes"],
                "description": "Start a part with a heading every few paragraphs: the headings become the list of "
                "contents. Say what is known, how well, and where it ends. The references stand at the foot of this "
                "page; [2] in the text becomes a link to number 2.",
            },
        ),
        (
            "Who and when",
            {
                "fields": ["author", "reviewer", "reviewed_on", "next_review_on"],
                "description": "Readers judge by this. Somebody else than the author checks the article, and it is "
                "read again before its date runs out; the list marks what is due.",
            },
        ),
        (
            "How sure you are",
            {
                "fields": ["would_change", "interests"],
                "description": "The claims at the foot of this page are shown beside the text, and in a table below "
                "it. Write down there, too, what you change of an article that has readers.",
            },
        ),
        (
            "Publication",
            {
                "fields": ["standing", "published_on", "takes_comments"],
                "description": "A draft is seen by nobody but the team: use “View draft”. Once it is saved, “Publish” "
                "stands above; an article with a day in the future then appears on that day.",
            },
        ),
        (
            "Where it belongs",
            {
                "fields": ["topics", "services", "concerns", "related_courses"],
                "description": "The pages of these ways of working and concerns show the article. The coming dates of "
                "these courses are shown with it and the places left, as "
                "what they are: workshops for therapists, which you sell.",
            },
        ),
        (
            "Cover",
            {
                "fields": ["picture", "cover_motif", "cover_paper"],
                "classes": ["collapse"],
                "description": "A picture of the library, or else a drawing: it is made once, from the end of the "
                "address, when the article is first saved.",
            },
        ),
    ]

    def get_urls(self) -> list:
        own = [desk_path(self, "<int:pk>/preview/", preview, "articles_article_preview"), *act_urls(self, ACTS)]
        own += [*versions_urls(self), *editing_urls(self), *act_urls(self, [SCHEDULE, UNSCHEDULE])]
        return [*own, copying_url(self, COPYING), *super().get_urls()]

    def get_fieldsets(self, request, obj=None):
        return super().get_fieldsets(request, obj) if obj else BEGUN_WITH

    def get_inlines(self, request, obj):
        return super().get_inlines(request, obj) if obj else []

    def get_changeform_initial_data(self, request):
        """Whoever writes under their own name need not choose it."""
        own = list(Person.objects.filter(name=request.user.name or None).only("pk")[:2])
        return ({"author": own[0].pk} if len(own) == 1 else {}) | super().get_changeform_initial_data(request)

    def response_add(self, request, obj, post_url_continue=None):
        """It is a draft from here on; what is typed on its page is kept at once."""
        response = super().response_add(request, obj, post_url_continue)
        if response.status_code == 302 and self.has_change_permission(request, obj):
            response["Location"] = reverse("admin:articles_article_change", args=[obj.pk])
        return response

    def get_queryset(self, request):
        return with_standing(super().get_queryset(request).defer("cover", "body_html", "contents"))

    def save_model(self, request, obj, form, change):
        super().save_model(request, publishing.prepare(obj), form, change)

    def prepare_edit(self, row: Article) -> None:
        publishing.prepare(row)

    def keep_typed(self, row: Article, content: Content) -> None:
        keep_typed(row, content)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if not change:
            keep_rendered(form.instance)
            note_revision(form.instance, take(stored(form.instance), SHAPE), kind=Revision.Kind.SAVED)
        for complaint in publishing.complaints(edited(form.instance)):
            self.message_user(request, complaint, messages.WARNING)

    def edited(self, row: Article) -> Article:
        return edited(row)

    def last_edit(self, row: Article) -> tuple[str, datetime] | None:
        return last_edit(row)

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        if obj is not None:
            context["editing"] = state_of(obj, request.user)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def response_change(self, request, obj):
        """“Save, then publish” leads on to the page that says what goes live."""
        response = super().response_change(request, obj)
        if "_publish" in request.POST and response.status_code == 302:
            response["Location"] = reverse("admin:articles_article_publish", args=[obj.pk])
        return response

    def keep_edit(self, request, row: Article, content: Content) -> None:
        content, moved = reference_marks.follow(last_saved(row), content)
        keep_edit(row, content)
        if moved:
            self.message_user(request, reference_marks.moved_words(moved), messages.INFO)
        if has_working_copy(row):
            self.message_user(request, NOT_LIVE_YET, messages.INFO)

    def get_view_on_site_url(self, obj: Article | None = None) -> str | None:
        return super().get_view_on_site_url(obj) if obj and obj.is_published else None

    @admin.display(description="status", ordering="status")
    def standing(self, article: Article) -> str:
        """Each state is a tag, in words."""
        tags = ((tag.kind, tag.words) for tag in tags_of(article))
        return format_html_join(" ", '<span class="tag tag--{}">{}</span>', tags)

    @admin.display(description="pictures in the text")
    def pictures_in_it(self, article: Article) -> str:
        """As it is being edited, in the order of their marks."""
        listed = listed_at_desk(pictures_in_order(edited(article).body))
        address = reverse("admin:articles_article_pictures")
        return format_html('<div data-pictures="{}">{}</div>', address, listed)

    @admin.display(description="next review", ordering="next_review_on", empty_value="none planned")
    def next_review(self, article: Article) -> str | None:
        if article.next_review_on is None:
            return None
        day = f"{article.next_review_on.day} {article.next_review_on:%b %Y}"
        misleads = article.status == Article.Status.PUBLISHED and article.is_review_due()
        return f"{day}, due" if misleads else day


@admin.register(ErrorReport)
class ErrorReportAdmin(DeskAdmin):
    """What readers wrote can be read, not changed. The answer goes by the practice's own mail program."""

    list_display = ["__str__", "article", "created_at", "state", "answer_by"]
    search_fields = ["article__title"]
    list_filter = ["state", LateFilter, ("article", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["article"]
    fields = ["article", "words", "source", "email", "created_at", "answer_by", "state", "found"]
    readonly_fields = ["article", "words", "source", "email", "created_at", "answer_by"]

    def has_add_permission(self, request):
        return False


@private_page
def preview(request, pk, model_admin):
    """The public page of a draft. Its cover comes within the page, because a draft's own address is 404."""
    rows = Article.objects.select_related("author__portrait", "reviewer", "interviewee", "picture")
    article = edited(get_object_or_404(rows, pk=pk))
    if not model_admin.has_view_or_change_permission(request, article):
        raise PermissionDenied
    context = {
        "reading": reading(article),
        "is_preview": True,
        "cover_src": cover_within(article),
        "change_url": reverse("admin:articles_article_change", args=[pk]),
    }
    return render(request, "articles/article.html", context)
