"""Attendees: free places, new details, joining pages, lists. What was bought is cancelled on its order's page."""

from django.contrib import admin, messages
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from courses import access_needs
from courses.models import Ticket
from courses.seats.places import SoldOut, WorkshopCancelled, lock_workshop
from courses.workshop_filter import WorkshopFilter
from kit.desk.confirm import Act, act_urls
from kit.desk.desk_admin import DeskAdmin
from kit.desk.desk_pages import desk_path
from kit.desk.typed_choice import TypedChoices
from kit.guard.security_log import note
from orders.admin.announcement_desk import MOST_CHOSEN
from orders.admin.facts import link_to
from orders.admin.forms import TicketAdminForm
from orders.admin.give_many_desk import give_many_page
from orders.admin.place_sums import PlaceFilter
from orders.admin.print_desk import print_page
from orders.admin.take_back_desk import take_back_page
from orders.changes import attendees, recordings
from orders.mails import booking_mails
from orders.models import Order, OrderLine

TWO_PLACES = "This address has another place there, too. Take one of them back if one person is not to have two."


NEEDS_ANSWERED = Act(
    verb="Needs answered",
    template="admin/courses/ticket/needs_answered.html",
    do=lambda ticket, answers: access_needs.mark_answered(ticket, seen=answers["seen"], why=answers["why"]),
    facts=access_needs.facts_seen,
    context=lambda ticket: {"may_press": True},
    done=lambda ticket: "Noted: they have their answer.",
    over=lambda ticket: None if ticket.needs_wait else (messages.INFO, "There is nothing to answer here any more."),
)


@admin.register(Ticket)
class TicketAdmin(TypedChoices, DeskAdmin):
    """Attendees. A ticket added here is a free place; one that was bought is cancelled on its order's page."""

    form = TicketAdminForm
    list_display = [
        "attendee_name",
        "attendee_email",
        "run",
        "ticket_type",
        "place_number",
        "status",
        "recording",
        "access_needs",
        "order",
    ]
    list_filter = [
        ("workshop", WorkshopFilter),
        "status",
        PlaceFilter,
        "access",
        ("access_needs", admin.EmptyFieldListFilter),
        ("needs_answered_at", admin.EmptyFieldListFilter),
    ]
    search_fields = ["attendee_name", "attendee_email", "workshop__slug", "workshop__course__title"]
    list_select_related = ["workshop__course", "ticket_type"]
    autocomplete_fields = ["workshop"]
    listed = ("workshop",)
    search_help_text = "Words of a name or an address, or a part of the workshop's title or address."
    view_on_site = False
    fields = [
        "workshop",
        "ticket_type",
        "attendee_name",
        "attendee_email",
        "attendee_time_zone",
        "access_needs",
        "needs",
        "is_second",
        "status",
        "place_number",
        "its_recording",
        "order",
        "joining_page",
    ]
    actions = ["download", "write", "send_joining_pages", "take_back"]

    def get_urls(self) -> list:
        many = desk_path(self, "<int:workshop_id>/give-many/", give_many_page, "courses_ticket_give_many")
        paper = desk_path(self, "<int:workshop_id>/to-print/", print_page, "courses_ticket_to_print")
        back = desk_path(self, "take-back/<str:tickets>/", take_back_page, "courses_ticket_take_back")
        return [many, paper, back, *act_urls(self, [NEEDS_ANSWERED]), *super().get_urls()]

    def get_ordering(self, request):
        """By place within one workshop; the list of all comes in the order of its numbers, which needs no sorting."""
        return ["place_number", "pk"] if "workshop__id__exact" in request.GET else ["-pk"]

    def get_readonly_fields(self, request, obj=None):
        facts = ["needs", "status", "place_number", "its_recording", "order", "joining_page"]
        return ["workshop", "ticket_type", *facts] if obj else facts

    def get_fields(self, request, obj=None):
        left_out = "is_second" if obj else "needs"
        return [name for name in super().get_fields(request, obj) if name != left_out]

    def get_queryset(self, request):
        line = OrderLine.objects.filter(ticket=OuterRef("pk"))
        return recordings.with_sale(super().get_queryset(request)).annotate(
            order_pk=Subquery(line.values("order")), order_number=Subquery(line.values("order__number"))
        )

    def has_delete_permission(self, request, obj=None):
        return False

    def lock_row(self, row: Ticket) -> None:
        """As everybody does who changes a place: its workshop first."""
        lock_workshop(row.workshop_id)
        super().lock_row(row)

    def save_model(self, request, obj, form, change):
        if change:
            if attendees.change_attendee(obj):
                messages.info(request, "The joining page was sent to the new address; the old link no longer works.")
                if len(attendees.places_of(obj.workshop, email=obj.attendee_email)) > 1:
                    messages.warning(request, TWO_PLACES)
            return
        try:
            given = attendees.give_free_place(obj.workshop, ticket=form.new_ticket())
        except (SoldOut, WorkshopCancelled):  # somebody was faster than this form
            return
        obj.pk = given.pk
        messages.info(request, "The joining page is on its way to them by email.")

    def log_addition(self, request, obj, message):
        return super().log_addition(request, obj, message) if obj.pk else None

    def response_add(self, request, obj, post_url_continue=None):
        if obj.pk:
            return super().response_add(request, obj, post_url_continue)
        messages.error(request, "Somebody was faster: no place is left to give. Nothing was saved.")
        return redirect(f"{reverse('admin:courses_ticket_add')}?workshop={obj.workshop_id}")

    @admin.display(description="workshop", ordering="workshop__slug")
    def run(self, ticket: Ticket) -> str:
        return ticket.workshop.slug

    @admin.display(description="order", ordering="order_number")
    def order(self, ticket: Ticket) -> SafeString | str:
        if not ticket.pk:
            return "none: a free place"
        if not ticket.order_pk:
            return "free place"
        return link_to(Order(pk=ticket.order_pk, number=ticket.order_number))

    @admin.display(description="answer to them")
    def needs(self, ticket: Ticket) -> SafeString | str:
        words = access_needs.standing(ticket) or "nothing to answer"
        if not ticket.needs_wait:
            return words
        page = reverse("admin:courses_ticket_needs_answered", args=[ticket.pk])
        return format_html('{}. <a href="{}">I have answered</a>', words.capitalize(), page)

    @admin.display(description="the recording")
    def recording(self, ticket: Ticket) -> str:
        return recordings.standing(ticket) if ticket.pk else ""

    @admin.display(description="the recording")
    def its_recording(self, ticket: Ticket) -> SafeString | str:
        words = self.recording(ticket)
        if not words or not ticket.workshop.catch_up_days:
            return words
        page = f"{reverse('admin:learning_recordingextension_add')}?ticket={ticket.pk}"
        return format_html('{}. <a href="{}">Open it for longer to this person</a>', words.capitalize(), page)

    @admin.display(description="joining page")
    def joining_page(self, ticket: Ticket) -> SafeString | str:
        if not ticket.pk:
            return "Sent by email as soon as you save."
        return format_html('<a href="{}">See what the attendee sees</a>', ticket.get_absolute_url())

    @admin.action(description="Download the list (CSV)")
    def download(self, request, queryset):
        note("attendees downloaded", places=queryset.count(), request=request)
        answer = HttpResponse(attendees.as_csv(queryset), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = 'attachment; filename="attendees.csv"'
        return answer

    @admin.action(description="Write to them")
    def write(self, request, queryset):
        """On the page of their workshop; who may not write there is told so."""
        workshops = sorted(set(queryset.order_by().values_list("workshop", flat=True)))
        chosen = list(queryset.order_by("pk").values_list("pk", flat=True)[: MOST_CHOSEN + 1])
        if len(workshops) != 1 or len(chosen) > MOST_CHOSEN:
            messages.warning(request, f"Choose people of one workshop, {MOST_CHOSEN} at most. Nothing was done.")
            return None
        tickets = ",".join(map(str, chosen))
        return redirect(f"{reverse('admin:courses_announcement_write', args=workshops)}?tickets={tickets}")

    @admin.action(description="Send the joining page again", permissions=["change"])
    def send_joining_pages(self, request, queryset):
        confirmed = queryset.filter(status=Ticket.Status.CONFIRMED)
        for ticket in confirmed:
            booking_mails.tell_attendee_again(ticket)
        messages.success(request, f"Sent to {len(confirmed)}; only confirmed places have one.")

    @admin.action(description="Take the places back (free ones, and those refunded)", permissions=["change"])
    def take_back(self, request, queryset):
        """On a page that asks first."""
        chosen = list(queryset.order_by("pk").values_list("pk", flat=True)[: MOST_CHOSEN + 1])
        if len(chosen) > MOST_CHOSEN:
            messages.warning(request, f"Choose {MOST_CHOSEN} places at most. Nothing was done.")
        elif not chosen:
            messages.warning(request, "Nothing was done: none of these places is there any more.")
        else:
            return redirect("admin:courses_ticket_take_back", ",".join(map(str, chosen)))
        return None
