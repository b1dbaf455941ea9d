"""What owners see of second factors at the desk, and how they take a colleague's off."""

from allauth.mfa import admin as stock  # noqa: F401  registers its own admin, which ours replaces
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect

from accounts.factors.reset import NoFactors, reset_factors
from accounts.models import User
from kit.desk.desk_admin import DeskAdmin
from kit.desk.desk_pages import desk_page

NONE = "This account has no second factor. Nothing was done."
NOT_ONES_OWN = "Your own you change under “Second factor” in your account. Nothing was done."
DONE = "Taken off. A mail tells {user}; at the next visit the desk asks to set up a new one."

KINDS = {"totp": "authenticator app", "webauthn": "passkey", "recovery_codes": "recovery codes"}

admin.site.unregister(Authenticator)


class KindFilter(admin.SimpleListFilter):
    title = "kind"
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return list(KINDS.items())

    def queryset(self, request, queryset):
        return queryset.filter(type=self.value()) if self.value() in KINDS else queryset


@admin.register(Authenticator)
class FactorAdmin(DeskAdmin):
    """Who has which, since when. Never what is in it."""

    list_display = ["user", "kind", "created_at", "last_used_at"]
    list_filter = [KindFilter, "created_at", "last_used_at"]
    list_select_related = ["user"]
    search_fields = ["user__email", "user__name"]
    ordering = ["user__email", "pk"]
    fields = ["user", "kind", "created_at", "last_used_at"]
    readonly_fields = fields

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        """Never here, where nobody would be told. They go along with an account that is deleted."""
        return request.user.is_superuser and request.resolver_match.url_name.startswith("accounts_user_")

    @admin.display(description="kind", ordering="type")
    def kind(self, factor: Authenticator) -> str:
        return KINDS[factor.type]


class ResetFactorsForm(forms.Form):
    reason = forms.CharField(
        label="Why, and how you know that it is they who ask",
        max_length=200,
        help_text="For example: “Rang me, new phone.” It stands in the audit entries.",
    )


def reset_page(request, pk, model_admin):
    if not request.user.is_superuser:
        raise PermissionDenied
    user = get_object_or_404(User, pk=pk)
    form = ResetFactorsForm(request.POST if request.method == "POST" else None)
    if user == request.user:
        messages.warning(request, NOT_ONES_OWN)
    elif request.method != "POST" or not form.is_valid():
        return _page(request, model_admin, user, form)
    else:
        _reset(request, user, reason=form.cleaned_data["reason"])
    return redirect("admin:accounts_user_change", user.pk)


def _reset(request, user, *, reason):
    try:
        reset_factors(user, reason=reason)
    except NoFactors:
        messages.warning(request, NONE)
    else:
        messages.success(request, DONE.format(user=user))


def _page(request, model_admin, user, form):
    context = {
        "title": f"Take off the second factors of {user}",
        "row": user,
        "here": "Second factors",
        "person": user,
        "kinds": [KINDS[factor.type] for factor in Authenticator.objects.filter(user=user).order_by("pk")],
        "form": form,
    }
    return desk_page(request, model_admin, "admin/accounts/user/reset_factors.html", context)
