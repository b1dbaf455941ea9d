from decimal import Decimal

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.functional import cached_property

from accounts.models import User
from courses.models import Course, Ticket, Workshop
from kit.guard.tokens import new_secret
from kit.pages.paths import path_by_secret
from learning.serials import new_serial
from orders.models import Order

LEAST_HOURS = Decimal("0.5")
LETTERS_NOTED = 40


class Accreditation(models.Model):
    """What a body has granted, for what was finished on its days. No certificate speaks of any other."""

    body = models.CharField(max_length=120, help_text="As it writes itself.")
    number = models.CharField(max_length=60, help_text="What it has given to you or to the course.")
    sentence = models.TextField(max_length=500, help_text="Exactly as the body words it; it stands on the certificate.")
    course = models.ForeignKey(
        Course, on_delete=models.PROTECT, null=True, blank=True, related_name="accreditations", help_text="Empty: all."
    )
    valid_from = models.DateField()
    valid_to = models.DateField()

    class Meta:
        ordering = ["body", "-valid_from", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gte=models.F("valid_from")),
                name="accreditation_ends_after_it_begins",
                violation_error_message="The last day comes before the first.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.body} {self.number}"


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def of_places(self) -> "CertificateQuerySet":
        """Of one workshop each: not those of a whole series, whose hours are the same once more."""
        return self.filter(order=None)

    def latest(self) -> "CertificateQuerySet":
        """Those that no other has replaced."""
        return self.filter(replaced_at=None)

    def valid_alone(self) -> "CertificateQuerySet":
        """As far as its own row and place say."""
        return self.latest().filter(revoked_at=None, ticket__status=Ticket.Status.CONFIRMED)

    def with_parts(self) -> "CertificateQuerySet":
        """For a list that shows what they are: with it, no row of it asks once more."""
        return self.annotate(lacks_a_part=Exists(_parts_without_their_own(OuterRef("pk"))))

    def valid(self) -> "CertificateQuerySet":
        return self.valid_alone().filter(Q(order=None) | ~Exists(_parts_without_their_own(OuterRef("pk"))))


def _parts_without_their_own(certificate: "OuterRef | Certificate") -> models.QuerySet[Ticket]:
    """Places that a certificate of a whole series rests on, and whose own does not count any more."""
    own = Certificate.objects.of_places().valid_alone().filter(ticket=OuterRef("pk"))
    return Ticket.objects.filter(whole_certificates=certificate).filter(~Exists(own))


class Certificate(models.Model):
    """That somebody took part, in a workshop or in all of a series. What stands on it was taken down once: no later
    change of a course is on it.

    Whether it is valid follows from its row and its ticket's: nobody has to revoke what was cancelled.
    """

    class Kind(models.TextChoices):
        LIVE = "live", "live online"
        RECORDED = "recorded", "recorded, watched afterwards"
        MIXED = "mixed", "live online, and in part recorded"  # of a series alone

    class Status(models.TextChoices):
        VALID = "valid", "valid"
        REVOKED = "revoked", "revoked"
        REPLACED = "replaced", "replaced by a newer one"
        ENDED = "ended", "not valid: the place was cancelled"
        INCOMPLETE = "incomplete", "not valid: a part of it does not count any more"

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="certificates")
    order = models.ForeignKey(
        Order,
        on_delete=models.PROTECT,
        null=True,
        related_name="certificates",
        editable=False,
        help_text="Of a series, if it is for the whole: its ticket is that of the last workshop then.",
    )
    parts = models.ManyToManyField(
        Ticket, related_name="whole_certificates", editable=False, help_text="Of a series: the places that it rests on."
    )
    version = models.PositiveSmallIntegerField(default=1, editable=False)
    serial = models.CharField(max_length=19, unique=True, default=new_serial, editable=False)
    secret = models.CharField(max_length=40, unique=True, default=new_secret, editable=False)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=Kind.choices, editable=False)
    hours = models.DecimalField(max_digits=4, decimal_places=1, editable=False)
    completed_on = models.DateField(editable=False, help_text="In the organiser's zone.")
    facts = models.JSONField(default=dict, editable=False)
    issued_at = models.DateTimeField(default=timezone.now, editable=False)
    replaced_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)
    because = models.CharField(
        "reason", max_length=200, blank=True, editable=False, help_text="Why it was replaced or revoked; for the team."
    )
    letters_without_font = models.CharField(
        max_length=LETTERS_NOTED,
        blank=True,
        default="",
        editable=False,
        help_text="The server has no font for these: there is no PDF until it has. docs/running.md names the packages.",
    )

    objects = CertificateQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"],
                condition=Q(replaced_at=None, order=None),
                name="certificate_is_one_for_a_place",
                violation_error_message="This place has a certificate.",
            ),
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(replaced_at=None),
                name="certificate_is_one_for_a_series",
                violation_error_message="This series has a certificate.",
            ),
            models.UniqueConstraint(
                fields=["ticket", "version"], condition=Q(order=None), name="certificate_version_is_unique"
            ),
            models.UniqueConstraint(fields=["order", "version"], name="certificate_version_of_a_series_is_unique"),
            models.CheckConstraint(condition=Q(hours__gte=LEAST_HOURS), name="certificate_has_hours"),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | ~Q(because=""),
                name="certificate_is_revoked_for_a_reason",
                violation_error_message="Say why it is revoked.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.serial}, {self.name}"

    @property
    def audit_label(self) -> str:
        return f"Certificate {self.serial}"

    def get_absolute_url(self) -> str:
        return path_by_secret("certificates:certificate", self.secret)

    @property
    def status(self) -> str:
        if self.revoked_at:
            return self.Status.REVOKED
        if self.replaced_at:
            return self.Status.REPLACED
        if self.order_id and self.lacks_a_part:
            return self.Status.INCOMPLETE
        return self.Status.VALID if self.ticket.is_confirmed else self.Status.ENDED

    @cached_property
    def lacks_a_part(self) -> bool:
        """As `CertificateQuerySet.with_parts` knows it already."""
        return _parts_without_their_own(self).exists()

    @property
    def what_for(self) -> str:
        """The workshop, or the series."""
        return self.order.sold.title if self.order else self.ticket.workshop.title

    @property
    def status_words(self) -> str:
        return self.Status(self.status).label

    @property
    def is_valid(self) -> bool:
        return self.status == self.Status.VALID

    @property
    def is_replaced(self) -> bool:
        return self.status == self.Status.REPLACED

    @property
    def is_revoked(self) -> bool:
        return self.status == self.Status.REVOKED


class CertificateFile(models.Model):
    """A certificate as the PDF that its first reader got, or the first zip: made once for each size of paper."""

    certificate = models.ForeignKey(Certificate, on_delete=models.CASCADE, related_name="files")
    paper = models.CharField(max_length=10)
    content = models.BinaryField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["certificate", "paper"]
        constraints = [
            models.UniqueConstraint(fields=["certificate", "paper"], name="certificate_file_is_made_once_for_a_paper"),
        ]

    def __str__(self) -> str:
        return f"{self.certificate_id} as PDF ({self.paper})"


class CertificateBundle(models.Model):
    """All certificates of a workshop in one file: asked for at the desk, made by the worker."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="certificate_bundles")
    asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    made_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True, editable=False)
    files = models.ManyToManyField(CertificateFile, related_name="+")
    refused = models.ManyToManyField(
        Certificate, related_name="+", help_text="Those for whose name the server has no font."
    )

    class Meta:
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["workshop"], condition=Q(made_at=None), name="certificate_bundle_is_made_once_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"Certificates of {self.workshop.slug}, {self.asked_at:%Y-%m-%d %H:%M}"

    def tried(self) -> int:
        return self.files.count() + self.refused.count()
