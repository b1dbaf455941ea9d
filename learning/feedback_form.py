from typing import Any

from django import forms

from courses.models import Workshop
from kit.forms.forms import PlainHelper
from learning.feedback import AIM, SCALE, Question, questions_of

NUMBERS = [(str(number), str(number)) for number in SCALE]
MET = "1 is not at all, 5 is fully."
GOOD = "1 is poor, 5 is very good."
LONGEST = 2000


class FeedbackForm(forms.Form):
    """The questions of one workshop; whoever gives it says whether their name stands beside it."""

    def __init__(self, *args: Any, workshop: Workshop, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = {f"answer-{number}": each for number, each in enumerate(questions_of(workshop))}
        for name, question in self.questions.items():
            self.fields[name] = _field(question)
        self.fields["is_anonymous"] = forms.BooleanField(
            label="Leave my name out",
            required=False,
            help_text="We then know that you have answered, and not what you said.",
        )
        self.helper = PlainHelper(self, "Send my feedback", disable_csrf=True)

    @property
    def answers(self) -> list[dict]:
        """In the words that were asked; what was left empty is left out."""
        return [
            {"kind": question.kind, "question": question.words, **_answer(question, self.cleaned_data[name])}
            for name, question in self.questions.items()
            if self.cleaned_data[name]
        ]


def _field(question: Question) -> forms.Field:
    if question.is_open:
        area = forms.Textarea(attrs={"rows": 4})
        return forms.CharField(label=question.shown, required=False, max_length=LONGEST, widget=area)
    return forms.ChoiceField(
        label=question.shown,
        choices=NUMBERS,
        widget=forms.RadioSelect,
        help_text=MET if question.kind == AIM else GOOD,
        error_messages={"required": "Choose a number from 1 to 5."},
    )


def _answer(question: Question, given: str) -> dict[str, object]:
    return {"words": given} if question.is_open else {"rating": int(given)}
