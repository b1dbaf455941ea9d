"""The one day that it is: where the practice is, on pages and at the desk, whatever clock this process has."""

from datetime import date
from zoneinfo import ZoneInfo

from django.apps import apps
from django.core.exceptions import ValidationError
from django.utils import timezone

from kit.pages.kept import constant


def today() -> date:
    return timezone.localdate(timezone=ZoneInfo(constant("practice zone", _zone)))


def validate_is_past(day: date) -> None:
    """For a day on which somebody says to have done something."""
    if day > today():
        raise ValidationError("This day is still to come. Give the day on which it was done.", code="to_come")


def _zone() -> str:
    return apps.get_model("practice.Practice").current().time_zone
