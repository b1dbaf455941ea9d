"""Programs of mail providers open every link of every mail before anybody reads it: nothing may come of that."""

import re
from urllib.parse import urlsplit

from django.apps import apps

from courses.models import Ticket
from orders.mails.sent import mails_of
from orders.models import Order
from outbox.models import Message
from outbox.post import on
from tests.hostile.every_mail import write_every_mail
from tests.hostile.forms import OF_NO_ACCOUNT

LINK = re.compile(r'https?://[^\s"<>()\\]+')
COUNTS = OF_NO_ACCOUNT - {"outbox_message"}
OPENED = {200, 301, 302, 303, 404, 410, 405}


def snapshot() -> dict[str, list[tuple]]:
    """Every row of every table, but for those that only count who asked."""
    models = [model for model in apps.get_models() if model._meta.db_table not in COUNTS]
    return {model._meta.label: sorted(map(repr, model._base_manager.values_list())) for model in models}


def links() -> set[str]:
    """Paths with their queries, in words, markup, headers and attachments."""
    found = set()
    for mail in Message.objects.all():
        told = [mail.text, mail.html, *mail.headers.values()]
        told += [each["content"].replace("\r\n ", "") for each in mail.attachments]
        found |= {link.rstrip(".,").replace("&amp;", "&") for words in told for link in LINK.findall(words)}
    return found


def test_to_open_every_link_of_every_mail_changes_no_row_of_any_table(visitor, settings):
    write_every_mail(visitor)
    own = urlsplit(settings.SITE_URL).netloc
    paths = sorted(link.removeprefix(settings.SITE_URL) for link in links() if urlsplit(link).netloc == own)
    client = visitor("anonymous")
    before = snapshot()

    codes = {path: client.get(path or "/").status_code for path in paths}

    after = snapshot()
    assert {label for label in before if before[label] != after[label]} == set()
    assert {path: code for path, code in codes.items() if code not in OPENED} == {}
    assert len(paths) > 60


def test_every_mail_that_leads_to_a_booking_is_found_by_it(visitor):
    write_every_mail(visitor)
    orders, tickets = Order.objects.all(), Ticket.objects.all()

    found = {pk for order in orders for pk in mails_of(order).values_list("pk", flat=True)}
    found |= set(Message.objects.filter(about__in=map(on, tickets)).values_list("pk", flat=True))
    secrets = [row.secret for row in [*orders, *tickets]]
    leading = [mail for mail in Message.objects.exclude(pk__in=found) if any(each in mail.text for each in secrets)]

    assert {mail.kind for mail in leading} == {"learning/links_again"}  # of all that somebody has booked
