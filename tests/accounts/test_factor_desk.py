"""What owners see of second factors at the desk, and how they take a colleague's off."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.urls import reverse

from accounts.models import AuditEntry, User
from outbox.models import Message
from tests.builders import make_app, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    return make_user("owner@example.org", is_staff=True, is_superuser=True)


@pytest.fixture
def desk(client, owner):
    client.force_login(owner)
    return client


@pytest.fixture
def colleague():
    user = make_user("edie@example.org", is_staff=True)
    make_app(user)
    return user


def reset_url(user: User) -> str:
    return reverse("admin:accounts_user_reset_factors", args=[user.pk])


def test_an_owner_takes_a_colleagues_factors_off_with_a_reason_and_a_mail(desk, owner, colleague):
    page = desk.get(reset_url(colleague)).text
    answer = desk.post(reset_url(colleague), {"reason": "Rang me, new phone"}, follow=True)

    assert "<p>They have: authenticator app.</p>" in page
    assert colleague.authenticator_set.count() == 0
    entry, mail = AuditEntry.objects.get(), Message.objects.get()
    assert (entry.label, entry.change, entry.who, entry.reason) == (
        f"User {colleague.pk}",
        "second factors reset",
        "the desk (owner@example.org)",
        "Rang me, new phone",
    )
    assert (mail.to, mail.subject) == ("edie@example.org", "Your second factors were taken off")
    assert mail.text.count("http://localhost:8000/accounts/2fa/") == 1
    assert "Taken off. A mail tells edie@example.org" in answer.text
    assert "second factors reset" in desk.get(reverse("admin:accounts_auditentry_changelist")).text


def test_nothing_happens_without_a_reason(desk, colleague):
    answer = desk.post(reset_url(colleague), {"reason": " "})

    assert "Nothing was done." in answer.text
    assert colleague.authenticator_set.count() == 1


def test_an_owner_does_not_take_off_his_own_there(desk, owner):
    answer = desk.post(reset_url(owner), {"reason": "Me"}, follow=True)

    assert "Your own you change under “Second factor” in your account." in answer.text
    assert owner.authenticator_set.count() == 1
    assert reset_url(owner) not in desk.get(reverse("admin:accounts_user_change", args=[owner.pk])).text


def test_an_account_without_a_factor_says_so_and_nobody_is_written_to(desk):
    user = make_user("edie@example.org", is_staff=True)

    answer = desk.post(reset_url(user), {"reason": "Rang me"}, follow=True)

    assert "This account has no second factor. Nothing was done." in answer.text
    assert (AuditEntry.objects.count(), Message.objects.count()) == (0, 0)


def test_nobody_but_an_owner_takes_factors_off(client, owner, colleague):
    client.force_login(colleague)

    assert client.get(reset_url(owner)).status_code == 403
    assert client.post(reset_url(colleague), {"reason": "x"}).status_code == 403


def test_factors_are_listed_without_what_is_in_them_and_cannot_be_changed(desk, colleague):
    factor = colleague.authenticator_set.get()
    url = reverse("admin:mfa_authenticator_change", args=[factor.pk])
    listed = desk.get(reverse("admin:mfa_authenticator_changelist")).text
    page = desk.get(url).text

    answers = [
        desk.post(url, {"type": "webauthn", "data": "{}"}),
        desk.post(url.replace("change", "delete"), {"post": "y"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert Authenticator.objects.filter(pk=factor.pk).values_list("type", "data").get() == ("totp", factor.data)
    for shown in (listed, page):
        assert factor.data["secret"][:20] not in shown
        assert "data" not in re.findall(r'class="[^"]*field-(\w+)', shown)
        assert "authenticator app" in shown


def test_the_factors_go_along_with_an_account_that_is_deleted(desk, colleague):
    desk.post(reverse("admin:accounts_user_delete", args=[colleague.pk]), {"post": "yes"})

    assert not User.objects.filter(pk=colleague.pk).exists()
    assert Authenticator.objects.filter(user_id=colleague.pk).count() == 0


@pytest.mark.parametrize(("kind", "count"), [("totp", 2), ("webauthn", 0), ("nonsense", 2)])
def test_the_list_is_filtered_by_kind(desk, colleague, kind, count):
    page = desk.get(reverse("admin:mfa_authenticator_changelist"), {"kind": kind}).text

    assert page.count('class="field-kind"') == count
