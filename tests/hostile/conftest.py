"""One demo site for all of these tests: loaded once, changed by nobody, because every test is rolled back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User, WorkRun
from accounts.runs import Notes
from articles.commenting.models import CommentBlock
from articles.editing.previews import make_link
from articles.models import Article
from articles.reports import receive_report
from courses.interest import leave_address
from courses.models import Course
from kit.work.due import DueWork, Lane
from learning import joining, recordings
from learning.certificates import bundles
from learning.models import (
    Accreditation,
    Certificate,
    CertificateBundle,
    FeedbackQuestion,
    RecordingExtension,
)
from meetings.models import ZoomEvent
from newsletter import signup
from orders.documents import sales_exports
from orders.models import (
    BooksFinding,
    Document,
    DocumentFile,
    Order,
    OrderLine,
    Payment,
    RebookingOffer,
    Refund,
    StripeEvent,
)
from outbox.delivery import deliver_due
from outbox.models import Message
from practice import links
from practice.answering import mark_answered
from practice.enquiries import receive_enquiry
from practice.models import AnswerText, Enquiry
from practice.models import Page as PageOfWords
from practice_site import (
    middleware,
    urls,  # noqa: F401  read before DEBUG is on
)
from privacy.models import PersonRequest
from tests.builders import make_app, make_article, make_cohort, make_general_code, make_registrant, make_user
from tests.hostile.addresses import (
    changed_article,
    every_name,
    path_of,
    pending_order,
    the_film,
    the_live_ticket,
    the_order,
    the_past_ticket,
    the_ticket,
)
from tests.hostile.pages import Answer, Page, answers_to, crawl
from tests.orders.invoices import invoice, transfer
from tests.orders.purchases import buyer
from tests.stripe_standin import StandIn

SITE_URL = "https://www.withyrooms.example"
KEY, SECRET = "sk_test_standin_hostile", "whsec_standin_hostile"
VISITORS = ("anonymous", "stranger", "owner", "editor", "organiser", "superuser")
ADDRESSES = {
    "stranger": "stranger@example.org",
    "owner": "noor.haddad@example.org",
    "editor": "editor@withyrooms.example",
    "organiser": "organiser@withyrooms.example",
    "superuser": "owner@withyrooms.example",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/hostile/" in item.nodeid:
            item.add_marker(pytest.mark.django_db)
            item.fixturenames.insert(0, "site")


@pytest.fixture(autouse=True)
def nobody_is_quicker(monkeypatch) -> None:
    """Here one visitor acts after the other: what is taken or gone nevertheless, a form should have seen."""
    monkeypatch.setattr(middleware.Overtaken, "process_exception", lambda *_args: None)


@pytest.fixture
def _django_db_helper(site, django_db_blocker) -> Iterator[None]:
    """In place of pytest-django's, which would close the connection that knows the demo's rows."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="package")
def site(django_db_setup, django_db_blocker) -> Iterator[StandIn]:
    """Returns the payment stand-in."""
    with django_db_blocker.unblock(), demo_site() as standin:
        yield standin


@contextmanager
def demo_site() -> Iterator[StandIn]:
    """With a row of every kind; nothing is left of it afterwards."""
    patch = pytest.MonkeyPatch()
    with StandIn(secret_key=KEY, webhook_secret=SECRET) as standin:
        for name, value in _settings(standin.url).items():
            patch.setattr(settings, name, value)
        patch.setattr(settings, "DEBUG", True)  # the demo refuses to load without
        call_command("demo", verbosity=0)
        patch.setattr(settings, "DEBUG", False)
        _add_what_the_demo_lacks()
        yield standin
        patch.undo()
        call_command("flush", interactive=False, verbosity=0)


def _settings(stripe: str) -> dict[str, object]:
    return {
        "SITE_URL": SITE_URL,
        "STRIPE_API_BASE": stripe,
        "STRIPE_SECRET_KEY": KEY,
        "STRIPE_WEBHOOK_SECRETS": [SECRET],
    }


def _add_what_the_demo_lacks() -> None:
    make_user(ADDRESSES["stranger"])
    joining.enter(the_live_ticket(), the_live_ticket().workshop.session_list[0].pk)
    recordings.open_recording(the_past_ticket(), the_film().pk)
    RecordingExtension.objects.create(ticket=the_past_ticket(), last_day=date(2099, 12, 31), reason="Ill.")
    FeedbackQuestion.objects.create(workshop=the_past_ticket().workshop, words="What did you miss?")
    make_app(make_user("factor@example.org"))
    receive_enquiry(Enquiry(name="Zora Quill", email="zora@example.org", setting="online", message="Tuesdays suit me."))
    receive_report(Article.objects.published().first(), words="It was 1999.", source="", email="reader@example.org")
    CommentBlock.objects.create(kind="network", mark="x", ends_at=timezone.now() + timedelta(days=7))
    mark_answered(receive_enquiry(Enquiry(name="Yann Orr", email="yann@example.org", setting="room")))
    AnswerText.objects.create(title="A first answer", body="Dear [name]")
    Refund.objects.create(payment=Payment.objects.filter(received__gt=0).first(), amount=Decimal("1.00"), reason="x")
    line = (
        OrderLine.objects.filter(order__status=Order.Status.PAID).exclude(order__buyer_email=ADDRESSES["owner"]).first()
    )
    RebookingOffer.objects.create(line=line, refund_at=timezone.now() + timedelta(days=7))
    transfer(invoice(line.order.workshop, by=buyer("part@example.org")), "5.00")
    BooksFinding.objects.create(rule="a rule", about=f"order {line.order}", words="it is paid, but no payment is")
    StripeEvent.objects.create(event_id="evt_hostile", type="charge.updated", payload={})
    make_general_code("HOSTILE26")
    make_cohort(line.order.workshop, places=1)
    make_registrant(line.ticket)
    ZoomEvent.objects.create(digest="d", type="meeting.started", payload={})
    PersonRequest.objects.create(kind=PersonRequest.Kind.COPY, person="1" * 64)
    Notes().note(DueWork("outbox.due.deliver", timedelta(seconds=1), deliver_due, Lane.MAILS), "")
    make_article("A draft", status="draft", published_on=None)
    make_article("An old one", status="archived")
    make_link(changed_article())
    links.gather_links()
    signup.subscribe(email="new@example.org", placement="home")
    leave_address(Course.objects.first(), email="next@example.org")
    sales_exports.ask_for_sales(first_day=date(2020, 1, 1), last_day=date(2099, 12, 31), user=None)
    sales_exports.make_sales_exports()
    granted = {"body": "A body", "number": "1", "sentence": "Granted.", "valid_from": date(2020, 1, 1)}
    Accreditation.objects.create(**granted, valid_to=date(2020, 12, 31))
    bundle = bundles.ask_for_bundle(Certificate.objects.valid().first().ticket.workshop, user=None)
    bundle.files.create(paper="a4", certificate=Certificate.objects.valid().first(), content=b"PDF")
    CertificateBundle.objects.update(made_at=timezone.now())
    DocumentFile.objects.create(document=Document.objects.first(), content=b"PDF")
    PageOfWords.objects.create(
        kind="terms", version="next", title="Terms", body="<p>Words.</p>", published_on=date(2099, 1, 1)
    )
    # No worker runs here, so that nothing is late because of it, however long these tests take.
    tomorrow = timezone.now() + timedelta(days=1)
    Message.objects.update(next_attempt_at=tomorrow)
    WorkRun.objects.update(ran_at=tomorrow, went_well_at=tomorrow)


def enter(who: str) -> Client:
    """A browser of one of VISITORS, signed in where they have an account; it takes an error page for an answer."""
    client = Client(raise_request_exception=False)
    if who in ADDRESSES:
        client.force_login(User.objects.get(email=ADDRESSES[who]))
    return client


def request_of(client: Client) -> HttpRequest:
    """One of somebody at the desk, to the quickest of its addresses; what they may do is known."""
    request = client.get(reverse("admin:jsi18n")).wsgi_request
    request.user.get_all_permissions()
    return request


@pytest.fixture
def visitor(site) -> Callable[[str], Client]:
    return enter


@pytest.fixture(scope="package")
def answers(site, django_db_blocker) -> Callable[[str], dict[str, Answer]]:
    """What one of VISITORS gets at every address, by its name; whoever asks next is given the same walk."""

    @cache
    def walk(who: str) -> dict[str, Answer]:
        with django_db_blocker.unblock(), transaction.atomic():
            found = answers_to(enter(who), every_name())
            transaction.set_rollback(True)
        return found

    return walk


@pytest.fixture(scope="package")
def walked(site, django_db_blocker) -> dict[str, dict[str, Page | int]]:
    """The whole site as a stranger and as the buyer of an order finds it, with the secret pages she has links to."""
    with django_db_blocker.unblock():
        secret = [the_order().get_absolute_url(), pending_order().get_absolute_url(), the_ticket().get_absolute_url()]
        secret += [path_of("newsletter:confirm"), path_of("newsletter:unsubscribe"), path_of("courses:waiting_entry")]
        secret += [path_of("courses:series_waiting_entry")]
        secret += [path_of("courses:leave_interest")]
        return {
            "a stranger": crawl(enter("anonymous"), ["/", *secret]),
            "the buyer": crawl(enter("owner"), ["/", "/accounts/email/", "/accounts/password/change/", *secret]),
        }


@pytest.fixture
def pages(walked) -> list[Page]:
    return [page for found in walked.values() for page in found.values() if isinstance(page, Page)]
