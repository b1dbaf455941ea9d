"""The desk's page of a session that is over: who was there when, who somebody was, and who is credited all the same."""

from hashlib import sha256
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from courses.models import Ticket
from kit.desk.desk_pages import desk_page, needs
from kit.guard.security_log import note
from kit.local.times import moment_label
from learning import attendance
from learning.attendance_picture import picture_of
from learning.models import AttendanceSheet
from learning.presences import Stay, Who, likely, stays_in, tickets_of
from meetings import uploads
from meetings.uploads import UploadedFile

PERMISSION = "learning.change_attendance"
LATER, NOBODY = "", "nobody"
RECOGNISED = "{} recognised, and the minutes are counted anew."
UNDECIDED = "{} not decided any more, and the minutes are counted anew."
CREDITED = "{} credited with the whole session."
TAKEN_BACK = "Rows of who was there that are taken back: {}. The minutes are counted anew."
GONE = "It is taken back already."
NOTHING = "Nothing was changed: {}."


class WhoForm(forms.Form):
    """One choice for each person in the meeting whom nobody knows, where nothing is chosen before somebody chooses; or
    for each of whom it was said, which may be said otherwise, or taken back."""

    def __init__(self, *args: Any, stays: list[Stay], tickets: list[Ticket], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tickets = {str(ticket.pk): ticket for ticket in tickets}
        self.whos = {_name_of(stay.who): stay.who for stay in stays}
        self.initial = {_name_of(stay.who): _chosen(stay) for stay in stays}
        places = [(str(ticket.pk), f"{ticket.attendee_name}, {ticket.attendee_email}") for ticket in tickets]
        for stay in stays:
            choices = [(LATER, "Not decided"), (NOBODY, "Nobody who booked (a presenter, say)"), *places]
            self.fields[_name_of(stay.who)] = forms.ChoiceField(
                label=str(stay.who), choices=choices, required=False, help_text=_hint(stay, tickets)
            )

    def said(self) -> dict[Who, Ticket | None]:
        """What is new of it."""
        new = {name: self.cleaned_data[name] for name in self.changed_data}
        return {self.whos[name]: self.tickets.get(value) for name, value in new.items() if value != LATER}

    def undecided(self) -> list[Who]:
        """Of whom it was said."""
        return [self.whos[name] for name in self.changed_data if self.cleaned_data[name] == LATER]


class CreditForm(forms.Form):
    places = forms.ModelMultipleChoiceField(
        Ticket.objects.none(), label="They were there throughout", widget=forms.CheckboxSelectMultiple
    )
    because = forms.CharField(
        label="Reason",
        max_length=200,
        widget=forms.TextInput({"class": "vTextField"}),
        help_text="For example “The presenter kept a list”. It stands beside the minutes, for the team alone.",
    )

    def __init__(self, *args: Any, tickets: list[Ticket], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = self.fields["places"]
        places.queryset = Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets]).order_by("attendee_name")
        places.label_from_instance = lambda ticket: ticket.attendee_name


class UploadForm(forms.Form):
    """One of the files that somebody uploaded for the session is taken back."""

    file = forms.ChoiceField(label="Which", error_messages={"invalid_choice": GONE})
    because = forms.CharField(
        label="Reason",
        max_length=200,
        widget=forms.TextInput({"class": "vTextField"}),
        help_text="For example “By the clock of Paris”. It stands in the history of the session.",
    )
    is_meant = forms.BooleanField(label="Yes, its rows of who was there go")

    def __init__(self, *args: Any, files: list[UploadedFile], zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.files = {each.stored_at.isoformat(): each for each in files}
        choices = [(key, _words_of(each, zone)) for key, each in self.files.items()]
        self.fields["file"].choices = choices if len(choices) == 1 else [("", "Choose one"), *choices]

    def chosen(self) -> UploadedFile:
        return self.files[self.cleaned_data["file"]]


@require_http_methods(["GET", "HEAD", "POST"])
@needs(PERMISSION)
def who_page(request: HttpRequest, pk: int, model_admin: ModelAdmin) -> HttpResponse:
    """Some forms on one page; each press does what its own form says."""
    sheet = get_object_or_404(AttendanceSheet.objects.select_related("session__workshop__course"), pk=pk)
    tickets = tickets_of(sheet.session)
    stays = stays_in(sheet.session, tickets, sheet.recognitions.all())
    unknown = [stay for stay in stays if not stay.is_known and stay.intervals]
    who = WhoForm(request.POST if "recognise" in request.POST else None, stays=unknown, tickets=tickets)
    credit = CreditForm(request.POST if "credit" in request.POST else None, tickets=tickets, prefix="all")
    known = [stay for stay in stays if stay.is_said]
    said = WhoForm(request.POST if "change" in request.POST else None, stays=known, tickets=tickets, prefix="said")
    files, zone = uploads.files_of(sheet.session), sheet.session.workshop.time_zone
    taking = request.POST if "take_back" in request.POST else None
    upload = UploadForm(taking, files=files, zone=zone, prefix="upload")
    for form in (who, said):
        if form.is_valid():
            return _recognised(request, sheet, form)
    if credit.is_valid():
        return _credited(request, sheet, credit)
    if upload.is_valid():
        return _taken_back(request, sheet, upload)
    context = {
        "row": sheet,
        "here": "Who was there",
        "title": f"Who was there: {sheet}",
        "picture": picture_of(sheet.session, tickets, stays),
        "who": who if unknown else None,
        "said": said if known else None,
        "credit": credit if tickets else None,
        "upload": upload if files or upload.is_bound else None,
    }
    status = 422 if request.method == "POST" else 200
    return desk_page(request, model_admin, "admin/learning/attendancesheet/who.html", context, status=status)


def _recognised(request: HttpRequest, sheet: AttendanceSheet, form: WhoForm) -> HttpResponse:
    said, undecided = form.said(), form.undecided()
    if said or undecided:
        attendance.recognise(sheet, said, undecided=undecided)
        messages.success(request, (RECOGNISED if said else UNDECIDED).format(len(said or undecided)))
    else:
        messages.info(request, NOTHING.format("nobody was chosen"))
    return redirect("admin:learning_attendancesheet_who", sheet.pk)


def _credited(request: HttpRequest, sheet: AttendanceSheet, form: CreditForm) -> HttpResponse:
    done = attendance.credit(sheet, form.cleaned_data["places"], because=form.cleaned_data["because"])
    if done:
        messages.success(request, CREDITED.format(done))
    else:
        messages.info(request, NOTHING.format("they were all there throughout already"))
    return redirect("admin:learning_attendancesheet_who", sheet.pk)


def _taken_back(request: HttpRequest, sheet: AttendanceSheet, form: UploadForm) -> HttpResponse:
    note("presences taken back", session=sheet.session_id, request=request)
    gone = attendance.take_upload_back(sheet, form.chosen(), because=form.cleaned_data["because"])
    messages.success(request, TAKEN_BACK.format(gone))
    return redirect("admin:learning_attendancesheet_who", sheet.pk)


def _words_of(file: UploadedFile, zone: str) -> str:
    """`3 rows, stored Friday 18 December 2026 at 23:59, London time`"""
    return f"{file.rows} row{'' if file.rows == 1 else 's'}, stored {moment_label(file.stored_at, zone)}"


def _name_of(who: Who) -> str:
    """The same for the same person, whoever else came meanwhile."""
    return "who-" + sha256(repr(who).encode()).hexdigest()[:16]


def _chosen(stay: Stay) -> str:
    """A place that has ended since is not to be chosen any more."""
    if not stay.is_said:
        return LATER
    return str(stay.ticket.pk) if stay.ticket else NOBODY


def _hint(stay: Stay, tickets: list[Ticket]) -> str:
    words = [f"{stay.who.email or 'No address'}, {stay.minutes} minutes."]
    if ticket := likely(stay, tickets):
        words.append(f"The name fits {ticket.attendee_name} ({ticket.attendee_email}). A name alone proves nothing.")
    if stay.were_two:
        words.append("Twice at once: two devices, or two people of this name.")
    return " ".join(words)
