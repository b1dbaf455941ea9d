"""What a hand-made request may send to a page of the desk that its own form would not."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import BadRequest, FieldDoesNotExist, ValidationError
from django.db.models import Field, ManyToManyField, QuerySet
from django.forms import IntegerField
from django.forms.formsets import TOTAL_FORM_COUNT
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

MOST_ROWS = 200  # of one kind on a page: what a list shows at once, and room for the references of a long article


class CheckedRequests:
    """For a ModelAdmin: it refuses what makes no sense in words, instead of asking the database for it."""

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        _check_rows(request)
        return super().changelist_view(request, extra_context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict | None = None,
    ) -> HttpResponse:
        _check_rows(request)
        if "_saveasnew" in request.POST and not self.save_as:
            raise BadRequest("No form here saves a row as a new one.")
        return super().changeform_view(request, object_id, form_url, extra_context)

    def response_action(self, request: HttpRequest, queryset: QuerySet) -> HttpResponseBase | None:
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if None not in (_read(self.opts.pk, each) for each in chosen):
            return super().response_action(request, queryset)
        self.message_user(request, "What was chosen is not in this list. Nothing was done.", messages.WARNING)
        return None

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What a link fills in beforehand, but for what its field could not show."""
        given = super().get_changeform_initial_data(request)
        return {name: self._as_shown(name, value) for name, value in given.items()}

    def _as_shown(self, name: str, value: Any) -> Any:
        try:
            field = self.opts.get_field(name)
        except FieldDoesNotExist:
            return value
        if isinstance(field, ManyToManyField):
            return [each for each in value if _read(field.target_field, each) is not None]
        return _read(getattr(field, "target_field", field), value) if field.concrete else None


def _check_rows(request: HttpRequest) -> None:
    """Django makes a form for each row that is said to be there, up to 2,000 of them, before it looks at any."""
    for name in request.POST:
        if name.endswith(f"-{TOTAL_FORM_COUNT}") and _count(request.POST[name]) > MOST_ROWS:
            raise BadRequest("More rows than one page can have.")


def _count(typed: str) -> int:
    try:
        return IntegerField().clean(typed)
    except ValidationError:  # the form itself says so
        return 0


def _read(field: Field, typed: str) -> Any:
    """What the column would hold; None if it could not."""
    try:
        value = field.to_python(typed)
        field.run_validators(value)
    except (ValidationError, ValueError, OverflowError):
        return None
    return value
