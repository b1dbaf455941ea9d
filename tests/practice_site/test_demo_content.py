"""What the demo shows, once it is loaded: how it is loaded is told in test_demo.py."""

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from django.urls import reverse

from accounts.models import User
from articles.glossary import meanings_in
from articles.models import Article, GlossaryTerm
from articles.publishing import complaints
from courses import privacy as courses_privacy
from courses.models import Course, Workshop
from kit.texts import rich_text
from newsletter import privacy as newsletter_privacy
from newsletter.models import Subscriber
from orders import privacy as orders_privacy
from orders.books.books import findings
from orders.models import DiscountCode, Dispute, Order, Payment, Refund
from outbox.delivery import BODIES_KEPT
from outbox.models import Message
from practice import markers
from practice.models import Page, Practice, SaleTerms
from practice.refund_policy import RefundPolicy, Tier
from practice_site.demo.people import ACCOUNTS, PASSWORD
from practice_site.demo.unsettled import SCENES
from practice_site.demo.words.pages import REFUND_NOTE
from tests.markup import markup
from tests.practice_site.test_demo import all_rows
from tests.stripe_standin import StandIn

OUR_APPS = ("accounts", "practice", "courses", "learning", "meetings", "orders", "articles", "newsletter", "outbox")
LATE = [10500, 10500]  # of who began to pay before what had begun, or was over

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker) -> Iterator[StandIn]:
    """The demo as `make run` loads it, once for all of these tests; returns the payment stand-in."""
    key, secret = "sk_test_standin_demo", "whsec_standin_demo"
    with (
        django_db_blocker.unblock(),
        StandIn(secret_key=key, webhook_secret=secret, webhook_url=None) as standin,
        override_settings(DEBUG=True, STRIPE_API_BASE=standin.url),
    ):
        call_command("demo", verbosity=0)
        yield standin
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def _django_db_helper(site, django_db_blocker) -> Iterator[None]:
    """In place of pytest-django's: what a test writes is rolled back, and the demo stays."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_every_article_is_stored_as_readers_get_it():
    marks = [
        rich_text.fingerprint(
            each.body,
            references=each.references.values_list("number", flat=True),
            meanings=meanings_in(each.body),
        )
        for each in Article.objects.all()
    ]
    assert list(Article.objects.values_list("rendered_from", flat=True)) == marks != []


def test_every_row_would_pass_the_admin():
    for model in apps.get_models():
        if model._meta.app_label in OUR_APPS:
            for row in model._base_manager.all():
                row.full_clean()


def test_every_address_is_on_a_reserved_name():
    rows = [str(row) for rows in all_rows().values() for row in rows]

    domains = {domain for row in rows for domain in re.findall(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)", row)}

    assert domains - {"localhost"} == {"example.org", "withyrooms.example"}  # the host is in calendar entries' ids


def test_its_people_can_sign_in(client):
    seen = {}
    for account in ACCOUNTS:
        assert client.login(username=account.email, password=PASSWORD)
        groups = [group.name for group in User.objects.get(email=account.email).groups.all()]
        seen[account.email] = (groups, client.get("/admin/").status_code)
    assert seen == {
        "owner@withyrooms.example": ([], 200),
        "editor@withyrooms.example": (["Editors"], 200),
        "organiser@withyrooms.example": (["Organisers"], 200),
        "clinician@withyrooms.example": (["Clinicians"], 200),
        "reviewer@withyrooms.example": (["Reviewers"], 200),
        "noor.haddad@example.org": ([], 302),
    }
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == len(ACCOUNTS)


def test_every_page_opens(client):
    sitemap = client.get("/sitemap.xml").content.decode()
    paths = [re.sub(r"https?://[^/]+", "", url) for url in re.findall("<loc>(.*?)</loc>", sitemap)]
    paths += [row.get_absolute_url() for rows in (Workshop.objects.published(), Order.objects.all()) for row in rows]
    paths += [workshop.tickets.last().get_absolute_url() for workshop in Workshop.objects.published()]
    paths += [row.cover_url for model in (Article, Course) for row in model.objects.all()]
    paths += [reverse("practice:page", args=[kind]) for kind in Page.Kind.values]

    statuses = {path: client.get(path).status_code for path in paths}

    assert {path: status for path, status in statuses.items() if status != 200} == {}
    fixed, articles, courses, workshops, series = 10, 8, 3, 9, 3
    people, services, concerns, locations = 3, 4, 4, 4
    orders, covers, legal = 16, articles + courses, 7  # three of them of the practice's own
    practice = fixed + legal + people + services + concerns + locations
    assert len(statuses) == practice + articles + courses + 2 * workshops + series + orders + covers


def test_the_links_within_an_article_lead_to_what_they_name(client):
    bodies = " ".join(Article.objects.values_list("body", flat=True))

    links = re.findall(r'href="/([^"#]*)#?([^"]*)"', bodies)

    assert set(links) == {
        *(("help-now/", place) for place in ("", "abuse", "grief")),
        ("articles/rupture-and-repair/", ""),
        *(("articles/glossary/", term.slug) for term in GlossaryTerm.objects.all()),
    }
    list_of_services = client.get("/help-now/").text.split('id="abuse"')[1].split("</section>")[0]
    assert re.findall(r"tel:([^\"]+)", list_of_services) == ["999", "08082000247", "08088010327", "18007997233", "3919"]


def test_the_privacy_notice_names_whatever_the_site_keeps_about_people():
    notice = markers.filled_html(Page.objects.current("privacy"))

    kept = [
        "enquiry",
        "access needs",
        "waiting list",
        "next run",
        "you were there",
        "pays by invoice",
        "newsletter",
        "An account",
    ]
    assert [word for word in kept if word not in notice] == []


def test_the_privacy_notice_promises_the_days_that_the_worker_keeps():
    notice = " ".join(markers.filled_html(Page.objects.current("privacy")).split())

    promised = [
        f"deleted {Practice.current().enquiries_kept_days} days after you sent it",
        f"your name and address go after {orders_privacy.UNPAID_KEPT.days} days",
        f"delete it {courses_privacy.NEEDS_KEPT.days} days after the workshop",
        f"delete that message after {orders_privacy.EVENTS_KEPT.days} days",
        f"{courses_privacy.WAITING_KEPT.days} days after you leave a waiting list",
        f"it goes after {courses_privacy.TOLD_KEPT.days} days",
        f"is deleted after {newsletter_privacy.UNCONFIRMED_KEPT.days} days",
        f"the words of a mail for {BODIES_KEPT.days} days",
    ]
    assert [words for words in promised if words not in notice] == []


def test_a_customer_sees_her_booking(client):
    client.login(username="noor.haddad@example.org", password=PASSWORD)

    page = client.get(reverse("orders:bookings"))

    assert Order.objects.get(buyer_email="noor.haddad@example.org").get_absolute_url() in page.content.decode()


def test_orders_are_paid_on_the_payment_page_and_one_takes_a_code(site):
    sold = {
        order.buyer_name: (order.workshop.slug, order.status, order.lines.count(), order.total)
        for order in Order.objects.all()
        if order.buyer_name not in {buyer.name for buyer, _ in SCENES}
    }
    assert sold == {
        "Noor Haddad": ("complexity-in-grief-one-day", "paid", 1, Decimal("105.00")),
        "Grace Whitlock": ("internal-family-systems-two-evenings", "paid", 2, Decimal("250.00")),
        "Orla Byrne": ("complexity-in-grief-one-day", "paid", 1, Decimal("84.00")),
        "Harriet Lowe": ("complexity-in-grief-one-day", "refunded", 1, Decimal("105.00")),
        "Joel Abrams": ("complexity-in-grief-one-day", "paid", 1, Decimal("105.00")),
        "Frances Oduya": ("complexity-in-grief-one-day", "invoiced", 2, Decimal("210.00")),
        "Piotr Zielinski": ("internal-family-systems-one-day", "pending", 1, Decimal("60.00")),
        "Mina Calloway": ("complexity-in-grief-first-of-two", "paid", 2, Decimal("180.00")),
        "Stella Brandão": ("complexity-in-grief-first-of-two", "paid", 2, Decimal("180.00")),
    }
    received = [intent["amount_received"] for intent in site.payment_intents]
    assert received == [10500, 25000, 8400, 10500, 10500, *LATE, 18000, 18000]
    assert [session["status"] for session in site.sessions] == [*["complete"] * 5, "open", *["complete"] * 4]
    mails = Message.objects.filter(key__endswith=":confirmation").values_list("to", flat=True)
    names = ["grace.whitlock", "harriet.lowe", "joel.abrams", "mina.calloway", "noor.haddad", "orla.byrne"]
    names += ["stella.brandao", "sunita.kaur"]
    assert sorted(mails) == [f"{name}@example.org" for name in names]
    codes = {code.issued_to: (code.percent, code.status) for code in DiscountCode.objects.all()}
    assert codes == {"orla.byrne@example.org": (20, "redeemed"), "tomasz.wilk@example.org": (20, "issued")}
    assert [subscriber.status for subscriber in Subscriber.objects.all()] == ["active", "active"]


def test_orders_wait_for_a_buyer_for_stripe_for_the_bank_and_for_the_desk(client):
    left = {}
    for order in Order.objects.filter(buyer_name__in=[buyer.name for buyer, _ in SCENES]):
        page = markup(client.get(order.get_absolute_url()))
        left[order.buyer_name] = (order.status, re.search(r"<h1[^>]*>(.*?)</h1>", page, re.S)[1].strip())
    assert left == {
        "Marcus Bell": ("part_paid", "A part of the money is here."),
        "Sunita Kaur": ("paid", "You are booked, Sunita Kaur."),
        "Tom Ashdown": ("unconfirmed", "One press is missing."),
        "Wilma Bakker": ("unanswered", "This booking was not confirmed."),
        "Xavier Noble": ("pending", "Your place is held."),
        "Yusuf Karaca": ("review", "Your payment came late."),
        "Zoe Pellow": ("refunded", "Your money is on its way back."),
    }
    assert Order.objects.get(buyer_name="Sunita Kaur").surplus() == Decimal("20.00")
    assert Payment.objects.refused_alone().get().order.buyer_name == "Xavier Noble"


def test_a_dispute_waits_for_an_answer():
    dispute = Dispute.objects.get()
    assert (dispute.payment.order.buyer_name, dispute.status) == ("Joel Abrams", "needs_response")


def test_somebody_on_the_waiting_list_has_an_offer():
    workshop = Workshop.objects.get(slug="siblings-small-group")
    assert [entry.status for entry in workshop.waiting_list.all()] == ["offered", "waiting", "waiting", "unconfirmed"]
    assert workshop.tickets.confirmed().count() == workshop.capacity - 1


def test_the_books_of_the_demo_add_up():
    assert list(findings()) == []


def test_one_place_is_cancelled_and_its_money_sent_back(client, site):
    order = Order.objects.get(buyer_name="Grace Whitlock")
    refund = Refund.objects.get(payment__order=order)
    assert (refund.amount, refund.status) == (Decimal("125.00"), "succeeded")
    assert [(line.ticket.attendee_name, line.ticket.status) for line in order.lines.all()] == [
        ("Grace Whitlock", "confirmed"),
        ("Luc Armand", "cancelled"),
    ]
    assert [each["amount"] for each in site.refunds] == [12500, 10500, 10500]
    assert "for Luc Armand. It was sent back to your card" in re.sub(
        r"<[^>]+>", "", markup(client.get(order.get_absolute_url()))
    )
    assert set(Message.objects.filter(key__contains="cancelled").values_list("to", flat=True)) == {
        "amara.nwosu@example.org",  # a free place that was taken back
        "grace.whitlock@example.org",
        "harriet.lowe@example.org",
        "luc.armand@example.org",
    }


def test_the_terms_say_the_days_that_the_money_follows():
    assert SaleTerms.current().refund_policy == RefundPolicy(14, (Tier(14, 100), Tier(7, 50)), REFUND_NOTE)
    terms = markers.filled_html(Page.objects.get(kind="terms"))
    assert [line for line in SaleTerms.current().refund_lines if f"<li>{line}</li>" not in terms] == []


def test_the_legal_pages_name_by_marker_whatever_the_rules_of_the_site_say():
    pages = Page.objects.all()
    assert [page for page in pages if markers.missing(page) or markers.unknown(page.body)] == []
    assert [page for page in pages if "[" in markers.filled_html(page)] == []
    assert markers.by_hand(Page.objects.get(kind="terms")) == {}


def test_articles_cite_what_they_list():
    for article in Article.objects.all():
        marks = dict.fromkeys(int(number) for number in re.findall(r"\[(\d+)\]", article.body))
        assert list(marks) == list(article.references.values_list("number", flat=True))
        assert complaints(article) == []
