from django.apps import apps
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.text import capfirst

from kit.database.word_index import WordIndex, Words
from kit.forms.fields import LowerCaseEmailField
from kit.local.times import validate_zone


class UserManager(BaseUserManager["User"]):
    use_in_migrations = True

    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "User":
        """An owner can sign in at once: whoever may run the command needs no code to prove the address."""
        with transaction.atomic(using=self._db):
            user = self.create_user(email, password, is_staff=True, is_superuser=True, **fields)
            user.emailaddress_set.create(email=user.email, verified=True, primary=True)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who can sign in: with an email address, and a password or a one-time code."""

    email = LowerCaseEmailField("email address", unique=True)
    name = models.CharField("name", max_length=150, blank=True)
    time_zone = models.CharField(
        max_length=64,
        default="Europe/London",
        validators=[validate_zone],
        help_text="Times in mails to this person are shown in this zone, beside the organiser's.",
    )
    is_staff = models.BooleanField("may use the admin", default=False)
    is_active = models.BooleanField("active", default=True, help_text="Untick instead of deleting an account.")
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    session_round = models.PositiveIntegerField(default=0, editable=False)  # one more, and every session is over

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: list[str] = []

    objects = UserManager()

    class Meta:
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_is_unique",
                violation_error_message="An account with this email address exists already.",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def get_short_name(self) -> str:
        """The desk greets by it."""
        return self.name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's own knows the password alone, and some people have none; both of its public forms ask here."""
        salt = "accounts.models.User.session_auth_hash"
        return salted_hmac(salt, f"{self.password} {self.session_round}", secret=secret, algorithm="sha256").hexdigest()


class AuditEntry(models.Model):
    """One change: what, who, when and why. Written once in the change's own transaction, never altered.

    Of a status it holds `before` and `after`, of a row that came or went `after` alone, of columns their old and new
    words as `changes`: `{"capacity": ["24", "26"]}`.
    """

    model = models.CharField(max_length=60)  # for example "orders.order"
    object_id = models.BigIntegerField()
    page = models.CharField(
        max_length=80, default="", help_text="Whose page at the desk it belongs to, for example “courses.workshop:12”."
    )
    label = models.CharField(max_length=120, help_text="What it is about, without a person's name.")
    before = models.CharField(max_length=30, blank=True)
    after = models.CharField(max_length=30, blank=True)
    changes = models.JSONField(default=dict, blank=True)
    actor = models.CharField(max_length=80, help_text="For example “the buyer”, “Stripe” or “the desk”.")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["model", "object_id"], name="audit_entry_by_object"),
            models.Index(fields=["page", "id"], name="audit_entry_by_page"),
            models.Index(fields=["at"], name="audit_entry_by_day"),
            models.Index(fields=["actor", "id"], name="audit_entry_by_actor"),
            WordIndex(Words("label"), name="audit_entry_by_label"),
        ]

    def __str__(self) -> str:
        return f"{self.label}: " + (self.change if self.changes else f"{self.before or 'new'} to {self.after}")

    @property
    def change(self) -> str:
        """`held → confirmed` in the words that its model has for them, or the columns by name."""
        if self.changes:
            return ", ".join(label for label, _, _ in self.columns)
        before, after = self.states
        return f"{before} → {after}" if before else after

    @property
    def states(self) -> tuple[str, str]:
        """What was, if anything, and what is, in the words that the model has for them."""
        return self._words(self.before) if self.before else "", self._words(self.after)

    @property
    def columns(self) -> list[tuple[str, str, str]]:
        """What the desk calls each column that changed, its old words and its new ones. Of a column that is gone since,
        the name is known."""
        fields = {field.name: field for field in apps.get_model(self.model)._meta.get_fields()}
        return [
            (capfirst(fields[name].verbose_name if name in fields else name.replace("_", " ")), *words)
            for name, words in self.changes.items()
        ]

    @property
    def who(self) -> str:
        return f"{self.actor} ({self.user})" if self.user else self.actor

    @property
    def colleague(self) -> str:
        """As colleagues call each other; whoever has no name, as the history does."""
        return self.user.name if self.user and self.user.name else self.who

    def _words(self, status: str) -> str:
        fields = {field.name: field for field in apps.get_model(self.model)._meta.concrete_fields}
        choices = fields["status"].flatchoices if "status" in fields else []
        return str(dict(choices).get(status, status))


class BinnedRow(models.Model):
    """What was deleted at the desk, as it was, until it is put back or its time is over."""

    model = models.CharField(max_length=60)  # for example "articles.article"
    object_id = models.BigIntegerField()
    title = models.CharField(max_length=200)
    rows = models.JSONField(help_text="Its columns, then those of the rows that went with it.")
    links = models.JSONField(default=list, blank=True, help_text="Rows that named it, and name nobody since.")
    deleted_at = models.DateTimeField("deleted", default=timezone.now, db_index=True)
    deleted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-deleted_at", "-pk"]
        verbose_name = "row in the bin"
        verbose_name_plural = "bin"
        constraints = [models.UniqueConstraint(fields=["model", "object_id"], name="binned_row_is_there_once")]

    def __str__(self) -> str:
        return self.title

    @property
    def audit_label(self) -> str:
        return f"{capfirst(self.kind)} {self.object_id} in the bin"

    @property
    def kind(self) -> str:
        return str(apps.get_model(self.model)._meta.verbose_name)


class TryCount(models.Model):
    """How often somebody tried something since the first try. Neither who nor what can be read from the name."""

    name = models.CharField(max_length=80, primary_key=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.name}: {self.count}"


class WorkRun(models.Model):
    """What became of one kind of due work when a worker last did it, whichever worker that was."""

    name = models.CharField(max_length=120, unique=True)  # for example "outbox.due.deliver"
    lane = models.CharField(max_length=20)
    every = models.DurationField()
    ran_at = models.DateTimeField("last done")
    went_well_at = models.DateTimeField("last went well", null=True, blank=True)
    error = models.CharField(max_length=80, blank=True, help_text="What it failed of the last time; the log says more.")

    class Meta:
        ordering = ["lane", "name"]
        verbose_name = "work of the worker"
        verbose_name_plural = "works of the worker"

    def __str__(self) -> str:
        return self.name


class ClockReading(models.Model):
    """By how much the clock of the worker's host was ahead of somebody else's, when that answered last."""

    whose = models.CharField(max_length=20, unique=True)  # for example "Stripe"
    ahead = models.DurationField()
    read_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.whose}: {self.ahead}"
