"""What the migration makes of addresses that were stored before there was one spelling."""

from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from accounts.models import User
from courses.models import CourseInterest, Ticket, WaitingListEntry
from newsletter.models import Subscriber
from orders.models import DiscountCode, Order
from outbox.models import Message
from practice.models import Practice
from tests.builders import (
    make_course,
    make_discount,
    make_practice,
    make_terms,
    make_ticket,
    make_user,
    make_workshop,
)
from tests.orders.purchases import place

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "0003_addresses_in_delivery_form"
BEFORE = import_module(f"newsletter.migrations.{NAME}").Migration.dependencies
FASZ, FASS, TYPED = "anna@xn--fa-hia.example", "anna@fass.example", "anna@faß.example"


@pytest.fixture
def stored():
    """Writes columns as they were written before, by the models of then."""
    then = MigrationExecutor(connection).loader.project_state(BEFORE).apps

    def store(row, **columns):
        rows = then.get_model(row._meta.label).objects.filter(pk=row.pk)
        assert rows.update(**columns) == 1
        return row

    return store


def respell():
    """What the migration does, to rows that are as they were then; no table is walked back for it."""
    then = MigrationExecutor(connection).loader.project_state(BEFORE).apps
    import_module(f"newsletter.migrations.{NAME}").respell(then, None)


def values(row, *columns):
    return type(row).objects.values_list(*columns).get(pk=row.pk)


def subscriber(email, **fields):
    return Subscriber.objects.create(email=email, email_key=fields.pop("email_key", email), **fields)


def test_every_row_gets_its_addresses_spelled_and_its_keys_computed_anew(stored):
    practice = stored(make_practice(), email="desk@faß.example")
    make_terms()
    workshop = make_workshop()
    order = stored(place(workshop), buyer_email=TYPED, email_key=FASS, benefit_key=FASS)
    waits = stored(WaitingListEntry.objects.create(workshop=workshop, email="a@b.cd"), email=TYPED, email_key=FASS)
    interest = stored(CourseInterest.objects.create(course=make_course(), email="a@b.cd"), email=TYPED, email_key=FASS)
    reader = stored(subscriber("a@b.cd"), email=TYPED, email_key=FASS)
    code = DiscountCode(discount=make_discount(), code="X", percent=20, expires_at=timezone.now())
    code.issued_to, code.benefit_key = "a@b.cd", "a@b.cd"
    code.save()
    stored(code, issued_to="anna+news@faß.example", benefit_key=FASS)
    message = Message.objects.create(key="k", to="a@b.cd", subject="", text="")
    stored(message, to=TYPED, reply_to="desk@faß.example")
    ticket = stored(Ticket.objects.get(), attendee_email="Anna@FASS.Example")

    respell()

    assert values(order, "buyer_email", "email_key", "benefit_key") == (FASZ, FASZ, FASZ)
    assert [values(row, "email", "email_key") for row in (waits, interest, reader)] == [(FASZ, FASZ)] * 3
    assert values(code, "issued_to", "benefit_key") == ("anna+news@xn--fa-hia.example", FASZ)
    assert values(message, "to", "reply_to") == (FASZ, "desk@xn--fa-hia.example")
    assert Practice.objects.get(pk=practice.pk).email == "desk@xn--fa-hia.example"
    assert values(ticket, "attendee_email") == ("Anna@fass.example",)


def test_two_people_of_one_key_are_two_afterwards(stored):
    hers = stored(subscriber("a@b.cd"), email=TYPED, email_key=FASS)

    respell()

    assert Subscriber.objects.get_or_create(email_key=FASS, defaults={"email": FASS})[1]
    assert values(hers, "email_key") == (FASZ,)


def test_a_row_whose_spelling_is_another_rows_is_found_by_no_key(stored):
    first = subscriber(FASZ)
    other = stored(subscriber("a@b.cd"), email=TYPED, email_key=FASS)

    respell()

    assert values(first, "email", "email_key") == (FASZ, FASZ)
    assert values(other, "email", "email_key") == (FASZ, TYPED)


def test_a_mailbox_that_proved_anothers_address_has_proved_nothing(stored):
    user = make_user("a@b.cd")
    stored(user, email=TYPED)
    stored(user.emailaddress_set.get(), email=TYPED)
    reader = stored(
        subscriber("r@b.cd", status="active", confirmed_at=timezone.now()), email="ruth@faß.example", email_key="x"
    )
    gone = stored(subscriber("g@b.cd", status="unsubscribed"), email="gone@faß.example", email_key="y")

    respell()

    assert list(EmailAddress.objects.values_list("email", "verified")) == [(FASZ, False)]
    assert authenticate(None, email=FASZ, password="long-enough-words") is None
    assert values(reader, "status", "confirmed_at") == ("pending", None)
    assert values(gone, "status") == ("unsubscribed",)


def test_a_mailbox_that_every_standard_calls_the_same_stays_proved(stored):
    user = make_user("a@b.cd")
    stored(user, email="Anna@bücher.example")
    stored(user.emailaddress_set.get(), email="Anna@bücher.example")
    reader = stored(subscriber("r@b.cd", status="active"), email="Ruth@Bücher.example", email_key="ruth@xn--bcher")

    respell()

    anna = "anna@xn--bcher-kva.example"
    assert list(EmailAddress.objects.values_list("email", "verified")) == [(anna, True)]
    assert authenticate(None, email=anna, password="long-enough-words") == user
    assert values(reader, "email", "email_key", "status") == (
        "Ruth@xn--bcher-kva.example",
        "ruth@xn--bcher-kva.example",
        "active",
    )


def test_an_account_whose_address_is_another_accounts_stays_but_proves_nothing(stored):
    first, other = make_user(FASZ), make_user("a@b.cd")
    stored(other, email=TYPED)
    stored(other.emailaddress_set.get(), email=TYPED)

    respell()

    assert [values(user, "email") for user in (first, other)] == [(FASZ,), (TYPED,)]
    assert list(EmailAddress.objects.order_by("pk").values_list("email", "verified")) == [(FASZ, True), (FASZ, False)]
    assert authenticate(None, email=FASZ, password="long-enough-words") == first


def test_an_address_without_a_delivery_form_stays_as_it_is(stored):
    ticket = stored(make_ticket(make_workshop()), attendee_email="anna@localhost")
    other = stored(make_ticket(make_workshop()), attendee_email="anna@i❤.example")

    respell()

    assert [values(row, "attendee_email") for row in (ticket, other)] == [("anna@localhost",), ("anna@i❤.example",)]


def test_nothing_else_is_written(stored):
    order = stored(place(_workshop_to_book()), buyer_email="Noor@example.org", email_key="kept", benefit_key="kept")
    user = make_user("noor@example.org")
    password = user.password

    respell()

    assert values(order, "buyer_email", "email_key", "benefit_key") == ("Noor@example.org", "kept", "kept")
    assert values(user, "email", "password") == ("noor@example.org", password)
    assert Order.objects.count() == User.objects.count() == 1


def _workshop_to_book():
    make_practice()
    make_terms()
    return make_workshop()
