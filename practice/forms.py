from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html

from kit.forms.forms import EmailField, NameField, PlainHelper
from kit.forms.shown_words import ShownWordsField
from kit.local import locales
from practice import shown
from practice.clinicians import LABELS, Choices, ClinicianFilters
from practice.models import Enquiry, Location, Person, Practice
from practice.phones import PHONE

MESSAGE_LENGTH = 1000
FEWEST_TOWNS = 2  # of one there is no choice
CONSENT = (
    "I agree that you keep what I write here, which may say something about my health, to answer me, for {days} days "
    "at most."
)
NO_WAY_BACK = locales.said(
    "Tick at least one way to answer you that is safe: an address that we may write to, or a number to ring."
)
TICK = locales.said("Tick this, so that we may keep your message long enough to answer it.")
UNKNOWN = "Choose one of these. What the address asked for is not among them."


class ClinicianField(forms.ModelChoiceField):
    def label_from_instance(self, person: Person) -> str:
        waits = person.openness == Person.Openness.WAITING
        return f"{person.name} (waiting list)" if waits else person.name


class EnquiryForm(forms.Form):
    """Asks how to reach somebody safely, and nothing about why they write."""

    name = NameField(label="Your name", error_messages={"required": "Tell us what to call you."})
    email = EmailField(required=False)
    may_write = forms.BooleanField(label="You may write to this address: nobody else reads it.", required=False)
    phone = forms.CharField(
        label="Phone",
        required=False,
        max_length=30,
        validators=[PHONE],
        help_text=locales.said("Only if you would like us to ring."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )
    may_ring = forms.BooleanField(
        label=locales.said("You may ring this number: it is safe for me to answer."), required=False
    )
    may_leave_voicemail = forms.BooleanField(
        label="You may leave a voicemail that says who is calling.", required=False
    )
    setting = forms.ChoiceField(
        label="Where would you like to meet?",
        choices=Enquiry.Setting.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one. “Not sure yet” is an answer too."},
    )
    location = forms.ChoiceField(label="Where is it easiest for you?", required=False)
    clinician = ClinicianField(
        label="Is there somebody you would like to see?",
        queryset=Person.objects.clinicians().exclude(openness=Person.Openness.CLOSED),
        required=False,
        empty_label="No preference",
    )
    message = forms.CharField(
        label="What would you like us to know?",
        required=False,
        max_length=MESSAGE_LENGTH,
        help_text="Days that suit you, or a question. No clinical detail please: that is for when we speak.",
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    came_from = forms.CharField(required=False, widget=forms.HiddenInput)
    consent = forms.BooleanField(error_messages={"required": TICK})

    def __init__(self, *args: Any, asked: Person | None = None, came_from: str = "", **kwargs: Any) -> None:
        initial = {"clinician": asked.pk if asked else None, "came_from": came_from}
        super().__init__(*args, initial=initial, **kwargs)
        towns = [(str(each.pk), each.name) for each in shown.locations() if each.is_town]
        self.fields["location"].choices = [("", "No preference"), *towns]
        if len(towns) < FEWEST_TOWNS:
            del self.fields["location"]
        words = CONSENT.format(days=Practice.current().enquiries_kept_days)
        self.fields["words"] = ShownWordsField(words, of="enquiry")
        self.fields["consent"].label = format_html(
            '{} See the <a href="{}">privacy notice</a>.',
            words,
            reverse("practice:page", args=["privacy"]),
        )
        # To an address without a fragment: the answer has the focus, and not the place in the page that led here.
        self.helper = PlainHelper(
            self, locales.spelt("Send enquiry"), disable_csrf=True, form_action=reverse("practice:practice")
        )

    def clean_location(self) -> Location | None:
        """As it is now: what is gone meanwhile is no preference."""
        chosen = self.cleaned_data["location"]
        return Location.objects.filter(pk=chosen).first() if chosen else None

    def clean_came_from(self) -> str:
        """Nothing that somebody would have to mend."""
        sent = self.cleaned_data["came_from"]
        return sent if sent in Enquiry.Source.values else Enquiry.Source.UNKNOWN

    def clean(self) -> dict[str, Any]:
        """There must be a way back to them that is safe, and it is theirs to say which."""
        given = super().clean() or {}
        if self.errors.keys() & {"email", "phone"}:
            return given
        if given.get("may_write") and not given["email"]:
            self.add_error("email", "Give us the address that we may write to.")
        elif given.get("may_ring") and not given["phone"]:
            self.add_error("phone", locales.said("Give us the number that we may ring."))
        elif not (given.get("may_write") or given.get("may_ring")):
            self.add_error("may_write" if given["email"] or not given["phone"] else "may_ring", NO_WAY_BACK)
        return given

    @property
    def enquiry(self) -> Enquiry:
        """With the answers that are kept, and the words that were agreed to."""
        kept = {name: answer for name, answer in self.cleaned_data.items() if name not in {"consent", "words"}}
        return Enquiry(**kept, agreed_words=self.cleaned_data["words"])


class ClinicianFilterForm(forms.Form):
    """Asked by GET. What it does not know is left out of the question, never an error page."""

    def __init__(self, data: Any, *, choices: dict[str, Choices]) -> None:
        super().__init__(data)
        for name, answers in choices.items():
            offered = [("", "Any"), *answers.items()]
            said = {"invalid_choice": UNKNOWN}
            self.fields[name] = forms.ChoiceField(
                label=LABELS[name], choices=offered, required=False, error_messages=said
            )

    def filters(self) -> ClinicianFilters:
        self.full_clean()
        return ClinicianFilters(**{name: self.cleaned_data.get(name, "") for name in self.fields})
