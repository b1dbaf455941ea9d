import logging
from typing import Any, BinaryIO

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils.html import format_html

from kit.work.out_of_reach import StorageAway
from pictures.files import write_file
from pictures.library import MIDDLE, twin_of
from pictures.models import Picture
from pictures.uploads import TYPES, NotTaken, read_picture

TAKES = "JPEG, PNG, WebP or AVIF, up to 20 MB. Where and with what it was taken is not kept."
IN_PLACE = f"Another file in its place, wherever it is shown. {TAKES}"
TWIN = 'This picture is in the library already: <a href="{}">{}</a>.'
NO_FILE = "Choose the picture."
NOT_PUT_AWAY = "The picture could not be put away just now. Choose it once more in a minute; the rest is kept here."

log = logging.getLogger(__name__)


def read_ahead(file: BinaryIO) -> None:
    """So that no row is locked while a picture is decoded and put away; what came of it goes along with the file."""
    try:
        copy = read_picture(file)
        file.written = write_file(copy.content)
        file.copy = copy
    except NotTaken as error:
        file.refusal = str(error)
    except StorageAway as error:
        log.error("a picture could not be put away: %s", error)
        file.refusal = NOT_PUT_AWAY


class PictureForm(forms.ModelForm):
    upload = forms.FileField(
        label="Picture",
        required=False,
        widget=forms.FileInput({"accept": TYPES}),
        help_text=TAKES,
        error_messages={"empty": "This file is empty."},
    )

    class Meta:
        model = Picture
        fields = ()  # the admin names them

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "upload" in self.fields:
            self.fields["upload"].label = "Replace it by"
            self.fields["upload"].help_text = IN_PLACE

    def clean_upload(self) -> UploadedFile | None:
        file = self.cleaned_data["upload"]
        if file is None:
            if not self.instance.pk:
                raise ValidationError(NO_FILE, code="required")
            return None
        if not hasattr(file, "copy"):
            raise ValidationError(getattr(file, "refusal", NO_FILE), code="not_taken")
        if twin := twin_of(file.copy, besides=self.instance.pk):
            link = reverse("admin:pictures_picture_change", args=[twin.pk])
            raise ValidationError(format_html(TWIN, link, twin), code="twin")
        return file

    def clean(self) -> dict[str, Any]:
        """A new file has its focus in the middle, unless the same form says where it is."""
        answers = super().clean() or self.cleaned_data
        if self.instance.pk and answers.get("upload") and not {"focus_x", "focus_y"} & {*self.changed_data}:
            answers |= {"focus_x": MIDDLE, "focus_y": MIDDLE}
        return answers

    @property
    def sent(self) -> UploadedFile | None:
        """With its `copy`, and the name by which that is `written`."""
        return self.cleaned_data.get("upload")
