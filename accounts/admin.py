from allauth.account.admin import EmailAddressAdmin as StockEmailAddressAdmin
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as StockGroupAdmin
from django.contrib.auth.admin import UserAdmin as StockUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.http import HttpRequest

from accounts.models import AuditEntry, User
from kit.desk_admin import DeskAdmin


class AddUserForm(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ["email"]


class ChangeUserForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"
        field_classes = {}


@admin.register(User)
class UserAdmin(DeskAdmin, StockUserAdmin):
    """People who can sign in. What somebody may do at the desk comes from the groups."""

    form = ChangeUserForm
    add_form = AddUserForm
    list_display = ["email", "name", "is_staff", "is_active", "date_joined", "last_login"]
    list_filter = ["is_staff", "is_superuser", "is_active", "groups"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    unwatched = ("last_login",)
    readonly_fields = ["date_joined", "last_login"]
    fieldsets = [
        (None, {"fields": ["email", "password", "name", "time_zone"]}),
        ("The desk", {"fields": ["is_active", "is_staff", "is_superuser", "groups"]}),
        ("Dates", {"fields": ["date_joined", "last_login"]}),
    ]
    add_fieldsets = [
        (
            None,
            {
                "fields": ["email", "usable_password", "password1", "password2"],
                "description": "At the first sign-in a code goes to this address, to see that it is theirs.",
            },
        )
    ]


admin.site.unregister([Group, EmailAddress])  # importing their own admins has registered them


@admin.register(Group)
class GroupAdmin(DeskAdmin, StockGroupAdmin):
    """What the people of a group may do; `manage.py set_up_groups` makes the usual two."""


@admin.register(EmailAddress)
class EmailAddressAdmin(DeskAdmin, StockEmailAddressAdmin):
    """Which address is proved to be whose."""


@admin.register(AuditEntry)
class AuditEntryAdmin(DeskAdmin):
    """Facts, to be read and searched. An order's own page shows those that belong to it."""

    list_display = ["at", "label", "what_changed", "who_it_was", "reason"]
    list_display_links = ["label"]
    list_filter = ["at", "actor", "model"]
    list_select_related = ["user"]
    search_fields = ["label"]
    search_help_text = "For example the number of an order, or “Ticket 17”."
    ordering = ["-pk"]
    show_full_result_count = False
    fields = ["at", "label", "what_changed", "who_it_was", "reason"]
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        return False

    @admin.display(description="change")
    def what_changed(self, entry: AuditEntry) -> str:
        return entry.change

    @admin.display(description="who", ordering="actor")
    def who_it_was(self, entry: AuditEntry) -> str:
        return entry.who
