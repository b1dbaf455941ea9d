from typing import Any

from django.http import HttpRequest

from courses.models import Workshop
from courses.workshop_filter import WorkshopFilter
from orders.models.orders import OrderQuerySet


class OrdersOnWorkshopFilter(WorkshopFilter):
    """With an order for a series under each of its workshops."""

    def queryset(self, request: HttpRequest, queryset: OrderQuerySet) -> Any:
        chosen = [int(pk) for pk in self.lookup_val or [] if str(pk).isdecimal() and len(str(pk)) < 19]
        return queryset.on(Workshop.objects.filter(pk__in=chosen)) if chosen else super().queryset(request, queryset)
