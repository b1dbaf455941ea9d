"""Comments at the desk: the queue, and who is blocked. Their words are nobody's to change."""

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from articles.commenting.acts import ACTS
from articles.commenting.models import Comment, CommentBlock
from kit.desk.confirm import act_urls
from kit.desk.desk_admin import DeskAdmin

REJECT_FIRST = "reject it first, which tells whoever wrote it"
BEGINNING = 120  # characters that the list shows


@admin.register(Comment)
class CommentAdmin(DeskAdmin):
    """What readers wrote, to be published or not. Deleted here, one is gone for good, and nobody is told: so
    what waits or is published is rejected first."""

    list_display = ["__str__", "article", "signed", "beginning", "created_at", "standing"]
    list_filter = ["status", ("article", admin.RelatedOnlyFieldListFilter), "created_at"]
    list_select_related = ["article"]
    search_fields = ["article__title"]
    fieldsets = [
        (None, {"fields": ["of", "created_at", "signed", "text", "standing", "held_because", "rejected_because"]}),
        ("Its writer", {"fields": ["email", "agreed_words"]}),
        ("Our reply", {"fields": ["reply", "reply_by", "replied_at"]}),
    ]
    readonly_fields = flatten_fieldsets(fieldsets)
    view_on_site = False

    def get_urls(self) -> list:
        return [*act_urls(self, ACTS), *super().get_urls()]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_deleted_objects(self, objs, request):
        rows, counts, needed, protected = super().get_deleted_objects(objs, request)
        asked = [f"{each}: {REJECT_FIRST}" for each in objs if not each.may_be_deleted]
        return rows, counts, needed, [*protected, *asked]

    @admin.display(description="article", ordering="article__title")
    def of(self, comment: Comment) -> SafeString:
        return format_html('<a href="{}#comments">{}</a>', comment.article.get_absolute_url(), comment.article)

    @admin.display(description="name")
    def signed(self, comment: Comment) -> str:
        return comment.name or "-"

    @admin.display(description="begins")
    def beginning(self, comment: Comment) -> str:
        return Truncator(comment.words).chars(BEGINNING) or "-"

    @admin.display(description="comment")
    def text(self, comment: Comment) -> SafeString:
        return format_html('<div class="confirm__letter">{}</div>', comment.words) if comment.words else SafeString("-")

    @admin.display(description="status", ordering="status")
    def standing(self, comment: Comment) -> SafeString:
        kind = "waiting" if comment.is_unread else comment.status
        return format_html('<span class="tag tag--{}">{}</span>', kind, comment.get_status_display())


@admin.register(CommentBlock)
class CommentBlockAdmin(DeskAdmin):
    """Whose comments are held whatever is in them, and until when. Deleted, a block ends at once."""

    list_display = ["__str__", "kind", "created_at", "ends_at"]
    list_filter = ["kind", "ends_at"]
    search_fields = ["kind"]
    fields = ["kind", "created_at", "ends_at"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False
