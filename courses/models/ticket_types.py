from datetime import datetime

from django.db import models
from django.db.models import Q

from courses.models.workshops import Workshop
from kit.local.locales import said
from kit.local.times import end_of_day
from kit.pages.kept import has_come


class TicketType(models.Model):
    """What is on sale for a workshop."""

    class Access(models.TextChoices):
        LIVE = "live", "live, with catch-up"
        CATCH_UP = "catch_up", "catch-up only"

    class Vat(models.TextChoices):
        STANDARD = "standard", said("VAT included at the practice's rate")
        EXEMPT = "exempt", "exempt"
        ZERO = "zero", "zero-rated"
        OUTSIDE = "outside", "outside the scope"

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="ticket_types")
    name = models.CharField(max_length=60, help_text="For example “Full price” or “Early bird”.")
    description = models.CharField(max_length=160, blank=True, help_text="For whom, on what condition.")
    price = models.DecimalField(max_digits=8, decimal_places=2, help_text="What the person pays, all included.")
    access = models.CharField(max_length=10, choices=Access.choices, default=Access.LIVE)
    is_full_price = models.BooleanField(
        "full price", default=False, help_text="Newsletter codes are good for full-price tickets only."
    )
    is_concession = models.BooleanField(
        "concession",
        default=False,
        help_text="For some people only, such as trainees: never chosen beforehand. The description says for whom.",
    )
    last_day = models.DateField(
        null=True, blank=True, help_text="For early birds: the last day on sale, to its end in the workshop's zone."
    )
    vat_treatment = models.CharField(
        said("VAT"),
        max_length=10,
        choices=Vat.choices,
        default=Vat.STANDARD,
        help_text=said("Counts only while the practice is registered for VAT. Ask your accountant."),
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Smaller comes first.")

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(price__gte=0),
                name="ticket_type_price_is_not_negative",
                violation_error_message="A price cannot be negative.",
            ),
            models.UniqueConstraint(
                fields=["workshop", "name"],
                name="ticket_type_name_is_unique",
                violation_error_message="This workshop has a ticket type of that name.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_live(self) -> bool:
        return self.access == self.Access.LIVE

    @property
    def ends_at(self) -> datetime | None:
        return end_of_day(self.last_day, self.workshop.time_zone) if self.last_day else None

    @property
    def has_ended(self) -> bool:
        return self.ends_at is not None and has_come(self.ends_at)

    @property
    def is_on_sale(self) -> bool:
        """By its own window and the workshop's; says nothing of places left."""
        if self.has_ended:
            return False
        return self.workshop.is_on_sale if self.is_live else self.workshop.is_catch_up_on_sale
