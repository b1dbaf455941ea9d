"""Every page of the desk opens, with rows to show."""

import re
from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from orders.models import Order
from outbox.models import Message
from tests.builders import (
    at,
    make_practice,
    make_user,
)

pytestmark = pytest.mark.django_db
WITHOUT_A_LIST = {  # they are seen on another row's pages, or are nobody's to see at the desk
    "orders.OrderLine",
    "orders.Consent",
    "orders.DocumentFile",  # behind the link to the PDF
    "orders.SalesExport",
    "orders.SalesExportPart",
    "orders.BalanceReading",  # the worker's own
    "accounts.ClockReading",  # so is this
    "orders.BankColumns",
    "courses.Session",
    "courses.CourseReference",
    "courses.SeriesPart",
    "courses.TicketType",
    "courses.AnnouncementCopy",
    "courses.ReminderOff",
    "search.SearchEntry",  # a copy of what stands elsewhere
    "courses.WorkshopChange",  # on the page of history
    "courses.RemovedSession",
    "courses.EndedLink",
    "learning.RecordingView",
    "learning.FeedbackGiven",
    "learning.EndedResultsLinks",  # by the button on the page of results
    "learning.Recognition",
    "learning.CpdEntry",  # its owner's alone
    "learning.CalendarFeed",  # likewise
    "learning.CertificateBundle",
    "learning.CertificateFile",
    "practice.OldAddress",
    "practice.EnteredHour",  # of a moment on another row's page
    "articles.Reference",
    "articles.Claim",
    "articles.ArticleChange",
    "articles.Figure",  # made from the text
    "articles.WorkingCopy",  # what the article's form shows
    "articles.Revision",  # on the article's own pages
    "articles.PublicationPlan",
    "articles.ReviewRequest",
    "articles.ReviewComment",
    "articles.PreviewLink",
    "articles.EditingLease",
    "practice.EnquiryTally",  # the figures of the list of enquiries
    "practice.HomeSection",  # with the words of the home page
    "practice.MenuEntry",  # likewise
    "practice.RefundTier",
    "practice.Registration",
    "newsletter.ConsentEvent",
    "accounts.TryCount",  # tells nobody anything
}
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.fixture
def desk(client):
    client.force_login(make_user("owner@example.org", is_staff=True, is_superuser=True))
    return client


def test_list_change_and_add_pages_open_and_say_in_words_what_there_is_not(desk, rows):
    request = desk.get("/admin/").wsgi_request
    found, expected = {}, {}

    for model in MODELS:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        pages = [
            desk.get(reverse(f"{name}_changelist"), {"q": "o"}, follow=True),
            desk.get(reverse(f"{name}_change", args=[model.objects.first().pk])),
            desk.get(reverse(f"{name}_add")),
        ]
        without_words = sum(page.content.count(b'<div class="readonly">None</div>') for page in pages)
        found[model._meta.label] = (*[page.status_code for page in pages], without_words)
        may_add = admin.site._registry[model].has_add_permission(request)
        expected[model._meta.label] = (200, 200, 200 if may_add else 403, 0)

    assert found == expected


def test_every_list_can_be_searched_but_the_practice_and_what_people_wrote_in_confidence(desk):
    request = desk.get("/admin/").wsgi_request

    without = [model.__name__ for model in MODELS if not admin.site._registry[model].get_search_fields(request)]

    assert sorted(without) == ["Enquiry", "Practice", "SaleTerms", "SiteWords"]


def test_every_list_can_be_filtered_but_the_practice_the_groups_and_the_glossary():
    without = [model.__name__ for model in MODELS if not admin.site._registry[model].list_filter]

    assert sorted(without) == ["GlossaryTerm", "Group", "Practice", "SaleTerms", "SiteWords"]


def test_times_at_the_desk_run_from_0_to_24(desk, rows):
    Order.objects.update(placed_at=datetime(2026, 11, 26, 20, 23, tzinfo=UTC))

    page = desk.get(reverse("admin:orders_order_changelist")).text

    assert "26 Nov 2026, 20:23" in page


@pytest.mark.parametrize("status", Order.Status.values)
def test_an_order_in_any_state_says_what_to_do(desk, rows, status):
    Order.objects.update(status=status, discount_code=None)

    page = desk.get(reverse("admin:orders_order_change", args=[Order.objects.get().pk]))

    assert (page.status_code, b"field-what_to_do" in page.content) == (200, True)


def test_nobody_gets_the_secret_link_of_a_row_they_may_not_see(client, rows):
    order = Order.objects.get()
    address = reverse("admin:view_on_site", args=[ContentType.objects.get_for_model(Order).pk, order.pk])
    organiser, editor = (make_user(is_staff=True) for _ in range(2))
    organiser.groups.add(Group.objects.get(name="Organisers"))
    editor.groups.add(Group.objects.get(name="Editors"))

    client.force_login(editor)
    assert client.get(address).status_code == 403
    client.force_login(organiser)
    assert client.get(address).url.endswith(order.get_absolute_url())


def test_every_model_of_ours_stands_at_the_desk():
    from django.apps import apps

    ours = {
        model._meta.label for model in apps.get_models() if not model.__module__.startswith(("django.", "allauth."))
    }

    assert ours - {model._meta.label for model in MODELS} == WITHOUT_A_LIST
    assert {EmailAddress, Group, Message} <= set(MODELS)


def test_moments_are_shown_in_the_practices_zone(desk, rows):
    make_practice(time_zone="Australia/Sydney")
    message = Message.objects.first()
    Message.objects.filter(pk=message.pk).update(created_at=at("2026-11-22 13:30"))

    page = desk.get(reverse("admin:outbox_message_change", args=[message.pk])).content.decode()

    assert "23 Nov 2026, 00:30" in page
    assert "Times are Sydney time." in page


def test_sections_stand_in_the_order_of_use_and_accounts_are_one(desk):
    page = desk.get("/admin/")

    sections = re.split(r'<div class="app-(\w+) module', page.text)
    assert sections[1::2] == [
        *("courses", "learning", "meetings", "orders", "newsletter", "articles"),
        *("pictures", "practice", "outbox", "accounts", "privacy"),
    ]
    assert re.findall(r'<tr class="model-(\w+)', sections[-3]) == [
        *("auditentry", "binnedrow", "user", "workrun", "emailaddress", "group", "authenticator")
    ]
