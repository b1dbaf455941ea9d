"""Accounts from before passwords were asked for after the proof of an address, and addresses that the desk had parted."""

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.db import migrations
from django.db.models import Exists, OuterRef
from django.db.models.functions import Lower


def hold_no_keys(apps, schema_editor):
    User = apps.get_model("accounts", "User")
    EmailAddress = apps.get_model("account", "EmailAddress")
    own = EmailAddress.objects.filter(user=OuterRef("pk"))
    User.objects.update(email=Lower("email"))
    for user in User.objects.filter(~Exists(own.filter(email=Lower(OuterRef("email"))))):
        _bring_together(user, User, EmailAddress)
    unproved = User.objects.filter(~Exists(own.filter(verified=True)))
    for user in unproved.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX):
        user.password = make_password(None)
        user.save(update_fields=["password"])
    EmailAddress.objects.filter(verified=False).alias(own=Lower("user__email")).exclude(own=Lower("email")).delete()


def _bring_together(user, User, EmailAddress):
    """What is proved counts: an address typed at the desk over it was known to nobody but the desk."""
    addresses = EmailAddress.objects.filter(user=user)
    proved = addresses.filter(verified=True).order_by("-primary", "pk").first()
    addresses.update(primary=False)
    if proved and not User.objects.filter(email=proved.email).exclude(pk=user.pk).exists():
        user.email = proved.email
        user.save(update_fields=["email"])
    addresses.update_or_create(user=user, email=user.email, defaults={"primary": True})


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0003_session_round"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [migrations.RunPython(hold_no_keys, migrations.RunPython.noop)]
