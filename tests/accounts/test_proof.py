"""An account belongs to whoever has typed a code from its mailbox. Whatever was set before that lets nobody in."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import due, proof
from accounts.models import AuditEntry, User
from kit.work.due import all_works
from outbox.models import Message
from tests.accounts.test_flows import PASSWORD, is_signed_in, last_code, last_mail, sign_in_with_password, sign_up
from tests.accounts.test_reauthentication import addresses, show_who_one_is_by_code, show_who_one_is_by_password
from tests.builders import make_user

pytestmark = pytest.mark.django_db
VICTIM = "victim@example.org"
THEIR_OWN = "words-that-she-chose"


@pytest.fixture
def attacker() -> Client:
    return Client(headers={"user-agent": "curl/8"})


def claim(*, password: str | None = PASSWORD, **fields) -> User:
    """An account as a stranger made it before passwords waited for a proof, or as an older desk made it."""
    return make_user(VICTIM, password=password, verified=False, **fields)


def sign_in_with_code(client, email: str = VICTIM):
    url = client.post(reverse("account_request_login_code"), {"email": email}).url
    return client.post(url, {"code": last_code()})


def replace_password(client, email: str = VICTIM, *, finish: bool = True) -> None:
    url = client.post(reverse("account_reset_password"), {"email": email}).url
    url = client.post(url, {"code": last_code()}).url
    if finish:
        client.post(url, {"password1": THEIR_OWN, "password2": THEIR_OWN})


def sign_up_again(client) -> None:
    sign_up(client, VICTIM)


def sign_in_with_the_password_and_a_code(client) -> None:
    """As somebody does whom an owner has told a password: the owner knows it, too."""
    url = sign_in_with_password(client, VICTIM).url
    client.post(url, {"code": last_code()})


PROOFS = {
    "a code to sign in": sign_in_with_code,
    "a code for a new password": replace_password,
    "a code for a new password, which is then not chosen": lambda client: replace_password(client, finish=False),
    "a code to sign up": sign_up_again,
    "the password and a code": sign_in_with_the_password_and_a_code,
}


def test_a_stranger_who_signs_up_with_somebodys_address_never_gets_in(client, attacker):
    attacker.post(reverse("account_signup"), {"email": VICTIM, "password1": PASSWORD})
    sign_in_with_password(attacker, VICTIM)
    sign_in_with_code(client)

    sign_in_with_password(attacker, VICTIM)

    assert (is_signed_in(client), is_signed_in(attacker)) == (True, False)


@pytest.mark.parametrize("fields", [{}, {"is_staff": True, "is_superuser": True}], ids=["anybody", "a colleague"])
@pytest.mark.parametrize("prove", PROOFS.values(), ids=PROOFS)
def test_a_password_from_before_the_proof_does_not_survive_it(client, attacker, prove, fields):
    claim(**fields)

    prove(client)
    sign_in_with_password(attacker, VICTIM)

    assert User.objects.get().emailaddress_set.get().verified
    assert not is_signed_in(attacker)
    assert attacker.get("/admin/accounts/user/").status_code == 302


@pytest.mark.parametrize("prove", [sign_in_with_code, sign_up_again, replace_password], ids=lambda each: each.__name__)
def test_a_second_factor_from_before_the_proof_ends_with_it(client, prove):
    user = claim()
    Authenticator.objects.create(user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "a stranger's passkey"})

    prove(client)

    assert Authenticator.objects.count() == 0
    assert AuditEntry.objects.filter(object_id=user.pk, after="second factors reset").count() == 1


def test_a_second_factor_stays_when_its_owner_adds_an_address():
    user = make_user("noor@example.org")
    Authenticator.objects.create(user=user, type=Authenticator.Type.RECOVERY_CODES, data={})
    added = user.emailaddress_set.create(email="second@example.org", verified=True)

    proof.settle_proof(added, in_own_session=True, device="Firefox on Windows")

    assert Authenticator.objects.count() == 1


@pytest.mark.parametrize("password", [PASSWORD, None], ids=["with a password", "without one"])
@pytest.mark.parametrize("prove", [sign_in_with_code, sign_up_again, replace_password], ids=lambda each: each.__name__)
def test_a_session_from_before_the_proof_ends_with_it(client, attacker, prove, password):
    attacker.force_login(claim(password=password))
    assert attacker.get("/bookings/").status_code == 200

    prove(client)

    assert attacker.get("/bookings/").status_code == 302


@pytest.mark.parametrize(
    "prove", [sign_in_with_code, sign_up_again, sign_in_with_the_password_and_a_code], ids=lambda each: each.__name__
)
def test_whoever_proves_the_address_is_signed_in_and_told_of_the_password(client, prove):
    claim()

    prove(client)

    assert client.get("/bookings/").status_code == 200
    assert (last_mail().to, last_mail().subject) == (VICTIM, "A password no longer counts")


def test_a_password_chosen_with_the_code_counts(client):
    claim()

    replace_password(client)

    assert sign_in_with_password(client, VICTIM, THEIR_OWN).url == "/bookings/"


def test_a_password_that_was_set_after_the_proof_outlives_codes(client):
    make_user(VICTIM)

    sign_in_with_code(client)
    client.post(reverse("account_logout"))

    assert sign_in_with_password(client, VICTIM).url == "/bookings/"


def test_a_further_address_proved_by_whoever_is_signed_in_changes_no_password(client):
    user = make_user("noor@example.org")
    client.force_login(user)
    show_who_one_is_by_password(client)
    url = client.post("/accounts/email/", {"action_add": "", "email": VICTIM}).url
    client.post(url, {"code": last_code()})

    user.refresh_from_db()
    assert addresses(user) == [("noor@example.org", True, True), (VICTIM, True, False)]
    assert user.has_usable_password()
    assert client.get("/bookings/").status_code == 200


def test_a_main_address_proved_by_somebody_who_is_not_signed_in_ends_the_password_of_the_other(client, attacker):
    user = make_user("noor@example.org")
    user.emailaddress_set.update(primary=False)
    user.emailaddress_set.create(email=VICTIM, primary=True)
    User.objects.update(email=VICTIM)
    attacker.force_login(user := User.objects.get())

    sign_in_with_code(client)

    user.refresh_from_db()
    assert not user.has_usable_password()
    assert attacker.get("/bookings/").status_code == 302
    told = Message.objects.filter(subject="A password no longer counts").values_list("to", flat=True)
    assert sorted(told) == ["noor@example.org", VICTIM]


@pytest.mark.parametrize("enter", [sign_up_again, sign_in_with_code], ids=["signs up", "asks for a code"])
def test_a_claim_on_somebodys_address_from_another_account_leads_them_into_no_account_but_their_own(client, enter):
    thief = make_user("thief@example.org")
    thief.emailaddress_set.create(email=VICTIM, verified=False)

    enter(client) if enter is sign_up_again else client.post(reverse("account_request_login_code"), {"email": VICTIM})

    assert addresses(thief) == [("thief@example.org", True, True)]
    signed_in = User.objects.filter(pk=client.session.get("_auth_user_id", 0))
    assert [user.email for user in signed_in] == ([VICTIM] if enter is sign_up_again else [])


def test_a_claim_gives_no_code_for_a_new_password_of_the_other_account(client):
    make_user("thief@example.org").emailaddress_set.create(email=VICTIM, verified=False)

    client.post(reverse("account_reset_password"), {"email": VICTIM})

    assert (last_mail().to, last_mail().subject) == (VICTIM, "There is no account with this address")


def test_an_unproved_account_does_not_keep_its_address_from_whoever_proves_it(client):
    claim()
    user = make_user("noor@example.org", password=None)
    client.force_login(user)
    show_who_one_is_by_code(client)

    url = client.post("/accounts/email/", {"action_add": "", "email": VICTIM}).url
    client.post(url, {"code": last_code()})

    assert addresses(user) == [("noor@example.org", True, True), (VICTIM, True, False)]
    assert list(User.objects.all()) == [user]


def test_an_address_of_a_colleague_to_be_is_kept_for_them(client):
    colleague = claim(is_staff=True)
    user = make_user("noor@example.org", password=None)
    client.force_login(user)
    show_who_one_is_by_code(client)

    url = client.post("/accounts/email/", {"action_add": "", "email": VICTIM}).url
    page = client.post(url, {"code": last_code()}).text

    assert "This address belongs to another account" in page
    assert addresses(colleague) == [(VICTIM, False, True)]


# Ends by themselves


def old(**fields) -> User:
    """A claim of an hour more than a day ago."""
    return claim(date_joined=timezone.now() - timedelta(hours=25), **fields)


def test_an_unproved_account_ends_after_a_day():
    old()
    younger = make_user("younger@example.org", verified=False, date_joined=timezone.now() - timedelta(hours=23))
    proved = make_user("proved@example.org", date_joined=timezone.now() - timedelta(days=9))

    assert due.end_unproved_accounts() == 1

    assert sorted(User.objects.values_list("pk", flat=True)) == [younger.pk, proved.pk]
    assert EmailAddress.objects.filter(email=VICTIM).count() == 0


@pytest.mark.parametrize(
    "fields",
    [{"is_staff": True}, {"is_superuser": True}, {"last_login": timezone.now()}],
    ids=["a colleague's", "an owner's", "somebody's who has been there"],
)
def test_some_unproved_accounts_stay(fields):
    old(**fields)

    assert (due.end_unproved_accounts(), User.objects.count()) == (0, 1)


def in_a_group(user: User) -> None:
    user.groups.add(Group.objects.create(name="Friends"))


def in_the_log(user: User) -> None:
    LogEntry.objects.create(user=user, action_flag=CHANGE, object_repr="x")


@pytest.mark.parametrize("point", [in_a_group, in_the_log])
def test_an_account_that_something_points_at_stays(point):
    point(old())

    assert (due.end_unproved_accounts(), User.objects.count()) == (0, 1)


def test_an_account_stays_while_somebody_may_hold_a_code_for_it(client):
    old()
    url = client.post(reverse("account_request_login_code"), {"email": VICTIM}).url
    assert due.end_unproved_accounts() == 0

    client.post(url, {"code": last_code()})

    assert is_signed_in(client)


def test_many_unproved_accounts_end_a_hundred_at_a_time():
    for number in range(103):
        make_user(f"{number}@example.org", verified=False, date_joined=timezone.now() - timedelta(days=2))

    assert [due.end_unproved_accounts() for _ in range(3)] == [100, 3, 0]


def test_further_addresses_without_proof_end_and_main_ones_stay():
    user = make_user("noor@example.org", verified=False)
    user.emailaddress_set.create(email="a_claim@example.org")
    user.emailaddress_set.create(email="second@example.org", verified=True)

    assert due.end_unproved_addresses() == 1

    assert addresses(user) == [("noor@example.org", False, True), ("second@example.org", True, False)]


def test_the_worker_ends_them():
    mine = {"accounts.proof.end_unproved_accounts", "accounts.proof.end_unproved_addresses"}

    assert {work.name for work in all_works()} >= mine


# Nobody learns who has an account


def counted_hashes(monkeypatch) -> list[str]:
    made, real = [], MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args, **kwargs: made.append("x") or real(*args, **kwargs))
    return made


@pytest.mark.parametrize("fields", [{}, {"password": None}, {"verified": False}, {"is_active": False}])
def test_a_wrong_password_takes_as_long_for_an_unknown_address_as_for_any_account(client, monkeypatch, fields):
    make_user("noor@example.org", **fields)
    made = counted_hashes(monkeypatch)

    sign_in_with_password(client, "noor@example.org", "not-the-password")
    known = len(made)
    sign_in_with_password(client, "nora@example.org", "not-the-password")

    assert (known, len(made) - known) == (1, 1)


def test_signing_up_takes_as_long_with_a_known_address(client, monkeypatch):
    make_user("noor@example.org")
    claim()
    made = counted_hashes(monkeypatch)

    for address in ("noor@example.org", "nora@example.org", VICTIM):
        client.post(reverse("account_signup"), {"email": address, "password1": PASSWORD})
        client.cookies.clear()

    assert made == []


@pytest.mark.parametrize("name", ["account_request_login_code", "account_reset_password", "account_signup"])
def test_a_closed_account_is_told_of_by_mail_alone_and_leads_round_no_circle(client, name):
    make_user("noor@example.org", is_active=False)

    answer = client.post(reverse(name), {"email": "noor@example.org"}, follow=True)

    assert "closed" not in answer.text
    assert (last_mail().to, last_mail().subject) == ("noor@example.org", "The account with this address is closed")


def test_an_unproved_account_looks_like_none_at_all_when_one_signs_up(client):
    claim()

    pages = []
    for address in (VICTIM, "nora@example.org"):
        cache.clear()
        client.cookies.clear()
        pages.append(client.post(reverse("account_signup"), {"email": address}, follow=True).redirect_chain)

    assert pages[0] == pages[1]
    assert proof.unproved_account(VICTIM) == User.objects.get(email=VICTIM)
