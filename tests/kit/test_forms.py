import re
from importlib import import_module
from pkgutil import walk_packages

import pytest
from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.test import RequestFactory
from django.test.html import parse_html
from django.utils.module_loading import import_string

from accounts.models import User
from kit.forms.forms import EmailField, EveryZoneField, NameField, ZoneSelect
from kit.local import zones
from tests.test_architecture import LAYERS


class AddressForm(forms.Form):
    email = EmailField()


def ours() -> list[type[forms.BaseForm]]:
    """Every form class of the project."""
    for app in LAYERS:
        for module in walk_packages(import_module(app).__path__, f"{app}."):
            if "migrations" not in module.name and not module.name.endswith(("wsgi", "asgi")):
                import_module(module.name)
    return [form for form in below(forms.BaseForm) if form.__module__.split(".")[0] in LAYERS]


def below(form: type) -> set[type]:
    return {form}.union(*(below(each) for each in form.__subclasses__()))


def not_ours(fields: dict[str, forms.Field]) -> list[str]:
    """What takes an address, and is another field than that of all forms."""
    named = {name for name, field in fields.items() if name.endswith("email") and isinstance(field, forms.CharField)}
    typed = {name for name, field in fields.items() if isinstance(field, forms.EmailField)}
    return sorted(name for name in named | typed if not isinstance(fields[name], EmailField))


def test_every_form_takes_addresses_in_one_way():
    found = ours()

    assert len(found) > 30
    assert {form.__name__: not_ours(form.base_fields) for form in found if not_ours(form.base_fields)} == {
        name.rpartition(".")[2]: ["email"]  # as allauth declares them; each form itself has ours, see below
        for name in settings.ACCOUNT_FORMS.values()
        if name.endswith(("AddEmailForm", "RequestLoginCodeForm", "ResetPasswordForm", "SignupForm"))
    }


@pytest.mark.parametrize("path", sorted(settings.ACCOUNT_FORMS.values()))
def test_every_form_of_an_account_takes_addresses_in_one_way(path):
    form = import_string(path)
    try:
        fields = form(user=User()).fields
    except TypeError:
        fields = form().fields

    assert not_ours(fields) == []


def test_every_form_of_the_desk_takes_addresses_in_one_way(rf: RequestFactory):
    request = rf.get("/")
    request.user = User(is_superuser=True, is_staff=True, is_active=True)
    desks = list(admin.site._registry.values())
    desks += [inline(each.model, admin.site) for each in desks for inline in each.inlines]

    found = {str(desk): not_ours(fields_of(desk, request)) for desk in desks}

    assert len(found) > 30
    assert {desk: names for desk, names in found.items() if names} == {}


def fields_of(desk: admin.options.BaseModelAdmin, request: HttpRequest) -> dict[str, forms.Field]:
    """Those of the form to add a row; of one that the desk may change, each that it would make of its columns."""
    columns = desk.model._meta.fields if desk.has_change_permission(request) else []
    made = {
        column.name: desk.formfield_for_dbfield(column, request)
        for column in columns
        if isinstance(column, models.EmailField)
    }
    shown = desk.get_form(request).base_fields if isinstance(desk, admin.ModelAdmin) else {}
    return made | shown


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("Noor Haddad <Noor@Example.org>", "Noor@example.org"),
        ("mailto:noor@example.org", "noor@example.org"),
        (" noor@faß.example\u200b ", "noor@xn--fa-hia.example"),
    ],
)
def test_a_form_gives_an_address_on_in_its_delivery_form(typed, taken):
    form = AddressForm({"email": typed})

    assert (form.errors, form.cleaned_data) == ({}, {"email": taken})


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter your email address."),
        ("<>", "Enter your email address."),
        ("\u200b", "Enter an email address like name@example.org."),
        ("noor@localhost", "The end of this address is missing. After the @ comes a name like example.org."),
        ("noor@[127.0.0.1]", "After the @ is a number. Enter a name there, like example.org."),
        ("n" * 900_000 + "@example.org", "This address is too long."),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_a_form_says_what_to_do_about_an_address(typed, words):
    form = AddressForm({"email": typed})

    assert form.errors == {"email": [words]}
    assert form["email"].value() == typed


def test_letters_that_no_mail_server_takes_before_the_at_are_refused_at_the_field():
    errors = AddressForm({"email": "zoë@example.org"}).errors

    assert errors["email"] == [
        "We cannot write to an address with letters like é or ж before the @. Please give us another one."
    ]


def test_a_form_may_say_it_in_its_own_words():
    class Own(forms.Form):
        email = EmailField(error_messages={"no_dot": "Where?"})

    assert Own({"email": "noor@localhost"}).errors == {"email": ["Where?"]}


@pytest.mark.parametrize(
    "chosen", ["Europe/London", "America/Argentina/Buenos_Aires", "Antarctica/Troll", '"><b>', "", None]
)
def test_a_select_of_zones_looks_as_djangos_own(chosen):
    shape = {"choices": zones.CHOICES, "attrs": {"data-zone-select": "guess"}}
    more = {"id": "id_zone", "required": True, "aria-describedby": "id_zone_help", "disabled": False}

    ours, plain = (widget(**shape).render("zone", chosen, more) for widget in (ZoneSelect, forms.Select))

    assert parse_html(ours) == parse_html(plain)
    assert ours.count("<option") == 65


@pytest.mark.parametrize("chosen", ["Europe/London", "Antarctica/Troll", ""])
def test_a_select_of_every_zone_says_each_name_once_and_answers_by_it(chosen):
    field = EveryZoneField(above=[("", "The organiser’s")])

    shown = field.widget.render("zone", chosen, {"id": "id_zone"})

    plain = forms.Select(choices=field.choices).render("zone", chosen, {"id": "id_zone"})
    assert answers(shown) == answers(plain)
    assert len(answers(shown)) > 600
    assert shown.count("Antarctica/Troll") == 1


def answers(select: str) -> list[tuple[str, str, bool]]:
    """As a browser reads its options: one that says no value answers with its words."""
    options = re.finditer(r'<option(?: value="([^"]*)")?( selected)?>([^<]*)</option>', select)
    return [
        (words if value is None else value, words, bool(chosen))
        for value, chosen, words in map(re.Match.groups, options)
    ]


@pytest.mark.parametrize("name", ["\u200b", "\u3164", "\u2060\u2800", " \u115f \u00ad"])
def test_a_name_that_nobody_sees_is_none(name):
    with pytest.raises(ValidationError):
        NameField().clean(name)


@pytest.mark.parametrize("name", ["SECURITY NOTICE: visit HTTPS://evil.example/unlock", "Noor www.evil.example"])
def test_a_name_sends_nobody_who_reads_it_in_a_mail_elsewhere(name):
    with pytest.raises(ValidationError) as error:
        NameField().clean(name)

    assert error.value.messages == ["A name has no web address in it."]


@pytest.mark.parametrize("name", ["O", "李", "Zoë 🌻", "محمد", "J.Smith", "St. John", "Awww", "Acme.com Ltd"])
def test_a_name_of_any_script_is_one(name):
    assert NameField().clean(name) == name
