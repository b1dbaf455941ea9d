from django.contrib import admin

from kit.desk.desk_admin import DeskAdmin, ReadOnly
from kit.desk.desk_pages import desk_path
from privacy import desk
from privacy.models import PersonRequest


@admin.register(PersonRequest)
class PersonRequestAdmin(ReadOnly, DeskAdmin):
    """What was done for people who asked. Owners begin here."""

    list_display = ["kind", "at", "user"]
    list_filter = ["kind", "at"]
    search_fields = ["user__email"]
    list_select_related = ["user"]
    change_list_template = "admin/privacy/requests.html"

    def get_urls(self) -> list:
        return [
            desk_path(self, "person/", desk.person_page, "privacy_person"),
            desk_path(self, "person/copy/", desk.copy_page, "privacy_person_copy"),
            desk_path(self, "person/erase/", desk.erase_page, "privacy_person_erase"),
            *super().get_urls(),
        ]
