from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html

from kit.forms import EmailField, NameField, PlainHelper
from practice.models import Enquiry, Person
from practice.phones import PHONE

MESSAGE_LENGTH = 1000


class ClinicianField(forms.ModelChoiceField):
    def label_from_instance(self, person: Person) -> str:
        waits = person.openness == Person.Openness.WAITING
        return f"{person.name} (waiting list)" if waits else person.name


class EnquiryForm(forms.Form):
    """Asks how to reach somebody, and nothing about why they write."""

    name = NameField(label="Your name", error_messages={"required": "Tell us what to call you."})
    email = EmailField(
        help_text="We reply here.", error_messages={"required": "Give us an address that we can reply to."}
    )
    phone = forms.CharField(
        label="Phone",
        required=False,
        max_length=30,
        validators=[PHONE],
        help_text="Only if you would like us to ring.",
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
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
    consent = forms.BooleanField(
        error_messages={"required": "Tick this, so that we may keep your message long enough to answer it."}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["consent"].label = format_html(
            'You may keep this message so that you can answer me. See the <a href="{}">privacy notice</a>.',
            reverse("practice:page", args=["privacy"]),
        )
        self.helper = PlainHelper(self, "Send enquiry", disable_csrf=True)

    @property
    def enquiry(self) -> Enquiry:
        """With the answers that are kept; that somebody agreed is why there is a row."""
        return Enquiry(**{name: answer for name, answer in self.cleaned_data.items() if name != "consent"})
