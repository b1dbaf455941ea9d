"""Every stored address in its one spelling, and every key computed from it anew.

It stands here because the newsletter may import every app that stores an address. What collides keeps the row that had
the spelling first; the other is left without a key that anybody's address has, so nothing is found by it any more.
"""

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, migrations, transaction

from kit.guard.addresses import as_delivered, benefit_key, email_key

KEYS = {"email_key": email_key, "benefit_key": benefit_key}
ADDRESSES = [
    ("accounts.User", "email", []),
    ("account.EmailAddress", "email", []),
    ("courses.Ticket", "attendee_email", []),
    ("courses.WaitingListEntry", "email", ["email_key"]),
    ("courses.CourseInterest", "email", ["email_key"]),
    ("newsletter.Subscriber", "email", ["email_key"]),
    ("orders.Order", "buyer_email", ["email_key", "benefit_key"]),
    ("orders.DiscountCode", "issued_to", ["benefit_key"]),
    ("outbox.Message", "to", []),
    ("outbox.Message", "reply_to", []),
    ("practice.Practice", "email", []),
    ("practice.Enquiry", "email", []),
]
FOR_SIGNING_IN = {"accounts.User", "account.EmailAddress"}  # in small letters


def respell(apps, schema_editor):
    for label, column, keys in ADDRESSES:
        rows = apps.get_model(label).objects
        spelled = email_key if label in FOR_SIGNING_IN else as_delivered
        found = [(pk, old, spelled(old)) for pk, old in rows.values_list("pk", column).iterator()]
        for pk, old, new in found:
            if new != old:
                row = rows.filter(pk=pk)
                if _went_elsewhere(old, new):
                    _doubt(label, row)
                _write(row, {column: new}, {name: KEYS[name](new) for name in keys}, {name: old for name in keys})


def _went_elsewhere(old, new):
    """Whether mails went to another mailbox: Django writes a domain for a mail server by IDNA 2003."""
    local, _, domain = old.rpartition("@")
    try:
        return email_key(f"{local}@{domain.encode('idna').decode()}") != email_key(new)
    except UnicodeError:
        return True


def _doubt(label, row):
    """What the reader of that other mailbox agreed to or proved was not said by the address's owner."""
    if label == "accounts.User":
        row.update(password=make_password(None))
    elif label == "account.EmailAddress":
        row.update(verified=False)
    elif label == "newsletter.Subscriber":
        row.filter(status="active").update(status="pending", confirmed_at=None)


def _write(row, address, keys, nobodys_keys):
    """An account whose address is another account's already stays as it is: only the other can be signed in to."""
    try:
        with transaction.atomic():
            row.update(**address, **keys)
    except IntegrityError:
        if keys:
            row.update(**address, **nobodys_keys)


class Migration(migrations.Migration):
    dependencies = [
        ("newsletter", "0002_footer_offer"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("accounts", "0001_initial"),
        ("courses", "0001_initial"),
        ("orders", "0003_order_given_back"),
        ("outbox", "0001_initial"),
        ("practice", "0002_permission_to_decide_invoicing"),
    ]
    run_before = [("practice", "0011_enquiries_are_encrypted")]
    operations = [migrations.RunPython(respell, migrations.RunPython.noop)]
