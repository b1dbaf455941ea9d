from typing import Any

from django import forms

from kit.forms.forms import EmailField, PlainHelper

WORDS_LENGTH = 2000
SOURCE_LENGTH = 300


class ReportForm(forms.Form):
    """Asks what is wrong, and how it can be seen; who sends it need not say who they are."""

    words = forms.CharField(
        label="What is wrong?",
        max_length=WORDS_LENGTH,
        help_text="Quote the sentence, and say what it should say. Nothing about yourself, please.",
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Tell us what is wrong."},
    )
    source = forms.CharField(
        label="Where can that be read?",
        required=False,
        max_length=SOURCE_LENGTH,
        help_text="A study, a book or an address, if you have one.",
    )
    email = EmailField(required=False, help_text="Only if you would like an answer. It is used for nothing else.")

    def __init__(self, *args: Any, action: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = PlainHelper(self, "Send report", disable_csrf=True, form_action=action)
