from contextlib import nullcontext

import allauth.account.admin
import allauth.usersessions.admin  # noqa: F401  each registers its own, which then can go
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.admin import GroupAdmin as StockGroupAdmin
from django.contrib.auth.admin import UserAdmin as StockUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html

from accounts import colleagues
from accounts.bin_desk import BinnedRowAdmin
from accounts.colleagues import Standing
from accounts.factors import desk, proof
from accounts.models import AuditEntry, BinnedRow, User, WorkRun
from kit.desk.desk_admin import DeskAdmin, ReadOnly
from kit.desk.desk_pages import desk_page, desk_path
from kit.desk.listed_lookups import FewValues
from kit.local.locales import said

LAST_OWNER = "The last owner stays: nobody else could make another. Make somebody else an owner first."


class UserForm(forms.ModelForm):
    """Nobody types a password for somebody else."""

    def clean_email(self) -> str:
        email = get_adapter().clean_email(self.cleaned_data["email"].lower())
        if colleagues.is_taken(email, user=self.instance):
            raise ValidationError("An account with this email address exists already.", code="unique")
        return email

    def clean(self) -> dict:
        """Not by the last owner, and not by two who take each other's power at once."""
        super().clean()
        powers = ("is_active", "is_staff", "is_superuser")
        is_owner = all(self.cleaned_data.get(name, getattr(self.instance, name)) for name in powers)
        if self.instance.pk and not is_owner and colleagues.leaves_no_owner([self.instance]):
            raise ValidationError(LAST_OWNER, code="last_owner")
        return self.cleaned_data


class AddUserForm(UserForm):
    def save(self, commit: bool = True) -> User:
        self.instance.set_unusable_password()
        return super().save(commit)


@admin.register(User)
class UserAdmin(DeskAdmin, StockUserAdmin):
    """People who can sign in. What somebody may do at the desk comes from the groups."""

    form = UserForm
    add_form = AddUserForm
    list_display = ["email", "name", "is_staff", "is_active", "date_joined", "last_login"]
    list_filter = ["is_staff", "is_superuser", "is_active", "groups"]
    search_fields = ["email", "name"]
    ordering = ["email"]
    unwatched = ("last_login", "session_round")
    readonly_fields = ["addresses", "signs_in", "date_joined", "last_login"]
    fieldsets = [
        (None, {"fields": ["email", "addresses", "signs_in", "name", "time_zone"]}),
        ("The desk", {"fields": ["is_active", "is_staff", "is_superuser", "groups"]}),
        ("Dates", {"fields": ["date_joined", "last_login"]}),
    ]
    add_fieldsets = [
        (
            None,
            {
                "fields": ["email", "name", "is_staff", "groups"],
                "description": "They sign in with a code that goes to this address, and may set a password then. "
                "Tick “may use the admin” for a colleague, who gets a mail. Other accounts that nobody has signed in "
                "with end after a day.",
            },
        )
    ]

    def get_readonly_fields(self, request, obj=None):
        """One's own address is changed where one is asked again who one is."""
        is_own = obj is not None and obj.pk == request.user.pk
        return [*self.readonly_fields, *(["email"] if is_own else [])]

    def get_urls(self) -> list:
        reset = desk_path(self, "<int:pk>/second-factors/", desk.reset_page, "accounts_user_reset_factors")
        return [reset, *super().get_urls()]

    def save_related(self, request, form, formsets, change):
        """Who comes to power shows the second factor anew, in whatever session is open."""
        super().save_related(request, form, formsets, change)
        if change:
            colleagues.follow(form.instance, before=_standing_before(form))
        else:
            colleagues.welcome(form.instance)
        if "is_staff" in form.changed_data:
            proof.end_proofs(form.instance)

    def get_deleted_objects(self, objs, request):
        """Its addresses go with an account, although nobody takes a single one off at the desk."""
        rows, counts, needed, protected = super().get_deleted_objects(objs, request)
        if colleagues.leaves_no_owner(objs):
            protected = [*protected, LAST_OWNER]
        return rows, counts, needed - {EmailAddress._meta.verbose_name}, protected

    @transaction.atomic
    def delete_queryset(self, request, queryset):
        if colleagues.leaves_no_owner(queryset):
            raise PermissionDenied
        super().delete_queryset(request, queryset)

    def user_change_password(self, request, id, form_url=""):
        """In the place of the stock page, where one person would choose another's password."""
        with transaction.atomic() if request.method == "POST" else nullcontext():
            return self._password_page(request, unquote(id))

    def _password_page(self, request, pk):
        user = self.get_object(request, pk)
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        if user is None:
            raise Http404
        if request.method != "POST":
            context = {"original": user, "title": "Take the password away"}
            return desk_page(request, self, "admin/accounts/user/password.html", context)
        colleagues.take_password_away(user)
        update_session_auth_hash(request, user)  # it may be one's own
        self.log_change(request, user, "Took the password away.")
        messages.success(request, f"{user} now signs in with a code, and was told so by email.")
        return redirect("admin:accounts_user_change", user.pk)

    @admin.display(description="addresses to sign in with")
    def addresses(self, user: User) -> str:
        found = user.emailaddress_set.order_by("-primary", "email")
        return ", ".join(f"{each.email} ({'confirmed' if each.verified else 'not confirmed yet'})" for each in found)

    @admin.display(description="signs in with")
    def signs_in(self, user: User) -> str:
        if not user.has_usable_password():
            return "a code by email"
        url = reverse("admin:auth_user_password_change", args=[user.pk])
        return format_html('a password, or a code by email. <a href="{}">Take the password away</a>', url)


def _standing_before(form: forms.ModelForm) -> Standing:
    """As the row was when this form was filled from it."""
    before = form.initial
    now = Standing.of(form.instance)
    return Standing(
        before.get("email", now.email),
        before.get("is_active", now.is_active),
        before.get("is_staff", now.is_staff),
        before.get("is_superuser", now.is_superuser),
        frozenset(group.name for group in before["groups"]) if "groups" in before else now.groups,
    )


admin.site.unregister([Group, EmailAddress, UserSession])  # a session's key would let one in


@admin.register(Group)
class GroupAdmin(DeskAdmin, StockGroupAdmin):
    """What the people of a group may do; `manage.py set_up_groups` makes the usual ones."""

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        """A permission keeps the words of the day on which its table was made; it is read in those of the practice."""
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        field.label_from_instance = lambda each: str(said(str(each)))
        return field


@admin.register(EmailAddress)
class EmailAddressAdmin(ReadOnly, DeskAdmin):
    """Which address is proved to be whose: by whoever types a code that went there, never by the desk."""

    list_display = ["email", "user", "primary", "verified"]
    list_filter = ["primary", "verified"]
    list_select_related = ["user"]
    search_fields = ["email", "user__email"]
    fields = ["email", "user", "primary", "verified"]
    readonly_fields = fields


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly, DeskAdmin):
    """Facts, to be read and searched. An order's own page shows those that belong to it."""

    list_display = ["at", "label", "what_changed", "who_it_was", "reason"]
    list_display_links = ["label"]
    list_filter = ["at", ("actor", FewValues), ("model", FewValues)]
    list_select_related = ["user"]
    search_fields = ["label"]
    search_help_text = "Words of what it is about, for example the number of an order, or “Ticket 17”."
    ordering = ["-pk"]
    fields = ["at", "label", "what_changed", "who_it_was", "reason"]
    readonly_fields = fields

    @admin.display(description="change")
    def what_changed(self, entry: AuditEntry) -> str:
        return entry.change

    @admin.display(description="who", ordering="actor")
    def who_it_was(self, entry: AuditEntry) -> str:
        return entry.who


@admin.register(WorkRun)
class WorkRunAdmin(ReadOnly, DeskAdmin):
    """Whether the worker does what comes due."""

    list_display = ["name", "lane", "ran_at", "went_well_at", "error"]
    list_filter = ["lane"]
    search_fields = ["name"]


admin.site.register(BinnedRow, BinnedRowAdmin)
