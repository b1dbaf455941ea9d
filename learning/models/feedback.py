import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from courses.models import Ticket, Workshop


class FeedbackQuestion(models.Model):
    """A question of one workshop's own, after those that every workshop asks."""

    class Kind(models.TextChoices):
        RATING = "rating", "from 1 to 5"
        OPEN = "open", "in words"

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="feedback_questions")
    words = models.CharField("question", max_length=200)
    kind = models.CharField("answered", max_length=10, choices=Kind.choices, default=Kind.OPEN)
    position = models.PositiveSmallIntegerField(default=0, help_text="Smaller comes first.")

    class Meta:
        ordering = ["workshop", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["workshop", "words"],
                name="feedback_question_is_asked_once",
                violation_error_message="This workshop asks that already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.words} ({self.workshop.slug})"


class Feedback(models.Model):
    """What one person said of a workshop. Without a ticket it is anonymous, and nothing leads back to who said it.

    `answers` are the questions in their order, in the words that were asked: {"kind", "question", "rating" or "words"}.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)  # in an order that tells nothing
    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="feedback")
    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, null=True, blank=True, related_name="feedback")
    answers = models.JSONField(default=list)
    given_on = models.DateField(help_text="Of what is anonymous the week's first day alone.")
    is_kept_back = models.BooleanField(
        default=False,
        editable=False,
        help_text="Anonymous, and shown with the next ones alone: of so few one would know.",
    )

    class Meta:
        ordering = ["workshop", "given_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ticket=None) | Q(is_kept_back=False), name="feedback_with_a_name_is_not_kept_back"
            ),
        ]
        verbose_name = "feedback"
        verbose_name_plural = "feedback"

    def __str__(self) -> str:
        return f"Feedback on {self.workshop.slug}, {self.given_on}"


class FeedbackGiven(models.Model):
    """That whoever has this place has answered; of what they said anonymously it knows nothing."""

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, primary_key=True, related_name="feedback_given")
    given_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"Place {self.ticket_id}"


class EndedResultsLinks(models.Model):
    """That the desk has ended all links to the results of a workshop which were handed out until then."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="ended_results_links")
    number = models.PositiveSmallIntegerField(help_text="How many times they had been ended before.")
    ended_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["workshop", "number"]
        constraints = [models.UniqueConstraint(fields=["workshop", "number"], name="results_links_are_ended_once")]

    def __str__(self) -> str:
        return f"Links to the results of {self.workshop.slug}, until {self.ended_at:%Y-%m-%d %H:%M}"
