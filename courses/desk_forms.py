from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import ValidationError

from courses import programmes, schedule
from courses.changes import people_coming_to
from courses.models import Session, TicketType
from courses.seats.capacity import PlacesTaken, check_capacity
from courses.workshop_detail import MOST_PLACES_AT_ONCE
from courses.zone_law import WALL
from kit.desk.rows import ChangedRowsFormSet, RowsFormSet
from kit.forms.forms import ClockField, EveryZoneField
from kit.local.money import SMALLEST_CHARGE, money
from kit.local.times import WallTimeError, check_day, instant

ADDED_MEANWHILE = "Somebody has added a session that overlaps with one of these. Open the page again to see it."
LINK_BESIDE_ZOOM = (
    "Leave it empty: the site has a meeting made at Zoom, with a link of their own for everybody. One that you type "
    "stands instead. Typed earlier than 30 minutes before the start, it ends that meeting and the links to it; typed "
    "later, the meeting stays at Zoom with whoever is in it, and its report is still read."
)
SALES_TIMES = ("sales_open_at", "sales_close_at")


class WallTimeField(forms.SplitDateTimeField):
    """A day and a time on the clocks of a zone that another field names, so without a zone of its own."""

    widget = AdminSplitDateTime

    def compress(self, data_list: list) -> datetime | None:
        if not data_list:
            return None
        day, clock = data_list
        if not day or clock in self.empty_values:
            raise ValidationError("Enter both a day and a time.", code="incomplete")
        return datetime.combine(day, clock)


class CourseForm(forms.ModelForm):
    def clean_is_published(self) -> bool:
        """People who have booked need its pages: what is not to take place is cancelled, which tells them."""
        is_published = self.cleaned_data["is_published"]
        if self.instance.pk and not is_published and (people := people_coming_to(self.instance)):
            words = f"Places of its workshops are booked or held: {people}. So it stays; cancel those workshops first."
            raise ValidationError(words, code="booked")
        return is_published


class WorkshopForm(forms.ModelForm):
    """For the admin. Every time in it is wall time in the workshop's own zone."""

    time_zone = EveryZoneField(
        initial="Europe/London",
        help_text="The organiser's zone. Every day and time on this page is entered and shown in it.",
    )
    sales_open_at = WallTimeField(
        label="Sales open", required=False, help_text="In the workshop's zone. Empty: as soon as it is published."
    )
    sales_close_at = WallTimeField(
        label="Sales close",
        required=False,
        help_text="In the workshop's zone. Empty: when the first session starts. It may be after that: whoever books "
        "then comes in at once. Catch-up places are sold to the end.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in SALES_TIMES:
            if moment := getattr(self.instance, name):
                zone = ZoneInfo(self.instance.time_zone)
                self.initial[name] = moment.astimezone(zone).replace(tzinfo=None)

    def clean_group_places(self) -> int | None:
        places = self.cleaned_data["group_places"]
        if places and places > MOST_PLACES_AT_ONCE:
            words = f"One booking has {MOST_PLACES_AT_ONCE} places at most, so nobody would ever pay this price."
            raise ValidationError(words, code="never_reached")
        return places

    def clean_capacity(self) -> int:
        capacity = self.cleaned_data["capacity"]
        if self.instance.pk:
            try:
                check_capacity(self.instance, capacity=capacity)
            except PlacesTaken as error:
                words = f"{error.taken} places are taken, so the capacity cannot be {capacity}."
                raise ValidationError(words, code="places_taken") from error
        return capacity

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        zone = cleaned.get("time_zone")
        for name in SALES_TIMES:
            wall = cleaned.pop(name, None)
            if wall is None and name not in self.errors:
                cleaned[name] = None
                self._note_wall(name, "")
            elif wall and zone:
                try:
                    cleaned[name] = instant(wall.date(), wall.time(), zone)
                    self._note_wall(name, f"{wall:{WALL}}")
                except WallTimeError as error:
                    self.add_error(name, str(error))
        return cleaned

    def _note_wall(self, name: str, wall: str) -> None:
        setattr(self.instance, name.replace("_at", "_wall"), wall)


def _is_of_zoom(link: SplitResult) -> bool:
    return "zoom" in (link.hostname or "")


def _starts_it(link: SplitResult) -> bool:
    path = link.path.lower()
    is_start = path.startswith("/s/") or (path.startswith("/wc/") and path.rstrip("/").endswith("/start"))
    names = {name.lower() for name in parse_qs(f"{link.query}&{link.fragment}", keep_blank_values=True)}
    return _is_of_zoom(link) and (is_start or "zak" in names)


# What a session's link must not be, and why.
WRONG_LINKS: dict[str, tuple[Callable[[SplitResult], bool], str]] = {
    "start_link": (
        _starts_it,
        "This is the link to start the meeting: whoever opens it is its host. Give the one to join.",
    ),
    "register_link": (
        lambda link: _is_of_zoom(link) and "/register/" in link.path.lower(),
        "This is the link to register at Zoom, where people would give their names again. Give the one to join.",
    ),
    "plain_link": (lambda link: link.scheme == "http", "This link is not encrypted. Give the one with https."),
}


def check_join_url(link: str) -> str:
    """Raises ValidationError for one that nobody should be given."""
    for code, (is_wrong, words) in WRONG_LINKS.items():
        if link and is_wrong(urlsplit(link)):
            raise ValidationError(words, code=code)
    return link


class SessionForm(forms.ModelForm):
    """An end that is not after the start is the next day's."""

    class Meta:
        field_classes = {"start_time": ClockField, "end_time": ClockField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if settings.SESSION_PROVIDER == "zoom" and "join_url" in self.fields:
            self.fields["join_url"].help_text = LINK_BESIDE_ZOOM

    def clean_join_url(self) -> str:
        return check_join_url(self.cleaned_data["join_url"])

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        try:
            lines = programmes.read_programme(answers.get("programme") or "")
            if _has_times(answers):
                programmes.check_hours(lines, start=answers["start_time"], end=answers["end_time"])
        except programmes.UnreadableLine as error:
            self.add_error("programme", ValidationError(str(error), code="programme"))
        else:
            answers["programme"] = "\n".join(map(str, lines))
        return answers


class SessionFormSet(ChangedRowsFormSet):
    """The sessions of one workshop, read in the zone that was just entered for it."""

    def clean(self) -> None:
        super().clean()
        kept = [form for form in self.forms if not self._should_delete_form(form) and _is_used(form)]
        if self.instance.pk and not kept and not self._unseen():
            self._check_may_be_dateless()
        timed = [form for form in kept if _has_times(form.cleaned_data)]
        walls = [
            schedule.WallTimes(form.cleaned_data["day"], form.cleaned_data["start_time"], form.cleaned_data["end_time"])
            for form in timed
        ]
        unseen = [schedule.WallTimes(each.day, each.start_time, each.end_time) for each in self._unseen()]
        for problem in schedule.session_errors([*unseen, *walls], self.instance.time_zone):
            if problem.index < len(unseen):
                raise ValidationError(ADDED_MEANWHILE, code="added_meanwhile")
            timed[problem.index - len(unseen)].add_error(problem.field, problem.message)

    def _check_may_be_dateless(self) -> None:
        try:
            schedule.check_may_be_dateless(self.instance)
        except PlacesTaken as error:
            words = f"Tickets are held or booked: {error.taken}. At least one session stays, so that they have a date."
            raise ValidationError(words, code="places_taken") from error
        except schedule.NoSessionLeft as error:
            words = "A published workshop needs at least one session."
            raise ValidationError(words, code="no_session") from error

    def _unseen(self) -> Sequence[Session]:
        """What another tab has added since this page was opened."""
        seen = [form.instance.pk for form in self.initial_forms]
        return self.instance.sessions.exclude(pk__in=seen) if self.instance.pk else []


class TicketTypeFormSet(RowsFormSet):
    """The ticket types of one workshop."""

    def clean(self) -> None:
        """First, because the stock refusal names everybody who has such a ticket, to whoever may not know them."""
        for form in self.forms:
            ticket_type = form.instance
            if self._should_delete_form(form) and ticket_type.pk and ticket_type.tickets.exists():
                words = f"“{ticket_type}” stays, because there are tickets of it. To end its sale, give it a last day."
                raise ValidationError(words, code="has_tickets")
        super().clean()


class TicketTypeForm(forms.ModelForm):
    class Meta:
        model = TicketType
        fields = [
            *("name", "description", "price", "access", "is_full_price", "is_concession"),
            *("last_day", "vat_treatment", "position"),
        ]

    def clean_price(self) -> Decimal:
        price = self.cleaned_data["price"]
        if 0 < price < SMALLEST_CHARGE:
            words = f"No card can be charged less than {money(SMALLEST_CHARGE)}. Ask for that, or for nothing."
            raise ValidationError(words, code="too_small")
        return price

    def clean_last_day(self) -> date | None:
        last_day = self.cleaned_data["last_day"]
        if last_day:
            try:
                check_day(last_day)
            except WallTimeError as error:
                raise ValidationError(str(error)) from error
        return last_day


def _is_used(form: forms.BaseForm) -> bool:
    return bool(form.instance.pk) or form.has_changed()


def _has_times(answers: dict[str, Any]) -> bool:
    return all(answers.get(name) is not None for name in ("day", "start_time", "end_time"))
