from datetime import date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import OuterRef
from django.utils import timezone

from kit.database.brought import Brought, rows_of
from kit.database.questions import give, written_once
from kit.forms.fields import EmailField
from kit.local import locales
from kit.local.money import SYMBOLS
from kit.local.times import validate_zone
from pictures.models import SharingCard
from practice import memory
from practice.phones import PHONE, dialled
from practice.working_days import Week, WorkingDays, read_days, validate_days

LEAST_KEPT_DAYS = 7


class Practice(SharingCard):
    """Who runs this site, in law and as people reach them. There is one row."""

    name = models.CharField(max_length=80, help_text="As people know it: header, mails, tickets.")
    tagline = models.CharField(max_length=160, help_text="One sentence; search engines show it.")
    email = EmailField(help_text="Shown on every page; enquiry notices go here too.")
    phone = models.CharField(max_length=30, validators=[PHONE])
    address = models.TextField(
        help_text="The geographic address that the law asks for; each part on a line of its own."
    )
    opening_hours = models.CharField(max_length=120)
    legal_name = models.CharField(max_length=120, help_text="The company or person whom customers contract with.")
    company_number = models.CharField(max_length=30, blank=True)
    registered_in = models.CharField("place of registration", max_length=80, blank=True)
    registered_address = models.CharField(max_length=200, blank=True)
    professional_body = models.TextField(blank=True, help_text="Registrations, exactly as the bodies word them.")
    professional_body_until = models.DateField(
        "said until",
        null=True,
        blank=True,
        help_text="The last day on which what you say of professional bodies is true. Empty: it has no end.",
    )
    vat_number = models.CharField(locales.said("VAT number"), max_length=30, blank=True)
    time_zone = models.CharField(
        max_length=64, default="Europe/London", validators=[validate_zone], help_text="For example Europe/London."
    )
    locale = models.CharField(
        "days and hours are written",
        max_length=5,
        choices=locales.CHOICES,
        default=locales.BRITISH,
        help_text="On every page and in every mail.",
    )
    fees_in = models.CharField(
        "currency of your fees",
        max_length=3,
        choices=[(code, code) for code in SYMBOLS],
        blank=True,
        help_text="Of therapy. Empty: the currency in which workshops are sold.",
    )
    has_workshops = models.BooleanField(
        "teaches workshops",
        default=True,
        help_text="Unticked, the site does not speak of workshops; what people have booked stays theirs.",
    )
    enquiries_kept_days = models.PositiveSmallIntegerField(
        default=90,
        validators=[MinValueValidator(LEAST_KEPT_DAYS, "Give yourselves a week at least to read and answer one.")],
        help_text="An enquiry is deleted this many days after it came in, read or not.",
    )
    comments_days = models.PositiveSmallIntegerField(
        "days for comments",
        default=90,
        validators=[MaxValueValidator(3650)],
        help_text="So long after its day an article takes comments. Nought: no article takes any.",
    )
    answer_days = models.PositiveSmallIntegerField(
        "working days to answer",
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(20)],
        help_text="Whoever writes is told the day by which an answer comes. Promise only what you keep.",
    )
    working_week = models.CharField(max_length=7, choices=Week.choices, default=Week.MONDAY_TO_FRIDAY)
    closes_at = models.TimeField(
        default=time(18), help_text="What comes later counts as the next day’s, where the practice is."
    )
    closed_on = models.TextField(
        "days on which you are closed",
        blank=True,
        max_length=2000,
        validators=[validate_days],
        help_text="Bank holidays and your own, one a line, for example 25 December 2026.",
    )
    sees_people_in = models.CharField(
        "where people may be",
        max_length=120,
        blank=True,
        help_text="Where you may practise, for example “the United Kingdom”. Said wherever online is offered.",
    )
    least_age = models.PositiveSmallIntegerField(
        "from which age",
        null=True,
        blank=True,
        validators=[MaxValueValidator(99)],
        help_text="For example 18. The enquiry form says so, and where younger people find help.",
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
                condition=models.Q(enquiries_kept_days__gte=LEAST_KEPT_DAYS),
                name="practice_keeps_enquiries_a_week",
                violation_error_message="Give yourselves a week at least to read and answer an enquiry.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> "Practice":
        """The row with its words and terms, or an unsaved one with plain words on a site that has none yet."""
        return memory.recall(cls._read)

    @classmethod
    def lock(cls) -> None:
        """To the end of the transaction: of two things that are sent at once, one is looked at after the other."""
        list(cls.objects.select_for_update().values_list("pk"))

    def today(self) -> date:
        """The day that it is where the practice is."""
        return timezone.localdate(timezone=self.zone)

    def answer_by(self, sent_at: datetime) -> date | None:
        """The day by which whoever writes at this moment has an answer."""
        closed = frozenset(read_days(self.closed_on))
        working = WorkingDays(self.time_zone, self.working_week, self.closes_at, closed)
        return working.answer_by(sent_at, days=self.answer_days)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def shown_professional_body(self) -> str:
        """What may be said of professional bodies today."""
        until = self.professional_body_until
        return self.professional_body if until is None or until >= self.today() else ""

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
            parts.append(f"{locales.tax()} number {self.vat_number}")
        return ", ".join(parts)

    @property
    def is_at_registered_office(self) -> bool:
        """Whether its address is the registered one, however the two are broken into lines."""
        return _in_one_line(self.address) == _in_one_line(self.registered_address)

    @property
    def paper(self) -> str:
        """Its usual one; in templates and addresses."""
        return "letter" if self.locale == locales.AMERICAN else "a4"

    @classmethod
    def _read(cls) -> "Practice":
        found = next(iter(_rows()), None)
        if found is None:
            found = cls(pk=1, name="Your practice", legal_name="Your practice", tagline="A new site")
        elif terms := getattr(found, "sale_terms", None):
            give(terms, "refund_tiers", rows_of(_refund_tiers(), found.its_refund_tiers))
        locales.use(found.locale)
        return found


def _in_one_line(address: str) -> str:
    return " ".join(address.replace(",", " ").split())


@written_once
def _rows() -> models.QuerySet[Practice]:
    """Asked for by each request and each round of work: written anew, the question costs more than the answer."""
    practices = Practice.objects.select_related("site_words", "sale_terms")
    brought = {"its_refund_tiers": _refund_tiers(), "its_booking_terms": versions_of_terms()}
    return practices.annotate(**brought).order_by("pk")[:1]


@cache
def versions_of_terms() -> Brought:
    """All of them, the newest first: which day it is says the zone that comes with the same answer."""
    from practice.models.pages import Page  # which asks what day it is here

    versions = Page.objects.filter(kind=Page.Kind.TERMS).order_by("-published_on", "-pk")
    return Brought(versions, "id", "kind", "version", "published_on")


@cache
def _refund_tiers() -> Brought:
    from practice.models.terms import RefundTier  # whose terms are a practice's

    return Brought(RefundTier.objects.filter(terms__practice=OuterRef("pk")), "id", "days_before", "percent")
