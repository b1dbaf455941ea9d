from django.contrib import admin
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from kit.desk.desk_admin import DeskAdmin, DeskTabularInline
from newsletter import signup
from newsletter.models import ConsentEvent, SignupOffer, Subscriber


class ConsentEventInline(DeskTabularInline):
    """Evidence: read here, written by what people do."""

    model = ConsentEvent
    fields = ["happened_at", "kind", "source", "text"]
    readonly_fields = fields
    verbose_name_plural = "what they agreed to, and when"

    def has_add_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Subscriber)
class SubscriberAdmin(DeskAdmin):
    list_display = ["email", "status", "audience", "offer", "created_at", "confirmed_at"]
    list_filter = ["status", "audience", "offer"]
    list_select_related = ["offer__discount"]
    search_fields = ["email"]
    search_help_text = "An address, or words of it."
    date_hierarchy = "created_at"
    fields = ["email", "status", "audience", "offer", "code", "created_at", "confirmed_at", "unsubscribed_at"]
    readonly_fields = ["email", "status", "audience", "offer", "code", "created_at", "confirmed_at", "unsubscribed_at"]
    inlines = [ConsentEventInline]
    actions = ["unsubscribe"]

    def has_add_permission(self, request):
        """Nobody is put on the list by somebody else; the form on the site asks them to confirm."""
        return False

    @admin.display(description="their code")
    def code(self, subscriber: Subscriber) -> SafeString | str:
        code = signup.code_of(subscriber)
        if code is None:
            return "none"
        page = reverse("admin:orders_discountcode_change", args=[code.pk])
        return format_html('<a href="{}">{}</a>, {}%, {}', page, code, code.percent, code.get_status_display())

    @admin.action(description="Unsubscribe the selected addresses", permissions=["change"])
    def unsubscribe(self, request, subscribers):
        for subscriber in subscribers:
            signup.unsubscribe(subscriber, source="desk")
        self.message_user(request, "They get no more newsletters. Codes they have earned stay good.")


@admin.register(SignupOffer)
class SignupOfferAdmin(DeskAdmin):
    keeps_a_copy = True
    list_display = ["name", "placement", "percent", "discount", "is_active", "asked", "confirmed"]
    list_filter = ["is_active", "placement"]
    search_fields = ["name", "promise"]
    fieldsets = [
        (None, {"fields": ["name", "placement", "is_active"]}),
        (
            "What is promised",
            {
                "fields": ["percent", "discount", "promise", "consent_text"],
                "description": "Forms, mails and codes follow the percentage from now on. Who was mailed a higher one "
                "before still gets it, and a code that has been issued keeps its own. If the promise or the words of "
                "consent name a number, change it there, too.",
            },
        ),
    ]

    def get_queryset(self, request):
        is_confirmed = Q(subscriber__confirmed_at__isnull=False)
        return (
            super()
            .get_queryset(request)
            .select_related("discount")
            .annotate(asked=Count("subscriber"), confirmed=Count("subscriber", filter=is_confirmed))
        )

    def get_readonly_fields(self, request, obj=None):
        """Another discount would give everybody who has a code a second one."""
        return ["discount"] if obj else []

    @admin.display(description="signed up", ordering="asked")
    def asked(self, offer: SignupOffer) -> int:
        return offer.asked

    @admin.display(description="confirmed", ordering="confirmed")
    def confirmed(self, offer: SignupOffer) -> int:
        return offer.confirmed
