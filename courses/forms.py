from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse

from courses.models import Course
from courses.timetable import Filters
from kit.forms.forms import EmailField, PlainHelper, QuietForm

HOW = [("", "Live and catch-up"), ("live", "Live places only"), ("catch-up", "With a catch-up ticket")]
MOST_UNASKED = 20  # forms that a process keeps, one for each set of choices


class FilterForm(forms.Form):
    """Asked by GET. What it does not know is left out of the question, never an error page."""

    subject = forms.ChoiceField(required=False)
    month = forms.ChoiceField(required=False)
    how = forms.ChoiceField(required=False, choices=HOW)

    def __init__(self, data: Any, *, subjects: Sequence[tuple[str, str]], months: Iterable[str]) -> None:
        super().__init__(data)
        named = [(month, f"{date.fromisoformat(f'{month}-01'):%B %Y}") for month in dict.fromkeys(months)]
        self.fields["subject"].choices = [("", "Every subject"), *subjects]
        self.fields["month"].choices = [("", "Any month"), *named]

    def filters(self) -> Filters:
        self.full_clean()
        return Filters(**{name: self.cleaned_data.get(name, "") for name in self.fields})


def read_filters(
    data: QueryDict, *, subjects: Iterable[tuple[str, str]], months: Iterable[str]
) -> tuple[FilterForm, Filters]:
    """The form and what is asked in it. All who ask for nothing share one, so nobody may change it."""
    choices = tuple(subjects), tuple(dict.fromkeys(months))
    if not data:
        return _without_a_question(*choices)
    form = FilterForm(data, subjects=choices[0], months=choices[1])
    return form, form.filters()


@lru_cache(maxsize=MOST_UNASKED)
def _without_a_question(subjects: tuple[tuple[str, str], ...], months: tuple[str, ...]) -> tuple[FilterForm, Filters]:
    form = FilterForm({}, subjects=subjects, months=months)
    return form, form.filters()


class WaitingListForm(QuietForm):
    email = EmailField(label="Email address")

    def __init__(self, *args: Any, action: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = PlainHelper(self, "Join the waiting list", look="wide", disable_csrf=True, form_action=action)
        self.helper.form_class = "slip__part form"


class InterestForm(QuietForm):
    """May stand on one page with the form of the waiting list."""

    email = EmailField(label="Email address")

    def __init__(self, data: Any = None, *, course: Course) -> None:
        super().__init__(data, auto_id="interest-%s")
        action = reverse("courses:interest", args=[course.slug])
        self.helper = PlainHelper(self, "Tell me", look="wide", disable_csrf=True, form_action=action)
        self.helper.form_class = "slip__part form"
