from django.contrib import admin

from accounts.bin_desk import DeletesIntoBin
from kit.desk.desk_admin import DeskAdmin
from practice.models import City


@admin.register(City)
class CityAdmin(DeletesIntoBin, DeskAdmin):
    """Every session's times are shown for these cities, beside the organiser's own."""

    keeps_a_copy = True
    list_display = ["name", "time_zone", "position"]
    list_filter = ["time_zone"]
    search_fields = ["name", "time_zone"]
    list_editable = ["position"]
