"""docs/editors.md at the desk: one page to read and to search in, and the chapter of each form and field."""

import re
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.contrib.admin import AdminSite
from django.db.models import Field
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.views.decorators.http import require_safe

GUIDE = settings.BASE_DIR / "docs/editors.md"
HEADING = re.compile(r"(#{1,3}) (.+)")
PICTURES = "img/desk/"  # in the guide; among the static files: guide/

# By app, model or field; the most particular counts.
CHAPTERS = {
    "accounts": "who-may-see-what",
    "accounts.binnedrow": "the-bin",
    "accounts.workrun": "what-the-site-does-by-itself",
    "account": "who-may-see-what",
    "auth": "who-may-see-what",
    "mfa": "your-first-sign-in-and-a-lost-phone",
    "articles": "an-article",
    "articles.article.body": "3-paste-from-word",
    "articles.article.published_on": "publish-take-back-cancel",
    "articles.article.interviewee": "an-interview",
    "articles.article.picture": "pictures",
    "articles.article.takes_comments": "comments",
    "articles.article.would_change": "how-sure-an-article-is",
    "articles.comment": "comments",
    "articles.commentblock": "comments",
    "articles.errorreport": "how-sure-an-article-is",
    "articles.glossaryterm": "words-that-are-explained",
    "courses": "a-course-and-its-workshops",
    "courses.course.picture": "pictures",
    "courses.workshop.sales_open_at": "publish-take-back-cancel",
    "courses.workshopseries": "a-series-of-workshops",
    "courses.ticket": "attendees",
    "courses.cohort": "places-kept-for-a-cohort",
    "courses.announcement": "attendees",
    "courses.waitinglistentry": "waiting-list-and-interest",
    "courses.courseinterest": "waiting-list-and-interest",
    "learning": "who-was-there",
    "learning.certificate": "certificates",
    "learning.accreditation": "certificates",
    "learning.feedback": "feedback",
    "learning.feedbackquestion": "feedback",
    "learning.handout": "recordings-and-handouts",
    "learning.recording": "recordings-and-handouts",
    "learning.recordingextension": "recordings-and-handouts",
    "learning.joinclick": "on-the-day",
    "learning.review": "reviews",
    "meetings": "zoom",
    "meetings.presence": "who-was-there",
    "newsletter": "codes-and-the-sign-up-offer",
    "newsletter.subscriber": "16-what-a-subscriber-agreed-to",
    "orders": "orders",
    "orders.bankline": "14-a-bank-transfer",
    "orders.booksfinding": "the-end-of-a-month",
    "orders.discount": "codes-and-the-sign-up-offer",
    "orders.discountcode": "codes-and-the-sign-up-offer",
    "orders.generalcode": "codes-and-the-sign-up-offer",
    "orders.document": "receipts-and-the-accountant",
    "orders.movement": "the-end-of-a-month",
    "orders.payout": "the-end-of-a-month",
    "orders.refund": "11-money-back",
    "orders.rebookingoffer": "13-a-workshop-is-cancelled",
    "orders.series": "receipts-and-the-accountant",
    "outbox": "mails",
    "pictures": "pictures",
    "practice": "practice-people-fees",
    "practice.answertext": "enquiries",
    "practice.concern": "clinicians-concerns-ways-of-working-places",
    "practice.crisisline": "crisis-lines",
    "practice.enquiry": "enquiries",
    "practice.link": "links-that-lead-nowhere",
    "practice.location": "clinicians-concerns-ways-of-working-places",
    "practice.page": "pages",
    "practice.person": "clinicians-concerns-ways-of-working-places",
    "practice.person.portrait": "pictures",
    "practice.redirect": "menu-announcement-old-addresses",
    "practice.service": "clinicians-concerns-ways-of-working-places",
    "practice.sitenotice": "menu-announcement-old-addresses",
    "practice.sitewords": "menu-announcement-old-addresses",
    "privacy": "somebody-asks-for-their-data",
}


@dataclass(frozen=True)
class Chapter:
    """A heading, with the anchor that it has wherever Markdown is shown."""

    level: int
    anchor: str
    title: str


def chapter_of(label: str) -> Chapter | None:
    """Of `app.model`: where the guide tells of it."""
    anchor = CHAPTERS.get(label) or CHAPTERS.get(label.partition(".")[0])
    return _chapters().get(anchor or "")


def help_with(field: Field, words: str) -> SafeString | str:
    """The words beside a field, and where the guide has more."""
    chapter = _chapters().get(CHAPTERS.get(f"{field.model._meta.label_lower}.{field.name}", ""))
    return format_html("{} {}", words, link_to(chapter)).strip() if chapter else words


def link_to(chapter: Chapter) -> SafeString:
    page = reverse("admin:guide")
    return format_html('<a href="{}#{}">In the guide: {}</a>', page, chapter.anchor, chapter.title)


@require_safe
def guide_page(request: HttpRequest, site: AdminSite) -> HttpResponse:
    title = "The guide"
    context = {**site.each_context(request), "title": title, "chapters": _chapters().values(), "guide": _html()}
    return render(request, "admin/guide.html", context)


@cache
def _chapters() -> dict[str, Chapter]:
    lines = (HEADING.fullmatch(line) for line in GUIDE.read_text().splitlines())
    found = [Chapter(len(each[1]), slugify(each[2]), each[2]) for each in lines if each]
    return {each.anchor: each for each in found if each.level > 1}


@cache
def _html() -> SafeString:
    from practice_site.markdown import as_html  # its parser is for this page alone

    return as_html(GUIDE.read_text(), source=lambda name: static(name.replace(PICTURES, "guide/")))
