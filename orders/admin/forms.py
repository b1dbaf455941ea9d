from typing import Any

from django import forms
from django.db.models import QuerySet

from courses.models import Ticket, TicketType, Workshop
from courses.seats.places import NewTicket
from kit.forms.forms import EveryZoneField
from orders.changes import attendees

SOMEBODY_ELSE = (
    "The workshop is over: attendance, certificate and recording are those of whoever had the place. Correct the name "
    "or the address of the same person, one after the other; give somebody else a place of their own."
)
MOST_WORKSHOPS = 50  # whose ticket types are offered before a workshop is chosen


class TicketAdminForm(forms.ModelForm):
    """A free place, or the attendee's details of a ticket that exists."""

    attendee_time_zone = EveryZoneField(
        initial="Europe/London",
        help_text="Mails and the joining page show the times in it, beside the organiser's.",
    )

    is_second = forms.BooleanField(
        label="A second place for the same person",
        required=False,
        help_text="Only where somebody has a place there already, and is to get another one.",
    )

    class Meta:
        model = Ticket
        fields = ["workshop", "ticket_type", "attendee_name", "attendee_email", "attendee_time_zone", "access_needs"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field := self.fields.get("ticket_type"):  # many workshops have a “Full price”
            field.queryset = TicketType.objects.select_related("workshop").order_by("workshop__slug", "position", "pk")
            field.label_from_instance = lambda each: f"{each.workshop.slug}: {each.name}"
            field.queryset = field.queryset.filter(workshop__in=self._workshops())

    def _workshops(self) -> QuerySet[Workshop]:
        """The one that was chosen, if any; the newest otherwise, because nobody reads the types of all."""
        chosen = self["workshop"].value()
        if chosen and str(chosen).isdecimal():
            return Workshop.objects.filter(pk=chosen)
        newest = Workshop.objects.order_by("-pk").values_list("pk", flat=True)[:MOST_WORKSHOPS]
        return Workshop.objects.filter(pk__in=list(newest))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        ticket_type, workshop = data.get("ticket_type"), data.get("workshop")
        if ticket_type and workshop and ticket_type.workshop_id != workshop.pk:
            self.add_error("ticket_type", "This ticket type belongs to another workshop.")
        elif workshop and workshop.is_cancelled:
            self.add_error("workshop", "This workshop is cancelled, so nobody can be given a place on it.")
        elif ticket_type and ticket_type.is_live and workshop and not workshop.free_places():
            self.add_error("workshop", "No place is left. Raise the capacity first.")
        self._ask_about_a_second_place(data)
        self._check_it_stays_theirs()
        return data

    def _ask_about_a_second_place(self, data: dict[str, Any]) -> None:
        workshop, email = data.get("workshop"), data.get("attendee_email")
        if self.instance.pk or not workshop or not email or data.get("is_second"):
            return
        if places := attendees.places_of(workshop, email=email):
            has = f"{places[0].attendee_name} has a place there already ({places[0].get_status_display()})"
            self.add_error("attendee_email", f"{has}. If this is to be a second one, tick the box below.")

    def _check_it_stays_theirs(self) -> None:
        """What followed the place would be another person's."""
        is_another = {"attendee_name", "attendee_email"} <= set(self.changed_data)
        if self.instance.pk and is_another and self.instance.workshop.is_over:
            self.add_error("attendee_name", SOMEBODY_ELSE)

    def new_ticket(self) -> NewTicket:
        data = self.cleaned_data
        return NewTicket(
            ticket_type=data["ticket_type"],
            name=data["attendee_name"],
            email=data["attendee_email"],
            time_zone=data["attendee_time_zone"],
            access_needs=data["access_needs"],
        )
