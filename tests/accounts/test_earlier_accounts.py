"""What the migration does to accounts from before passwords waited for a proof."""

from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps

from accounts import migrations
from accounts.models import User
from tests.accounts.test_reauthentication import addresses
from tests.builders import make_user

pytestmark = pytest.mark.django_db


def migrate() -> None:
    (path,) = Path(migrations.__path__[0]).glob("*_unproved_accounts_hold_no_keys.py")
    import_module(f"accounts.migrations.{path.stem}").hold_no_keys(apps, None)


def test_a_password_of_an_account_that_nobody_proved_is_gone_and_others_stay():
    unproved, proved = make_user(verified=False), make_user()

    migrate()

    found = {user.pk: user.has_usable_password() for user in User.objects.all()}
    assert found == {unproved.pk: False, proved.pk: True}


def test_an_address_typed_at_the_desk_over_a_proved_one_gives_way_to_it():
    user = make_user("noor@example.org")
    User.objects.update(email="typed@example.org")

    migrate()

    user.refresh_from_db()
    assert (user.email, addresses(user)) == ("noor@example.org", [("noor@example.org", True, True)])


def test_an_account_of_the_desk_gets_the_row_of_its_address():
    user = User.objects.create_user("ravi@example.org", "a-password-of-the-owners")

    migrate()

    user.refresh_from_db()
    assert (user.has_usable_password(), addresses(user)) == (False, [("ravi@example.org", False, True)])


def test_capitals_in_an_address_part_it_from_its_row_no_more():
    user = make_user("noor@example.org")
    User.objects.update(email="Noor@Example.org")

    migrate()

    user.refresh_from_db()
    assert (user.email, addresses(user)) == ("noor@example.org", [("noor@example.org", True, True)])


def test_claims_on_further_addresses_end():
    user = make_user("noor@example.org")
    user.emailaddress_set.create(email="victim@example.org")
    user.emailaddress_set.create(email="second@example.org", verified=True)

    migrate()

    assert addresses(user) == [("noor@example.org", True, True), ("second@example.org", True, False)]


def test_an_address_that_another_account_has_for_its_own_stays_with_that_one():
    user = make_user("noor@example.org")
    User.objects.update(email="typed@example.org")
    other = User.objects.create_user("noor@example.org")

    migrate()

    emails = list(User.objects.order_by("pk").values_list("pk", "email"))
    assert emails == [(user.pk, "typed@example.org"), (other.pk, "noor@example.org")]
    assert addresses(user) == [("noor@example.org", True, False), ("typed@example.org", False, True)]
