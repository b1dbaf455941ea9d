"""The desk's lists of who waits: for a workshop, and for a series."""

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from courses.models import Waiting
from courses.seats import series_offers, waiting_offers
from courses.workshop_filter import WorkshopFilter
from kit.desk.desk_admin import DeskAdmin


class WaitingDesk(DeskAdmin):
    """People put themselves on the list, and free places are offered by themselves; editors see how it goes."""

    of: str  # the field that says what they wait for
    offers: Any  # the module that makes the offers
    view_on_site = False
    actions = ["offer_now", "close"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        ahead = self.model.objects.filter(**{self.of: OuterRef(self.of)}, status=Waiting.Status.WAITING)
        earlier = Q(created_at__lt=OuterRef("created_at")) | Q(created_at=OuterRef("created_at"), pk__lt=OuterRef("pk"))
        count = ahead.filter(earlier).order_by().values(self.of).annotate(count=Count("pk")).values("count")
        return super().get_queryset(request).annotate(ahead=Coalesce(Subquery(count), 0))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Waiting | None = None) -> bool:
        return False

    def delete_model(self, request: HttpRequest, obj: Waiting) -> None:
        self.delete_queryset(request, self.model.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        """What was held for them goes on to the next in line."""
        with transaction.atomic():
            self.offers.close(list(queryset))
            super().delete_queryset(request, queryset)

    @admin.display(description="in line")
    def position(self, entry: Any) -> int | str:
        return entry.ahead + 1 if entry.status == Waiting.Status.WAITING else "-"

    @admin.action(description="Offer the next free places now", permissions=["delete"])
    def offer_now(self, request: HttpRequest, queryset: QuerySet) -> None:
        ids = set(queryset.order_by().values_list(self.of, flat=True))
        changed = sum(self.offers.offer_places_of(pk) for pk in sorted(ids))
        if changed:
            self.message_user(request, f"{changed} entries changed: see their status below.", messages.SUCCESS)
        else:
            self.message_user(request, "Nothing to do: no place is free for them at this moment.", messages.INFO)

    @admin.action(description="Close these entries (nobody is written to)", permissions=["delete"])
    def close(self, request: HttpRequest, queryset: QuerySet) -> None:
        entries = list(queryset)
        closed = self.offers.close(entries)
        self.message_user(request, f"{closed} closed; places held for them went on.", messages.SUCCESS)
        if left := len(entries) - closed:
            words = f"{left} left alone: at an end already, or a booking with the offer waits for its payment."
            self.message_user(request, words, messages.WARNING)


class WaitingListEntryAdmin(WaitingDesk):
    of, offers = "workshop", waiting_offers
    list_display = ["email", "workshop", "status", "position", "offer_ends_at", "created_at"]
    list_filter = ["status", ("workshop", WorkshopFilter), "created_at"]
    list_select_related = ["workshop__course"]
    search_fields = ["email", "workshop__slug", "workshop__course__title"]
    fields = ["email", "workshop", "status", "position", "offered_at", "offer_ends_at", "created_at"]
    readonly_fields = fields


class SeriesWaitingEntryAdmin(WaitingDesk):
    of, offers = "series", series_offers
    list_display = ["email", "series", "status", "position", "offer_ends_at", "created_at"]
    list_filter = ["status", "series", "created_at"]
    list_select_related = ["series"]
    search_fields = ["email", "series__slug", "series__title"]
    fields = ["email", "series", "status", "position", "offered_at", "offer_ends_at", "created_at"]
    readonly_fields = fields
