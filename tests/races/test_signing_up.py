"""Sign up is pressed twice: the browser shows what the second press is answered, and its code lets her in."""

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from accounts.adapter import AccountAdapter
from accounts.models import User
from outbox.models import Message
from outbox.sealing import unsealed
from tests.accounts.test_flows import CODE, is_signed_in
from tests.builders import make_practice

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.mark.parametrize("shown", [0, 1])
def test_of_two_presses_at_once_each_is_asked_for_a_code_and_there_is_one_account(shown, monkeypatch):
    make_practice()
    both_have_looked, saves = threading.Barrier(2, timeout=60), count(1)
    save = AccountAdapter.save_user

    def save_together(*args, **kwargs):
        if next(saves) <= 2:
            both_have_looked.wait()
        return save(*args, **kwargs)

    monkeypatch.setattr(AccountAdapter, "save_user", save_together)
    browsers = [Client(), Client()]

    def press(browser):
        try:
            return browser.post(reverse("account_signup"), {"email": "noor@example.org"})
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(press, browsers))

    codes = [CODE.findall(unsealed(mail).text)[0] for mail in Message.objects.order_by("pk")]
    asked = reverse("account_email_verification_sent")
    assert ([answer.url for answer in answers], User.objects.count(), len(codes)) == ([asked, asked], 1, 2)
    for code in codes:
        browsers[shown].post(asked, {"code": code})
    assert is_signed_in(browsers[shown])
    assert User.objects.get().emailaddress_set.get().verified
