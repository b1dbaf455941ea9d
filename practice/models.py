from datetime import date, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone

from kit.rich_text import RichTextField
from kit.times import Place, city_of, validate_zone
from practice.refund_policy import RefundPolicy, Tier, days_in_words, in_words

PHONE = RegexValidator(r"^[0-9+ ()-]{2,30}$", "Use digits, spaces and a leading + only.")


def dialled(phone: str) -> str:
    """A number as a tel: link wants it."""
    return "".join(sign for sign in phone if sign.isdigit() or sign == "+")


class Practice(models.Model):
    """Who runs this site. There is one row."""

    name = models.CharField(max_length=80, help_text="As people know it: header, mails, tickets.")
    tagline = models.CharField(max_length=160, help_text="One sentence; search engines show it.")
    headline = models.CharField(max_length=80, help_text="The large line on the home page.")
    introduction = models.TextField(help_text="The paragraph beside the headline.")
    therapy_headline = models.CharField(max_length=80, help_text="The large line on the therapy page.")
    therapy_introduction = models.TextField()
    approach = models.TextField(help_text="“How we work” on the therapy page; a blank line starts a new paragraph.")
    reply_promise = models.TextField(help_text="What happens after somebody writes to you, and how soon.")
    fees_note = models.TextField(blank=True, help_text="Below the fees: reduced fees, cancellation.")
    email = models.EmailField(help_text="Shown on every page; enquiry notices go here too.")
    phone = models.CharField(max_length=30, validators=[PHONE])
    address = models.TextField(help_text="The geographic address that the law asks for; one line per line.")
    opening_hours = models.CharField(max_length=120)
    legal_name = models.CharField(max_length=120, help_text="The company or person whom customers contract with.")
    company_number = models.CharField(max_length=30, blank=True)
    registered_in = models.CharField("place of registration", max_length=80, blank=True)
    registered_address = models.CharField(max_length=200, blank=True)
    professional_body = models.TextField(blank=True, help_text="Registrations, exactly as the bodies word them.")
    vat_number = models.CharField("VAT number", max_length=30, blank=True)
    vat_rate = models.DecimalField(
        "VAT rate",
        max_digits=4,
        decimal_places=1,
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text="Per cent contained in every price. Empty: not registered, no VAT is charged.",
    )
    time_zone = models.CharField(
        max_length=64, default="Europe/London", validators=[validate_zone], help_text="For example Europe/London."
    )
    refund_free_days = models.PositiveSmallIntegerField(
        "days to change one's mind",
        default=14,
        validators=[MaxValueValidator(365)],
        help_text="Everything comes back within so many days of booking while no session has started. 0: no such days.",
    )
    refund_note = models.TextField(
        "more on refunds",
        blank=True,
        help_text="One sentence per line, shown after those that the numbers make. Promise no amounts here.",
    )
    takes_invoices = models.BooleanField(
        "organisations may pay by invoice",
        default=False,
        help_text="An employer books at once and pays by bank transfer; the places are held meanwhile.",
    )
    invoice_days = models.PositiveSmallIntegerField(
        "days to pay an invoice",
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
        help_text="From the booking; always due a week before the workshop at the latest.",
    )
    invoice_min_days_before = models.PositiveSmallIntegerField(
        "days ahead for an invoice",
        default=14,
        validators=[MinValueValidator(8), MaxValueValidator(365)],  # it is due a week before
        help_text="A workshop that starts sooner can only be paid by card.",
    )
    bank_details = models.TextField(
        "account for transfers",
        blank=True,
        max_length=500,
        help_text="Account name, bank, sort code and account number, or IBAN and BIC; one line per line. Only those "
        "who booked by invoice see it, on their order's page and in its mails.",
    )
    enquiries_kept_days = models.PositiveSmallIntegerField(
        default=90, help_text="An enquiry is deleted this many days after it came in."
    )

    class Meta:
        verbose_name_plural = "practice"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pk=1),
                name="practice_is_one_row",
                violation_error_message="There is one practice; change the row that exists.",
            ),
            models.CheckConstraint(
                condition=models.Q(takes_invoices=False) | ~models.Q(bank_details=""),
                name="practice_invoices_name_an_account",
                violation_error_message="Say which account the money is to go to, or take no invoices.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> "Practice":
        """The row, or an unsaved one with plain words on a site that has none yet."""
        return cls.objects.first() or cls(
            pk=1, name="Your practice", legal_name="Your practice", tagline="A new site", headline="Welcome."
        )

    def today(self) -> date:
        """The day that it is where the practice is."""
        return timezone.localdate(timezone=ZoneInfo(self.time_zone))

    @property
    def phone_link(self) -> str:
        return dialled(self.phone)

    @property
    def legal_line(self) -> str:
        parts = [self.legal_name]
        if self.company_number:
            parts.append(f"company number {self.company_number}")
        if self.registered_in:
            parts.append(f"registered in {self.registered_in}")
        if self.registered_address:
            parts.append(f"registered office {self.registered_address}")
        if self.vat_number:
            parts.append(f"VAT number {self.vat_number}")
        return ", ".join(parts)

    @property
    def refund_policy(self) -> RefundPolicy:
        tiers = tuple(Tier(each.days_before, each.percent) for each in self.refund_tiers.all())
        return RefundPolicy(self.refund_free_days, tiers, self.refund_note)

    @cached_property
    def refund_lines(self) -> list[str]:
        """The policy in words, made from its numbers."""
        return in_words(self.refund_policy)


class RefundTier(models.Model):
    """One step of the refund policy."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="refund_tiers")
    days_before = models.PositiveSmallIntegerField(
        "days before",
        validators=[MaxValueValidator(1000)],
        help_text="At least so many days before the first session.",
    )
    percent = models.PositiveSmallIntegerField(
        "per cent", validators=[MaxValueValidator(100)], help_text="So much comes back: 0 to 100."
    )

    class Meta:
        ordering = ["-days_before"]
        verbose_name = "step of the refund policy"
        verbose_name_plural = "steps of the refund policy"
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "days_before"],
                name="refund_tier_days_are_unique",
                violation_error_message="There is a step for this number of days.",
            ),
            models.CheckConstraint(
                condition=models.Q(percent__gte=0, percent__lte=100),
                name="refund_tier_percent_is_sane",
                violation_error_message="Give a percentage from 0 to 100.",
            ),
        ]

    def __str__(self) -> str:
        return f"{days_in_words(self.days_before)} before: {self.percent}%"


class CityQuerySet(models.QuerySet["City"]):
    def places(self) -> list[Place]:
        return [Place(city.name, city.time_zone) for city in self]

    def in_zones(self, *zones: str) -> list[Place]:
        """One place for each of these zones: a city of ours where there is one."""
        known = {place.zone: place for place in reversed(self.all().places())}
        return [known.get(zone, Place(city_of(zone), zone)) for zone in dict.fromkeys(zones)]


class City(models.Model):
    """A city whose time is shown beside every session."""

    name = models.CharField(max_length=60, unique=True)
    time_zone = models.CharField(max_length=64, validators=[validate_zone], help_text="For example America/New_York.")
    position = models.PositiveSmallIntegerField(default=0, help_text="Smaller comes first.")

    objects = CityQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        verbose_name_plural = "cities shown"

    def __str__(self) -> str:
        return self.name


class PersonQuerySet(models.QuerySet["Person"]):
    def clinicians(self) -> "PersonQuerySet":
        return self.filter(is_clinician=True, is_shown=True)


class Person(models.Model):
    """A presenter, author, reviewer or clinician: one human, one row."""

    class Ink(models.TextChoices):
        RIVER = "river", "river (teal)"
        MADDER = "madder", "madder (vermilion)"
        STRAW = "straw", "straw"

    class Openness(models.TextChoices):
        OPEN = "open", "taking new clients"
        WAITING = "waiting", "waiting list"
        CLOSED = "closed", "not taking new clients"

    name = models.CharField(max_length=120)
    slug = models.SlugField(unique=True)
    credentials = models.CharField(max_length=200, blank=True, help_text="As registered, for example “MBACP (Accred)”.")
    role = models.CharField(max_length=120, help_text="For example “Clinical psychologist”.")
    biography = models.TextField()
    ink = models.CharField(max_length=10, choices=Ink.choices, default=Ink.RIVER, help_text="Colour of the initials.")
    is_shown = models.BooleanField("shown on the site", default=True)
    is_clinician = models.BooleanField("sees clients", default=False)
    works_with = models.TextField(blank=True, help_text="For whom and how: topics, languages, days, places.")
    openness = models.CharField(max_length=10, choices=Openness.choices, default=Openness.OPEN)
    availability = models.CharField(max_length=120, blank=True, help_text="For example “Two places from January”.")
    position = models.PositiveSmallIntegerField(default=0, help_text="Smaller comes first.")

    objects = PersonQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('practice:practice')}#{self.slug}"

    @property
    def initials(self) -> str:
        words = [word for word in self.name.split() if not word.endswith(".") and word != "Dr"]
        return "".join(word[0] for word in [*words[:1], *words[1:][-1:]])

    @property
    def name_and_role(self) -> str:
        return ", ".join(part for part in (self.name, self.credentials or self.role) if part)


class Service(models.Model):
    """A way of working that the practice offers."""

    name = models.CharField(max_length=80, unique=True)
    summary = models.TextField(help_text="One or two sentences for the list.")
    may_help = models.TextField("who it may help", blank=True)
    what_happens = models.TextField(blank=True)
    evidence = models.TextField("evidence and limits", blank=True)
    is_shown = models.BooleanField("shown on the site", default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Location(models.Model):
    name = models.CharField(max_length=80, unique=True)
    address = models.TextField(blank=True, help_text="Empty for “online”.")
    getting_there = models.TextField(blank=True)
    step_free = models.CharField("step-free access", max_length=200, blank=True)
    map_url = models.URLField("link to a map", blank=True, help_text="A link; nothing is embedded.")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Fee(models.Model):
    name = models.CharField(max_length=80, unique=True)
    minutes = models.PositiveSmallIntegerField()
    amount = models.DecimalField(max_digits=8, decimal_places=2, help_text="0 is shown as “Free”.")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="fee_is_not_negative"),
        ]

    def __str__(self) -> str:
        return self.name


class Enquiry(models.Model):
    """A prospective client's message. That somebody asks is health data: kept short, mailed nowhere, logged nowhere."""

    class Meeting(models.TextChoices):
        ROOM = "room", "In person"
        ONLINE = "online", "Online"
        UNSURE = "unsure", "Not sure yet"

    class State(models.TextChoices):
        NEW = "new", "new"
        ANSWERED = "answered", "answered"
        CLOSED = "closed", "closed"

    name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254)
    phone = models.CharField(max_length=30, blank=True)
    may_leave_voicemail = models.BooleanField(default=False)
    meeting = models.CharField(max_length=10, choices=Meeting.choices)
    clinician = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True)
    message = models.TextField(blank=True, max_length=2000)
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-created_at"]
        verbose_name_plural = "enquiries"

    def __str__(self) -> str:
        return f"Enquiry {self.pk}"


class CrisisLineQuerySet(models.QuerySet["CrisisLine"]):
    def check_overdue(self) -> "CrisisLineQuerySet":
        return self.filter(checked_on__lt=timezone.localdate() - CrisisLine.CHECKED_FOR)

    def checked(self) -> "CrisisLineQuerySet":
        return self.exclude(pk__in=self.check_overdue())


class CrisisLine(models.Model):
    """A helpline, with the day on which somebody last checked that it answers."""

    name = models.CharField(max_length=80)
    country = models.CharField(max_length=60, help_text="For example “UK”, or “Everywhere”.")
    phone = models.CharField(max_length=30, blank=True, validators=[PHONE])
    sms = models.CharField("text number", max_length=30, blank=True, validators=[PHONE])
    sms_word = models.CharField("word to text", max_length=20, blank=True)
    url = models.URLField(blank=True)
    hours = models.CharField(max_length=60, blank=True, help_text="For example “day and night”.")
    note = models.CharField(max_length=120, blank=True)
    is_in_footer = models.BooleanField("in the footer of every page", default=False)
    checked_on = models.DateField(help_text="When you last checked number and hours.")
    position = models.PositiveSmallIntegerField(default=0)

    CHECKED_FOR = timedelta(days=90)

    objects = CrisisLineQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(phone="", sms="", url=""),
                name="crisis_line_can_be_reached",
                violation_error_message="Give a phone number, a text number or a web address.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_check_overdue(self) -> bool:
        return self.checked_on < timezone.localdate() - self.CHECKED_FOR

    @property
    def phone_link(self) -> str:
        return dialled(self.phone)


class PageQuerySet(models.QuerySet["Page"]):
    def current(self, kind: str) -> "Page | None":
        return self.filter(kind=kind, published_on__lte=timezone.localdate()).order_by("-published_on", "-pk").first()


class Page(models.Model):
    """A legal page. A change is a new row, so that an order can point at the words that were agreed to."""

    class Kind(models.TextChoices):
        TERMS = "terms", "Booking terms"
        PRIVACY = "privacy", "Privacy"
        ACCESSIBILITY = "accessibility", "Accessibility"

    kind = models.CharField(max_length=20, choices=Kind.choices)
    version = models.CharField(max_length=20, help_text="For example “2026-11”.")
    title = models.CharField(max_length=120)
    body = RichTextField()
    published_on = models.DateField(default=timezone.localdate, help_text="From this day on it is the one shown.")

    objects = PageQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "-published_on", "-pk"]
        verbose_name = "legal page"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "version"],
                name="page_version_is_unique",
                violation_error_message="This version exists already; a change needs a new version.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.version}"

    def get_absolute_url(self) -> str:
        return reverse("practice:page", args=[self.kind])
