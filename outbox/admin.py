from datetime import datetime

from django.contrib import admin, messages
from django.db.models import Q
from django.utils import timezone
from django.utils.html import format_html

from kit.desk.desk_admin import DeskAdmin
from outbox.models import Message

HIDDEN = "Held a login secret. It is shown to nobody, and cannot be sent again."


@admin.register(Message)
class MessageAdmin(DeskAdmin):
    """What the site has written to people, and what became of it. Nothing can be changed, only tried again."""

    list_display = ["subject", "to", "state", "attempts", "next_attempt", "created_at", "last_error"]
    list_filter = ["state", "is_secret", "created_at"]
    search_fields = ["to", "subject", "key"]
    search_help_text = "Words of the address or the subject, or how the key begins, for example order:12:"
    date_hierarchy = "created_at"
    list_per_page = 50
    actions = ["try_again_now"]
    fieldsets = [
        (None, {"fields": ["subject", "to", "reply_to", "body", "attachment_names"]}),
        ("Delivery", {"fields": ["state", "attempts", "next_attempt", "last_error", "sent_at", "useless_after"]}),
        ("Origin", {"fields": ["key", "caused_by", "priority", "is_secret", "created_at"]}),
    ]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return request.user.is_superuser

    def get_readonly_fields(self, request, obj=None):
        return [name for _, options in self.fieldsets for name in options["fields"]]

    @admin.action(description="Try again now", permissions=["change"])
    def try_again_now(self, request, queryset):
        chosen = queryset.count()  # a list of what failed no longer holds what is tried again
        has_words = queryset.filter(is_secret=False).exclude(text="")  # what was forgotten would leave empty
        retried = has_words.filter(Q(state=Message.State.FAILED) | Q(state=Message.State.QUEUED)).update(
            state=Message.State.QUEUED, attempts=0, next_attempt_at=timezone.now(), last_error=""
        )
        self.message_user(request, f"{retried} will be tried now.", messages.SUCCESS)
        if left := chosen - retried:
            self.message_user(
                request,
                f"{left} left as they were: sent already, forgotten, or they held a login secret.",
                messages.WARNING,
            )

    @admin.display(description="next attempt", ordering="next_attempt_at")
    def next_attempt(self, message: Message) -> datetime | str:
        return message.next_attempt_at if message.state == Message.State.QUEUED else "-"

    @admin.display(description="text")
    def body(self, message: Message) -> str:
        if message.is_secret:
            return HIDDEN
        return format_html("<pre>{}</pre>", message.text) if message.text else "Forgotten, after 90 days."

    @admin.display(description="attachments")
    def attachment_names(self, message: Message) -> str:
        return ", ".join(attachment["name"] for attachment in message.attachments) or "none"
