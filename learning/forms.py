"""Forms about what follows a workshop, the buttons of attendees and those of the desk."""

from collections.abc import Collection
from pathlib import PurePath
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat

from courses.models import Reminder, Workshop
from kit.forms.forms import EmailField, PlainHelper
from learning.models import Handout, Recording, RecordingExtension

FILMS = {".mp4", ".m4v", ".webm"}
PAPERS = {".pdf", ".docx", ".pptx", ".xlsx", ".odt", ".odp", ".png", ".jpg", ".jpeg", ".txt", ".zip", ".mp3"}
NO_HTTPS = "The link must begin with https://."


class PressForm(forms.Form):
    """One button on the page of a place, and it may be pressed again: people come back from Zoom."""

    def __init__(self, label: str, *, to: str) -> None:
        super().__init__()
        self.helper = PlainHelper(self, label, look="wide", disable_csrf=True, form_action=to)
        self.helper.attrs = {}


class LinksForm(forms.Form):
    email = EmailField(
        label="Email address",
        help_text="The one that the place was booked for, or with.",
        error_messages={"required": "Write the address that we should look for."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = PlainHelper(self, "Send me my links", disable_csrf=True)


class RemindersForm(forms.Form):
    wanted = forms.MultipleChoiceField(
        label="Remind me by email",
        choices=[(each.value, each.label.capitalize()) for each in Reminder],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = PlainHelper(self, "Save", disable_csrf=True)


class PrivateFileField(forms.FileField):
    """Its file has no address that the form could link to, so the form says what there is."""

    widget = forms.FileInput

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **(kwargs | {"widget": forms.FileInput}))


class FileForm(forms.ModelForm):
    """`endings` are those that each field of files takes."""

    endings: dict[str, Collection[str]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.endings:
            if name in self.fields and (stored := getattr(self.instance, name)):
                self.fields[name].help_text = f"Now: {PurePath(stored.name).name}. Choose another to replace it."

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        for name, endings in self.endings.items():
            file = answers.get(name)
            if isinstance(file, UploadedFile) and PurePath(file.name or "").suffix.lower() not in endings:
                known = ", ".join(sorted(endings))
                size = filesizeformat(file.size)
                self.add_error(name, f"“{file.name}” ({size}) is no such file. It takes {known}.")
        return answers

    def clean_url(self) -> str:
        return https_alone(self.cleaned_data["url"])


def https_alone(url: str) -> str:
    if url and urlsplit(url).scheme != "https":
        raise ValidationError(NO_HTTPS, code="no_https")
    return url


class RecordingForm(FileForm):
    endings = {"file": FILMS, "captions": {".vtt"}}

    class Meta:
        model = Recording
        fields = ()  # the admin names them
        field_classes = {"file": PrivateFileField, "captions": PrivateFileField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "session" in self.fields:
            self.fields["session"].queryset = self.instance.workshop.sessions.select_related("workshop")

    def clean_captions(self) -> Any:
        """Players read nothing but WebVTT, and say nothing of what they cannot read."""
        file = self.cleaned_data["captions"]
        if isinstance(file, UploadedFile):
            head = file.read(10).removeprefix(b"\xef\xbb\xbf")
            file.seek(0)
            if not head.startswith(b"WEBVTT"):
                raise ValidationError("This is no WebVTT file: its first line is not WEBVTT.", code="no_captions")
        return file

    def clean(self) -> dict[str, Any]:
        answers = super().clean()
        workshop = answers.get("workshop") or self._workshop()
        if workshop and not workshop.catch_up_days:
            self.add_error(None, "This workshop is not recorded: it has no catch-up days.")
        self._check_kind(answers)
        return answers

    def _workshop(self) -> Workshop | None:
        return self.instance.workshop if self.instance.pk else None

    def _check_kind(self, answers: dict[str, Any]) -> None:
        kind, url, file = answers.get("kind"), answers.get("url"), answers.get("file")
        if kind == Recording.Kind.FILE:
            if not file and "file" not in self.errors:
                self.add_error("file", "Choose the file.")
            if url:
                self.add_error("url", "A file of our own has no link. Empty this, or choose where else it is.")
        elif kind:
            if not url and "url" not in self.errors:
                self.add_error("url", "Give the link to watch it.")
            if file:
                self.add_error("kind", "There is a file, so it is a file of our own. Choose that, or make a new one.")


class HandoutForm(FileForm):
    endings = {"file": PAPERS}

    class Meta:
        model = Handout
        fields = ()  # the admin names them
        field_classes = {"file": PrivateFileField}

    def clean(self) -> dict[str, Any]:
        answers = super().clean()
        if bool(answers.get("url")) == bool(answers.get("file")) and not self.errors:
            self.add_error(None, "Give a file or a link, and not both.")
        return answers


class ExtensionForm(forms.ModelForm):
    class Meta:
        model = RecordingExtension
        fields = ()  # the admin names them
        help_texts = {
            "ticket": "Not in the list? The ticket’s own page leads here, too.",
            "last_day": "To the end of this day, in the workshop's time zone. Whoever has the place is told by email.",
        }

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        ticket = answers.get("ticket")
        if ticket and not ticket.is_confirmed:
            self.add_error("ticket", "This place is not booked, so its recording is open to nobody.")
        return answers
