from django.db.models import Model

from learning.files import files_of, forget_files


class ForgetsOldFiles:
    """For a ModelAdmin of rows with files of our own: what is replaced or deleted is deleted from the disk, too."""

    def save_model(self, request, obj, form, change):
        before = files_of(type(obj)._base_manager.get(pk=obj.pk)) if change else set()
        super().save_model(request, obj, form, change)
        forget_files(before - files_of(obj))

    def delete_model(self, request, obj: Model):
        names = files_of(obj)
        super().delete_model(request, obj)
        forget_files(names)

    def delete_queryset(self, request, queryset):
        names = {name for row in queryset for name in files_of(row)}
        super().delete_queryset(request, queryset)
        forget_files(names)
