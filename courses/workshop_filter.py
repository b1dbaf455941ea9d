from django.contrib import admin
from django.db.models import Exists, OuterRef

from courses.models import Workshop


class WorkshopFilter(admin.RelatedOnlyFieldListFilter):
    """The newest workshops that have such rows, and the chosen one. A search finds the others, as its help says."""

    SHOWN = 20

    def field_choices(self, field, request, model_admin):
        rows = model_admin.model._base_manager.filter(**{self.field_path: OuterRef("pk")})
        workshops = Workshop.objects.select_related("course").only("slug", "course__title")
        newest = list(workshops.filter(Exists(rows)).order_by("-pk")[: self.SHOWN])
        chosen = [int(pk) for pk in self.lookup_val or [] if str(pk).isdecimal() and len(str(pk)) < 19]
        older = workshops.filter(pk__in=set(chosen) - {each.pk for each in newest})
        return [(workshop.pk, str(workshop)) for workshop in (*newest, *older)]
