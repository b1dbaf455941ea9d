"""Somebody can always run the desk."""

import threading

import pytest
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.db import close_old_connections, connection, transaction
from django.test import RequestFactory
from django.urls import reverse

from accounts import colleagues
from accounts.models import User
from tests.builders import make_practice, make_user

OWNER = {"is_staff": True, "is_superuser": True}


def change(client, user, **facts):
    stored = {"email": user.email, "time_zone": "Europe/London", "is_active": "on", "is_staff": "on"}
    sent = {name: value for name, value in (stored | {"is_superuser": "on"} | facts).items() if value}
    return client.post(reverse("admin:accounts_user_change", args=[user.pk]), sent)


@pytest.mark.django_db
@pytest.mark.parametrize("power", ["is_active", "is_staff", "is_superuser"])
def test_the_last_owner_gives_no_power_away(client, power):
    make_practice()
    owner = make_user(**OWNER)
    make_user(is_active=False, **OWNER)  # cannot come in
    client.force_login(owner)

    page = change(client, owner, **{power: ""}).content.decode()

    assert "The last owner stays" in page
    assert User.objects.filter(pk=owner.pk, is_active=True, **OWNER).exists()


@pytest.mark.django_db
def test_one_of_two_owners_may_go(client):
    make_practice()
    owner, other = make_user(**OWNER), make_user(**OWNER)
    client.force_login(owner)

    change(client, other, is_superuser="")

    assert User.objects.get(pk=other.pk).is_superuser is False


@pytest.mark.django_db
def test_the_last_owner_is_not_deleted_alone_or_in_a_list(client):
    make_practice()
    owner = make_user(**OWNER)
    client.force_login(owner)

    client.post(reverse("admin:accounts_user_delete", args=[owner.pk]), {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": [owner.pk], "post": "yes"}
    client.post(reverse("admin:accounts_user_changelist"), chosen)

    assert User.objects.filter(pk=owner.pk).exists()
    with pytest.raises(PermissionDenied):
        site._registry[User].delete_queryset(RequestFactory().get("/"), User.objects.all())


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one writer in at a time")
@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_owners_who_go_at_once_one_stays():
    owners, both_ask, answers = [make_user(**OWNER), make_user(**OWNER)], threading.Barrier(2), []

    def go(owner):
        both_ask.wait()
        with transaction.atomic():
            is_last = colleagues.leaves_no_owner([owner])
            if not is_last:
                User.objects.filter(pk=owner.pk).update(is_superuser=False)
        answers.append(is_last)
        close_old_connections()
        connection.close()

    threads = [threading.Thread(target=go, args=(owner,)) for owner in owners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [False, True]
    assert User.objects.filter(is_superuser=True).count() == 1
