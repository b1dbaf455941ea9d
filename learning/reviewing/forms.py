from typing import Any

from django import forms

from kit.forms.forms import PlainHelper
from learning.models import Review
from learning.models.reviews import LEAST_WORDS, MOST_WORDS

STARS = [(5, "5, very good"), (4, "4"), (3, "3, so so"), (2, "2"), (1, "1, bad")]


class ReviewForm(forms.Form):
    """What everybody will read."""

    stars = forms.TypedChoiceField(
        label="All in all",
        choices=STARS,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the five.", "invalid_choice": "Choose one of the five."},
    )
    words = forms.CharField(
        label="In your words",
        min_length=LEAST_WORDS,
        max_length=MOST_WORDS,
        help_text="What helped, what did not, for whom it is. Name no client, and nobody else who was there.",
        widget=forms.Textarea({"rows": 5}),
        error_messages={"required": "Write a sentence or two.", "min_length": "Write a little more."},
    )
    shown_as = forms.ChoiceField(label="Shown", choices=Review.ShownAs.choices, widget=forms.RadioSelect)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = PlainHelper(self, "Send it", disable_csrf=True)
