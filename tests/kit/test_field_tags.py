import pytest
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django import forms
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from kit.templatetags import field_tags
from kit.templatetags.field_tags import drawn


class LetterForm(forms.Form):
    name = forms.CharField(label="Your <name>", help_text="As on <your> door.", max_length=60)
    phone = forms.CharField(label="Phone", required=False)
    words = forms.CharField(widget=forms.Textarea)
    where = forms.ChoiceField(choices=[("room", "In a room"), ("online", "Online")], widget=forms.RadioSelect)
    day = forms.ChoiceField(choices=[("mon", "Monday"), ("tue", "Tuesday")])
    terms = forms.BooleanField(label=format_html('I accept the <a href="{}">terms</a>', "/terms/"))
    key = forms.CharField(widget=forms.HiddenInput)


@pytest.fixture(autouse=True)
def nothing_drawn(monkeypatch):
    monkeypatch.setattr(field_tags, "_drawn", {})


def test_a_field_looks_as_crispy_draws_it_each_time():
    for _ in range(2):
        for given in ({}, {"initial": {"name": "Noor"}}, {"data": {"name": ""}}, {"prefix": "other"}):
            form = LetterForm(**given)
            assert [drawn(field) for field in form] == [as_crispy_field(field) for field in LetterForm(**given)]


def test_another_look_is_drawn_anew():
    drawn(LetterForm()["phone"])
    form = LetterForm()
    form.fields["phone"].label, form.fields["phone"].required = "Telephone", True

    assert drawn(form["phone"]) == as_crispy_field(form["phone"])


def test_words_that_are_safe_are_not_taken_for_words_that_are_not():
    plain, safe = LetterForm(), LetterForm()
    plain.fields["phone"].help_text, safe.fields["phone"].help_text = "<b>By day</b>", mark_safe("<b>By day</b>")

    assert "<b>By day</b>" not in drawn(plain["phone"])
    assert "<b>By day</b>" in drawn(safe["phone"])


@pytest.mark.parametrize("given", [{"initial": {"name": "Noor"}}, {"data": {"name": "Noor"}}])
def test_what_somebody_has_typed_is_not_kept(given):
    drawn(LetterForm(**given)["name"])

    assert field_tags._drawn == {}


def test_no_more_is_kept_than_has_room(monkeypatch):
    monkeypatch.setattr(field_tags, "MOST", 3)
    for field in LetterForm():
        drawn(field)

    assert len(field_tags._drawn) == 1
