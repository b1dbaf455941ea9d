"""After a break-in somebody can look up who did what, from where, and finds no word of what was read or written."""

import logging

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import notices
from accounts.factors.reset import reset_factors
from orders.models import SalesExport
from outbox.models import person_of
from practice.models import Enquiry
from practice_site.logs import WithoutSecrets
from tests.builders import code_of, make_app, make_practice, make_ticket, make_user, make_workshop
from tests.practice.test_views import ANSWERS

pytestmark = pytest.mark.django_db
NOOR, WORDS = "noor@example.org", "long-enough-words"
PERSON = person_of(NOOR)


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO, "security")
    return lambda: [each.getMessage() for each in caplog.records if each.name == "security"]


@pytest.fixture
def owner(client):
    user = make_user("owner@example.org", is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


def sign_in(client, password):
    return client.post(reverse("account_login"), {"login": NOOR, "password": password}, REMOTE_ADDR="192.0.2.7")


def test_signing_in_and_out_and_wrong_passwords(client, lines):
    user = make_user(NOOR)

    for password in [*["wrong-words-1"] * 6, WORDS]:
        sign_in(client, password)
    client.force_login(user)
    client.post(reverse("account_logout"))

    refused = f"password not looked at why=too_many_login_attempts person={PERSON} from=192.0.2.7"
    assert lines()[:7] == [f"wrong password person={PERSON} from=192.0.2.7"] * 5 + [refused] * 2
    assert lines()[-1] == f"signed out account={user.pk} by={user.pk} from=127.0.0.1"
    assert NOOR not in "".join(lines())


def test_a_sign_in_that_is_right(client, lines):
    user = make_user(NOOR)

    sign_in(client, WORDS)

    assert lines() == [
        f"signed in account={user.pk} by={user.pk} from=192.0.2.7",
        f'new browser account={user.pk} by="a device that does not say what it is"',
    ]


def test_changes_of_an_account(lines):
    user = make_user(NOOR)

    notices.tell(user, notices.Change.PASSWORD_CHANGED, by="Firefox on Windows")
    notices.tell(user, notices.Change.GROUPS, by="the desk", groups="Editors")

    assert lines() == [
        f'password changed account={user.pk} by="Firefox on Windows"',
        f'groups account={user.pk} by="the desk"',
    ]


def test_second_factors(client, lines):
    user = make_user(NOOR)
    app = make_app(user)

    step = sign_in(client, WORDS)
    for code in ("000000" if code_of(app) != "000000" else "111111", code_of(app)):
        client.post(step.url, {"code": code}, REMOTE_ADDR="192.0.2.7")
    reset_factors(user)

    here = f"account={user.pk} from=192.0.2.7"
    assert lines()[0] == f"wrong second factor {here}"
    assert lines()[-1] == f"second factors taken off account={user.pk}"


def test_an_enquiry_that_is_read(client, lines, owner):
    make_practice()
    client.post("/therapy/", ANSWERS)
    enquiry = Enquiry.objects.get()

    client.get(reverse("admin:practice_enquiry_change", args=[enquiry.pk]))

    assert lines()[-1] == f"enquiry opened enquiry={enquiry.pk} by={owner.pk} from=127.0.0.1"
    assert enquiry.email not in "".join(lines())


def test_lists_that_are_downloaded(client, lines, owner):
    ticket = make_ticket(make_workshop())

    chosen = {"action": "download", "_selected_action": [ticket.pk]}
    client.post(reverse("admin:courses_ticket_changelist"), chosen)
    client.get(reverse("admin:orders_order_sales"))
    today = timezone.localdate()
    export = SalesExport.objects.create(first_day=today, last_day=today, made_at=timezone.now())
    client.get(reverse("admin:orders_order_export_file", args=[export.pk]))

    assert lines()[-3:] == [
        f"attendees downloaded places=1 by={owner.pk} from=127.0.0.1",
        f"sales downloaded file=sales.csv by={owner.pk} from=127.0.0.1",
        f"sales downloaded file={export.filename} by={owner.pk} from=127.0.0.1",
    ]


def test_somebody_who_is_looked_up_copied_or_erased(client, lines, owner):
    person = {"address": NOOR, "is_sure": "on"}

    for name in ("privacy_person", "privacy_person_copy", "privacy_person_erase"):
        client.post(reverse(f"admin:{name}"), person)

    by = f"person={PERSON} by={owner.pk} from=127.0.0.1"
    assert lines() == [f"person looked up {by}", f"person copied {by}", f"person erased {by}"]


def test_whoever_tries_too_often_and_no_word_of_what(client, lines, monkeypatch):
    make_practice()
    make_user(NOOR)
    monkeypatch.setattr("search.views.NEW_ONES", 1)
    monkeypatch.setattr("learning.certificates.views.WRONG_PER_HOUR", 1)
    monkeypatch.setattr("accounts.codes.FROM_ELSEWHERE_PER_HOUR", 1)

    for number in range(2):
        client.get("/search/", {"q": f"canary {number}"})
        client.get(reverse("certificates:verified", args=["7K3D0QWZM4TH9XB2"]))
        client.post(reverse("account_request_login_code"), {"email": NOOR})
        client.cookies.clear()  # another browser

    assert lines() == [
        "too many searches network=127.0.0.1",
        "too many numbers of certificates tried from=127.0.0.1",
        f"code held back person={PERSON} network=127.0.0.1",
    ]


def test_floods_and_foreign_forms(client, lines, caplog):
    make_practice()
    client.post("/therapy/", ANSWERS, headers={"Origin": "https://elsewhere.example"})
    for number in range(11):
        client.post("/therapy/", ANSWERS | {"message": f"Number {number}"})

    assert lines() == [
        "form of another site refused scope=enquiry from=127.0.0.1",
        *["mail held back kind=practice/enquiry_came"] * 8,
        "too many posts scope=enquiry from=127.0.0.1",
    ]
    assert [each for each in caplog.records if each.exc_info] == []


def test_what_a_database_adds_to_an_error_is_not_written_down():
    try:
        raise ValueError("duplicate key\nDETAIL:  Key (email_key)=(noor@example.org) at /orders/abcdef/ exists.")
    except ValueError as error:
        record = logging.LogRecord("django", logging.ERROR, "", 1, "failed", None, (type(error), error, None))

    WithoutSecrets().filter(record)

    assert logging.Formatter().format(record) == "failed\nValueError: duplicate key\nDETAIL: ..."


def test_whoever_found_a_hole_reads_whom_to_tell(client, settings, time_machine):
    time_machine.move_to("2026-06-01 12:00")
    settings.SITE_URL = "https://withyrooms.example"
    make_practice(email="desk@withyrooms.example")

    answer = client.get("/.well-known/security.txt")

    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text.splitlines() == [
        "Contact: mailto:desk@withyrooms.example",
        "Expires: 2026-11-28T00:00:00Z",
        "Preferred-Languages: en",
        "Canonical: https://withyrooms.example/.well-known/security.txt",
    ]


@pytest.mark.parametrize("cookie", ["x", "x" * 31 + "-", ""])
def test_a_broken_cookie_sets_none_on_a_public_page_and_a_good_one_on_a_form(client, cookie):
    make_practice()
    client.cookies["csrftoken"] = cookie

    public, form = client.get("/therapy/"), client.get(reverse("account_login"))

    assert public.cookies.output() == ""
    assert len(form.cookies["csrftoken"].value) == 32


def test_no_cookie_says_who_has_signed_in(client):
    make_user(NOOR)

    answer = sign_in(client, WORDS)

    assert sorted(answer.cookies) == ["csrftoken", "known", "sessionid"]


def test_the_page_of_ones_addresses_is_kept_nowhere(client):
    client.force_login(make_user(NOOR))

    assert "no-store" in client.get(reverse("account_email"))["Cache-Control"]
