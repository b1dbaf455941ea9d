"""The desk's page about a file of Zoom's: it is read and shown, and stored by a second press."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from courses.models import Session
from kit.desk.desk_pages import desk_page, needs
from kit.forms.forms import EveryZoneField
from kit.guard.addresses import benefit_key
from kit.guard.security_log import note
from kit.local.times import moment_label
from meetings import uploads, zoom_files
from meetings.zoom_files import FileRefused, ReadStay

PERMISSION = "meetings.add_presence"
LATEST = 200  # sessions to choose from
ORGANISERS = ""


class SessionChoice(forms.ModelChoiceField):
    def label_from_instance(self, session: Session) -> str:
        return f"{moment_label(session.starts_at, session.workshop.time_zone)}: {session.workshop.title}"


class UploadForm(forms.Form):
    """The file, and at the second press its text."""

    session = SessionChoice(queryset=Session.objects.none())
    time_zone = EveryZoneField(
        label="Clock of the file",
        required=False,
        above=[(ORGANISERS, "The organiser’s")],
        help_text="Zoom writes its times by the clock of the account that downloads the file.",
    )
    file = forms.FileField(
        label="Zoom’s report",
        required=False,
        max_length=200,
        help_text="At Zoom: Reports, Usage, the number of participants, Export. The CSV file as it is.",
    )
    text = forms.CharField(required=False, strip=False, max_length=zoom_files.MOST_CHARACTERS, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        begun = Session.objects.filter(starts_at__lte=timezone.now()).order_by("-starts_at")[:LATEST]
        keys = list(begun.values_list("pk", flat=True))
        rows = Session.objects.filter(pk__in=keys).select_related("workshop__course").order_by("-starts_at", "-pk")
        self.fields["session"].queryset = rows

    def clean_file(self) -> str:
        """Its text."""
        file = self.cleaned_data["file"]
        if not file:
            return ""
        if file.size > zoom_files.MOST_BYTES:
            raise forms.ValidationError("This file is too large for the report of one meeting.")
        return self._said(zoom_files.decode, file.read())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        text = cleaned.get("file") or cleaned.get("text")
        if not self.errors and not text:
            self.add_error("file", "Choose the file.")
        elif not self.errors:
            try:
                cleaned["stays"] = self.stays_of(text)
            except FileRefused as error:
                self.add_error("file", str(error))
        return cleaned

    def stays_of(self, text: str) -> list[ReadStay]:
        session = self.cleaned_data["session"]
        zone = self.cleaned_data["time_zone"] or session.workshop.time_zone
        return zoom_files.stays_in(zoom_files.read(text), session, zone)

    def _said(self, read, content: bytes) -> str:
        try:
            return read(content)
        except FileRefused as error:
            raise forms.ValidationError(str(error)) from error


@require_http_methods(["GET", "HEAD", "POST"])
@needs(PERMISSION)
def upload_page(request: HttpRequest, model_admin) -> HttpResponse:
    """The first press shows what the file says; the second stores just that text."""
    form = UploadForm(request.POST or None, request.FILES or None, initial={"session": request.GET.get("session")})
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "title": "Upload Zoom’s report"}
        status = 422 if form.errors else 200
        return desk_page(request, model_admin, "admin/meetings/presence/upload.html", context, status=status)
    if form.cleaned_data["file"]:
        return _preview(request, model_admin, form.cleaned_data)
    return _store(request, model_admin, form.cleaned_data)


def _preview(request: HttpRequest, model_admin, answers: dict[str, Any]) -> HttpResponse:
    session = answers["session"]
    known = uploads.known_addresses(session)
    rows = [(stay, bool(stay.email) and benefit_key(stay.email) in known) for stay in answers["stays"]]
    context = {
        "session": session,
        "when": moment_label(session.starts_at, session.workshop.time_zone),
        "zone": session.workshop.time_zone,
        "rows": rows,
        "is_by_another_clock": zoom_files.is_by_another_clock(answers["stays"], session),
        "unknown": sum(1 for _, is_known in rows if not is_known),
        "form": UploadForm(initial={**answers, "text": answers["file"]}),
        "title": "What Zoom’s report says",
    }
    return desk_page(request, model_admin, "admin/meetings/presence/preview.html", context)


def _store(request: HttpRequest, model_admin, answers: dict[str, Any]) -> HttpResponse:
    session = answers["session"]
    note("presences uploaded", session=session.pk, request=request)
    if found := uploads.store_file(session, answers["stays"]):
        model_admin.log_change(request, session, f"Zoom’s report: {found} rows.")
        messages.success(request, f"Stored: {found} row{'' if found == 1 else 's'} of who was there.")
    else:
        messages.info(request, "All of it was stored before. Nothing was done.")
    return redirect("admin:meetings_presence_changelist")
