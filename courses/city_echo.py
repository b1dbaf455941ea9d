"""What a day and hours that somebody types are on the clocks of all cities, before anything is saved."""

from html import unescape
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from courses.city_times import city_times
from courses.models import Session, Workshop
from courses.schedule import WallTimes, end_day, session_errors
from kit.forms.forms import ClockField
from kit.local.times import instant, zone_names


class EchoForm(forms.Form):
    zone = forms.ChoiceField(choices=lambda: [(name, name) for name in zone_names()])
    day = forms.DateField()
    start = ClockField()
    end = ClockField()

    def words(self) -> str:
        """Why there is no such hour, too; nothing while what is typed is not whole."""
        if not self.is_valid():
            return ""
        zone, day, start, end = (self.cleaned_data[name] for name in ("zone", "day", "start", "end"))
        if problems := session_errors([WallTimes(day, start, end)], zone):
            return problems[0].message
        span = {"starts_at": instant(day, start, zone), "ends_at": instant(end_day(day, start, end), end, zone)}
        return unescape(city_times(Session(workshop=Workshop(time_zone=zone), **span)))


@require_safe
def city_echo(request: HttpRequest, model_admin: Any) -> JsonResponse:
    if not (model_admin.has_change_permission(request) or model_admin.has_add_permission(request)):
        raise PermissionDenied
    return JsonResponse({"words": EchoForm(request.GET).words()})
