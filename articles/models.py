from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from articles.commenting import models as _commenting  # noqa: F401  Django learns of them by this import
from articles.editing import models as _editing  # noqa: F401  and of these
from courses.models import Course
from kit.database.moments import Today, built_once
from kit.desk.cited_works import CitedWork
from kit.forms.fields import AddressField, CoverArtField, EmailField
from kit.pages.paths import path_to
from kit.texts import rich_text
from kit.texts.cover_art import MOTIFS, PAPERS
from pictures.models import Picture, SharingCard, shown_of
from practice import clock
from practice.models import Concern, Person, Service

OWN_PAGES = {"glossary"}  # below /articles/, where the pages of articles stand


def validate_is_free(slug: str) -> None:
    if slug in OWN_PAGES:
        raise ValidationError("This address belongs to a page of the site itself.", code="taken")


class Topic(models.Model):
    name = models.CharField(max_length=60, unique=True)
    slug = AddressField(unique=True)
    description = models.TextField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{path_to('articles:articles')}?topic={self.slug}"


class ArticleQuerySet(models.QuerySet["Article"]):
    def published(self) -> "ArticleQuerySet":
        return self.filter(status=Article.Status.PUBLISHED, published_on__lte=Today(clock.today))

    def review_due(self) -> "ArticleQuerySet":
        """Of those that readers get, or will by themselves: nobody is misled by a draft or by the archive."""
        return self.filter(status=Article.Status.PUBLISHED, next_review_on__lte=clock.today())

    def for_lists(self) -> "ArticleQuerySet":
        shown = ("title", "slug", "summary", "interviewee_id", "minutes", "published_on", "author__name")
        return self.select_related("author", "picture").only(*shown, *shown_of("picture"))


class Article(SharingCard):
    """An explainer for people who are looking for help, and for the therapists who meet them."""

    class Status(models.TextChoices):
        DRAFT = "draft", "draft"
        PUBLISHED = "published", "published"
        ARCHIVED = "archived", "archived"

    class Audience(models.TextChoices):
        EVERYONE = "everyone", "everyone"
        THERAPISTS = "therapists", "therapists"

    title = models.CharField(max_length=120)
    slug = AddressField(
        max_length=80,
        unique=True,
        validators=[validate_is_free],
        help_text="Its end, made from the title. If you change it later, the old address leads to the new one.",
    )
    summary = models.TextField(max_length=400, help_text="One or two sentences, for lists and search engines.")
    interviewee = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        related_name="interviews",
        null=True,
        blank=True,
        help_text="Whoever is named here makes it an interview: each heading is a question, what follows the answer.",
    )
    audience = models.CharField(
        "written for",
        max_length=10,
        choices=Audience.choices,
        default=Audience.EVERYONE,
        help_text="For everyone, the next step is a first conversation; for therapists, a workshop.",
    )
    in_brief = models.TextField(blank=True, help_text="Three points at the top, one per line.")
    body = rich_text.RichTextField(
        help_text="Put [1] after a claim to point at reference 1. [picture 12], in a line of its own, shows picture 12 "
        "of the library; [picture 12: words] has these words below it."
    )
    topics = models.ManyToManyField(Topic, related_name="articles", blank=True)
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="articles_written")
    reviewer = models.ForeignKey(
        Person,
        on_delete=models.PROTECT,
        related_name="articles_reviewed",
        null=True,
        blank=True,
        help_text="Another clinician who checked it.",
    )
    status = models.CharField(
        max_length=10,
        choices=Status.choices,
        default=Status.DRAFT,
        editable=False,  # articles/publishing.py changes it, no form
    )
    published_on = models.DateField(null=True, blank=True, help_text="A day in the future waits until then.")
    takes_comments = models.BooleanField(
        default=True, help_text="Unticked, it takes none; those that are published stay."
    )
    reviewed_on = models.DateField("last reviewed", null=True, blank=True, validators=[clock.validate_is_past])
    next_review_on = models.DateField("next review", null=True, blank=True)
    would_change = models.TextField(
        "what would change our mind",
        max_length=800,
        blank=True,
        help_text="Which finding would make you write this differently? One or two sentences.",
    )
    interests = models.TextField(
        max_length=400,
        blank=True,
        help_text="What the author, or anybody who paid, may gain by it. That you sell the courses is said anyway.",
    )
    related_courses = models.ManyToManyField(Course, related_name="articles", blank=True)
    services = models.ManyToManyField(Service, related_name="articles", blank=True, verbose_name="ways of working")
    concerns = models.ManyToManyField(Concern, related_name="articles", blank=True)
    body_html = models.TextField(blank=True, editable=False, help_text="The body as readers get it.")
    contents = models.JSONField(default=list, editable=False, help_text="Anchor and words of each of its headings.")
    rendered_from = models.CharField(
        max_length=64, blank=True, editable=False, help_text="The fingerprint of what these two were made from."
    )
    minutes = models.PositiveSmallIntegerField("reading time", default=1, editable=False)
    picture = models.ForeignKey(
        Picture,
        on_delete=models.PROTECT,
        related_name="articles_led",
        null=True,
        blank=True,
        help_text="Beside the title and in lists, in the place of the cover.",
    )
    cover_motif = models.CharField(max_length=10, blank=True, choices=MOTIFS)
    cover_paper = models.CharField(max_length=10, blank=True, choices=PAPERS)
    cover = CoverArtField()

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["-published_on", "-pk"]
        indexes = [
            models.Index(
                F("published_on").desc(), F("id").desc(), condition=Q(status="published"), name="article_by_its_day"
            ),
            models.Index(fields=["audience", "status", "published_on"], name="article_for_its_readers"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="published") | Q(published_on__isnull=False),
                name="article_published_has_a_date",
                violation_error_message="A published article needs its date.",
            ),
            models.CheckConstraint(
                condition=Q(reviewer=None) | ~Q(reviewer=F("author")),
                name="article_reviewer_is_not_the_author",
                violation_error_message="The reviewer must be somebody else than the author.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return path_to("articles:article", self.slug)

    @property
    def cover_url(self) -> str:
        return path_to("articles:cover", self.slug)

    @property
    def brief_lines(self) -> list[str]:
        return [line.strip() for line in self.in_brief.splitlines() if line.strip()]

    @property
    def is_published(self) -> bool:
        today = clock.today()
        return self.status == self.Status.PUBLISHED and self.published_on is not None and self.published_on <= today

    @property
    def is_for_therapists(self) -> bool:
        return self.audience == self.Audience.THERAPISTS

    @property
    def is_interview(self) -> bool:
        return self.interviewee_id is not None

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT

    @property
    def is_archived(self) -> bool:
        return self.status == self.Status.ARCHIVED

    def is_review_due(self, today: date | None = None) -> bool:
        return self.next_review_on is not None and self.next_review_on <= (today or clock.today())


@built_once
def listed_articles() -> ArticleQuerySet:
    """Those that readers find, newest first, with what a list shows of them."""
    return Article.objects.published().for_lists()


class Reference(CitedWork):
    """A source, cited in the body by its number."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="references")

    class Meta(CitedWork.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["article", "number"],
                name="reference_number_is_unique",
                violation_error_message="This number is taken.",
            )
        ]


class Figure(models.Model):
    """A picture that the text of an article shows; `as_of` is the change of the picture that the kept text knows."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="figures")
    picture = models.ForeignKey(Picture, on_delete=models.PROTECT, related_name="figures")
    as_of = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["article", "picture"], name="figure_is_named_once")]

    def __str__(self) -> str:
        return f"in the text of “{self.article}”"

    @property
    def shown_by(self) -> Article:
        return self.article


class GlossaryTerm(models.Model):
    """A word that is explained on the page of all of them. The end of its address is made once, from the word."""

    word = models.CharField(
        max_length=60,
        help_text="As it stands in a sentence: window of tolerance.",
    )
    slug = models.SlugField(max_length=60, unique=True, editable=False)
    meaning = models.TextField(
        max_length=400,
        help_text="In one or two plain sentences. Where a text links to the word, its readers see them, too.",
    )

    class Meta:
        ordering = ["word"]
        verbose_name = "word of the glossary"
        verbose_name_plural = "words of the glossary"
        constraints = [
            models.UniqueConstraint(
                Lower("word"),
                name="glossary_word_is_unique",
                violation_error_message="The glossary explains this word already.",
            )
        ]

    def __str__(self) -> str:
        return self.word

    def get_absolute_url(self) -> str:
        return f"{path_to('articles:glossary')}#{self.slug}"


class Claim(models.Model):
    """A sentence that an article rests on, and how well it stands."""

    class Strength(models.TextChoices):
        STRONG = "strong", "Strong"
        MIXED = "mixed", "Mixed"
        CONTESTED = "contested", "Contested"
        OPINION = "opinion", "Our view"

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="claims")
    number = models.PositiveSmallIntegerField()
    sentence = models.CharField(max_length=250, help_text="As plainly as you would say it to a friend.")
    strength = models.CharField(max_length=10, choices=Strength.choices)
    basis = models.CharField(
        "what it rests on",
        max_length=300,
        help_text="In a few words, with marks such as [9]: Close to 300 studies [9].",
    )

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "number"],
                name="claim_number_is_unique",
                violation_error_message="This number is taken.",
            )
        ]

    def __str__(self) -> str:
        return self.sentence


class ArticleChange(models.Model):
    """What was changed of an article after readers had seen it, and why; shown at its foot."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="changes")
    changed_on = models.DateField("on", default=clock.today, validators=[clock.validate_is_past])
    words = models.CharField("what, and why", max_length=300, help_text="As a reader would want to know it.")

    class Meta:
        ordering = ["-changed_on", "-pk"]
        verbose_name = "change that readers are told of"
        verbose_name_plural = "changes that readers are told of"

    def __str__(self) -> str:
        return self.words


class ErrorReportQuerySet(models.QuerySet):
    def waiting(self) -> "ErrorReportQuerySet":
        return self.filter(state=ErrorReport.State.NEW)

    def overdue(self) -> "ErrorReportQuerySet":
        """The day by which whoever wrote was promised an answer is over."""
        return self.waiting().filter(answer_by__lt=clock.today())


class ErrorReport(models.Model):
    """What a reader found wrong in an article. Whoever leaves an address has an answer promised."""

    class State(models.TextChoices):
        NEW = "new", "new"
        MENDED = "mended", "mended"
        NO_ERROR = "no_error", "no error found"

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="error_reports")
    words = models.TextField("what is wrong", max_length=2000)
    source = models.CharField("where it can be read", max_length=300, blank=True)
    email = EmailField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    found = models.TextField(
        "what we found", max_length=2000, blank=True, help_text="For colleagues; nobody is sent it."
    )
    answer_by = models.DateField("answer promised by", null=True, blank=True, editable=False)
    created_at = models.DateTimeField("came", default=timezone.now, editable=False)
    sent_as = models.CharField(
        max_length=64, unique=True, editable=False, help_text="The same words again are one row."
    )

    objects = ErrorReportQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"Error report {self.pk}"
