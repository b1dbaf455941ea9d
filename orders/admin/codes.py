"""Codes at the desk. General ones are made and ended there; what one takes off never changes once it was used."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from courses.models import Cohort
from kit.desk.desk_admin import DeskAdmin
from kit.local.money import price
from orders.admin.facts import link_to
from orders.models import Discount, DiscountCode, GeneralCode, order_status
from orders.pricing import codes, general_codes

RUNNING = "running"
TO_COME = "to come"
ENDED = "ended"
FROZEN = ("code", "percent", "amount")


def read_code(typed: str) -> str:
    """A code for many as it is compared, however it was typed; raises ValidationError."""
    if codes.normalise(typed):
        words = "This could be somebody's personal code. Make it shorter or longer than ten letters and digits."
        raise ValidationError(words, code="looks_personal")
    if not (code := general_codes.normalise(typed)):
        raise ValidationError("Four to twenty letters and digits, for example SPRING26.", code="no_code")
    return code


class GeneralCodeForm(forms.ModelForm):
    code = forms.CharField(max_length=40, help_text=GeneralCode._meta.get_field("code").help_text)

    def clean_code(self) -> str:
        code = read_code(self.cleaned_data["code"])
        if Cohort.objects.filter(code=code).exists():
            raise ValidationError("Places are kept for a cohort with this code. Choose another.", code="taken")
        return code

    def clean_most_uses(self) -> int | None:
        most_uses = self.cleaned_data["most_uses"]
        if self.instance.pk:
            try:
                general_codes.check_most_uses(self.instance, most_uses)
            except general_codes.UsesTaken as error:
                words = f"It is used {error.taken} times already. To stop it now, untick “active”."
                raise ValidationError(words, code="uses_taken") from error
        return most_uses

    def clean(self) -> dict[str, Any]:
        """The constraint says the same, but not at which field to look."""
        data = super().clean()
        percent, amount = data.get("percent"), data.get("amount")
        if "percent" in self.fields and not {"percent", "amount"} & set(self.errors):
            if percent is not None and amount is not None:
                self.add_error("amount", "Give either a percentage or an amount, not both.")
            if percent is None and amount is None:
                self.add_error("percent", "Say what the code takes off: a percentage, or an amount in the next field.")
        return data


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return [(state, state) for state in (RUNNING, TO_COME, ENDED)]

    def queryset(self, request, queryset):
        now = timezone.now()
        has_ended = Q(is_active=False) | Q(ends_at__lte=now)
        conditions = {
            RUNNING: ~has_ended & Q(starts_at__lte=now),
            TO_COME: ~has_ended & Q(starts_at__gt=now),
            ENDED: has_ended,
        }
        return queryset.filter(conditions.get(self.value(), Q()))


@admin.register(GeneralCode)
class GeneralCodeAdmin(DeskAdmin):
    form = GeneralCodeForm
    list_display = ["code", "name", "worth", "used", "state", "starts_at", "good_until"]
    list_filter = [StateFilter, "full_price_only", "courses"]
    search_fields = ["code", "name"]
    filter_horizontal = ["courses"]
    readonly_fields = ["used", "state", "orders"]
    actions = ["end_now"]
    fieldsets = [
        (
            None,
            {
                "fields": ["code", "name", ("percent", "amount")],
                "description": "Once an order has used the code, its name and what it takes off stay as they are: end "
                "it and make a new one. Of a code and a group price, the one counts that is better for the buyer.",
            },
        ),
        ("When", {"fields": ["is_active", "starts_at", "ends_at", "state"]}),
        ("For what", {"fields": ["courses", "full_price_only"]}),
        ("How often", {"fields": ["most_uses", "used", "orders"]}),
    ]

    def get_queryset(self, request):
        uses = Count("orders", filter=Q(orders__status__in=order_status.USES_CODE))
        return super().get_queryset(request).annotate(uses=uses, all_orders=Count("orders"))

    def get_readonly_fields(self, request, obj=None):
        """An order that lapsed may still be paid at its price, so it counts here too."""
        return [*self.readonly_fields, *(FROZEN if obj and obj.all_orders else ())]

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not (obj and obj.all_orders)

    @admin.display(description="takes off")
    def worth(self, code: GeneralCode) -> str:
        return f"{code.percent}% of each place" if code.percent is not None else f"{price(code.amount)}, once"

    @admin.display(description="uses so far", ordering="uses")
    def used(self, code: GeneralCode) -> str:
        if not code.pk:
            return "none yet"
        return f"{code.uses} of {code.most_uses}" if code.most_uses is not None else str(code.uses)

    @admin.display(description="state")
    def state(self, code: GeneralCode) -> str:
        if not code.pk:
            return "not saved yet"
        if not code.is_active or code.ends_at <= timezone.now():
            return ENDED
        return TO_COME if code.starts_at > timezone.now() else RUNNING

    @admin.display(description="good to the end of", ordering="ends_at")
    def good_until(self, code: GeneralCode) -> date:
        return timezone.localdate(code.ends_at - timedelta(microseconds=1))

    @admin.display(description="orders")
    def orders(self, code: GeneralCode) -> SafeString | str:
        if not code.pk or not code.all_orders:
            return "none"
        page = reverse("admin:orders_order_changelist")
        return format_html('<a href="{}?q={}">See the orders with this code</a>', page, code.code)

    @admin.action(description="End these codes now", permissions=["change"])
    def end_now(self, request, queryset):
        ended = general_codes.end_codes(queryset)
        self.message_user(request, f"{ended} ended. Bookings that used them keep their price.", messages.SUCCESS)


@admin.register(Discount)
class DiscountAdmin(DeskAdmin):
    """The rules behind codes. The percentage comes from the sign-up offer."""

    list_display = ["name", "valid_days", "first_course_only", "full_price_only"]
    list_filter = ["first_course_only", "full_price_only"]
    search_fields = ["name"]


@admin.register(DiscountCode)
class DiscountCodeAdmin(DeskAdmin):
    list_display = ["code", "issued_to", "percent", "status", "issued_at", "good_until", "discount"]
    list_filter = ["status", "discount", "percent", "issued_at"]
    list_select_related = ["discount"]
    search_fields = ["code", "issued_to"]
    fields = ["code", "discount", "percent", "issued_to", "status", "issued_at", "expires_at", "used_by"]
    readonly_fields = ["code", "discount", "percent", "issued_to", "status", "issued_at", "used_by"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="good to the end of", ordering="expires_at")
    def good_until(self, code: DiscountCode) -> date:
        return timezone.localdate(code.expires_at - timedelta(microseconds=1))

    @admin.display(description="orders")
    def used_by(self, code: DiscountCode) -> SafeString | str:
        facts = ((link_to(order), order.get_status_display()) for order in code.orders.all())
        return format_html_join(", ", "{} ({})", facts) or "none"
