"""The pages of second factors: set up, shown once more, renamed, removed, kept for a bad day."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.account import urls as account_urls
from allauth.mfa.models import Authenticator
from django.urls import URLResolver, get_resolver, reverse
from django.urls.resolvers import RoutePattern
from django.utils import timezone

from accounts.factors import urls
from accounts.factors.door import behind_our_door, leading_on
from accounts.factors.proof import FRESH_FOR
from kit.guard.encryption import encrypt
from outbox.models import Message
from tests.accounts.passkeys import Passkey, asked_at
from tests.accounts.test_flows import is_signed_in, last_code, sign_in_with_password
from tests.accounts.test_pages import check
from tests.builders import code_of, make_app, make_practice, make_user

pytestmark = pytest.mark.django_db
BY_THEMSELVES = {
    "mfa_authenticate",
    "mfa_login_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_index",
    "mfa_list_webauthn",
}


@pytest.fixture(autouse=True)
def _named_practice():
    make_practice(name="Osier House")


@pytest.fixture
def user():
    return make_user("noor@example.org")


@pytest.fixture
def fresh(client, user):
    """Signed in a moment ago, by hand."""
    sign_in_with_password(client, user.email)
    return client


def names() -> list[str]:
    return sorted(name for name in get_resolver().reverse_dict if isinstance(name, str) and name.startswith("mfa_"))


def path_of(name: str) -> str:
    return reverse(name, args=[1] if name in {"mfa_edit_webauthn", "mfa_remove_webauthn"} else [])


def secret_on(page: str) -> str:
    return re.search(r"<dd><code>(\w+)</code></dd>", page)[1]


def set_up_app(client, callbacks) -> Authenticator:
    secret = secret_on(client.get(reverse("mfa_activate_totp")).text)
    with callbacks(execute=True):
        client.post(reverse("mfa_activate_totp"), {"code": code_of(Authenticator(data={"secret": encrypt(secret)}))})
    return Authenticator.objects.get(type="totp")


def add_passkey(client, passkey: Passkey, name: str = "My phone") -> Authenticator:
    answer = passkey.create(asked_at(client, "mfa_add_webauthn"))
    client.post(reverse("mfa_add_webauthn"), {"name": name, "credential": answer})
    return Authenticator.objects.filter(type="webauthn").latest("pk")


def subjects() -> list[str]:
    """But for the one on signing in, which stands before them."""
    return list(Message.objects.exclude(subject="New sign-in").order_by("pk").values_list("subject", flat=True))


def later():
    return time_machine.travel(timezone.now() + FRESH_FOR + timedelta(seconds=5), tick=True)


def test_every_address_of_second_factors_is_behind_our_door():
    ours = {each.name: each.callback for each in urls.urlpatterns}

    assert {name: get_resolver().resolve(path_of(name)).func for name in names()} == ours
    assert {callback.__code__ for callback in ours.values()} == {behind_our_door("accounts.factors").__code__}


def test_we_have_all_addresses_that_allauth_has():
    all_of_theirs = URLResolver(RoutePattern(""), "allauth.urls").reverse_dict

    assert {name for name in all_of_theirs if isinstance(name, str)} <= set(get_resolver().reverse_dict)


def test_pages_of_accounts_stand_where_allauth_has_them():
    theirs = {each.name: f"/accounts/{each.pattern}" for each in account_urls.urlpatterns}

    assert {name: reverse(name) for name in theirs} == theirs


@pytest.mark.parametrize("kind", ["without", "with"])
@pytest.mark.parametrize("name", sorted(set(names()) - BY_THEMSELVES))
def test_nothing_is_shown_or_changed_long_after_signing_in(client, user, name, kind):
    if kind == "with":
        app = make_app(user)
    step = sign_in_with_password(client, user.email)
    if kind == "with":
        client.post(step.url, {"code": code_of(app)})
    before = list(Authenticator.objects.values())

    with later():
        answers = [client.get(path_of(name)), client.post(path_of(name), {"code": "1"})]

    asks = reverse("account_reauthenticate" if kind == "without" else "mfa_reauthenticate")
    assert [answer.status_code for answer in answers] == [302, 302]
    assert {answer.url.partition("?")[0] for answer in answers} == {asks}
    assert list(Authenticator.objects.values()) == before


def test_a_password_is_not_enough_where_there_is_a_factor(client, user):
    app = make_app(user)
    client.post(sign_in_with_password(client, user.email).url, {"code": code_of(app)})

    with later():
        client.post(reverse("account_reauthenticate"), {"password": "long-enough-words"})
        answer = client.get(reverse("mfa_deactivate_totp"))

    assert answer.url.partition("?")[0] == reverse("mfa_reauthenticate")


def test_whoever_has_no_password_types_a_code_from_the_mail_before_anything_is_set_up(client, user):
    user.set_unusable_password()
    user.save()
    url = client.post(reverse("account_request_login_code"), {"email": user.email}).url
    client.post(url, {"code": last_code()})
    wanted = f"{reverse('mfa_activate_totp')}?next=/admin/"

    with later():
        asked_for = client.get(wanted)
        client.post(asked_for.url)
        answer = client.post(asked_for.url, {"code": last_code()})
        page = client.get(answer.url)

    assert asked_for.url == leading_on(reverse("account_request_reauthentication_code"), wanted)
    assert answer.url == wanted
    assert secret_is_shown(page.text)


def secret_is_shown(page: str) -> bool:
    return bool(re.search(r"[A-Z2-7]{32}", page))


def test_after_proving_it_one_comes_back_to_where_one_was(client, user):
    app = make_app(user)
    client.post(sign_in_with_password(client, user.email).url, {"code": code_of(app)})

    with later():
        asked_for = client.get(reverse("mfa_generate_recovery_codes"))
        page = check(client.get(asked_for.url))
        wanted = re.search(r'name="next" value="([^"]+)"', page)[1]
        answer = client.post(reverse("mfa_reauthenticate"), {"code": code_of(app), "next": wanted}, follow=True)

    assert "<h1>New recovery codes</h1>" in answer.text


def test_setting_up_an_app_shows_recovery_codes_and_writes_to_the_person(fresh, django_capture_on_commit_callbacks):
    app = set_up_app(fresh, django_capture_on_commit_callbacks)

    page = check(fresh.get(reverse("mfa_view_recovery_codes")))
    assert len(re.findall(r"<li><code>\d{8}</code></li>", page)) == 10
    assert "10 of 10 are left." in page
    assert subjects() == ["An authenticator app was set up"]
    assert app.last_used_at is not None


def test_the_picture_stands_in_the_page_and_the_secret_beside_it(fresh):
    page = check(fresh.get(reverse("mfa_activate_totp")))

    assert page.count('<svg class="qr"') == 1
    assert page.count("<title>The same secret as a picture for the app’s camera</title>") == 1
    assert "data:" not in page
    assert len(secret_on(page)) == 32


def test_each_opening_of_the_page_makes_another_secret(fresh):
    first, second = (secret_on(fresh.get(reverse("mfa_activate_totp")).text) for _ in range(2))

    answer = fresh.post(reverse("mfa_activate_totp"), {"code": code_of(Authenticator(data={"secret": encrypt(first)}))})

    assert first != second
    assert "This did not fit. Try again with a new code." in answer.text
    assert secret_on(answer.text) == second


def test_the_same_form_sent_twice_sets_up_one_app(fresh):
    secret = secret_on(fresh.get(reverse("mfa_activate_totp")).text)
    data = {"code": code_of(Authenticator(data={"secret": encrypt(secret)}))}

    answers = [fresh.post(reverse("mfa_activate_totp"), data) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Authenticator.objects.filter(type="totp").count() == 1


def test_an_address_that_is_not_confirmed_comes_first(fresh, user):
    user.emailaddress_set.create(email="second@example.org", verified=False)

    answer = fresh.get(reverse("mfa_activate_totp"), follow=True)

    assert "One of your email addresses is not confirmed." in answer.text
    assert not secret_is_shown(answer.text)


def test_removing_the_app_takes_the_recovery_codes_along_and_writes_to_the_person(
    fresh, django_capture_on_commit_callbacks
):
    set_up_app(fresh, django_capture_on_commit_callbacks)
    check(fresh.get(reverse("mfa_deactivate_totp")))

    fresh.post(reverse("mfa_deactivate_totp"))

    assert Authenticator.objects.count() == 0
    assert subjects() == ["An authenticator app was set up", "Your authenticator app was removed"]


def test_new_recovery_codes_end_the_old_ones_and_write_to_the_person(fresh, django_capture_on_commit_callbacks):
    set_up_app(fresh, django_capture_on_commit_callbacks)
    old = codes_on(fresh)

    with django_capture_on_commit_callbacks(execute=True):
        answer = fresh.post(reverse("mfa_generate_recovery_codes"), follow=True)

    new = re.findall(r"<li><code>(\d{8})</code></li>", check(answer))
    assert (len(new), set(new) & set(old)) == (10, set())
    assert subjects()[-1] == "New recovery codes were made"


def codes_on(client) -> list[str]:
    return re.findall(r"<li><code>(\d{8})</code></li>", client.get(reverse("mfa_view_recovery_codes")).text)


def test_recovery_codes_are_downloaded_as_text_and_kept_by_no_cache(fresh, django_capture_on_commit_callbacks):
    set_up_app(fresh, django_capture_on_commit_callbacks)

    answer = fresh.get(reverse("mfa_download_recovery_codes"))

    assert answer["Content-Type"].startswith("text/plain")
    assert answer["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert re.findall(r"^\d{8}$", answer.text, re.MULTILINE) == codes_on(fresh)
    assert "no-store" in answer["Cache-Control"]


def test_the_overview_tells_what_one_has_and_how_many_codes_are_left(fresh, user, django_capture_on_commit_callbacks):
    app = set_up_app(fresh, django_capture_on_commit_callbacks)
    code = codes_on(fresh)[0]
    add_passkey(fresh, Passkey())
    fresh.post(reverse("account_logout"))
    fresh.post(sign_in_with_password(fresh, user.email).url, {"code": code})

    page = " ".join(check(fresh.get(reverse("mfa_index"))).split())

    assert f"Set up on {app.created_at.day} " in page
    assert "You have 1: My phone." in page
    assert "9 of them are left" in page


def test_a_passkey_is_added_renamed_and_removed(fresh, django_capture_on_commit_callbacks):
    key = add_passkey(fresh, Passkey())
    for name in ("mfa_add_webauthn", "mfa_list_webauthn"):
        check(fresh.get(reverse(name)))
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        check(fresh.get(reverse(name, args=[key.pk])))

    fresh.post(reverse("mfa_edit_webauthn", args=[key.pk]), {"name": "Blue key"})
    listed = fresh.get(reverse("mfa_list_webauthn")).text
    fresh.post(reverse("mfa_remove_webauthn", args=[key.pk]))

    assert '<h2 class="slip__h">Blue key</h2>' in listed
    assert Authenticator.objects.count() == 0
    assert subjects() == ["A passkey was added", "A passkey was removed"]


def test_nobody_renames_or_removes_anothers_passkey(fresh, client):
    other = Authenticator.objects.create(user=make_user(), type="webauthn", data={"name": "Theirs", "credential": {}})

    answers = [
        fresh.post(reverse(name, args=[other.pk]), {"name": "Mine"})
        for name in ("mfa_edit_webauthn", "mfa_remove_webauthn")
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert Authenticator.objects.get().data["name"] == "Theirs"


def test_a_passkey_must_know_its_owner_by_finger_face_or_pin(fresh):
    answer = Passkey(knows_its_owner=False).create(asked_at(fresh, "mfa_add_webauthn"))

    page = fresh.post(reverse("mfa_add_webauthn"), {"credential": answer}).text

    assert Authenticator.objects.count() == 0
    assert "This did not fit." in page


@pytest.mark.parametrize("name", ["mfa_add_webauthn", "mfa_login_webauthn"])
@pytest.mark.parametrize("sent", ["", "5", "[]", "{}", '{"response": 7}', '{"id": 1, "response": {"userHandle": 3}}'])
def test_what_no_browser_sends_is_refused_and_breaks_nothing(client, user, name, sent):
    if name == "mfa_add_webauthn":
        sign_in_with_password(client, user.email)
        client.get(reverse(name))
    else:
        client.get(reverse(name), headers={"accept": "application/json"})

    answer = client.post(reverse(name), {"credential": sent})

    assert answer.status_code in {200, 302}
    assert Authenticator.objects.count() == 0
    assert is_signed_in(client) is (name == "mfa_add_webauthn")


def test_without_javascript_the_part_with_passkeys_says_why_it_needs_it(fresh):
    page = check(fresh.get(reverse("mfa_add_webauthn")))

    assert page.count('<noscript><p class="quiet">A passkey needs JavaScript') == 1
    assert re.findall(r'<form[^>]*data-passkey="create"[^>]* hidden\b', page) != []


def test_mails_about_factors_have_text_and_html_and_say_what_to_do(fresh, django_capture_on_commit_callbacks):
    set_up_app(fresh, django_capture_on_commit_callbacks)
    add_passkey(fresh, Passkey())

    for mail in Message.objects.exclude(subject="New sign-in"):
        assert mail.text.count("tell the practice at once") == mail.html.count("tell the practice at once") == 1
        assert mail.text.count("http://localhost:8000/accounts/2fa/") == 1
        assert mail.is_secret is False


def test_the_page_of_a_colleague_without_a_password_says_nothing_of_the_desk_to_a_buyer(fresh):
    assert "The desk opens once" not in fresh.get(reverse("mfa_index")).text
