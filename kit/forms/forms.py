"""How every form of the site looks and behaves, said once for crispy's `{% crispy form %}`."""

import re
from collections.abc import Callable, Sequence
from datetime import time
from functools import cache
from typing import Any, Literal

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Submit
from crispy_forms.utils import render_crispy_form
from django import forms
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from kit.guard.addresses import LONGEST, WORDS, NotDeliverable, delivery_form, unwrapped
from kit.local import zones
from kit.local.clocks import read_clock
from kit.local.times import validate_zone, zone_names
from kit.pages.http import HONEYPOT
from kit.pages.kept import constant
from kit.texts.names import can_be_seen

# They turn the words after them around, or say which way those run: in a name they only mislead.
DIRECTIONS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

# Somebody else reads the name in a mail of ours, and would follow it.
WEB_ADDRESS = re.compile(r"://|\bwww\.", re.IGNORECASE)

# An option that says no value answers with its words.
SAID_TWICE = re.compile(r'<option value="([^"]+)"([^>]*)>\1<')

NO_SUCH_HOUR = "The clocks change at this hour: it does not come at all, or comes twice. Choose one before or after it."

ZONES = {zone for _, cities in zones.CHOICES for zone, _ in cities}

Look = Literal["", "wide", "inline", "line"]


class PlainSubmit(Submit):
    """A submit button in the site's own classes and, unless named, without a value of its own in the data."""

    field_classes = ""

    def __init__(self, label: str, *, name: str = "", wide: bool = False, line: bool = False, **attrs: Any) -> None:
        classes = ["button", *(["button--wide"] if wide else []), *(["button--line"] if line else [])]
        super().__init__(name, label, css_class=" ".join(classes), **attrs)
        self.field_classes = self.field_classes.strip()


class PlainHelper(FormHelper):
    """Set it last in a form's `__init__`; for a formset leave `form` out.

    `disable_csrf` is for the anonymous forms alone, and gives them their honeypot. `inline` sets one field and its
    button on one line; `line` draws a button that is not the page's main one; `wide` one of the form's whole width.
    """

    def __init__(
        self,
        form: forms.BaseForm | None,
        submit_label: str,
        *,
        look: Look = "",
        disable_csrf: bool = False,
        form_action: str = "",
    ) -> None:
        super().__init__(form)
        self.form_class = "inline" if look == "inline" else "form"
        self.attrs = {"data-once": True}
        self.form_action = form_action
        self.disable_csrf = disable_csrf
        self.honeypot = HONEYPOT if disable_csrf else ""
        self.add_input(PlainSubmit(submit_label, wide=look == "wide", line=look in {"line", "inline"}))


def kept_form(name: str, make: Callable[[], forms.Form]) -> SafeString:
    """As HTML, while nobody has filled it in: the same for everybody, so it is made and rendered once."""
    return constant(f"form: {name}", lambda: render_crispy_form(make()))


class ButtonForm(forms.Form):
    """One button, because opening a link must not act: mail scanners open links too.

    `act` is sent along where a page may have more than one button.
    """

    def __init__(self, label: str, *, act: str = "", line: bool = False) -> None:
        super().__init__()
        if act:
            self.fields[act] = forms.CharField(widget=forms.HiddenInput, initial="yes")
        self.helper = PlainHelper(self, label, look="line" if line else "", disable_csrf=True)


class MomentField(forms.SplitDateTimeField):
    """A day and a time by the practice's clock; an hour that this skips or strikes twice is refused in plain words."""

    def compress(self, data_list: Sequence[Any]) -> Any:
        try:
            return super().compress(data_list)
        except ValidationError as error:
            if error.code == "ambiguous_timezone":
                raise ValidationError(NO_SUCH_HOUR, code=error.code) from error
            raise


class QuietForm(forms.Form):
    """So small that what is wrong is said at its field alone, which has the focus, with scripts or without."""

    quiet_errors = True

    def full_clean(self) -> None:
        super().full_clean()
        if wrong := next((name for name in self.fields if name in self.errors), None):
            self.fields[wrong].widget.attrs["autofocus"] = True


class EmailField(forms.EmailField):
    """An address that the browser can fill in, given on in its delivery form; what has none is refused with words."""

    default_validators = []
    default_error_messages = WORDS | {"required": "Enter your email address."}

    def __init__(self, *, autocomplete: str = "email", **kwargs: Any) -> None:
        super().__init__(**{"label": "Email", "max_length": LONGEST, **kwargs})
        self.widget.attrs.setdefault("autocomplete", autocomplete)

    def to_python(self, value: Any) -> str:
        address = unwrapped(super().to_python(value))
        if address in self.empty_values:
            return self.empty_value
        try:
            return delivery_form(address)
        except NotDeliverable as error:
            raise ValidationError(self.error_messages[error.code], code=error.code) from error


class NameField(forms.CharField):
    """Somebody's name, on one line: it stands in mails, and on a certificate."""

    default_error_messages = {"required": "Enter your name.", "web_address": "A name has no web address in it."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 120, **kwargs})
        self.widget.attrs.setdefault("autocomplete", "name")

    def to_python(self, value: Any) -> str:
        name = " ".join(DIRECTIONS.sub("", super().to_python(value)).split())
        if WEB_ADDRESS.search(name):
            raise ValidationError(self.error_messages["web_address"], code="web_address")
        return name if can_be_seen(name) else ""


class ClockField(forms.TimeField):
    """A time of day as people write it: `10:00`, `10.30`, `7pm`, `7.30 pm`."""

    default_error_messages = {"invalid": "Enter a time such as 10:00, 12.30 or 7pm."}

    def to_python(self, value: Any) -> time | None:
        clock = read_clock(value) if isinstance(value, str) else None
        return super().to_python(clock or value)


class ZoneSelect(forms.Select):
    """Looks as Django's own; its many options are put together once for each that is chosen."""

    def __deepcopy__(self, memo: dict[int, Any]) -> "ZoneSelect":
        """Each form has its own, of the same zones: Django's would look at each of them again."""
        return forms.Widget.__deepcopy__(self, memo)

    def render(self, name: str, value: Any, attrs: dict | None = None, renderer: Any = None) -> SafeString:
        own = self.build_attrs({"name": name, **self.attrs}, attrs)
        return format_html("<select{}>{}</select>", flatatt(own), _zone_options(value if value in ZONES else ""))


@cache
def _zone_options(chosen: str) -> SafeString:
    select = forms.Select(choices=zones.CHOICES).render("", chosen)
    return mark_safe(select[select.index(">") + 1 : select.rindex("<")])  # noqa: S308  as Django has made it


class ZoneField(forms.CharField):
    """A select of common zones; a script may add and choose the visitor's own, so any known zone is taken."""

    def __init__(self, **kwargs: Any) -> None:
        widget = ZoneSelect(choices=zones.CHOICES, attrs={"data-zone-select": "guess"})
        super().__init__(**{"max_length": 64, "widget": widget, "validators": [validate_zone], **kwargs})

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """No length: a select has none."""
        return {}


class EveryZoneSelect(forms.Select):
    """Without saying each of some 600 names twice, which is a tenth of what a page of the desk may weigh."""

    def render(self, name: str, value: Any, attrs: dict | None = None, renderer: Any = None) -> SafeString:
        select = super().render(name, value, attrs, renderer)
        return mark_safe(SAID_TWICE.sub(r"<option\2>\1<", select))  # noqa: S308  as Django has made it


class EveryZoneField(forms.ChoiceField):
    """For the desk: the common zones, and below them every zone that there is; what is above them stands first."""

    widget = EveryZoneSelect

    def __init__(self, *, above: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(choices=lambda: [*above, *zones.CHOICES, ("Every zone", _every_zone())], **kwargs)


@cache
def _every_zone() -> list[tuple[str, str]]:
    return [(zone, zone) for zone in sorted(zone_names())]
