"""How an account's address is written: in small letters, its domain as mail servers spell it."""

from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import User
from outbox.models import Message
from tests.accounts.test_flows import is_signed_in, last_code
from tests.builders import make_user

pytestmark = pytest.mark.django_db
NO_END = "The end of this address is missing. After the @ comes a name like example.org."
LETTERS = "We cannot write to an address with letters like é or ж before the @. Please give us another one."


@pytest.fixture
def desk(client):
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))
    return client


@pytest.mark.parametrize(("address", "words"), [("noor@localhost", NO_END), ("zoë@example.org", LETTERS)])
@pytest.mark.parametrize(
    ("page", "field"),
    [
        ("account_signup", "email"),
        ("account_login", "login"),
        ("account_request_login_code", "email"),
        ("account_reset_password", "email"),
    ],
)
def test_what_no_mail_server_takes_is_refused_where_somebody_signs_in(client, page, field, address, words):
    answer = client.post(reverse(page), {field: address, "password": "long-enough-words"})

    assert words in answer.content.decode()
    assert (User.objects.count(), Message.objects.count()) == (0, 0)


def test_what_no_mail_server_takes_is_not_added_to_an_account(desk):
    answer = desk.post(reverse("account_email"), {"action_add": "", "email": "noor@localhost"})

    assert answer.context["form"].errors["email"] == [NO_END]
    assert (EmailAddress.objects.count(), Message.objects.count()) == (1, 0)


def test_an_address_is_added_in_its_one_spelling(desk):
    desk.post(reverse("account_reauthenticate"), {"password": "long-enough-words"})

    answer = desk.post(reverse("account_email"), {"action_add": "", "email": "Imogen@FAẞ.example\u200b"})
    desk.post(answer.url, {"code": last_code()})

    assert list(EmailAddress.objects.order_by("pk").values_list("email", "verified")) == [
        ("owner@example.org", True),
        ("imogen@xn--fa-hia.example", True),
    ]


def test_who_was_made_an_owner_with_capitals_signs_in_without(client):
    User.objects.create_superuser("Imogen@Example.ORG", "long-enough-words")

    answer = client.post(reverse("account_request_login_code"), {"email": "imogen@example.org"})
    client.post(answer.url, {"code": last_code()})

    assert is_signed_in(client)


def test_the_command_for_a_first_owner_refuses_what_no_mail_server_takes():
    with pytest.raises(CommandError) as refusal:
        call_command("createsuperuser", "--no-input", email="imogen@localhost", stdout=StringIO())

    assert str(refusal.value) == NO_END
    assert User.objects.count() == 0


def test_the_desk_makes_an_account_that_can_be_signed_in_to(desk, client):
    fields = {"email": "Ravi@FAẞ.example"}

    desk.post(reverse("admin:accounts_user_add"), fields)

    assert User.objects.order_by("pk").last().email == "ravi@xn--fa-hia.example"
    client.logout()
    client.post(reverse("account_request_login_code"), {"email": "ravi@faß.example"})
    assert (Message.objects.get().to, bool(last_code())) == ("ravi@xn--fa-hia.example", True)


def test_the_desk_makes_no_account_that_no_mail_reaches(desk):
    answer = desk.post(reverse("admin:accounts_user_add"), {"email": "ravi@localhost"})

    assert answer.context["adminform"].form.errors["email"] == [NO_END]
    assert User.objects.count() == 1
