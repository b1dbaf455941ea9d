from django.contrib import admin, messages
from django.db.models import BooleanField, ExpressionWrapper, URLField
from django.utils.html import format_html
from django.utils.text import capfirst

from accounts.bin_desk import DeletesIntoBin
from kit.desk.desk_admin import DeskAdmin, said_once
from kit.desk.desk_pages import links_to, named
from pictures import library
from pictures.forms import PictureForm, read_ahead
from pictures.models import Picture

NOT_SHOWN = "Nowhere yet."
LOOK_AGAIN = "The file is replaced wherever it is shown. Look at its description: it was written for the old one."


class ShownFilter(admin.SimpleListFilter):
    title = "shown"
    parameter_name = "shown"

    def lookups(self, request, model_admin):
        return [("yes", "somewhere"), ("no", "nowhere")]

    def queryset(self, request, queryset):
        if self.value() == "yes":
            return queryset.filter(library.is_shown())
        return queryset.exclude(library.is_shown()) if self.value() == "no" else queryset


@admin.register(Picture)
class PictureAdmin(DeletesIntoBin, DeskAdmin):
    """The library: what articles, courses, people and locations show."""

    form = PictureForm
    list_display = ["small", "title", "alt", "in_a_text", "is_used", "credit", "licence", "added_at"]
    list_display_links = ["title"]  # a link around the picture would say nothing that this one does not
    list_filter = [ShownFilter, "licence", "is_decorative", "is_unreadable"]
    search_fields = ["title", "alt", "caption", "credit"]
    readonly_fields = ["large", "in_a_text", "where_shown"]
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    unwatched = ("changed_at",)
    fieldsets = [
        (None, {"fields": ["large", "upload", "title", "alt", "is_decorative", "caption"]}),
        (
            "Whose it is",
            {
                "fields": ["credit", "licence", "source"],
                "description": "The credit stands beside the picture. Put in nothing that you may not show.",
            },
        ),
        (
            "Focus",
            {
                "fields": ["focus_x", "focus_y"],
                "description": "What matters in it: lists and portraits cut the picture around this point.",
            },
        ),
        ("Where it is shown", {"fields": ["where_shown", "in_a_text"]}),
    ]

    def get_fieldsets(self, request, obj=None):
        if obj:
            return super().get_fieldsets(request, obj)
        asked = [name for name in super().get_fieldsets(request)[0][1]["fields"] if name != "large"]
        return [(None, {"fields": asked}), *super().get_fieldsets(request)[1:-1]]

    def get_queryset(self, request):
        shown = ExpressionWrapper(library.is_shown(), output_field=BooleanField())
        return super().get_queryset(request).annotate(is_shown_somewhere=shown)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        may_send = self.has_change_permission(request) if object_id else self.has_add_permission(request)
        if request.method == "POST" and may_send and (file := request.FILES.get("upload")):
            read_ahead(file)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request, obj, form, change):
        if file := form.sent:
            library.put_file(obj, file.copy, name=file.name, written=file.written)
            obj.uploaded_by = request.user
        if form.changed_data:
            library.note_change(obj)
        super().save_model(request, obj, form, change)
        if file and change:
            self.message_user(request, LOOK_AGAIN, messages.WARNING)

    def get_deleted_objects(self, objs, request):
        """What is shown stays: a page would lose its picture, and nobody would be told."""
        rows, counts, needed, protected = super().get_deleted_objects(objs, request)
        showing = [f"{capfirst(row._meta.verbose_name)}: {row}" for row in library.shown_by(objs)]
        return rows, counts, needed, said_once(protected, showing)

    @admin.display(description="picture")
    def small(self, picture: Picture) -> str:
        return format_html('<img class="picture-small" src="{}" alt="" loading="lazy">', picture.small_url)

    @admin.display(description="picture")
    def large(self, picture: Picture) -> str:
        size = (picture.width, picture.height)
        return format_html('<img class="picture-large" src="{}" width="{}" height="{}" alt="">', picture.url, *size)

    @admin.display(description="in a text")
    def in_a_text(self, picture: Picture) -> str:
        return format_html("<code>{}</code>", picture.mark)

    @admin.display(description="shown", boolean=True)
    def is_used(self, picture: Picture) -> bool:
        return picture.is_shown_somewhere

    @admin.display(description="shown by")
    def where_shown(self, picture: Picture) -> str:
        return links_to(map(named, library.shown_by([picture]))) or NOT_SHOWN
