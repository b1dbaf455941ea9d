import pytest
from django.urls import reverse

from accounts.models import User
from outbox.models import Message
from tests.accounts.test_flows import is_signed_in, last_code, sign_in_with_password
from tests.builders import make_user

pytestmark = pytest.mark.django_db
PASSWORD = "long-enough-words"


@pytest.fixture
def desk(client):
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))
    return client


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/admin/accounts/user/"])
def test_the_desk_is_entered_through_the_sites_own_sign_in(client, path):
    answer = client.get(path, follow=True)

    assert answer.redirect_chain[-1][0].startswith(f"{reverse('account_login')}?next=")
    assert "<h1>Sign in</h1>" in answer.content.decode()


@pytest.mark.parametrize("path", ["/admin/", "/admin/login/", "/admin/accounts/user/"])
def test_somebody_who_is_not_staff_gets_a_calm_refusal_and_no_other_password_form(client, path):
    client.force_login(make_user())

    answer = client.get(path, follow=True)

    page = answer.content.decode()
    assert answer.status_code == 403
    assert "<h1>This door is closed.</h1>" in page
    assert 'type="password"' not in page


def test_somebody_elses_password_does_not_open_the_desk_from_a_session(client):
    make_user("owner@example.org", is_staff=True, is_superuser=True)
    client.force_login(make_user("noor@example.org"))

    answer = client.post("/admin/login/", {"username": "owner@example.org", "password": PASSWORD})

    assert answer.status_code == 403
    assert client.get("/admin/", follow=True).status_code == 403


def test_an_account_is_added_by_email_and_proves_its_address_at_the_first_sign_in(desk, client):
    fields = {"email": "ravi@example.org", "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}

    answer = desk.post(reverse("admin:accounts_user_add"), fields)

    user = User.objects.get(email="ravi@example.org")
    assert answer.url == reverse("admin:accounts_user_change", args=[user.pk])
    client.logout()
    answer = sign_in_with_password(client, "ravi@example.org")
    assert not is_signed_in(client)
    assert Message.objects.get().to == "ravi@example.org"
    client.post(answer.url, {"code": last_code()})
    assert is_signed_in(client)


def test_an_account_differs_from_another_in_more_than_capitals(desk):
    fields = {"email": "OWNER@example.org", "usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}

    answer = desk.post(reverse("admin:accounts_user_add"), fields)

    assert "An account with this email address exists already." in answer.content.decode()
    assert User.objects.count() == 1


def test_an_account_is_changed_at_the_desk(desk):
    user = make_user("ravi@example.org")
    url = reverse("admin:accounts_user_change", args=[user.pk])

    assert desk.get(url).status_code == 200
    desk.post(url, {"email": "ravi@example.org", "name": "Ravi Menon", "time_zone": "Europe/Paris", "is_staff": "on"})

    user.refresh_from_db()
    assert (user.name, user.time_zone, user.is_staff, user.is_active) == ("Ravi Menon", "Europe/Paris", True, False)


def test_accounts_are_found_by_address_and_name(desk):
    make_user("ravi@example.org", name="Ravi Menon")

    page = desk.get(reverse("admin:accounts_user_changelist"), {"q": "menon"}).content.decode()

    assert (page.count(">ravi@example.org</a>"), page.count(">owner@example.org</a>")) == (1, 0)
