import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from courses.models import CourseInterest, Ticket
from kit.forms.fields import EmailField, LowerCaseEmailField
from tests.builders import make_course, make_ticket, make_user, make_workshop

FASS, SS = "anna@xn--fa-hia.example", "anna@fass.example"
STOCK = [EmailAddress]  # allauth's own; whoever writes one has asked the adapter
NAMES = ("email", "to", "reply_to", "issued_to")


def is_address(field) -> bool:
    named = field.name in NAMES or field.name.endswith("_email")
    return isinstance(field, models.EmailField) or (named and isinstance(field, models.CharField))


def test_every_address_in_a_row_has_its_one_spelling():
    found = [field for model in apps.get_models() if model not in STOCK for field in model._meta.fields]

    stock = [str(field) for field in found if is_address(field) and not isinstance(field, EmailField)]

    assert stock == []


def test_whoever_signs_in_is_looked_for_in_small_letters():
    found = [
        field for model in apps.get_models() if model._meta.app_label == "accounts" for field in model._meta.fields
    ]

    assert {type(field) for field in found if is_address(field)} == {LowerCaseEmailField}


@pytest.mark.django_db
def test_an_address_is_stored_and_known_in_its_one_spelling():
    interest = CourseInterest.objects.create(course=make_course(), email=" Anna@FAẞ.example\u200b")

    assert interest.email == "Anna@xn--fa-hia.example"
    assert CourseInterest.objects.get().email == "Anna@xn--fa-hia.example"


@pytest.mark.django_db
def test_rows_written_together_and_rows_changed_in_place_are_spelled_too():
    ticket = make_ticket(make_workshop())
    ticket.attendee_email = "anna@faß.example"
    Ticket.objects.bulk_update([ticket], ["attendee_email"])
    bulk = Ticket.objects.get().attendee_email
    Ticket.objects.update(attendee_email="anna@βόλος.example")

    assert (bulk, Ticket.objects.get().attendee_email) == (FASS, "anna@xn--nxasmm1c.example")


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["anna@faß.example", "anna@FAß.Example", FASS, " anna@faß.example"])
def test_a_row_is_found_by_any_spelling_of_its_own_address(typed):
    mine = make_ticket(make_workshop(), attendee_email="anna@faß.example")
    make_ticket(mine.workshop, attendee_email=SS, place_number=2)

    assert list(Ticket.objects.filter(attendee_email=typed)) == [mine]
    assert list(Ticket.objects.filter(attendee_email__icontains=typed)) == [mine]
    assert list(Ticket.objects.filter(attendee_email__iexact=typed)) == [mine]
    assert list(Ticket.objects.filter(attendee_email__in=[typed])) == [mine]


@pytest.mark.django_db
def test_part_of_an_address_is_still_looked_for():
    ticket = make_ticket(make_workshop(), attendee_email="anna@faß.example")

    assert list(Ticket.objects.filter(attendee_email__icontains="ANNA@xn--fa")) == [ticket]


@pytest.mark.django_db
def test_a_row_with_an_address_of_old_can_still_be_saved():
    interest = CourseInterest.objects.create(course=make_course(), email="anna@localhost")

    interest.told_at = timezone.now()
    interest.save()

    assert CourseInterest.objects.get().email == "anna@localhost"


@pytest.mark.django_db
def test_what_has_no_delivery_form_is_no_valid_row():
    with pytest.raises(ValidationError) as refusal:
        CourseInterest(course=make_course(), email="anna@localhost").full_clean()

    assert refusal.value.message_dict == {
        "email": ["The end of this address is missing. After the @ comes a name like example.org."]
    }


def test_a_row_without_an_address_stays_without():
    assert EmailField(blank=True).get_prep_value("") == ""
    assert EmailField(null=True).get_prep_value(None) is None


@pytest.mark.django_db
def test_a_user_is_one_however_the_address_is_written():
    user = make_user("Anna@FAß.example")

    assert user.email == FASS
    assert type(user).objects.get_by_natural_key("ANNA@faß.example") == user
    assert not type(user).objects.filter(email=SS).exists()
