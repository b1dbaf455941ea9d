"""The words that stood beside what somebody agreed to: they travel with the form, signed, so that what is kept as
evidence is what was read there, whatever has been changed meanwhile.
"""

from typing import Any

from django import forms
from django.core.signing import BadSignature, Signer


def signer_of(box: str) -> Signer:
    """Without a moment, so that a page is the same for everybody."""
    return Signer(salt=f"kit.forms.shown_words.{box}")


def words_read(sealed: str, *, signer: Signer, now: str) -> str:
    """What the sender had read; the words of now where no seal of ours came."""
    try:
        return str(signer.unsign_object(sealed))
    except (BadSignature, ValueError):
        return now


class ShownWordsField(forms.CharField):
    """Shows the words of now, also in a form that comes back; its answer are the words that the sender had read.

    Of a form that brings none of ours nobody can tell what it showed, so its answer are the words of now. `of` is the
    box that they stand beside: what was read beside another is no answer to this one.
    """

    def __init__(self, words: str, *, of: str) -> None:
        self.signer = signer_of(of)
        super().__init__(required=False, widget=forms.HiddenInput, initial=self.signer.sign_object(words))
        self.words = words

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial

    def clean(self, value: Any) -> str:
        return words_read(value or "", signer=self.signer, now=self.words)
