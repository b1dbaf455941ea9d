import pytest
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from accounts.models import User
from outbox.models import Message
from practice_site.groups import set_up_groups
from tests.accounts.test_flows import last_code
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


def add(desk, email: str = "ravi@example.org", **fields):
    return desk.post(reverse("admin:accounts_user_add"), {"email": email, **fields})


def change(desk, user: User, **fields):
    """As the page sends it back, with what is given here changed; None for a box that is not ticked."""
    shown = {"email": user.email, "name": user.name, "time_zone": user.time_zone, "is_active": "on"}
    shown |= {name: "on" for name in ("is_staff", "is_superuser") if getattr(user, name)}
    shown |= {"groups": [group.pk for group in user.groups.all()]}
    sent = {name: value for name, value in (shown | fields).items() if value is not None}
    return desk.post(reverse("admin:accounts_user_change", args=[user.pk]), sent)


def rows(user: User) -> list[tuple[str, bool, bool]]:
    return list(user.emailaddress_set.order_by("pk").values_list("email", "verified", "primary"))


def mails() -> list[tuple[str, str]]:
    return sorted(Message.objects.values_list("to", "subject"))


def test_a_colleague_is_added_without_a_password_and_signs_in_with_a_code(desk, client):
    group = Group.objects.create(name="Writers").pk
    answer = add(desk, "Ravi@example.org", is_staff="on", groups=[group], password1=PASSWORD, password2=PASSWORD)

    user = User.objects.get(email="ravi@example.org")
    assert answer.url == reverse("admin:accounts_user_change", args=[user.pk])
    assert (user.has_usable_password(), rows(user)) == (False, [("ravi@example.org", False, True)])
    assert mails() == [("ravi@example.org", "You may use the desk")]
    client.logout()
    url = client.post(reverse("account_request_login_code"), {"email": "ravi@example.org", "next": "/admin/"}).url
    assert client.post(url, {"code": last_code(), "next": "/admin/"}).url == "/admin/"
    assert rows(user) == [("ravi@example.org", True, True)]


def test_an_account_differs_from_another_in_more_than_capitals(desk):
    answer = add(desk, "OWNER@example.org")

    assert "An account with this email address exists already." in answer.content.decode()
    assert User.objects.count() == 1


def test_no_account_gets_an_address_that_another_has_proved_as_a_further_one(desk):
    make_user("noor@example.org").emailaddress_set.create(email="second@example.org", verified=True)
    ravi = make_user("ravi@example.org")

    answers = [add(desk, "second@example.org"), change(desk, ravi, email="Second@example.org")]

    for answer in answers:
        assert answer.text.count("An account with this email address exists already.") in {1, 2}
    assert rows(ravi) == [("ravi@example.org", True, True)]


def test_an_account_is_changed_at_the_desk(desk):
    user = make_user("ravi@example.org")
    url = reverse("admin:accounts_user_change", args=[user.pk])

    assert desk.get(url).status_code == 200
    change(desk, user, name="Ravi Menon", time_zone="Europe/Paris", is_staff="on", is_active=None)

    user.refresh_from_db()
    assert (user.name, user.time_zone, user.is_staff, user.is_active) == ("Ravi Menon", "Europe/Paris", True, False)


def test_nobody_is_written_to_about_a_name(desk):
    change(desk, make_user("ravi@example.org"), name="Ravi Menon")

    assert mails() == []


@pytest.mark.parametrize(
    ("was", "fields", "subject"),
    [
        ({}, {"is_active": None}, "Your account is closed"),
        ({"is_active": False}, {}, "Your account is open"),
        ({}, {"is_staff": "on"}, "You may use the desk"),
        ({"is_staff": True}, {"is_staff": None}, "You no longer use the desk"),
        ({}, {"is_superuser": "on"}, "You may do everything at the desk"),
        ({"is_superuser": True}, {"is_superuser": None}, "You no longer do everything at the desk"),
    ],
)
def test_whose_standing_changes_at_the_desk_is_told_at_each_address(desk, was, fields, subject):
    user = make_user("ravi@example.org", **was)
    user.emailaddress_set.create(email="second@example.org", verified=True)
    user.emailaddress_set.create(email="a-claim@example.org", verified=False)

    change(desk, user, **fields)

    assert mails() == [("ravi@example.org", subject), ("second@example.org", subject)]
    assert Message.objects.first().text.count("By: somebody at the practice\n") == 1


def test_whose_groups_change_is_told_which_they_are_now(desk):
    set_up_groups()
    user = make_user("ravi@example.org", is_staff=True)

    change(desk, user, groups=[Group.objects.get(name="Editors").pk])

    assert mails() == [("ravi@example.org", "What you may do at the desk has changed")]
    assert Message.objects.get().text.count("Your groups at the desk are now: Editors.") == 1


def test_an_address_changed_at_the_desk_takes_the_place_of_the_old_one_and_has_to_be_proved(desk):
    user = make_user("ravi@example.org")
    elsewhere = Client()
    elsewhere.force_login(user)

    change(desk, user, email="Menon@example.org")

    user.refresh_from_db()
    assert (user.email, rows(user)) == ("menon@example.org", [("menon@example.org", False, True)])
    assert mails() == [("menon@example.org", "Email address changed"), ("ravi@example.org", "Email address changed")]
    assert not user.has_usable_password()
    assert elsewhere.get("/bookings/").status_code == 302


def test_a_further_address_that_was_proved_can_be_made_the_main_one_at_the_desk(desk):
    user = make_user("ravi@example.org")
    user.emailaddress_set.create(email="second@example.org", verified=True)

    change(desk, user, email="second@example.org")

    user.refresh_from_db()
    assert (user.has_usable_password(), rows(user)) == (True, [("second@example.org", True, True)])


def test_an_address_that_was_never_proved_is_not_written_to_when_it_is_corrected(desk):
    user = make_user("rvai@example.org", verified=False)

    change(desk, user, email="ravi@example.org")

    assert mails() == [("ravi@example.org", "Email address changed")]


def test_ones_own_address_is_not_changed_at_the_desk(desk):
    owner = User.objects.get()

    change(desk, owner, email="thief@example.org")

    owner.refresh_from_db()
    assert (owner.email, rows(owner), mails()) == ("owner@example.org", [("owner@example.org", True, True)], [])


def test_an_owner_takes_a_password_away_and_cannot_choose_another(desk):
    user = make_user("ravi@example.org")
    elsewhere = Client()
    elsewhere.force_login(user)
    url = reverse("admin:auth_user_password_change", args=[user.pk])
    page = desk.get(url).text
    assert page.count('type="password"') == 0

    desk.post(url, {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD})

    user.refresh_from_db()
    assert not user.has_usable_password()
    assert mails() == [("ravi@example.org", "Your password no longer counts")]
    assert elsewhere.get("/bookings/").status_code == 302
    assert desk.get("/admin/").status_code == 200


def test_ones_own_password_is_changed_on_the_sites_own_page(desk):
    assert desk.get("/admin/password_change/").url == reverse("account_change_password")


def test_a_closed_account_does_not_find_its_old_sessions_when_it_opens_again(desk):
    user = make_user("ravi@example.org")
    elsewhere = Client()
    elsewhere.force_login(user)

    change(desk, user, is_active=None)
    user.refresh_from_db()
    change(desk, user, is_active="on")

    assert elsewhere.get("/bookings/").status_code == 302


def test_no_page_of_the_desk_makes_an_address_proved(desk):
    address = make_user("ravi@example.org", verified=False).emailaddress_set.get()

    page = desk.get(reverse("admin:account_emailaddress_changelist")).text
    fields = {"action": "make_verified", "_selected_action": address.pk}
    desk.post(reverse("admin:account_emailaddress_changelist"), fields)
    answer = desk.post(reverse("admin:account_emailaddress_change", args=[address.pk]), {"verified": "on"})

    assert page.count("ravi@example.org") > 0
    assert answer.status_code == 403
    address.refresh_from_db()
    assert not address.verified


def test_an_account_can_be_deleted_with_its_addresses(desk):
    user = make_user("ravi@example.org")

    desk.post(reverse("admin:accounts_user_delete", args=[user.pk]), {"post": "yes"})

    assert User.objects.filter(email="ravi@example.org").count() == 0


def test_the_desk_shows_no_sessions():
    assert UserSession not in admin.site._registry


def test_accounts_are_found_by_address_and_name(desk):
    make_user("ravi@example.org", name="Ravi Menon")

    page = desk.get(reverse("admin:accounts_user_changelist"), {"q": "menon"}).content.decode()

    assert (page.count(">ravi@example.org</a>"), page.count(">owner@example.org</a>")) == (1, 0)
