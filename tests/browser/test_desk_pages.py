"""Pages of the desk as two engines see them, in light and in the dark, and as a phone shows them."""

import re

import pytest
from django.db import transaction
from django.urls import reverse
from playwright.sync_api import Page, expect

from articles.models import Article, Reference
from courses.models import Course
from tests.browser.conftest import follow, sign_in
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
    *("practice_person_change", "practice_person_add", "practice_location_change", "practice_sitewords_change"),
    *("courses_course_change", "courses_course_add", "courses_workshop_change", "courses_workshop_add"),
    *("articles_article_change", "articles_article_add"),
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


def test_what_a_script_shows_in_place_of_a_field_is_called_by_the_label(site, desk):
    article = Article.objects.published().earliest("pk")
    desk.goto(site + reverse("admin:articles_article_change", args=[article.pk]))

    topics = desk.get_by_role("group", name=re.compile("^Topics"))
    places = [
        desk.get_by_role("textbox", name="Body", exact=True),
        topics.get_by_role("textbox", name=re.compile("filter down the list of available topics")),
        topics.get_by_role("listbox", name=re.compile("^Chosen topics")),
    ]

    for place in places:
        expect(place).to_have_count(1)


def test_each_field_of_a_row_says_the_help_of_its_column(site, desk):
    article = Article.objects.published().exclude(references=None).earliest("pk")
    desk.goto(site + reverse("admin:articles_article_change", args=[article.pk]))
    desk.get_by_role("button", name="Add another Reference").click()
    first = desk.locator("#id_references-0-doi")

    field = desk.locator("#references-group .field-doi input:visible").last
    described = field.evaluate("(field) => document.getElementById(field.getAttribute('aria-describedby')).alt")

    assert described == f"({Reference._meta.get_field('doi').help_text})"
    assert first.get_attribute("aria-describedby") == field.get_attribute("aria-describedby")
    assert field.input_value() == ""


def test_the_search_of_a_list_has_room_on_a_small_phone(site, desk):
    desk.set_viewport_size({"width": 320, "height": 700})
    desk.goto(site + reverse("admin:pictures_picture_changelist"))

    box = desk.get_by_role("textbox", name="Search for").bounding_box()

    assert box["width"] > 120


def test_rows_of_a_form_are_cards_on_a_phone_whose_fields_say_what_they_are(site, desk):
    article = Article.objects.published().exclude(references=None).earliest("pk")
    desk.set_viewport_size({"width": 390, "height": 800})
    desk.goto(site + reverse("admin:articles_article_change", args=[article.pk]))

    rows = desk.locator("#references-group .tabular")
    room = rows.evaluate("(each) => [each.scrollWidth, each.clientWidth]")
    cell = rows.locator("tr:has(.original p) .field-doi").first
    name = cell.evaluate("(each) => getComputedStyle(each, '::before').content")

    assert room[0] == room[1]
    assert (name, cell.locator("input").bounding_box()["width"] > 250) == ('"DOI:"', True)


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
def test_no_field_that_has_the_focus_is_behind_the_bar_that_saves(site, desk, width, height):
    course = Course.objects.published().earliest("pk")
    desk.set_viewport_size({"width": width, "height": height})
    desk.goto(site + reverse("admin:courses_course_change", args=[course.pk]))
    desk.locator("#id_title").focus()

    behind = []
    for _ in range(40):
        desk.keyboard.press("Tab")
        behind += desk.evaluate(BEHIND_THE_BAR)

    assert behind == []


BEHIND_THE_BAR = """() => {
  const [here, bar] = [document.activeElement, document.querySelector(".submit-row").getBoundingClientRect()];
  const { top, height } = here.getBoundingClientRect();
  const seen = bar.top - top; // of a tall field its first line
  return !here.closest(".submit-row") && seen < Math.min(height, 24) ? [here.id || here.outerHTML] : [];
}"""


def test_a_new_row_begins_in_its_first_field(site, desk):
    for model, field in {"courses_course": "id_title", "practice_person": "id_name"}.items():
        desk.goto(site + reverse(f"admin:{model}_add"))

        expect(desk.locator(f"#{field}")).to_be_focused()


@pytest.mark.parametrize("model", ["courses_course", "articles_article"])
def test_each_point_of_what_is_wrong_leads_into_its_field(site, desk, model):
    desk.goto(site + reverse(f"admin:{model}_add"))
    follow(desk.locator(".submit-row .default").last)
    links = desk.locator(".faults a")

    landed = {}
    for number in range(links.count()):
        links.nth(number).click()
        landed[links.nth(number).inner_text().partition(":")[0]] = desk.evaluate(WHERE_ONE_IS)

    assert {label: place for label, place in landed.items() if place != [f"{label}:", True]} == {}
    assert len(landed) > 1


WHERE_ONE_IS = """() => {
  const [here, row] = [document.activeElement, document.activeElement.closest(".form-row")];
  const { top, bottom } = here.getBoundingClientRect();
  return [row?.querySelector("label, legend, .label")?.innerText, top >= 0 && bottom <= innerHeight];
}"""
