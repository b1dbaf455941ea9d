"""Writing to the people of a workshop: the words, then how they look and to whom they go, and then sent once."""

from hashlib import sha256
from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods

from courses.models import Announcement, Workshop
from kit.desk.desk_pages import desk_page, needs
from kit.forms.seen import ChangedMeanwhile, Facts, check_seen, seal
from orders.changes import announcements
from orders.changes.announcements import NobodyToWriteTo, OthersMeanwhile, Reader
from orders.mails import announcement_mails

PERMISSION = "courses.add_announcement"
MOST_CHOSEN = 200
SENT_ALREADY = "This was sent already; it goes to nobody twice."
NOBODY = "Nobody has such a place, so nobody would get it."
FOR_ONESELF = "It is on its way to {email}, with the public page in the place of the reader’s own link."


class AnnouncementForm(forms.ModelForm):
    key = forms.RegexField(r"^[0-9a-f-]{36}$", widget=forms.HiddenInput)
    tickets = forms.RegexField(r"^\d{1,18}(,\d{1,18})*$", required=False, widget=forms.HiddenInput)
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Announcement
        fields = ["whom", "places", "ticket_type", "subject", "text"]
        widgets = {
            "subject": forms.TextInput({"class": "vTextField"}),
            "text": forms.Textarea({"class": "vLargeTextField", "rows": 14}),
        }
        help_texts = {"text": "Plain text; an empty line makes a paragraph. Nothing about anybody’s health or therapy."}

    def __init__(self, *args: Any, workshop: Workshop, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.workshop = workshop
        self.fields["ticket_type"].queryset = workshop.ticket_types.all()
        self.fields["ticket_type"].label_from_instance = lambda each: each.name
        self.fields["ticket_type"].empty_label = "every type"

    def clean_subject(self) -> str:
        return _known(self.cleaned_data["subject"])

    def clean_text(self) -> str:
        return _known(self.cleaned_data["text"].replace("\r\n", "\n"))

    def clean_tickets(self) -> list[int]:
        chosen = [int(pk) for pk in self.cleaned_data["tickets"].split(",") if pk]
        if len(chosen) > MOST_CHOSEN:
            raise ValidationError(f"Choose {MOST_CHOSEN} people at most, or a ticket type.", code="too_many")
        return chosen

    @property
    def announcement(self) -> Announcement:
        """As it would be stored."""
        self.instance.key = self.cleaned_data["key"]
        return self.instance


@require_http_methods(["GET", "HEAD", "POST"])
@needs(PERMISSION)
def write_page(request: HttpRequest, pk: int, model_admin: ModelAdmin) -> HttpResponse:
    """GET asks. What is posted is shown as it would look; only the button of that page sends it."""
    workshop = get_object_or_404(Workshop.objects.with_course(), pk=pk)
    if request.method != "POST":
        form = AnnouncementForm(initial=_initial(request, workshop), workshop=workshop)
        return _page(request, model_admin, form)
    form = AnnouncementForm(request.POST, workshop=workshop)
    if not form.is_valid():
        return _page(request, model_admin, form, status=422)
    if sent := Announcement.objects.filter(key=form.cleaned_data["key"]).first():
        messages.info(request, SENT_ALREADY)
        return _to(sent)
    readers = announcements.readers_of(form.announcement, tickets=form.cleaned_data["tickets"])
    if not readers:
        form.add_error(None, NOBODY)
        return _page(request, model_admin, form, status=422)
    if "send" in request.POST:
        return _send(request, model_admin, form, readers)
    if "try" in request.POST:
        _send_to_oneself(request, form, readers[0])
    return _preview(request, model_admin, form, readers)


def facts_of(announcement: Announcement, readers: list[Reader]) -> Facts:
    """What the page shows before anything is sent."""
    words = {name: [name, str(getattr(announcement, name))] for name in ("subject", "text")}
    return words | {"readers": ["who gets it", ", ".join(announcements.keys_of(readers))]}


def _send(request: HttpRequest, model_admin: ModelAdmin, form: AnnouncementForm, readers: list[Reader]) -> HttpResponse:
    try:
        check_seen(form.cleaned_data["seen"], facts_of(form.announcement, readers))
        sent = announcements.send_announcement(
            form.announcement,
            tickets=form.cleaned_data["tickets"],
            shown=announcements.keys_of(readers),
            by=request.user,
        )
    except (ChangedMeanwhile, OthersMeanwhile, NobodyToWriteTo):
        return _preview(request, model_admin, form, readers, is_asked_anew=True)
    messages.success(request, f"It is on its way to {_people(sent.people)}.")
    return _to(sent)


def _send_to_oneself(request: HttpRequest, form: AnnouncementForm, reader: Reader) -> None:
    announcement = form.announcement
    page = settings.SITE_URL + announcement.workshop.get_absolute_url()
    letter = announcements.filled_in(announcement, reader, link=page)
    turn = sha256(f"{letter.subject}\n{letter.text}".encode()).hexdigest()[:16]  # the same words are sent once
    announcement_mails.tell_oneself(letter, to=request.user.email, key=f"announcement-try:{announcement.key}:{turn}")
    messages.info(request, FOR_ONESELF.format(email=request.user.email))


def _preview(
    request: HttpRequest, model_admin: ModelAdmin, form: AnnouncementForm, readers: list[Reader], **more: Any
) -> HttpResponse:
    """The words stay in the form below it, with what was shown sealed beside them."""
    typed = {**form.data.dict(), "seen": seal(facts_of(form.announcement, readers))}
    again = AnnouncementForm(typed, workshop=form.announcement.workshop)
    letter = announcements.filled_in(form.announcement, readers[0])
    context = {"readers": readers, "people": _people(len(readers)), "letter": announcement_mails.as_sent(letter)}
    return _page(request, model_admin, again, status=409 if more else 200, **context, **more)


def _page(
    request: HttpRequest, model_admin: ModelAdmin, form: AnnouncementForm, status: int = 200, **more: Any
) -> HttpResponse:
    workshop = form.instance.workshop
    context = {
        "row": workshop,
        "here": "Write to people",
        "form": form,
        "placeholders": announcements.PLACEHOLDERS.items(),
        "title": f"Write to people of: {workshop}",
        "workshop_opts": Workshop._meta,
        **more,
    }
    return desk_page(request, model_admin, "admin/courses/announcement/write.html", context, status=status)


def _initial(request: HttpRequest, workshop: Workshop) -> dict[str, Any]:
    """An empty form, the words of an earlier announcement, or the tickets that were chosen in the list."""
    initial = {"key": str(uuid4()), "tickets": request.GET.get("tickets", "")}
    again = request.GET.get("again", "")
    if earlier := Announcement.objects.filter(pk=again).first() if again.isdecimal() and len(again) < 19 else None:
        names = ["whom", "places", "subject", "text"]
        initial |= {name: getattr(earlier, name) for name in names}
        if earlier.workshop_id == workshop.pk:
            initial["ticket_type"] = earlier.ticket_type_id
    return initial


def _known(words: str) -> str:
    if unknown := announcements.unknown_placeholders(words):
        known = ", ".join(f"{{{name}}}" for name in announcements.PLACEHOLDERS)
        raise ValidationError(f"Not known: {', '.join(unknown)}. There are {known}.", code="unknown")
    return words


def _people(count: int) -> str:
    return f"{count} {'person' if count == 1 else 'people'}"


def _to(announcement: Announcement) -> HttpResponse:
    return redirect("admin:courses_announcement_change", announcement.pk)
