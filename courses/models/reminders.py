from datetime import timedelta

from django.db import models

from courses.models.tickets import Ticket


class Reminder(models.TextChoices):
    """The reminders of a session, the earliest first. The value stands in the key of its mail."""

    WEEK = "7d", "a week before"
    DAY = "24h", "a day before"
    HOUR = "1h", "an hour before"

    @property
    def before(self) -> timedelta:
        return {Reminder.WEEK: timedelta(days=7), Reminder.DAY: timedelta(days=1), Reminder.HOUR: timedelta(hours=1)}[
            self
        ]


class ReminderOff(models.Model):
    """An attendee does not want this reminder of her place."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="reminders_off")
    reminder = models.CharField(max_length=3, choices=Reminder.choices)

    class Meta:
        ordering = ["ticket", "reminder"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "reminder"],
                name="reminder_off_is_one_a_place",
                violation_error_message="This reminder is turned off already.",
            ),
            models.CheckConstraint(condition=models.Q(reminder__in=Reminder.values), name="reminder_off_is_a_reminder"),
        ]

    def __str__(self) -> str:
        return f"Ticket {self.ticket_id}: not {self.reminder}"
