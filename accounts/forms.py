from allauth.account import forms
from allauth.account.adapter import get_adapter


class RequestLoginCodeForm(forms.RequestLoginCodeForm):
    """The stock one writes a mail to whatever looks like an address."""

    def clean_email(self) -> str:
        get_adapter().clean_email(self.cleaned_data["email"])
        return super().clean_email()
