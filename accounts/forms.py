"""allauth's forms with our words: ACCOUNT_FORMS names each of them."""

from typing import Any

from allauth.account import forms
from allauth.core.internal.cryptokit import compare_user_code
from django.db import IntegrityError, transaction
from django.forms import EmailField as StockEmailField
from django.http import HttpRequest, HttpResponse

from accounts import proof
from accounts.models import User
from kit.forms.forms import EmailField

WHAT_IS_GOOD = "At least eight characters. A few words that only you would put together are good."
WHERE_EMPTY = {
    "login": "Enter your email address.",
    "email": "Enter your email address.",
    "code": "Enter the code from the email.",
    "password": "Enter your password.",
    "oldpassword": "Enter the password that you have now.",
    "password1": "Choose a password.",
    "password2": "Enter the new password once more.",
}


class _AddressField(EmailField):
    """As allauth compares addresses: in small letters."""

    def to_python(self, value: Any) -> str:
        return super().to_python(value).lower()


class _OurWords:
    """One sentence in the place of the validators' list; what they refuse, they still explain."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, stock in self.fields.items():
            if isinstance(stock, StockEmailField):
                self.fields[name] = _AddressField(label=stock.label, widget=stock.widget, required=stock.required)
        for name in WHERE_EMPTY.keys() & self.fields.keys():
            self.fields[name].error_messages["required"] = WHERE_EMPTY[name]
        if "password1" in self.fields:
            self.fields["password1"].help_text = WHAT_IS_GOOD


class _FreeOfClaims:
    """An address that other accounts hold without proof is looked up as if they did not."""

    def clean_email(self) -> str:
        proof.drop_claims(self.cleaned_data["email"])
        return super().clean_email()


class RequestLoginCodeForm(_OurWords, _FreeOfClaims, forms.RequestLoginCodeForm):
    pass


class AddEmailForm(_OurWords, _FreeOfClaims, forms.AddEmailForm):
    pass


class ChangePasswordForm(_OurWords, forms.ChangePasswordForm):
    pass


class ConfirmEmailVerificationCodeForm(_OurWords, forms.ConfirmEmailVerificationCodeForm):
    """The right code proves the address, so that nobody else's unproved account keeps it."""

    def clean_code(self) -> str:
        if self.user and compare_user_code(actual=self.cleaned_data["code"], expected=self.expected_code):
            proof.make_way(self.email, for_user=self.user)
        return super().clean_code()


class ConfirmLoginCodeForm(_OurWords, forms.ConfirmLoginCodeForm):
    pass


class ConfirmPasswordResetCodeForm(_OurWords, forms.ConfirmPasswordResetCodeForm):
    pass


class ConfirmReauthenticationCodeForm(_OurWords, forms.BaseConfirmCodeForm):
    pass


class LoginForm(_OurWords, forms.LoginForm):
    """With a password, although nobody signs up with one: the stock form would leave the field out."""

    def _setup_password_field(self) -> None:
        pass

    def clean_login(self) -> str:
        login = super().clean_login()
        proof.drop_claims(login)
        return login


class ReauthenticateForm(_OurWords, forms.ReauthenticateForm):
    pass


class ResetPasswordForm(_OurWords, _FreeOfClaims, forms.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(_OurWords, forms.ResetPasswordKeyForm):
    pass


class SetPasswordForm(_OurWords, forms.SetPasswordForm):
    pass


class SignupForm(_OurWords, _FreeOfClaims, forms.SignupForm):
    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Whoever signs up again before they have typed a code gets another one; so does a second press that comes in
        the same moment, after both have found no account."""
        if self.account_already_exists and (user := proof.unproved_account(self.cleaned_data["email"])):
            return user, None
        try:
            with transaction.atomic():
                return super().try_save(request)
        except IntegrityError:
            if self.account_already_exists:
                raise
        self.account_already_exists = True
        return self.try_save(request)
