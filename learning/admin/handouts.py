from django.contrib import admin
from django.db import models

from courses.workshop_filter import WorkshopFilter
from kit.desk.desk_admin import DeskAdmin
from kit.desk.typed_choice import TypedChoices
from learning.admin.old_files import ForgetsOldFiles
from learning.forms import HandoutForm
from learning.models import Handout


@admin.register(Handout)
class HandoutAdmin(ForgetsOldFiles, TypedChoices, DeskAdmin):
    """Files and links that attendees find on the page of their place."""

    form = HandoutForm
    list_display = ["title", "workshop", "shown_from", "position"]
    list_filter = [("workshop", WorkshopFilter), "shown_from"]
    list_select_related = ["workshop__course"]
    search_fields = ["title", "workshop__slug", "workshop__course__title"]
    autocomplete_fields = ["workshop"]
    listed = ("workshop",)
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    fields = ["workshop", "title", "file", "url", "shown_from", "position"]

    def get_readonly_fields(self, request, obj=None):
        return ["workshop"] if obj else []
