"""Lines of banks' files: read at the desk, never typed."""

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from kit.desk.confirm import act_urls
from kit.desk.desk_admin import DeskAdmin, ReadOnly, named
from kit.desk.desk_pages import desk_path
from kit.local.money import money
from orders.admin import bank_desk
from orders.admin.facts import link_to
from orders.models import BankLine


@admin.register(BankLine)
class BankLineAdmin(ReadOnly, DeskAdmin):
    list_display = ["booked_on", "sum", "payer", "words", "status"]
    list_filter = ["status", "booked_on"]
    search_fields = ["payer", "words"]
    search_help_text = "Words of the payer's name, or of what they wrote."
    fields = ["booked_on", "sum", "payer", "words", "status", "because", "recorded_for", "read_at", "reader"]
    readonly_fields = fields
    reader = named("read_by")
    list_per_page = 50

    def get_urls(self) -> list:
        own = [
            ("read/", bank_desk.read_page, "orders_bankline_read"),
            ("match/", bank_desk.match_page, "orders_bankline_match"),
            ("<int:pk>/assign/", bank_desk.assign_page, "orders_bankline_assign"),
        ]
        return [*act_urls(self, bank_desk.ACTS), *(desk_path(self, *each) for each in own), *super().get_urls()]

    @admin.display(description="sum", ordering="amount")
    def sum(self, line: BankLine) -> str:
        return money(line.amount, line.currency)

    @admin.display(description="recorded for")
    def recorded_for(self, line: BankLine) -> SafeString | str:
        paid = line.payments.paid().select_related("order").order_by("pk")
        facts = ((link_to(each.order), money(each.received or 0, each.currency)) for each in paid)
        return format_html_join(SafeString("<br>"), "{}: {}", facts) or "no order yet"
