from django.db.models import Model

from learning.files import files_of, forget_files


class ForgetsOldFiles:
    """For a ModelAdmin of rows with files of our own: what is replaced or deleted is deleted from the disk, too."""

    def save_model(self, request, obj, form, change):
        before = files_of(type(obj)._base_manager.get(pk=obj.pk)) if change else {}
        super().save_model(request, obj, form, change)
        kept = files_of(obj)
        forget_files({name: storage for name, storage in before.items() if name not in kept})

    def delete_model(self, request, obj: Model):
        files = files_of(obj)
        super().delete_model(request, obj)
        forget_files(files)

    def delete_queryset(self, request, queryset):
        files = {name: storage for row in queryset for name, storage in files_of(row).items()}
        super().delete_queryset(request, queryset)
        forget_files(files)
