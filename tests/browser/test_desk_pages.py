"""Pages of the desk as two engines see them, in light and in the dark, and as a phone shows them."""

import re

import pytest
from django.db import transaction
from django.urls import reverse
from playwright.sync_api import Page

from articles.models import Article
from tests.browser.conftest import sign_in
from tests.browser.inspection import complaints_at_the_desk
from tests.hostile.addresses import path_of

OWNER = "owner@withyrooms.example"
PHONES = (320, 390)
NAMES = [
    *("courses_workshop_use_again", "courses_course_use_again", "articles_article_use_again"),
    *("courses_cohort_changelist", "courses_cohort_add", "courses_cohort_change", "courses_cohort_end_now"),
    *("learning_attendance_series", "learning_attendance_changelist", "courses_ticket_give_many"),
    *("courses_ticket_to_print", "courses_announcement_write", "courses_ticket_changelist"),
    "courses_ticket_take_back",
    *("practice_sitenotice_changelist", "practice_sitenotice_add"),
    *("practice_redirect_changelist", "practice_redirect_add", "practice_link_changelist"),
    *("pictures_picture_changelist", "pictures_picture_add", "pictures_picture_change"),
    *("articles_comment_changelist", "articles_comment_change", "articles_comment_publish"),
    *("articles_comment_reject", "articles_comment_block", "articles_comment_reply"),
    *("articles_article_changelist", "articles_article_scheduled", "practice_enquiry_numbers"),
    *("practice_enquiry_changelist", "accounts_binnedrow_changelist", "practice_practice_hours"),
]


@pytest.fixture
def desk(site: str, visit) -> Page:
    return sign_in(visit(expect_errors=True), site, OWNER)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_of_the_desk_is_accessible_and_fits(site, desk, name):
    with transaction.atomic():
        path = path_of(f"admin:{name}")

    found = complaints_at_the_desk(desk, site + path)
    for width in PHONES:
        desk.set_viewport_size({"width": width, "height": 800})
        found += ["wider than the screen"] if desk.evaluate("document.documentElement.scrollWidth > innerWidth") else []

    assert found == []


def test_a_field_that_completes_is_called_as_its_label_says_and_by_what_is_chosen(site, desk):
    article = Article.objects.published().exclude(picture=None).select_related("author").earliest("pk")
    desk.goto(site + reverse("admin:articles_article_change", args=[article.pk]))

    named = desk.get_by_role("combobox", name=re.compile(rf"^Author:? .*{re.escape(article.author.name)}"))

    assert named.count() == 1


def test_the_search_of_a_list_has_room_on_a_small_phone(site, desk):
    desk.set_viewport_size({"width": 320, "height": 700})
    desk.goto(site + reverse("admin:pictures_picture_changelist"))

    box = desk.get_by_role("textbox", name="Search for").bounding_box()

    assert box["width"] > 120
