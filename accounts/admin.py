from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as StockUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm

from accounts.models import User


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
class UserAdmin(StockUserAdmin):
    """People who can sign in. What somebody may do at the desk comes from the groups."""

    form = ChangeUserForm
    add_form = AddUserForm
    list_display = ["email", "name", "is_staff", "is_active", "date_joined", "last_login"]
    list_filter = ["is_staff", "is_superuser", "is_active", "groups"]
    search_fields = ["email", "name"]
    ordering = ["email"]
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
