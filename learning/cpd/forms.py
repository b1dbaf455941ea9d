from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms

from kit.forms.forms import PlainHelper
from learning.cpd import record
from learning.models import CpdEntry
from learning.models.cpd import LEAST, LONGEST_WORDS, MOST

NOBODY_ELSE = "Write nothing by which a client could be known."


def _words(label: str, help_text: str) -> forms.CharField:
    area = forms.Textarea({"rows": 3})
    return forms.CharField(
        label=label, help_text=help_text, required=False, max_length=LONGEST_WORDS, strip=True, widget=area
    )


class WordsForm(forms.Form):
    """Plan, review, reflect: what registering bodies ask to see beside the hours."""

    plan = _words("Plan", "What did you want to learn, and why?")
    review = _words("Review", "What did you take from it?")
    reflection = _words("Reflect", f"What has changed in your work since? {NOBODY_ELSE}")

    def __init__(self, *args: Any, label: str = "Keep it", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = PlainHelper(self, label)


class EntryForm(WordsForm):
    """Something learned elsewhere."""

    title = forms.CharField(
        label="What it was", max_length=200, error_messages={"required": "Say in a few words what it was."}
    )
    provider = forms.CharField(label="With whom", max_length=120, required=False)
    done_on = forms.DateField(
        label="Day",
        help_text="If it took several, the last one.",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Enter the day.", "invalid": "Enter a day that there is."},
    )
    kind = forms.ChoiceField(label="Kind", choices=CpdEntry.Kind.choices)
    hours = forms.DecimalField(
        label="Hours",
        help_text="Breaks left out, in halves: 5 or 5.5.",
        min_value=LEAST,
        max_value=MOST,
        max_digits=4,
        decimal_places=1,
        widget=forms.NumberInput({"step": "0.5"}),
        error_messages={
            "required": "Enter the hours.",
            "invalid": "Enter a number such as 5 or 5.5.",
            "min_value": "Half an hour at least.",
            "max_value": "200 hours at most.",
        },
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    field_order = ["title", "provider", "done_on", "kind", "hours", "plan", "review", "reflection", "key"]

    def clean_hours(self) -> Decimal:
        hours = self.cleaned_data["hours"]
        if hours % LEAST:
            raise forms.ValidationError("Whole or half hours.")
        return hours

    def clean_done_on(self) -> Any:
        day = self.cleaned_data["done_on"]
        if day > record.today():
            raise forms.ValidationError("This day is still to come.")
        if day.year < record.FIRST_YEAR:
            raise forms.ValidationError("Write the year with four digits, for example 2026.")
        return day

    def values(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "key"}
