"""Whoever changes how one gets into an account, its owner is told, at every address proved to be theirs."""

from collections.abc import Iterable
from enum import Enum

from allauth.account.models import EmailAddress
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts import audit
from accounts.models import User
from kit.guard.security_log import note
from kit.guard.tokens import new_secret
from kit.local.times import moment_label
from outbox.post import queue_message

THE_PRACTICE = "somebody at the practice"


class Change(Enum):
    """Subject, and what happened."""

    ADDRESS_ADDED = ("Email address added", "{address} was added to your account. One can sign in with it.")
    ADDRESS_REMOVED = ("Email address removed", "{address} was removed from your account.")
    ADDRESS_MAIN = ("Main email address changed", "We now write to {address} instead of {before}.")
    ADDRESS_REPLACED = (
        "Email address changed",
        "The address of your account is now {address} instead of {before}. A code to that address signs in.",
    )
    PASSWORD_SET = ("Password set", "A password was set for your account.")
    PASSWORD_CHANGED = ("Password changed", "The password of your account was changed.")
    PASSWORD_RESET = ("Password replaced", "With a code that we had sent to you, a new password was set.")
    PASSWORD_DROPPED = (
        "A password no longer counts",
        "A password had been set for your account before {address} was confirmed, perhaps by somebody else. It no "
        "longer counts. You can sign in with a code, and set a password of your own.",
    )
    PASSWORD_TAKEN = ("Your password no longer counts", "Your password was taken away. You can sign in with a code.")
    NEW_BROWSER = ("New sign-in", "Somebody signed in to your account in a browser that we had not seen there before.")
    CLOSED = ("Your account is closed", "Your account was closed. Nobody can sign in with it.")
    OPENED = ("Your account is open", "Your account was opened again. You can sign in.")
    DESK_GIVEN = ("You may use the desk", "Your account may now use the desk, where the site is written and run.")
    DESK_TAKEN = ("You no longer use the desk", "Your account may no longer use the desk.")
    OWNER_GIVEN = ("You may do everything at the desk", "Your account may now do everything at the desk.")
    OWNER_TAKEN = ("You no longer do everything at the desk", "Your account may no longer do everything at the desk.")
    GROUPS = ("What you may do at the desk has changed", "Your groups at the desk are now: {groups}.")


def tell(user: User, change: Change, *, by: str, also: Iterable[str] = (), **facts: str) -> None:
    """By mail, and in the account's history. `by` is who or what it was done with, in words; `also` are addresses that
    have left the account."""
    subject, sentence = change.value
    _record(user, change, by=by, **facts)
    note(change.name.lower().replace("_", " "), account=user.pk, by=f'"{by}"')
    context = {
        "subject": subject,
        "what": sentence.format(**facts),
        "when": moment_label(timezone.now(), user.time_zone),
        "by": by,
        "is_open": user.is_active,
        "desk_url": settings.SITE_URL + reverse("admin:index") if change in _ABOUT_THE_DESK else "",
    }
    for address in dict.fromkeys([*proved_addresses(user), *also]):
        key = f"account:{change.name.lower()}:{new_secret()}"
        queue_message(key=key, to=address, template="accounts/account_changed", context={**context, "to": address})


def proved_addresses(user: User) -> list[str]:
    """The main one first."""
    found = EmailAddress.objects.filter(user=user, verified=True).order_by("-primary", "pk")
    return list(found.values_list("email", flat=True))


def _record(user: User, change: Change, *, by: str, **facts: str) -> None:
    if change is Change.ADDRESS_MAIN:
        changes = {"email": [facts["before"], facts["address"]]}
        audit.entry_of(("accounts.user", user.pk), page=user, changes=changes, reason=by).save()
    else:
        audit.record(user, after=change.name.replace("_", " ").lower(), reason=by)


_ABOUT_THE_DESK = {Change.DESK_GIVEN, Change.OWNER_GIVEN}
