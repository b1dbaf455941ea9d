"""What somebody who types another's address can have sent there, and that its owner still gets what she asks for."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from outbox import limits
from outbox.delivery import deliver_due
from outbox.models import Message
from tests.builders import make_practice, make_user
from tests.outbox import sink

pytestmark = pytest.mark.django_db
NOOR = "noor@example.org"
HOME, ELSEWHERE = "198.51.100.7", "203.0.113.9"
FORMS = ["account_signup", "account_request_login_code", "account_reset_password"]


def ask(name: str, email: str, *, ip: str = ELSEWHERE):
    cache.clear()  # the limits of one network are another matter
    return Client(REMOTE_ADDR=ip).post(reverse(name), {"email": email}, follow=True)


def code_to(email: str, *, ip: str = ELSEWHERE):
    return ask("account_request_login_code", email, ip=ip)


def count(**about) -> int:
    return Message.objects.filter(**about).count()


@pytest.fixture
def noor():
    user = make_user(NOOR)
    seen = {"ip": HOME, "session_key": "her-browser", "last_seen_at": timezone.now()}
    UserSession.objects.create(user=user, user_agent="", **seen)
    return user


@pytest.mark.parametrize(("name", "most"), [*zip(FORMS, [4, 4, 1], strict=True)])
def test_a_stranger_who_types_an_unknown_address_with_any_tags_sends_few_mails(name, most):
    for number in range(8):
        ask(name, f"nobody+{number}@example.org", ip=f"203.0.113.{number}")

    assert count() == most


def test_the_notice_that_there_is_no_account_is_one_a_day():
    for _ in range(3):
        ask("account_reset_password", NOOR)

    assert count() == 1


def test_the_page_says_the_same_whether_a_mail_was_written_or_held_back(noor):
    pages = [code_to(NOOR) for _ in range(7)]

    assert [count(), {page.status_code for page in pages}] == [5, {200}]
    assert len({page.text.partition("<main")[2].partition("<form")[0] for page in pages}) == 1


def test_one_network_sends_five_codes_an_hour_to_an_account_and_many_networks_ten(noor):
    for number in range(30):
        code_to(NOOR, ip=f"203.0.113.{number % 3}")

    assert count(kind="account/email/login_code") == 10


def test_strangers_who_use_up_the_codes_do_not_lock_the_owner_out(noor):
    for number in range(12):
        code_to(NOOR, ip=f"203.0.113.{number}")
    before = count()

    code_to(NOOR, ip=HOME)

    assert (before, count()) == (10, 11)


def test_a_stranger_who_is_signed_in_to_another_account_does_not_lock_the_owner_out_either(noor):
    for number in range(12):
        cache.clear()
        stranger = Client(REMOTE_ADDR=f"203.0.113.{number}")
        stranger.force_login(make_user(f"stranger{number}@example.org"))
        stranger.post(reverse("account_reset_password"), {"email": NOOR})
    before = count(to=NOOR)

    code_to(NOOR, ip=HOME)

    assert (before, count(to=NOOR)) == (10, 11)


def test_notices_to_unknown_addresses_have_a_bound_over_all_addresses(monkeypatch):
    small = limits.Limit(limits.NOTICES, limits.HOUR, in_all=3)
    monkeypatch.setattr(limits, "LIMITS", [small])

    for number in range(5):
        ask("account_reset_password", f"nobody{number}@example.org")

    assert count() == 3


def test_the_bound_ends_with_its_time(time_machine):
    start = timezone.now()
    counts = []
    for hours in (0, 23, 25):
        time_machine.move_to(start + timedelta(hours=hours))
        ask("account_reset_password", NOOR)
        counts.append(count())

    assert counts == [1, 1, 2]


def test_what_is_held_back_is_written_down_without_the_address(caplog):
    for _ in range(2):
        ask("account_reset_password", NOOR)

    [line] = [record.getMessage() for record in caplog.records if record.name == "security"]
    assert line == "mail held back kind=account/email/unknown_account"


def test_codes_leave_before_all_that_strangers_have_others_sent(noor):
    make_user("ruth@example.org")
    for number in range(3):
        ask("account_signup", f"new{number}@example.org")
        code_to(f"nobody{number}@example.org")
        code_to(NOOR)

    code_to("ruth@example.org")

    waiting = Message.objects.due().values_list("to", "kind")
    assert [to for to, kind in waiting][:4] == [NOOR, "ruth@example.org", NOOR, NOOR]
    assert {kind for _, kind in list(waiting)[4:]} == {
        "account/email/newcomer_code",
        "account/email/email_confirmation_signup",
    }


def test_a_code_overtakes_a_flood_at_a_slow_mail_server(settings, noor):
    make_practice()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 2
    for number in range(30):
        code_to(f"nobody{number}@example.org", ip=f"203.0.113.{number}")
    with sink.running() as server:
        settings.EMAIL_PORT = server.port
        deliver_due(limit=3)

        code_to(NOOR, ip=HOME)
        deliver_due(limit=3)

        to = [mail.partition("To: ")[2].partition("\n")[0].strip() for mail in server.mails]
    assert (len(to), to.index(NOOR)) == (6, 3)
