from typing import NamedTuple

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

CARD_WIDTH, CARD_HEIGHT = 1200, 630


class ShownPicture(NamedTuple):
    """All that templates/pictures/_picture.html shows, in values that can be compared."""

    url: str
    srcset: str
    width: int
    height: int
    alt_shown: str
    focus_class: str


class PictureQuerySet(models.QuerySet["Picture"]):
    def without_sizes(self) -> "PictureQuerySet":
        return self.exclude(sizes_of=F("file"))

    def unreadable(self) -> "PictureQuerySet":
        return self.filter(is_unreadable=True)


class Picture(models.Model):
    """A picture of the library. Whatever shows it says so itself; the same one may be shown in many places."""

    class Licence(models.TextChoices):
        OWN = "own", "our own"
        PERMITTED = "permitted", "with permission"
        CC0 = "cc0", "public domain (CC0)"
        CC_BY = "cc-by", "CC BY"
        CC_BY_SA = "cc-by-sa", "CC BY-SA"
        BOUGHT = "bought", "bought from an agency"

    title = models.CharField(max_length=120, blank=True, help_text="You find it by this. Empty: the file’s name.")
    alt = models.CharField(
        "what it shows",
        max_length=250,
        blank=True,
        help_text="One sentence for whoever does not see it: what it shows, and why it is there.",
    )
    is_decorative = models.BooleanField(
        "only decoration",
        default=False,
        help_text="It says nothing that the words do not. Screen readers skip it.",
    )
    caption = models.CharField(max_length=300, blank=True, help_text="Below it, where it stands in a text.")
    credit = models.CharField(max_length=120, blank=True, help_text="Who made it, as they want to be named.")
    licence = models.CharField(max_length=10, choices=Licence.choices, default=Licence.OWN)
    source = models.URLField("where it is from", blank=True)
    focus_x = models.PositiveSmallIntegerField(
        "focus, from the left", default=50, validators=[MaxValueValidator(100)], help_text="Per cent."
    )
    focus_y = models.PositiveSmallIntegerField(
        "focus, from the top",
        default=50,
        validators=[MaxValueValidator(100)],
        help_text="Per cent. Where the picture is cut to a shape, this point stays in sight.",
    )
    file = models.CharField(max_length=100, editable=False)
    digest = models.CharField(max_length=64, editable=False)
    width = models.PositiveSmallIntegerField(editable=False)
    height = models.PositiveSmallIntegerField(editable=False)
    sizes = models.JSONField(default=list, editable=False, help_text="Width and file of each smaller one.")
    sizes_of = models.CharField(max_length=100, blank=True, editable=False, help_text="The file they were made from.")
    is_unreadable = models.BooleanField("file is unreadable", default=False, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, related_name="+", null=True, blank=True, editable=False
    )
    added_at = models.DateTimeField("added", default=timezone.now, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)

    objects = PictureQuerySet.as_manager()

    class Meta:
        ordering = ["-added_at", "-pk"]
        indexes = [models.Index(fields=["id"], condition=~Q(sizes_of=F("file")), name="picture_without_sizes")]
        constraints = [
            models.UniqueConstraint(
                fields=["digest"],
                name="picture_is_kept_once",
                violation_error_message="This picture is in the library already.",
            ),
            models.CheckConstraint(
                condition=Q(is_decorative=True) | ~Q(alt=""),
                name="picture_says_what_it_shows",
                violation_error_message="Say what the picture shows, or that it is only decoration.",
            ),
            models.CheckConstraint(
                condition=Q(focus_x__lte=100, focus_y__lte=100),
                name="picture_focus_is_within",
                violation_error_message="The focus is between 0 and 100 per cent.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def url(self) -> str:
        """Of one that fits everywhere, for whoever does not choose among the sizes."""
        return url_of(self._files[len(self._files) // 2][1])

    @property
    def small_url(self) -> str:
        return url_of(self._files[0][1])

    @property
    def srcset(self) -> str:
        """Empty until the worker has made the sizes; the copy itself is shown until then."""
        return ", ".join(f"{url_of(name)} {width}w" for width, name in self._files) if self.sizes else ""

    @property
    def alt_shown(self) -> str:
        return "" if self.is_decorative else self.alt

    @property
    def focus_class(self) -> str:
        """In tenths, because no page has a style of its own; none for the middle."""
        x, y = (round(each / 10) for each in (self.focus_x, self.focus_y))
        return "" if (x, y) == (5, 5) else f"focus-x-{x} focus-y-{y}"

    @property
    def shown(self) -> ShownPicture:
        return ShownPicture(*(getattr(self, name) for name in ShownPicture._fields))

    @property
    def credit_line(self) -> str:
        """What stands beside it; nothing where it is our own and nobody is to be named."""
        free = {self.Licence.CC0, self.Licence.CC_BY, self.Licence.CC_BY_SA}
        licence = self.get_licence_display() if self.licence in free else ""
        return ", ".join(part for part in (self.credit, licence) if part)

    @property
    def mark(self) -> str:
        """What an editor writes into a text to show it there."""
        return f"[picture {self.pk}]"

    @property
    def _files(self) -> list[tuple[int, str]]:
        return [*self.sizes, (self.width, self.file)]


class SharingCard(models.Model):
    """What has a picture of its title for where its page is shared; pictures/cards.py draws it."""

    card = models.CharField(max_length=100, blank=True, editable=False)
    card_drawn_from = models.CharField(max_length=400, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def card_url(self) -> str:
        return url_of(self.card) if self.card else ""


def url_of(name: str) -> str:
    return f"{settings.MEDIA_URL}{name}"


def shown_of(path: str) -> list[str]:
    """For `only()`: the columns of a picture that a page needs, by the path to it."""
    columns = ("file", "width", "height", "sizes", "alt", "is_decorative", "focus_x", "focus_y")
    return [f"{path}__{column}" for column in columns]
