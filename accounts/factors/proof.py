"""Whether this very session has shown a second factor of this very person. The desk opens for nothing less.

allauth notes in the session how somebody proved who they are. A note counts for us while the factor that it names is
still theirs, their password is the one of that moment, and nobody has ended what was proved before.
"""

import time
from datetime import timedelta

from allauth.account.authentication import get_authentication_records
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.http import HttpRequest

from accounts.models import User

FRESH_FOR = timedelta(minutes=15)  # long enough to install an app
SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]  # recovery codes stand in for one of them


def has_factor(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type__in=SECOND_FACTORS).exists()


def is_proved(request: HttpRequest) -> bool:
    return bool(_proofs(request))


def is_fresh(request: HttpRequest) -> bool:
    """Proved a moment ago who they are: with a second factor if they have one, else by signing in."""
    if not request.user.is_authenticated:
        return False
    records = _proofs(request) if has_factor(request.user) else get_authentication_records(request, request.user)
    return any(record["at"] > time.time() - FRESH_FOR.total_seconds() for record in records)


def record_proof(request: HttpRequest, factor: Authenticator) -> None:
    """For whoever has just set one up, and so has shown it."""
    post_authentication(request, factor)
    seal(request)


def seal(request: HttpRequest) -> None:
    """Bind the new notes to the password of now. One without a seal does not count."""
    records = get_authentication_records(request, request.user) if request.user.is_authenticated else []
    for record in records:
        if record["method"] == "mfa" and "seal" not in record:
            record["seal"] = request.user.get_session_auth_hash()
            request.session.modified = True


@transaction.atomic
def end_proofs(user: User) -> None:
    """In every session of theirs: what was proved until now counts no more. The factors stay."""
    for factor in Authenticator.objects.select_for_update().filter(user=user):
        factor.data["proofs_since"] = time.time()
        factor.save(update_fields=["data"])


def _proofs(request: HttpRequest) -> list[dict]:
    user = request.user
    records = [record for record in get_authentication_records(request, user) if record["method"] == "mfa"]
    if not records:
        return []
    since = {factor.pk: factor.data.get("proofs_since", 0) for factor in Authenticator.objects.filter(user=user)}
    seal_of_now = user.get_session_auth_hash()
    return [
        record
        for record in records
        if record.get("seal") == seal_of_now and record["at"] > since.get(record["id"], float("inf"))
    ]
