"""Taking all second factors off an account, for somebody who has lost them."""

from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts import audit
from accounts.models import User
from kit.database.locks import lock
from kit.guard.security_log import note
from kit.guard.tokens import new_secret
from outbox.models import Message
from outbox.post import queue_message


class NoFactors(Exception):
    """The account has none, so there is nothing to take off."""


@transaction.atomic
def reset_factors(user: User, *, reason: str = "") -> None:
    """All of them, recovery codes too; sessions that were proved with one are no longer. Tells the person by mail.

    Raises NoFactors.
    """
    lock(User.objects, user.pk)
    count, _ = Authenticator.objects.filter(user=user).delete()
    if not count:
        raise NoFactors
    note("second factors taken off", account=user.pk)
    audit.record(user, after="second factors reset", reason=reason)
    queue_message(
        key=f"factors-reset:{user.pk}:{new_secret()}",
        to=user.email,
        template="accounts/factors_reset",
        context={"user": user},
        priority=Message.Priority.CODE,
    )
