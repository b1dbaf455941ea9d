"""What allauth and Django tell of by signals alone: an address was proved, removed, or made the main one; who signs in.

They are sent at the one place in it that every way leads through: codes to sign in, to sign up, for a new password, and
for a further address.
"""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.account.signals import email_changed, email_confirmed, email_removed
from allauth.mfa import signals as factors
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import notices, proof
from accounts.devices import device_of
from accounts.models import User
from accounts.notices import Change
from accounts.sessions import end_other_sessions
from kit.guard.security_log import note


@receiver(email_confirmed)
def settle_proof(request: HttpRequest, email_address: EmailAddress, **kwargs: Any) -> None:
    in_own_session = request.user.pk == email_address.user_id
    proof.settle_proof(email_address, in_own_session=in_own_session, device=device_of(request))
    if in_own_session:
        update_session_auth_hash(request, email_address.user)


@receiver(email_changed)
def main_address_has_changed(request: HttpRequest, user: User, to_email_address: EmailAddress, **kwargs: Any) -> None:
    end_other_sessions(request, user)
    before = kwargs["from_email_address"].email if kwargs["from_email_address"] else "another address"
    notices.tell(user, Change.ADDRESS_MAIN, by=device_of(request), address=to_email_address.email, before=before)


@receiver(email_removed)
def address_was_removed(request: HttpRequest, user: User, email_address: EmailAddress, **kwargs: Any) -> None:
    end_other_sessions(request, user)
    left = [email_address.email] if email_address.verified else []
    notices.tell(user, Change.ADDRESS_REMOVED, by=device_of(request), also=left, address=email_address.email)


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    note("signed in", account=user.pk, request=request)


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    note("signed out", account=user.pk if user else "none", request=request)


@receiver(factors.authenticator_added)
@receiver(factors.authenticator_removed)
@receiver(factors.authenticator_reset)
def factors_changed(signal: object, request: HttpRequest, user: User, authenticator: Any, **kwargs: Any) -> None:
    what = {factors.authenticator_added: "added", factors.authenticator_removed: "removed"}.get(signal, "made anew")
    note(f"second factor {what}", kind=authenticator.type, account=user.pk, request=request)


@receiver(factors.authentication_failed)
def wrong_factor(request: HttpRequest, user: User, **kwargs: Any) -> None:
    note("wrong second factor", account=user.pk, request=request)
