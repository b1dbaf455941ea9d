from datetime import date, timedelta

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString

from accounts.bin_desk import DeletesIntoBin
from kit.desk.desk_admin import DeskAdmin
from kit.texts import rich_text
from practice import clock, markers
from practice.models import Page


class PageForm(forms.ModelForm):
    """No version is in force before anybody has read it, and none on days that are over."""

    def clean_body(self) -> str:
        body = self.cleaned_data["body"]
        if wrong := markers.unknown(body):
            known = ", ".join(f"[{name}]" for name in markers.markers())
            words = f"Nothing fills {', '.join(f'[{name}]' for name in wrong)}. Known are {known}."
            raise ValidationError(words, code="unknown_marker")
        return body

    def clean_published_on(self) -> date:
        day = self.cleaned_data["published_on"]
        if day < clock.today():
            raise ValidationError("This day is over: people have booked under another version since.", code="is_over")
        if self.instance.pk is None and day == clock.today():
            words = "Give it a day ahead. Save, read it below as readers will get it, and then set it to today."
            raise ValidationError(words, code="not_read")
        return day


@admin.register(Page)
class PageAdmin(DeletesIntoBin, DeskAdmin):
    """Words that people agreed to stay as they were; a change is a new version."""

    form = PageForm
    keeps_a_copy = True
    list_display = ["title", "kind", "version", "published_on", "standing"]
    list_filter = ["kind"]
    search_fields = ["title", "version", "body"]
    actions = None
    fieldsets = [
        (
            None,
            {
                "fields": ["kind", "version", "title", "body", "published_on"],
                "description": "From its first day on, a version can no longer be changed: people booked under it. "
                "To change something, write a new version. What stands in square brackets is taken from the rows it "
                "speaks of: [refund policy], [VAT], [enquiries kept], [company] and others.",
            },
        )
    ]
    published_fields = ["kind", "version", "title", "words", "published_on"]

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return super().get_fieldsets(request, obj)
        if not _is_published(obj):
            return [*self.fieldsets, ("As readers will get it, as it was saved", {"fields": ["words"]})]
        return [(None, {**self.fieldsets[0][1], "fields": self.published_fields})]

    def get_readonly_fields(self, request, obj=None):
        return self.published_fields if _is_published(obj) else ["words"]

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not _is_published(obj)

    def save_model(self, request, obj, form, change):
        super().save_model(request, markers.fill(obj), form, change)
        for each in markers.missing(obj):
            words = f"It does not say [{each.name}] ({each.means}), so nothing keeps words and rules together."
            self.message_user(request, words, messages.WARNING)
        for number, names in markers.by_hand(obj).items():
            known = " or ".join(f"[{name}]" for name in names)
            words = (
                f"It says “{number}” by hand. If that is a rule of the site, write {known}: then it follows the rule."
            )
            self.message_user(request, words, messages.WARNING)

    def get_changeform_initial_data(self, request):
        """`?from=3` begins a new version with the words of page 3."""
        number = request.GET.get("from", "")
        earlier = Page.objects.filter(pk=number).first() if number.isdecimal() and len(number) < 10 else None
        tomorrow = {"published_on": clock.today() + timedelta(days=1)}
        if earlier is None:
            return tomorrow | super().get_changeform_initial_data(request)
        return tomorrow | {"kind": earlier.kind, "title": earlier.title, "body": earlier.body}

    @admin.display(description="body")
    def words(self, page: Page) -> SafeString:
        return rich_text.render(markers.filled_html(page)).html

    @admin.display(description="standing")
    def standing(self, page: Page) -> str:
        if not _is_published(page):
            return "waits for its day"
        if Page.objects.current(page.kind) != page:
            return "earlier version"
        if differing := markers.differing(page):
            return f"shown now, and not true any more: {', '.join(f'[{name}]' for name in differing)}"
        return "shown now"


def _is_published(page: Page | None) -> bool:
    return page is not None and page.published_on <= clock.today()
