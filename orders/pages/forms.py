from typing import Any

from django import forms

from courses.access_needs import HELP as NEEDS_HELP
from courses.seats.places import Attendee
from kit.forms.forms import EmailField, NameField, PlainHelper, ZoneField
from practice.refund_policy import OPEN_NOW


class HandOverForm(forms.Form):
    """Who comes instead."""

    name = NameField(
        label="Name",
        help_text="Exactly as it should appear on the certificate.",
        error_messages={"required": "Enter the name of the person who takes this place."},
    )
    email = EmailField(
        help_text="The joining link for this place goes here.",
        error_messages={"required": "Enter the email address of the person who takes this place."},
    )
    time_zone = ZoneField(label="Time zone")
    access_needs = forms.CharField(
        label="Access needs",
        required=False,
        max_length=1000,
        help_text=NEEDS_HELP,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "email"):
            self.fields[name].widget.attrs["autocomplete"] = "off"
        self.fields["time_zone"].widget.attrs.pop("data-zone-select")  # it is somebody else's zone
        self.helper = PlainHelper(self, "Give this place")

    def attendee(self) -> Attendee:
        return Attendee(**self.cleaned_data)


class RecordingForm(forms.Form):
    """The box that a buyer ticks to have a recording before the days to change her mind are over."""

    error_heading = "The recording was not asked for"

    agreed = forms.BooleanField(
        label=OPEN_NOW, error_messages={"required": "Tick the box to have it now. Without that it comes later."}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = PlainHelper(self, "Open the recording now")
