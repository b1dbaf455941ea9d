"""The words that stood beside what somebody agreed to: they travel with the form, signed, so that what is kept as
evidence is what was read there, whatever has been changed meanwhile.
"""

from typing import Any

from django import forms
from django.core.signing import BadSignature, Signer

SIGNER = Signer(salt="kit.shown_words")  # without a moment, so that a page is the same for everybody


class ShownWordsField(forms.CharField):
    """Shows the words of now, also in a form that comes back; its answer are the words that the sender had read.

    Of a form that brings none of ours nobody can tell what it showed, so its answer are the words of now.
    """

    def __init__(self, words: str) -> None:
        super().__init__(required=False, widget=forms.HiddenInput, initial=SIGNER.sign_object(words))
        self.words = words

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial

    def clean(self, value: Any) -> str:
        try:
            return str(SIGNER.unsign_object(value or ""))
        except (BadSignature, ValueError):
            return self.words
