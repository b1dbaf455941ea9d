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


def test_what_is_more_than_one_tag_is_left_to_django():
    select = forms.Select(choices=[("a", "A"), ("b", "B")])

    assert select.render("its", "b", renderer=FormRenderer()) == select.render("its", "b", renderer=DjangoTemplates())
