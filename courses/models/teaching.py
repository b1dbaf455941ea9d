from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models

from kit.desk.cited_works import CitedWork
from kit.forms.fields import AddressField, CoverArtField
from kit.local.locales import said
from kit.pages.paths import path_to
from kit.texts.cover_art import MOTIFS, PAPERS
from kit.texts.rich_text import RichTextField
from kit.texts.sentences import listed
from pictures.models import Picture, SharingCard
from practice.models import Person


class Subject(models.Model):
    """What courses are about; people filter the catalogue by it."""

    name = models.CharField(max_length=60, unique=True)
    slug = AddressField(unique=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{path_to('courses:workshops')}?subject={self.slug}"


class CourseQuerySet(models.QuerySet["Course"]):
    def published(self) -> "CourseQuerySet":
        return self.filter(is_published=True)


class Course(SharingCard):
    """What is taught. Its page stays; its workshops come and go."""

    class Level(models.TextChoices):
        BEGINNING = "beginning", "Introductory"
        INTERMEDIATE = "intermediate", "Intermediate"
        ADVANCED = "advanced", "Advanced"

    title = models.CharField(max_length=120)
    slug = AddressField(
        unique=True,
        help_text="Its end, made from the title. If you change it later, the old address leads to the new one.",
    )
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="courses")
    blurb = models.CharField(max_length=200, help_text="One sentence, for lists.")
    summary = models.TextField(help_text="The paragraph under the title.")
    body = RichTextField(help_text="What the day is about.")
    aims = models.TextField(help_text="What people can do afterwards: one per line, at least three.")
    audience = models.TextField(help_text="Whom it is for, and whom it is not for.")
    level = models.CharField(max_length=20, choices=Level.choices, default=Level.INTERMEDIATE)
    care_note = models.TextField(blank=True, help_text="Shown where the material may touch people's own losses.")
    programme = models.TextField(
        blank=True,
        help_text="One line per part, in the organiser's time: 10:30 | Title | Detail. "
        "Start a break with “Break” or “Lunch”.",
    )
    cpd_hours = models.DecimalField(
        said("CPD hours"),
        max_digits=4,
        decimal_places=1,
        validators=[MinValueValidator(Decimal("0.5"))],
        help_text="Hours of teaching, breaks left out. Never claim an accreditation that you do not hold.",
    )
    presenters = models.ManyToManyField(Person, related_name="courses")
    is_published = models.BooleanField("published", default=False)
    picture = models.ForeignKey(
        Picture,
        on_delete=models.PROTECT,
        related_name="courses",
        null=True,
        blank=True,
        help_text="Beside the title and in lists, in the place of the cover.",
    )
    cover_motif = models.CharField(max_length=10, blank=True, choices=MOTIFS)
    cover_paper = models.CharField(max_length=10, blank=True, choices=PAPERS)
    cover = CoverArtField()

    objects = CourseQuerySet.as_manager()

    LONG_WORDS = ("cover", "body", "summary", "aims", "audience", "care_note", "programme")  # that no list shows

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return path_to("courses:course", self.slug)

    @property
    def cover_url(self) -> str:
        return path_to("courses:cover", self.slug)

    @property
    def presenter_names(self) -> str:
        return listed([person.name for person in self.presenters.all()])

    @property
    def aim_lines(self) -> list[str]:
        return [line.strip() for line in self.aims.splitlines() if line.strip()]


class CourseReference(CitedWork):
    """A source, cited in the body by its number; shown wherever the body is."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="references")

    class Meta(CitedWork.Meta):
        verbose_name = "reference"
        constraints = [
            models.UniqueConstraint(
                fields=["course", "number"],
                name="course_reference_number_is_unique",
                violation_error_message="This number is taken.",
            )
        ]
