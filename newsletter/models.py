from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from kit.database.word_index import WordIndex, Words
from kit.forms.fields import EmailField
from kit.guard.tokens import new_secret
from orders.models import Discount


class SignupOffer(models.Model):
    """What a newsletter form promises. The page, the mail and the code all follow this row."""

    class Placement(models.TextChoices):
        EVERYWHERE = "everywhere", "everywhere else"
        ARTICLE = "article", "on articles"
        HOME = "home", "on the home page"
        WORKSHOP = "workshop", "on the catalogue"
        FOOTER = "footer", "at the foot of other pages"
        CLIENT = "client", "where people look for help"

    name = models.CharField(max_length=60, unique=True, help_text="For the team.")
    placement = models.CharField(
        max_length=12, choices=Placement.choices, unique=True, help_text="Where it is shown; one offer for each place."
    )
    discount = models.ForeignKey(Discount, on_delete=models.PROTECT, related_name="offers")
    percent = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(100)])
    promise = models.TextField(help_text="What people get and how often, in one or two sentences.")
    consent_text = models.CharField(max_length=300, help_text="What people agree to; kept with every sign-up.")
    is_active = models.BooleanField(
        "active",
        default=True,
        help_text="Unticked, the offer for everywhere else counts there, but not where people look for help; "
        "without one, nothing is promised.",
    )

    class Meta:
        ordering = ["name"]
        verbose_name = "sign-up offer"

    def __str__(self) -> str:
        return f"{self.name}: {self.percent}%"

    @property
    def headline(self) -> str:
        return f"{self.percent}% off your first workshop"


class SubscriberQuerySet(models.QuerySet["Subscriber"]):
    def active(self) -> "SubscriberQuerySet":
        return self.filter(status=Subscriber.Status.ACTIVE)


class Subscriber(models.Model):
    """A newsletter address. It receives nothing but confirmation mails until somebody confirms it."""

    class Status(models.TextChoices):
        PENDING = "pending", "not confirmed yet"
        ACTIVE = "active", "subscribed"
        UNSUBSCRIBED = "unsubscribed", "unsubscribed"

    class Audience(models.TextChoices):
        THERAPIST = "therapist", "Workshops and clinical articles"
        CLIENT = "client", "Articles for everyone"
        BOTH = "both", "Both"

    email = EmailField()
    email_key = models.CharField(max_length=254, unique=True, editable=False)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.PENDING)
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.BOTH)
    offer = models.ForeignKey(
        SignupOffer, on_delete=models.PROTECT, null=True, blank=True, help_text="The best promise made to this address."
    )
    secret = models.CharField(max_length=40, unique=True, default=new_secret, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    unsubscribed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = SubscriberQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["created_at", "id"], name="subscriber_by_day"),
            WordIndex(Words("email"), name="subscriber_by_email"),
        ]

    def __str__(self) -> str:
        return self.email


class ConsentEvent(models.Model):
    """Evidence of what somebody agreed to or withdrew; rows are only ever added."""

    class Kind(models.TextChoices):
        REQUESTED = "requested", "asked to subscribe"
        CONFIRMED = "confirmed", "confirmed"
        UNSUBSCRIBED = "unsubscribed", "unsubscribed"
        CHANGED = "changed", "chose what to read"

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="consent_events")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    source = models.CharField(max_length=80, help_text="The form or mail it came through, and what was chosen there.")
    text = models.CharField(max_length=300, blank=True, help_text="The words that were agreed to.")
    happened_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["happened_at", "pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.happened_at:%Y-%m-%d %H:%M}"
