from datetime import timedelta

from django.contrib.admin.models import LogEntry
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts import binning
from accounts.models import AuditEntry, User
from accounts.proof import UNPROVED_LAST
from kit.guard.privacy import ERASED, Kept, about_nobody, days, delete_rows, delete_some, keeps

LOG_KEPT = timedelta(days=365)
AUDIT_KEPT = timedelta(days=7 * 365)
WHO_WORKS_HERE = "A colleague: take them off the desk first."


def forget_log() -> int:
    """For the worker: the desk's own log repeats names; what changed from what to what stands in audit entries."""
    return delete_some(LogEntry.objects.filter(action_time__lt=timezone.now() - LOG_KEPT))


def forget_audit() -> int:
    return delete_some(AuditEntry.objects.filter(at__lt=timezone.now() - AUDIT_KEPT))


def _colleagues(users: QuerySet[User]) -> QuerySet[User]:
    return users.filter(Q(is_staff=True) | Q(is_superuser=True))


def _of_colleagues(rows: QuerySet) -> QuerySet:
    return rows.filter(Q(user__is_staff=True) | Q(user__is_superuser=True))


def _erase_words(entries: QuerySet[AuditEntry]) -> None:
    for entry in entries:
        changes = {name: [ERASED, ERASED] for name in entry.changes}
        AuditEntry.objects.filter(pk=entry.pk).update(changes=changes, reason=ERASED if entry.reason else "")


keeps(
    Kept(
        "account.emailaddress",
        columns=("email",),
        by="email",
        why="They sign in with it.",
        until="As long as the account.",
        erase=delete_rows,
        stay=_of_colleagues,
        stays_because=WHO_WORKS_HERE,
    ),
    Kept(
        "usersessions.usersession",
        columns=("ip", "user_agent", "session_key", "data"),
        by="user__email",
        why="Where they are signed in, so that they can see and end it.",
        until="As long as they may stay signed in.",
    ),
    Kept(
        "mfa.authenticator",
        columns=("data",),
        by="user__email",
        why="Their second factors, encrypted.",
        until="As long as the account.",
    ),
    Kept(
        "accounts.user",
        columns=("email", "name", "password", "time_zone"),
        by="email",
        names=("name",),
        why="They opened an account.",
        until=f"Until it is closed; {days(UNPROVED_LAST)} if nobody proves the address.",
        erase=delete_rows,
        stay=_colleagues,
        stays_because=WHO_WORKS_HERE,
    ),
    Kept(
        "admin.logentry",
        columns=("object_repr", "change_message"),
        within=("object_repr", "change_message"),
        why="The desk's own log of what was changed there.",
        until=days(LOG_KEPT),
        erase=lambda entries: entries.update(object_repr=ERASED, change_message=""),
    ),
    Kept(
        "accounts.auditentry",
        columns=("changes", "reason", "label"),
        within=("changes", "reason"),
        why="Who changed what, and why.",
        until=days(AUDIT_KEPT),
        erase=_erase_words,
    ),
)
keeps(
    Kept(
        "accounts.binnedrow",
        columns=("title", "rows"),
        within=("title", "rows"),
        why="What was deleted at the desk can be put back.",
        until=days(binning.KEPT),
        erase=delete_rows,
    ),
)
about_nobody("accounts.trycount.*", "accounts.workrun.*", "accounts.clockreading.*")
about_nobody("auth.group.*", "auth.permission.*", "contenttypes.*")
about_nobody("sessions.session.*", "account.emailconfirmation.*")  # signed; and the site confirms by code alone
