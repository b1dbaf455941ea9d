"""allauth's forms with our words: ACCOUNT_FORMS names each of them."""

from typing import Any

from allauth.account import forms
from allauth.account.adapter import get_adapter

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


class _OurWords:
    """One sentence in the place of the validators' list; what they refuse, they still explain."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in WHERE_EMPTY.keys() & self.fields.keys():
            self.fields[name].error_messages["required"] = WHERE_EMPTY[name]
        if "password1" in self.fields:
            self.fields["password1"].help_text = WHAT_IS_GOOD


class RequestLoginCodeForm(_OurWords, forms.RequestLoginCodeForm):
    """The stock one writes a mail to whatever looks like an address."""

    def clean_email(self) -> str:
        get_adapter().clean_email(self.cleaned_data["email"])
        return super().clean_email()


class AddEmailForm(_OurWords, forms.AddEmailForm):
    pass


class ChangePasswordForm(_OurWords, forms.ChangePasswordForm):
    pass


class ConfirmEmailVerificationCodeForm(_OurWords, forms.ConfirmEmailVerificationCodeForm):
    pass


class ConfirmLoginCodeForm(_OurWords, forms.ConfirmLoginCodeForm):
    pass


class ConfirmPasswordResetCodeForm(_OurWords, forms.ConfirmPasswordResetCodeForm):
    pass


class LoginForm(_OurWords, forms.LoginForm):
    pass


class ReauthenticateForm(_OurWords, forms.ReauthenticateForm):
    pass


class ResetPasswordForm(_OurWords, forms.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(_OurWords, forms.ResetPasswordKeyForm):
    pass


class SetPasswordForm(_OurWords, forms.SetPasswordForm):
    pass


class SignupForm(_OurWords, forms.SignupForm):
    pass
