"""What stands on every page: the announcement, old addresses that lead on, menu and sections of the home page."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone

from accounts.bin_desk import DeletesIntoBin
from kit.desk.desk_admin import DeskAdmin, DeskTabularInline
from kit.desk.rows import TableFormSet
from practice import redirects, site_parts
from practice.models import HomeSection, MenuEntry, Page, Practice, Redirect, SiteNotice
from practice.standing_pages import is_page, is_taken, own_address

NO_PAGE = "There is no page at this address. Write one of this site, such as “/contact/”, or begin with https://."


class RedirectForm(forms.ModelForm):
    def clean_old(self) -> str:
        typed = self.cleaned_data["old"]
        return redirects.read_old(typed) if "old" in self.changed_data else typed

    def clean_new(self) -> str:
        return redirects.read_new(self.cleaned_data["new"])

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if {"old", "new"} <= {*found}:
            redirects.lock()
            redirects.check_leads_on_at_once(old=found["old"], new=found["new"], pk=self.instance.pk)
            if self.instance.pk is None:
                redirects.check_room()
        return found


@admin.register(Redirect)
class RedirectAdmin(DeletesIntoBin, DeskAdmin):
    """Addresses that the site itself gave up lead on without a row (`practice/old_addresses.py`)."""

    keeps_a_copy = True
    form = RedirectForm
    fields = ["old", "new", "note", "visitors_now"]
    readonly_fields = ["visitors_now"]
    list_display = ["old", "new", "note", "created_at"]
    list_filter = ["created_at"]
    search_fields = ["old", "new", "note"]

    @admin.display(description="visitors now")
    def visitors_now(self, row: Redirect) -> str:
        if not row.pk:
            return "Shown once it is saved."
        if is_taken(urlsplit(row.old).path):
            return "See the page that the site has at the old address by now: this row is not used."
        if not is_page(urlsplit(row.new).path):
            return "Are led on, but there is no page any more where this leads. Write another one."
        return "Are led on."


class NoticeForm(forms.ModelForm):
    def clean_link(self) -> str:
        typed = self.cleaned_data["link"]
        own = own_address(typed)
        if own is None:
            URLValidator(schemes=["https"], message=NO_PAGE)(typed)
            return typed
        if own and not is_page(urlsplit(own).path):
            raise ValidationError(NO_PAGE)
        return own


@admin.register(SiteNotice)
class SiteNoticeAdmin(DeletesIntoBin, DeskAdmin):
    keeps_a_copy = True
    form = NoticeForm
    fieldsets = [
        (None, {"fields": ["words", "link", "link_words"]}),
        ("When", {"fields": ["starts_at", "ends_at"], "description": "It comes and goes at these moments by itself."}),
    ]
    list_display = ["words", "standing", "starts_at", "ends_at"]
    list_filter = ["ends_at"]
    search_fields = ["words"]

    @admin.display(description="now")
    def standing(self, notice: SiteNotice) -> str:
        return notice.standing(timezone.now())


class MenuEntryForm(forms.ModelForm):
    page = forms.ChoiceField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = site_parts.page_choices()
        gone = self.instance.page
        if gone and gone not in dict(choices):
            choices.append((gone, f"{gone} (there is no such page any more)"))
        self.fields["page"].choices = [("", "---------"), *choices]


class MenuFormSet(TableFormSet):
    def clean(self) -> None:
        super().clean()
        left = [form.instance for form in self.forms if form.instance.page and not self._should_delete_form(form)]
        complete = [entry for entry in left if entry.position is not None]
        found = site_parts.menu(Practice.current(), complete, Page.objects.of_its_own())
        if len(found) > site_parts.MOST_IN_MENU:
            words = f"The menu would have {len(found)} entries, and has room for {site_parts.MOST_IN_MENU}."
            raise ValidationError(f"{words} Take some out.")


class MenuEntryInline(DeskTabularInline):
    model = MenuEntry
    form = MenuEntryForm
    formset = MenuFormSet
    fields = ["page", "label", "position", "is_shown"]
    extra = 1  # for a browser without script
    max_num = 20


class HomeSectionInline(DeskTabularInline):
    model = HomeSection
    fields = ["kind", "position", "is_shown"]
    extra = 1
    max_num = len(HomeSection.Kind)
