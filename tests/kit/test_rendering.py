import re

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.functional import lazystr
from django.utils.html import format_html

from kit.forms.rendering import FormRenderer

ATTRS = {
    "id": "id_<name>",
    "maxlength": 1200,
    "required": True,
    "disabled": False,
    "aria-describedby": lazystr('id_"name"_help'),
    "data-words": format_html("<b>{}</b>", "a & b"),
}
ODD = ["", None, "plain", "<script>'\"&", format_html("{}", "a & b"), 1200, 0, True, False]
WIDGETS = [
    forms.TextInput,
    forms.NumberInput,
    forms.EmailInput,
    forms.URLInput,
    forms.HiddenInput,
    forms.DateInput,
    forms.DateTimeInput,
    forms.TimeInput,
    forms.CheckboxInput,
    forms.Textarea,
]


@pytest.mark.parametrize("value", ODD, ids=repr)
@pytest.mark.parametrize("widget", WIDGETS, ids=lambda each: each.__name__)
def test_a_widget_is_written_as_django_writes_it(widget, value):
    ours = widget(ATTRS).render("its<name>", value, renderer=FormRenderer())

    assert ours == widget(ATTRS).render("its<name>", value, renderer=DjangoTemplates())


def test_a_password_is_not_shown_again():
    shown = forms.PasswordInput().render("its", "secret", renderer=FormRenderer())

    assert shown == '<input type="password" name="its">'


CHOICES = [
    ("", "-----"),
    (None, lazystr("No <choice>")),
    (1200, 1200),
    (True, format_html("<b>{}</b>", "a & b")),
    ("Every 'zone'", [("Europe/London", "London"), ("a & b", "A & B")]),
    ("Others", []),
]


@pytest.mark.parametrize("chosen", ["", None, 1200, "1200", "a & b", "unknown", ["a & b", "Europe/London"]], ids=repr)
@pytest.mark.parametrize("widget", [forms.Select, forms.SelectMultiple, forms.NullBooleanSelect])
def test_a_select_is_written_as_django_writes_it(widget, chosen):
    choices = {} if widget is forms.NullBooleanSelect else {"choices": CHOICES}
    chosen = [chosen] if widget is forms.SelectMultiple and not isinstance(chosen, list) else chosen
    chosen = str(chosen) if widget is forms.NullBooleanSelect else chosen

    ours = widget(ATTRS, **choices).render("its<name>", chosen, renderer=FormRenderer())

    theirs = widget(ATTRS, **choices).render("its<name>", chosen, renderer=DjangoTemplates())
    assert ours == re.sub(r"(?<=>)\s+(?=<)", "", theirs)


class OwnOptions(forms.Select):
    option_template_name = "django/forms/widgets/radio_option.html"


@pytest.mark.parametrize("widget", [forms.RadioSelect, forms.CheckboxSelectMultiple, OwnOptions])
def test_what_is_made_of_more_is_left_to_django(widget):
    select = widget(choices=CHOICES)

    assert select.render("its", "1200", renderer=FormRenderer()) == select.render(
        "its", "1200", renderer=DjangoTemplates()
    )
