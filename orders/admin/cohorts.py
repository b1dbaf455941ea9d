"""Places that are kept for a cohort, at the desk: how many, for whom, until when, at which price."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from courses.models import Cohort, Ticket, TicketType, Workshop
from courses.seats import cohorts
from courses.seats.cohorts import PlacesBooked, TooFewFree
from courses.seats.places import lock_workshop
from kit.desk.confirm import Act, act_urls
from kit.desk.desk_admin import DeskAdmin
from kit.forms.seen import facts_of
from kit.local.money import price
from kit.local.times import moment_label
from orders.admin.codes import ENDED, RUNNING, read_code
from orders.admin.facts import link_to
from orders.models import GeneralCode

FROZEN = ("code", "ticket_type", "percent", "price")
FACTS = ("state", "booked", "link")
ENDED_ALREADY = "It has ended already."


class TicketTypeField(forms.ModelChoiceField):
    """Live ones of workshops that are not over, of one alone where the page came from it."""

    def label_from_instance(self, obj: TicketType) -> str:
        workshop = obj.workshop
        return f"{workshop.title}, {workshop.starts_on}: {obj.name}, {price(obj.price)}"


class CohortForm(forms.ModelForm):
    code = forms.CharField(max_length=40, help_text=Cohort._meta.get_field("code").help_text)

    def clean_code(self) -> str:
        code = read_code(self.cleaned_data["code"])
        if GeneralCode.objects.filter(code=code).exists():
            raise ValidationError("A general code is called so. Choose another.", code="taken")
        return code

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("percent") is not None and data.get("price") is not None:
            self.add_error("price", "Give either a percentage or a price, not both.")
        if not self.errors:
            self._check_days()
            self._check_price()
        if not self.errors:
            self._check_places()
        return data

    @property
    def _ticket_type(self) -> TicketType:
        return self.cleaned_data.get("ticket_type") or self.instance.ticket_type

    def _check_days(self) -> None:
        workshop = lock_workshop(self._ticket_type.workshop_id)  # nobody brings it forward before this is stored
        ticket_type, ends_at = workshop.ticket_types.get(pk=self._ticket_type.pk), self.cleaned_data["ends_at"]
        closes_at, zone = workshop.closes_at, workshop.time_zone
        if "ends_at" in self.changed_data and ends_at <= timezone.now():
            self.add_error("ends_at", "Give it a moment ahead. To end it now, use “End now” on its page.")
        elif closes_at and ends_at > closes_at:
            self.add_error("ends_at", f"Booking closes before that, on {moment_label(closes_at, zone)}.")
        elif ticket_type.ends_at and ends_at > ticket_type.ends_at:
            words = f"“{ticket_type.name}” goes off sale before that, on {moment_label(ticket_type.ends_at, zone)}."
            self.add_error("ends_at", words)

    def _check_price(self) -> None:
        given, usual = self.cleaned_data.get("price"), self._ticket_type.price
        if given is not None and given > usual:
            self.add_error("price", f"That is more than the ticket costs, which is {price(usual)}.")

    def _check_places(self) -> None:
        wanted = Cohort(
            pk=self.instance.pk,
            ticket_type=self._ticket_type,
            places=self.cleaned_data["places"],
            ends_at=self.cleaned_data["ends_at"],
            ended_at=self.instance.ended_at,
        )
        try:
            cohorts.check_places(wanted)
        except PlacesBooked as error:
            self.add_error("places", f"Booked or held of them: {error.taken}. It cannot go below that.")
        except TooFewFree as error:
            words = f"{error.most} can be kept: the others are booked, held, kept for others or waited for."
            self.add_error("places", f"{words} Raise the capacity of the workshop first, or keep fewer.")


def _end(cohort: Cohort, answers: dict[str, Any]) -> bool:
    return cohorts.end_cohort(cohort, seen=answers["seen"], why=answers["why"])


def _end_context(cohort: Cohort) -> dict[str, Any]:
    workshop = cohort.workshop
    return {
        "may_press": True,
        "kept": cohort.places_kept(),
        "taken": cohort.places_taken(),
        "waiting": workshop.waiting_list.in_line().count(),
    }


def _over(cohort: Cohort) -> tuple[int, str] | None:
    return None if cohort.is_running else (messages.INFO, ENDED_ALREADY)


END = Act(
    verb="End now",
    template="admin/courses/cohort/end_now.html",
    do=_end,
    facts=facts_of,
    context=_end_context,
    done=lambda cohort: "Ended: what nobody had taken of its places is free, first of all for those who wait.",
    over=_over,
)


@admin.register(Cohort)
class CohortAdmin(DeskAdmin):
    form = CohortForm
    list_display = ["name", "run", "code", "worth", "taken", "state", "good_until"]
    search_fields = ["name", "code", "ticket_type__workshop__slug", "ticket_type__workshop__course__title"]
    list_filter = ["ends_at"]
    readonly_fields = FACTS
    view_on_site = False
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "code", "ticket_type", "places", ("percent", "price"), "ends_at", *FACTS],
                "description": "Whoever has the code books one of these places, once; nobody else can. Once somebody "
                "has, its code, its ticket and its price stay as they are.",
            },
        )
    ]

    def get_urls(self) -> list[URLPattern]:
        return [*act_urls(self, [END]), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cohort]:
        taken = Ticket.objects.occupying().filter(cohort=OuterRef("pk")).order_by().values("cohort")
        count = taken.annotate(count=Count("pk")).values("count")
        rows = super().get_queryset(request).select_related("ticket_type__workshop__course")
        return rows.annotate(taken_now=Coalesce(Subquery(count), 0))

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None:
            fieldsets = [
                (title, {**options, "fields": [name for name in options["fields"] if name not in FACTS]})
                for title, options in fieldsets
            ]
        return fieldsets

    def get_readonly_fields(self, request, obj=None):
        return [*self.readonly_fields, *(FROZEN if obj and obj.tickets.exists() else ())]

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not (obj and obj.tickets.exists())

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "ticket_type":
            return super().formfield_for_foreignkey(
                db_field, request, queryset=self._choices(request), form_class=TicketTypeField, **kwargs
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def lock_row(self, row: Cohort) -> None:
        """As everybody does who changes a place: its workshop first."""
        lock_workshop(row.ticket_type.workshop_id)
        super().lock_row(row)

    @admin.display(description="workshop", ordering="ticket_type__workshop__slug")
    def run(self, cohort: Cohort) -> str:
        return cohort.workshop.slug

    @admin.display(description="price")
    def worth(self, cohort: Cohort) -> str:
        if cohort.percent is not None:
            return f"{cohort.percent}% off"
        return "as everybody" if cohort.price is None else price(cohort.price)

    @admin.display(description="places")
    def taken(self, cohort: Cohort) -> str:
        return f"{cohort.taken_now} of {cohort.places} taken"

    @admin.display(description="state")
    def state(self, cohort: Cohort) -> str:
        return RUNNING if cohort.is_running else ENDED

    @admin.display(description="kept to the end of", ordering="ends_at")
    def good_until(self, cohort: Cohort) -> date:
        return timezone.localdate((cohort.ended_at or cohort.ends_at) - timedelta(microseconds=1))

    @admin.display(description="booked or held")
    def booked(self, cohort: Cohort) -> SafeString | str:
        rows = ((link_to(each, each.attendee_name), each.get_status_display()) for each in cohort.tickets.occupying())
        return format_html_join(", ", "{} ({})", rows) or "nobody yet"

    @admin.display(description="link to give to them")
    def link(self, cohort: Cohort) -> SafeString:
        """It fills in the code; a full workshop, too, is booked by it while there is a kept place."""
        page = reverse("orders:book", args=[cohort.workshop.slug])
        query = urlencode({"ticket": cohort.ticket_type_id, "code": cohort.code})
        return format_html("<code>{}{}?{}</code>", settings.SITE_URL, page, query)

    def _choices(self, request: HttpRequest) -> QuerySet[TicketType]:
        live = TicketType.objects.filter(access=TicketType.Access.LIVE).select_related("workshop__course")
        chosen = request.GET.get("workshop", "")
        if chosen.isdecimal() and len(chosen) < 19:
            return live.filter(workshop=chosen)
        to_come = Q(workshop__starts_at__gt=timezone.now()) & ~Q(workshop__status=Workshop.Status.CANCELLED)
        has_one = Q(pk__in=Cohort.objects.values("ticket_type"))
        return live.filter(to_come | has_one).order_by("workshop__starts_at", "position", "pk")
