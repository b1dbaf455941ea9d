import uuid

from django.db import models
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

    class Meta:
        ordering = ["workshop", "given_on", "pk"]
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
