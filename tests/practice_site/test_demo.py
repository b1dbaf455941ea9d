import re
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from io import StringIO

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from articles.glossary import meanings_in
from articles.models import Article, GlossaryTerm
from articles.publishing import complaints
from courses import privacy as courses_privacy
from courses.models import Course, Session, Workshop
from courses.publishing import Booking, Outlook, outlook
from kit import rich_text
from kit.cover_art import cover
from newsletter import privacy as newsletter_privacy
from newsletter.models import Subscriber
from orders import privacy as orders_privacy
from orders.books.books import findings
from orders.models import DiscountCode, Dispute, Movement, Order, Payment, Payout, Refund
from outbox.delivery import BODIES_KEPT
from outbox.models import Message
from practice import legal_words
from practice.models import CrisisLine, Page, Practice, SaleTerms, SiteWords
from practice.refund_policy import RefundPolicy, Tier
from practice_site.demo.people import ACCOUNTS, PASSWORD, flowing
from practice_site.demo.teaching import days_of, do_clocks_differ
from practice_site.demo.unsettled import SCENES
from practice_site.demo.words.courses import WORKSHOPS
from practice_site.demo.words.crisis import READ_ON
from practice_site.demo.words.pages import REFUND_NOTE
from practice_site.management.commands import demo
from tests.markup import markup
from tests.stripe_standin import StandIn

OUR_APPS = ("accounts", "practice", "courses", "learning", "meetings", "orders", "articles", "newsletter", "outbox")
NOBODY = "http://127.0.0.1:9"
TODAY = date(2026, 11, 24)
LATE = [10500, 10500]  # of who began to pay before what had begun, or was over
EVERY_DAY = [TODAY + timedelta(days=number) for number in range(3 * 366)]

drawn_once = cache(cover)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _developer(settings, monkeypatch):
    settings.DEBUG = True
    settings.STRIPE_API_BASE = ""
    monkeypatch.setattr("kit.fields.cover", drawn_once)


@pytest.fixture
def standin(settings):
    with StandIn(secret_key="sk_test_standin_demo", webhook_secret="whsec_standin_demo", webhook_url=None) as standin:
        settings.STRIPE_API_BASE = standin.url
        yield standin


def run_demo() -> list[str]:
    out = StringIO()
    call_command("demo", stdout=out)
    return out.getvalue().splitlines()


def all_rows() -> dict[str, list[dict]]:
    models = apps.get_models(include_auto_created=True)
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models}


def test_it_refuses_to_run_outside_development(settings):
    settings.DEBUG = False

    with pytest.raises(CommandError, match="needs DEBUG=1"):
        run_demo()

    assert (Practice.objects.count(), User.objects.count()) == (0, 0)


def test_content_is_loaded_whole_or_not_at_all(monkeypatch):
    def fail(*args):
        raise RuntimeError

    monkeypatch.setattr(demo.bookings, "load_subscribers", fail)

    with pytest.raises(RuntimeError):
        run_demo()

    assert (Practice.objects.count(), Workshop.objects.count(), User.objects.count()) == (0, 0, 0)


def test_a_second_run_changes_nothing(standin):
    first_words = run_demo()
    before = all_rows()

    with time_machine.travel(timezone.now() + timedelta(days=10)):
        second_words = run_demo()

    assert second_words == first_words == ["The demo content of Withy Rooms is in place."]
    found_later = {"search.SearchEntry"}  # the workshop that went on at the first run is over, and found no more
    assert {name: rows for name, rows in all_rows().items() if name not in found_later} == {
        name: rows for name, rows in before.items() if name not in found_later
    }


def test_what_an_editor_changed_is_left_alone():
    run_demo()
    SiteWords.objects.update(headline="Our own words.")
    Article.objects.update(title="Our own title.")
    Session.objects.filter(workshop__slug="siblings-small-group").delete()

    run_demo()

    assert SiteWords.current().headline == "Our own words."
    assert set(Article.objects.values_list("title", flat=True)) == {"Our own title."}
    assert Session.objects.filter(workshop__slug="siblings-small-group").count() == 0


def test_every_article_is_stored_as_readers_get_it():
    run_demo()

    marks = [
        rich_text.fingerprint(
            each.body,
            references=each.references.values_list("number", flat=True),
            meanings=meanings_in(each.body),
        )
        for each in Article.objects.all()
    ]
    assert list(Article.objects.values_list("rendered_from", flat=True)) == marks != []


def test_every_row_would_pass_the_admin(standin):
    run_demo()

    for model in apps.get_models():
        if model._meta.app_label in OUR_APPS:
            for row in model._base_manager.all():
                row.full_clean()


def test_every_address_is_on_a_reserved_name(standin):
    run_demo()
    rows = [str(row) for rows in all_rows().values() for row in rows]

    domains = {domain for row in rows for domain in re.findall(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)", row)}

    assert domains - {"localhost"} == {"example.org", "withyrooms.example"}  # the host is in calendar entries' ids


def test_its_people_can_sign_in(client):
    run_demo()

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
        "noor.haddad@example.org": ([], 302),
    }
    assert EmailAddress.objects.filter(verified=True, primary=True).count() == len(ACCOUNTS)


def test_every_page_opens(client, standin):
    run_demo()
    sitemap = client.get("/sitemap.xml").content.decode()
    paths = [re.sub(r"https?://[^/]+", "", url) for url in re.findall("<loc>(.*?)</loc>", sitemap)]
    paths += [row.get_absolute_url() for rows in (Workshop.objects.published(), Order.objects.all()) for row in rows]
    paths += [workshop.tickets.last().get_absolute_url() for workshop in Workshop.objects.published()]
    paths += [row.cover_url for model in (Article, Course) for row in model.objects.all()]
    paths += [reverse("practice:page", args=[kind]) for kind in Page.Kind.values]

    statuses = {path: client.get(path).status_code for path in paths}

    assert {path: status for path, status in statuses.items() if status != 200} == {}
    fixed, articles, courses, workshops, series = 10, 8, 3, 7, 1
    people, services, concerns, locations = 3, 4, 4, 4
    orders, covers, legal = 14, articles + courses, 7  # three of them of the practice's own
    practice = fixed + legal + people + services + concerns + locations
    assert len(statuses) == practice + articles + courses + 2 * workshops + series + orders + covers


def test_the_links_within_an_article_lead_to_what_they_name(client):
    run_demo()
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
    run_demo()

    notice = legal_words.filled_html(Page.objects.current("privacy"))

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
    run_demo()

    notice = " ".join(legal_words.filled_html(Page.objects.current("privacy")).split())

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


def test_a_customer_sees_her_booking(client, standin):
    run_demo()
    client.login(username="noor.haddad@example.org", password=PASSWORD)

    page = client.get(reverse("orders:bookings"))

    assert Order.objects.get(buyer_email="noor.haddad@example.org").get_absolute_url() in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_orders_are_paid_on_the_payment_page_and_one_takes_a_code(standin):
    run_demo()

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
    }
    received = [intent["amount_received"] for intent in standin.payment_intents]
    assert received == [10500, 25000, 8400, 10500, 10500, *LATE]
    assert [session["status"] for session in standin.sessions] == [*["complete"] * 5, "open", *["complete"] * 2]
    mails = Message.objects.filter(key__endswith=":confirmation").values_list("to", flat=True)
    names = ["grace.whitlock", "harriet.lowe", "joel.abrams", "noor.haddad", "orla.byrne", "sunita.kaur"]
    assert sorted(mails) == [f"{name}@example.org" for name in names]
    codes = {code.issued_to: (code.percent, code.status) for code in DiscountCode.objects.all()}
    assert codes == {"orla.byrne@example.org": (20, "redeemed"), "tomasz.wilk@example.org": (20, "issued")}
    assert [subscriber.status for subscriber in Subscriber.objects.all()] == ["active", "active"]


@pytest.mark.django_db(transaction=True)
def test_orders_wait_for_a_buyer_for_stripe_for_the_bank_and_for_the_desk(client, standin):
    run_demo()

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


def test_stripe_has_sent_to_the_bank_what_was_taken_and_that_is_read(standin):
    run_demo()
    run_demo()

    payout = Payout.objects.get()
    assert (payout.is_read, payout.amount > 0, payout.movements.net_total()) == (True, True, 0)
    assert payout.movements.count() == Movement.objects.count() == len(standin.balance_transactions)


def test_a_dispute_waits_for_an_answer(standin):
    run_demo()

    dispute = Dispute.objects.get()
    assert (dispute.payment.order.buyer_name, dispute.status) == ("Joel Abrams", "needs_response")


def test_somebody_on_the_waiting_list_has_an_offer():
    run_demo()

    workshop = Workshop.objects.get(slug="siblings-small-group")
    assert [entry.status for entry in workshop.waiting_list.all()] == ["offered", "waiting", "waiting", "unconfirmed"]
    assert workshop.tickets.confirmed().count() == workshop.capacity - 1


@pytest.mark.django_db(transaction=True)
def test_the_books_of_the_demo_add_up(standin):
    run_demo()

    assert list(findings()) == []


@pytest.mark.django_db(transaction=True)
def test_one_place_is_cancelled_and_its_money_sent_back(client, standin):
    run_demo()

    order = Order.objects.get(buyer_name="Grace Whitlock")
    refund = Refund.objects.get(payment__order=order)
    assert (refund.amount, refund.status) == (Decimal("125.00"), "succeeded")
    assert [(line.ticket.attendee_name, line.ticket.status) for line in order.lines.all()] == [
        ("Grace Whitlock", "confirmed"),
        ("Luc Armand", "cancelled"),
    ]
    assert [each["amount"] for each in standin.refunds] == [12500, 10500, 10500]
    assert "for Luc Armand. It was sent back to your card" in re.sub(
        r"<[^>]+>", "", markup(client.get(order.get_absolute_url()))
    )
    assert set(Message.objects.filter(key__contains="cancelled").values_list("to", flat=True)) == {
        "amara.nwosu@example.org",  # a free place that was taken back
        "grace.whitlock@example.org",
        "harriet.lowe@example.org",
        "luc.armand@example.org",
    }


def test_a_cancellation_left_in_the_middle_is_made_by_the_next_run(standin, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(demo.bookings, "_cancel", lambda words, order: (_ for _ in ()).throw(ConnectionResetError))
        run_demo()
    assert Refund.objects.count() == 0

    run_demo()

    assert Refund.objects.exclude(payment__is_late=True).count() == 2


def test_the_terms_say_the_days_that_the_money_follows():
    run_demo()

    assert SaleTerms.current().refund_policy == RefundPolicy(14, (Tier(14, 100), Tier(7, 50)), REFUND_NOTE)
    terms = legal_words.filled_html(Page.objects.get(kind="terms"))
    assert [line for line in SaleTerms.current().refund_lines if f"<li>{line}</li>" not in terms] == []


def test_the_legal_pages_name_by_marker_whatever_the_rules_of_the_site_say():
    run_demo()

    pages = Page.objects.all()
    assert [page for page in pages if legal_words.missing(page) or legal_words.unknown(page.body)] == []
    assert [page for page in pages if "[" in legal_words.filled_html(page)] == []


@pytest.mark.parametrize("base", ["", NOBODY])
def test_without_a_payment_stand_in_there_are_no_orders(base, settings):
    settings.STRIPE_API_BASE = base

    words = run_demo()

    assert words[1:] == ["No payment stand-in answers: the demo has no orders. Start with make run."]
    assert Order.objects.count() == 0


def test_a_later_run_adds_the_orders(settings, standin):
    settings.STRIPE_API_BASE = ""
    run_demo()
    settings.STRIPE_API_BASE = standin.url

    words = run_demo()

    assert words == ["The demo content of Withy Rooms is in place."]
    assert Order.objects.filter(status=Order.Status.PAID).count() == 5


def test_an_order_left_in_the_middle_is_paid_by_the_next_run(standin, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(demo.bookings, "press", lambda page, button: (_ for _ in ()).throw(ConnectionResetError))
        run_demo()
    assert Order.objects.get().status == Order.Status.PENDING

    run_demo()

    assert Order.objects.filter(status=Order.Status.PAID).count() == 5


def test_orders_that_cannot_be_placed_any_more_are_left_out(settings, standin):
    settings.STRIPE_API_BASE = ""
    run_demo()
    settings.STRIPE_API_BASE = standin.url

    with time_machine.travel(timezone.now() + timedelta(weeks=40)):
        words = run_demo()

    assert words == ["The demo content of Withy Rooms is in place."]
    assert Order.objects.count() == 0


def test_workshops_show_every_state():
    run_demo()

    by_slug = {workshop.slug: workshop for workshop in Workshop.objects.all()}
    full = by_slug["siblings-small-group"]
    assert (full.places_left(), full.is_on_sale, full.waiting_list.count()) == (0, True, 4)
    assert by_slug["complexity-in-grief-last-term"].is_over
    draft = by_slug["siblings-next-run"]
    assert (draft.status, outlook(draft)) == ("draft", Outlook(True, True, Booking.AT_ONCE, people_to_tell=2))
    assert [session.title for session in by_slug["internal-family-systems-two-evenings"].session_list] == [
        "First evening",
        "Second evening",
    ]
    assert {slug: workshop.places_left() for slug, workshop in by_slug.items() if workshop.is_on_sale} == {
        "complexity-in-grief-one-day": 23,
        "internal-family-systems-one-day": 4,
        "internal-family-systems-two-evenings": 9,
        "siblings-small-group": 0,
    }


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2026, 11, 24), date(2027, 3, 19)),  # New York has changed its clocks, London has not
        (date(2026, 8, 20), date(2026, 10, 30)),  # London has, New York has not
        (date(2026, 4, 15), date(2026, 8, 7)),  # nothing of the kind within five months
    ],
)
def test_one_workshop_falls_into_the_weeks_when_clocks_differ(today, day):
    words = next(words for words in WORKSHOPS if words.clocks_differ)

    assert days_of(words, today, taken=[]) == [day]


def test_dates_are_counted_from_the_day_in_london():
    with time_machine.travel("2027-06-06 23:30Z"):  # Monday already in London, and another week
        run_demo()

    assert Session.objects.get(workshop__slug="complexity-in-grief-one-day").day == date(2027, 8, 6)


def test_the_demo_claims_no_check_of_a_helpline_on_the_day_it_is_built():
    with time_machine.travel("2027-06-06 12:00Z"):
        run_demo()

        assert CrisisLine.objects.exclude(checked_on=READ_ON).exclude(checked_on=None).count() == 0
        assert CrisisLine.objects.check_overdue().count() == CrisisLine.objects.count()


def test_no_two_workshops_share_a_day_whenever_it_is_built():
    for today in EVERY_DAY:
        taken: list[date] = []
        for words in sorted(WORKSHOPS, key=lambda words: not words.clocks_differ):
            days = days_of(words, today, taken)
            if words.is_today:
                assert days == [today]
                continue
            taken += days
            assert {day.weekday() for day in days} == {4}
            assert all((day > today) == (words.weeks_ahead > 0) for day in days)
        assert len(set(taken)) == len(taken) == 8


def test_clocks_differ_in_the_weeks_between_the_two_changes():
    fridays = [day for day in EVERY_DAY if day.weekday() == 4 and day.year == 2027]

    assert [day for day in fridays if do_clocks_differ(day)] == [
        date(2027, 3, 19),
        date(2027, 3, 26),
        date(2027, 11, 5),
    ]


def test_articles_cite_what_they_list():
    run_demo()

    for article in Article.objects.all():
        marks = dict.fromkeys(int(number) for number in re.findall(r"\[(\d+)\]", article.body))
        assert list(marks) == list(article.references.values_list("number", flat=True))
        assert complaints(article) == []


def test_wrapped_text_flows_again():
    assert flowing("\nOne line\nand more.\n\nAnother\nparagraph.\n") == "One line and more.\n\nAnother paragraph."
