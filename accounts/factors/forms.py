"""allauth's forms of second factors with our rules: MFA_FORMS names each of them."""

import struct
from contextlib import suppress
from typing import Any

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.factors import codes
from accounts.models import User
from kit.guard.encryption import Unreadable, decrypt, encrypt

TO_COME = "second_factor_to_come"  # a secret in the session, until the app has shown that it knows it
NO_ANSWER_OF_A_BROWSER = (AttributeError, LookupError, TypeError, ValueError, struct.error)
LOST = "We can no longer read your second factor. Use a passkey if you have one, or ask an owner to reset it."
CODE_HELP = "The six digits that your app shows now, or one of your recovery codes."


class _TypedCode:
    """Each code is good once, whichever process is asked, and a factor that cannot be read says so."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _word_code(self.fields["code"], CODE_HELP)

    def clean_code(self) -> str:
        forget_tries = check_rate_limit(self.user)
        code = self.cleaned_data["code"]
        typed = Authenticator.objects.filter(user=self.user).exclude(type=Authenticator.Type.WEBAUTHN)
        readable = []
        for factor in typed.order_by("-type"):  # the app before the recovery codes
            try:
                is_right = codes.spend(factor, code)
            except Unreadable:
                continue
            readable.append(factor)
            if is_right:
                factor.user, self.authenticator = self.user, factor
                forget_tries()
                return code
        if not readable:
            raise ValidationError(LOST)
        self._emit_authentication_failed(readable[0])
        raise get_adapter().validation_error("incorrect_code")


class AuthenticateForm(_TypedCode, base.AuthenticateForm):
    pass


class ReauthenticateForm(_TypedCode, base.ReauthenticateForm):
    pass


class ActivateTOTPForm(totp.ActivateTOTPForm):
    """The secret waits encrypted. Each opening of the page makes another, so that nobody holds one seen before."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        forms.Form.__init__(self, *args, **kwargs)
        self.user = user
        self.secret = _secret_to_come(context.request, is_bound=self.is_bound)
        _word_code(self.fields["code"], "The six digits that your app shows now.")


class _Passkey:
    """What no browser would send is refused like any other wrong answer."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"].error_messages["required"] = get_adapter().error_messages["incorrect_code"]

    def full_clean(self) -> None:
        try:
            super().full_clean()
        except NO_ANSWER_OF_A_BROWSER:
            self.cleaned_data = {}
            self.add_error(None, get_adapter().validation_error("incorrect_code"))


class AddWebAuthnForm(_Passkey, webauthn.AddWebAuthnForm):
    """Every passkey of ours asks for finger, face or PIN, so there is nothing to choose."""

    passwordless = None
    name = forms.CharField(
        label="Name", max_length=60, required=False, help_text="So that you know it later, for example “My phone”."
    )


class EditWebAuthnForm(webauthn.EditWebAuthnForm):
    name = forms.CharField(label="Name", max_length=60, error_messages={"required": "Give the passkey a name."})


class AuthenticateWebAuthnForm(_Passkey, webauthn.AuthenticateWebAuthnForm):
    pass


class ReauthenticateWebAuthnForm(_Passkey, webauthn.ReauthenticateWebAuthnForm):
    pass


class LoginWebAuthnForm(_Passkey, webauthn.LoginWebAuthnForm):
    pass


def _word_code(field: forms.Field, help_text: str) -> None:
    field.label, field.help_text = "Code", help_text
    field.error_messages["required"] = "Enter the code."
    field.max_length = 20
    field.widget.attrs |= {"inputmode": "numeric", "maxlength": 20}


def _secret_to_come(request: HttpRequest, *, is_bound: bool) -> str:
    if is_bound:
        with suppress(Unreadable):
            return decrypt(request.session.get(TO_COME, ""))
    secret = generate_totp_secret()
    request.session[TO_COME] = encrypt(secret)
    return secret
