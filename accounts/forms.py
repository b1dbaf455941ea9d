from typing import Any

from allauth.account import forms
from allauth.account.adapter import get_adapter

WHAT_IS_GOOD = "At least eight characters. A few words that only you would put together are good."


class RequestLoginCodeForm(forms.RequestLoginCodeForm):
    """The stock one writes a mail to whatever looks like an address."""

    def clean_email(self) -> str:
        get_adapter().clean_email(self.cleaned_data["email"])
        return super().clean_email()


class _PasswordWords:
    """One sentence in the place of the validators' list; what they refuse, they still explain."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = WHAT_IS_GOOD


class SignupForm(_PasswordWords, forms.SignupForm):
    pass


class ChangePasswordForm(_PasswordWords, forms.ChangePasswordForm):
    pass


class SetPasswordForm(_PasswordWords, forms.SetPasswordForm):
    pass


class ResetPasswordKeyForm(_PasswordWords, forms.ResetPasswordKeyForm):
    pass
