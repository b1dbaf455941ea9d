"""Every address of the site: its name, and a path to a row that exists."""

import re
from collections.abc import Callable, Iterator
from functools import cache

from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from articles.commenting.models import Comment
from articles.commenting.own_links import own_path
from articles.models import Article
from courses.models import (
    Cohort,
    Course,
    CourseInterest,
    SeriesWaitingEntry,
    Ticket,
    WaitingListEntry,
    Workshop,
    WorkshopSeries,
)
from learning.feedback_links import link_to
from learning.models import (
    AttendanceSheet,
    CalendarFeed,
    Certificate,
    CertificateBundle,
    CpdEntry,
    Handout,
    Recording,
    Review,
)
from meetings.models import Meeting
from newsletter import links
from newsletter.models import Subscriber
from orders.checkout.unconfirmed import proof_of
from orders.mails.sent import mails_of
from orders.models import BankLine, BooksFinding, Document, Order, OrderLine, RebookingOffer, Refund, SalesExport
from pictures.models import Picture
from practice.models import Enquiry, Page

OWNER = "noor.haddad@example.org"
UNKNOWN_SECRET = "A" * 32
PARTS = {"L": "changelist", "A": "add", "C": "change", "H": "history", "D": "delete"}


def the_order() -> Order:
    """A paid one."""
    return Order.objects.filter(buyer_email=OWNER).earliest("pk")


def pending_order() -> Order:
    return Order.objects.filter(status=Order.Status.PENDING).earliest("pk")


def invoiced_order() -> Order:
    """An organisation is to pay it by transfer."""
    return Order.objects.filter(status=Order.Status.INVOICED).earliest("pk")


def part_paid_order() -> Order:
    """A part of its transfer has come."""
    return Order.objects.filter(status=Order.Status.PART_PAID).earliest("pk")


def workshop(slug: str = "complexity-in-grief-one-day") -> Workshop:
    """A bookable one."""
    return Workshop.objects.get(slug=slug)


def the_series() -> WorkshopSeries:
    """A bookable one."""
    return WorkshopSeries.objects.published().earliest("pk")


def ended_series() -> WorkshopSeries:
    """That people bought whole."""
    return WorkshopSeries.objects.get(slug="grief-in-families")


def draft_workshop() -> Workshop:
    return workshop("siblings-next-run")


def draft_article() -> Article:
    return Article.objects.get(status=Article.Status.DRAFT)


def changed_article() -> Article:
    """That readers have, with changes that wait."""
    return Article.objects.published().filter(working_copy__isnull=False).earliest("pk")


def full_workshop() -> Workshop:
    return workshop("siblings-small-group")


def full_series() -> WorkshopSeries:
    """Somebody waits for the whole of it."""
    return WorkshopSeries.objects.get(waiting_list__isnull=False)


def the_finding() -> BooksFinding:
    return BooksFinding.objects.earliest("pk")


def the_line() -> OrderLine:
    return the_order().lines.get()


def the_ticket() -> Ticket:
    return the_line().ticket


def a_free_place() -> Ticket:
    bought = OrderLine.objects.values("ticket")
    return Ticket.objects.confirmed().filter(workshop__ends_at__gt=timezone.now()).exclude(pk__in=bought).latest("pk")


def the_live_ticket() -> Ticket:
    """Of the workshop that goes on now."""
    return workshop("siblings-today").tickets.confirmed().earliest("pk")


def the_past_ticket() -> Ticket:
    """Of one whose recordings are open; it has opened the film."""
    return workshop("complexity-in-grief-last-term").tickets.confirmed().earliest("pk")


def the_film() -> Recording:
    return Recording.objects.get(kind=Recording.Kind.FILE)


def the_handout() -> Handout:
    return Handout.objects.exclude(file="").get(workshop=the_past_ticket().workshop)


def the_document() -> Document:
    """The receipt of the paid order."""
    return the_order().documents.get(kind=Document.Kind.RECEIPT)


def the_attendee() -> Ticket:
    """Who was there, and has reviewed nothing."""
    return Certificate.objects.valid().filter(ticket__review=None).earliest("pk").ticket


def the_cpd_entry() -> CpdEntry:
    return CpdEntry.objects.filter(user__email=OWNER, certificate=None).earliest("pk")


def the_certificate() -> Certificate:
    """A valid one."""
    return Certificate.objects.valid().earliest("pk")


def the_bundle() -> CertificateBundle:
    """A whole one."""
    return CertificateBundle.objects.exclude(made_at=None).earliest("pk")


def the_sheet() -> AttendanceSheet:
    """Of a session in which somebody was whom nobody knows."""
    return AttendanceSheet.objects.filter(unknown__gt=0).earliest("pk")


def the_export() -> SalesExport:
    """The sales of all days, whole."""
    return SalesExport.objects.exclude(made_at=None).earliest("pk")


def new_subscriber() -> Subscriber:
    """Somebody who has not confirmed."""
    return Subscriber.objects.get(status=Subscriber.Status.PENDING)


def confirm_token() -> str:
    return links.confirm_url(new_subscriber(), percent=20).rstrip("/").rpartition("/")[2]


def waiting_line() -> BankLine:
    """Of a bank's file, for the invoice."""
    return BankLine.objects.waiting().earliest("pk")


def line_set_aside() -> BankLine:
    return BankLine.objects.filter(status=BankLine.Status.ASIDE).earliest("pk")


# What the name alone does not tell: the parts of the path.
ARGUMENTS: dict[str, Callable[[], list]] = {
    "practice:service": lambda: ["emdr"],
    "practice:concern": lambda: ["grief"],
    "practice:clinician": lambda: ["imogen-farrow"],
    "practice:location": lambda: ["osier-yard"],
    "practice:page": lambda: [Page.Kind.TERMS],
    "practice:page_version": lambda: [Page.Kind.TERMS, "1"],
    "practice:own_page": lambda: ["about"],
    "articles:article": lambda: [Article.objects.published().first().slug],
    "articles:cover": lambda: [Article.objects.published().first().slug],
    "pictures:file": lambda: [Picture.objects.earliest("pk").file],
    "articles:comment": lambda: [Article.objects.published().first().slug],
    "articles:own_comment": lambda: [own_path(Comment.objects.waiting().earliest("pk")).split("/")[-2]],
    "admin:articles_comment_publish": lambda: [Comment.objects.waiting().earliest("pk").pk],
    "admin:articles_comment_reject": lambda: [Comment.objects.waiting().earliest("pk").pk],
    "admin:articles_comment_block": lambda: [Comment.objects.waiting().earliest("pk").pk],
    "admin:articles_comment_reply": lambda: [Comment.objects.published().first().pk],
    "articles:report": lambda: [Article.objects.published().first().slug],
    "articles:report_sent": lambda: [Article.objects.published().first().slug],
    "newsletter:confirm": lambda: [confirm_token()],
    "newsletter:preferences": lambda: [new_subscriber().secret],
    "newsletter:unsubscribe": lambda: [new_subscriber().secret],
    "courses:workshop": lambda: [workshop().slug],
    "courses:workshop_calendar": lambda: [workshop().slug],
    "courses:waiting_list": lambda: [full_workshop().slug],
    "courses:interest": lambda: [Course.objects.first().slug],
    "courses:leave_interest": lambda: [CourseInterest.objects.first().secret],
    "courses:waiting_entry": lambda: [WaitingListEntry.objects.first().secret],
    "courses:series_waiting_list": lambda: [full_series().slug],
    "courses:series_waiting_entry": lambda: [SeriesWaitingEntry.objects.first().secret],
    "courses:series": lambda: [the_series().slug],
    "courses:course": lambda: [Course.objects.first().slug],
    "courses:cover": lambda: [Course.objects.first().slug],
    "learning:join": lambda: [the_ticket().secret],
    "learning:reminders": lambda: [the_ticket().secret],
    "learning:enter": lambda: [the_live_ticket().secret, the_live_ticket().workshop.session_list[0].pk],
    "learning:recording": lambda: [the_past_ticket().secret, the_film().pk],
    "learning:film": lambda: [the_past_ticket().secret, the_film().pk],
    "learning:captions": lambda: [the_past_ticket().secret, the_film().pk],
    "learning:feedback": lambda: [the_past_ticket().secret],
    "admin:learning_joinclick_day": lambda: [the_live_ticket().workshop.session_list[0].pk],
    "admin:learning_joinclick_again": lambda: [
        the_live_ticket().workshop.session_list[0].pk,
        the_live_ticket().pk,
    ],
    "admin:learning_feedback_results": lambda: [the_past_ticket().workshop_id],
    "admin:learning_feedback_file": lambda: [the_past_ticket().workshop_id],
    "admin:learning_feedback_end_links": lambda: [the_past_ticket().workshop_id],
    "learning:handout": lambda: [the_past_ticket().secret, the_handout().pk],
    "admin:learning_recording_publish": lambda: [the_film().pk],
    "admin:learning_recording_take_back": lambda: [the_film().pk],
    "courses:ticket_calendar": lambda: [the_ticket().secret],
    "orders:book": lambda: [workshop().slug],
    "orders:book_series": lambda: [the_series().slug],
    "orders:order": lambda: [the_order().secret],
    "orders:confirm_address": lambda: [the_order().secret, proof_of(the_order())],
    "orders:pay": lambda: [the_order().secret],
    "orders:payment_return": lambda: [the_order().secret],
    "orders:give_back": lambda: [the_order().secret],
    "orders:cancel_place": lambda: [the_order().secret, the_line().pk],
    "orders:hand_over": lambda: [the_order().secret, the_line().pk],
    "orders:move_place": lambda: [the_order().secret, the_line().pk],
    "orders:send_again": lambda: [the_order().secret, the_line().pk],
    "orders:recording": lambda: [the_order().secret, the_line().pk],
    "orders:own_recording": lambda: [the_ticket().secret],
    "orders:order_receipt": lambda: [the_order().secret],
    "orders:order_invoice": lambda: [the_order().secret],
    "orders:document": lambda: [the_document().secret],
    "orders:document_pdf": lambda: [the_document().secret],
    "orders:rebook": lambda: [RebookingOffer.objects.first().secret],
    "admin:view_on_site": lambda: [_content_type(Article), Article.objects.first().pk],
    "admin:practice_enquiry_mark_as_answered": lambda: [Enquiry.objects.earliest("pk").pk],
    "admin:practice_enquiry_close": lambda: [Enquiry.objects.earliest("pk").pk],
    "admin:practice_enquiry_open_again": lambda: [Enquiry.objects.latest("pk").pk],
    "admin:articles_article_preview": lambda: [Article.objects.first().pk],
    "admin:articles_article_publish": lambda: [draft_article().pk],
    "admin:articles_article_take_back": lambda: [Article.objects.published().first().pk],
    "admin:articles_article_discard_changes": lambda: [changed_article().pk],
    "admin:articles_article_archive": lambda: [Article.objects.published().first().pk],
    "admin:articles_article_bring_back": lambda: [Article.objects.get(status=Article.Status.ARCHIVED).pk],
    "articles:preview": lambda: [changed_article().preview_links.first().secret],
    "admin:articles_article_schedule": lambda: [changed_article().pk],
    "admin:articles_article_unschedule": lambda: [Article.objects.filter(plan__isnull=False).first().pk],
    "admin:articles_article_review": lambda: [Article.objects.filter(review_requests__isnull=False).first().pk],
    "admin:articles_article_preview_links": lambda: [changed_article().pk],
    "admin:articles_article_preview_typed": lambda: [changed_article().pk],
    "admin:articles_article_here": lambda: [changed_article().pk],
    "admin:articles_article_closed": lambda: [changed_article().pk],
    "admin:articles_article_autosave": lambda: [changed_article().pk],
    "admin:articles_article_versions": lambda: [changed_article().pk],
    "admin:articles_article_compare": lambda: [changed_article().pk],
    "admin:articles_article_restore": lambda: [changed_article().pk, changed_article().revisions.first().pk],
    "admin:courses_workshop_hours": lambda: [workshop().pk],
    "admin:courses_workshop_use_again": lambda: [workshop().pk],
    "admin:courses_ticket_to_print": lambda: [workshop().pk],
    "admin:courses_ticket_needs_answered": lambda: [the_ticket().pk],
    "admin:courses_ticket_give_many": lambda: [workshop().pk],
    "admin:courses_ticket_take_back": lambda: [str(a_free_place().pk)],
    "admin:courses_course_preview": lambda: [Course.objects.first().pk],
    "admin:courses_workshop_preview": lambda: [workshop().pk],
    "admin:courses_workshop_publish": lambda: [draft_workshop().pk],
    "admin:courses_workshop_take_back": lambda: [workshop().pk],
    "admin:courses_course_use_again": lambda: [Course.objects.first().pk],
    "admin:articles_article_use_again": lambda: [changed_article().pk],
    "admin:courses_cohort_end_now": lambda: [Cohort.objects.first().pk],
    "admin:courses_workshopseries_publish": lambda: [the_series().pk],
    "admin:courses_workshopseries_take_back": lambda: [the_series().pk],
    "reviews:review": lambda: [the_attendee().secret],
    "admin:learning_review_publish": lambda: [Review.objects.waiting().earliest("pk").pk],
    "admin:learning_review_keep_back": lambda: [Review.objects.waiting().earliest("pk").pk],
    "learning:feedback_results": lambda: [link_to(the_past_ticket().workshop).url.split("/")[-2]],
    "learning:feedback_answers": lambda: [link_to(the_past_ticket().workshop).url.split("/")[-2]],
    "calendar:feed": lambda: [CalendarFeed.objects.get(user__email=OWNER).secret],
    "cpd:change": lambda: [the_cpd_entry().pk],
    "cpd:delete": lambda: [the_cpd_entry().pk],
    "cpd:reflect": lambda: [Certificate.objects.valid().get(ticket__attendee_email=OWNER).pk],
    "cpd:csv": lambda: [2026],
    "cpd:pdf": lambda: [2026],
    "certificates:verified": lambda: [the_certificate().serial],
    "certificates:certificate": lambda: [the_certificate().secret],
    "certificates:certificate_pdf": lambda: [the_certificate().secret, "a4"],
    "admin:learning_certificate_workshop": lambda: [the_certificate().ticket.workshop_id],
    "admin:learning_certificate_bundle": lambda: [the_bundle().pk],
    "admin:learning_certificate_issue_anew": lambda: [the_certificate().pk],
    "admin:learning_certificate_revoke": lambda: [the_certificate().pk],
    "admin:learning_attendancesheet_who": lambda: [the_sheet().pk],
    "admin:learning_attendance_series": lambda: [ended_series().pk],
    "admin:learning_attendance_series_file": lambda: [ended_series().pk],
    "admin:orders_order_refund": lambda: [the_order().pk],
    "admin:orders_order_export_file": lambda: [the_export().pk],
    "admin:orders_order_move": lambda: [the_order().pk],
    "admin:orders_order_change_places": lambda: [the_order().pk],
    "admin:orders_order_transfer": lambda: [invoiced_order().pk],
    "admin:orders_order_correct_the_buyer": lambda: [the_order().pk],
    "admin:orders_order_send_the_mails_again": lambda: [the_order().pk],
    "admin:orders_order_free_the_places": lambda: [invoiced_order().pk],
    "admin:orders_order_seat_late": lambda: [the_order().pk],
    "admin:orders_order_send_late_back": lambda: [the_order().pk],
    "admin:orders_order_correct_the_papers": lambda: [the_order().pk],
    "admin:orders_order_mails": lambda: [the_order().pk],
    "admin:orders_order_mail_again": lambda: [the_order().pk, mails_of(the_order()).first().pk],
    "admin:orders_order_accept_what_came": lambda: [part_paid_order().pk],
    "admin:orders_order_undo_a_transfer": lambda: [part_paid_order().pk],
    "admin:orders_order_send_back_surplus": lambda: [part_paid_order().pk],
    "admin:orders_bankline_assign": lambda: [waiting_line().pk],
    "admin:orders_bankline_set_aside": lambda: [waiting_line().pk],
    "admin:orders_bankline_take_up_again": lambda: [line_set_aside().pk],
    "admin:orders_booksfinding_seen": lambda: [the_finding().pk],
    "admin:orders_order_send_back": lambda: [invoiced_order().pk],
    "admin:orders_refund_by_bank": lambda: [Refund.objects.first().pk],
    "admin:orders_refund_sent": lambda: [Refund.objects.first().pk],
    "admin:meetings_meeting_sync": lambda: [Meeting.objects.first().pk],
    "admin:orders_cancel_workshop": lambda: [workshop().pk],
    "admin:courses_announcement_write": lambda: [workshop().pk],
    "admin:orders_refund_again": lambda: [Refund.objects.first().pk],
    "admin:auth_user_password_change": lambda: [apps.get_model("accounts.user").objects.get(email=OWNER).pk],
    "admin:accounts_binnedrow_put_back": lambda: [apps.get_model("accounts.binnedrow").objects.first().pk],
    "admin:app_list": lambda: ["articles"],
    "admin:accounts_user_reset_factors": lambda: [apps.get_model("accounts.user").objects.get(email=OWNER).pk],
    "mfa_edit_webauthn": lambda: [apps.get_model("mfa.authenticator").objects.first().pk],
    "mfa_remove_webauthn": lambda: [apps.get_model("mfa.authenticator").objects.first().pk],
    "admin:typed": lambda: ["a" * 32],
}
WITH_DEBUG_ONLY = {"mailbox", "letter", "letter_html"}
# Patterns without a name.
UNNAMED = {"favicon.ico": "/favicon.ico", "admin/(?P<url>.*)$": "/admin/no-such-page/"}


@cache
def every_name() -> list[str]:
    """The name of every address, or its route where it has none."""
    found = [name or route for name, route in _walk(get_resolver()) if name not in WITH_DEBUG_ONLY]
    return list(dict.fromkeys(found))  # a page of ours stands before allauth's of the same name


@cache
def names_with_a_secret() -> set[str]:
    """Of the addresses that open by themselves."""
    return {name for name, route in _walk(get_resolver()) if re.search(r":(?:secret|token)>", route)}


def path_of(name: str) -> str:
    if name in UNNAMED:
        return UNNAMED[name]
    if name in ARGUMENTS:
        return reverse(name, args=ARGUMENTS[name]())
    if model := _model_of(name):
        return reverse(name, args=[] if name.endswith(("_changelist", "_add")) else [_a_row(model).pk])
    if "<path:object_id>" in name:
        app, model_name = name.split("/")[1:3]
        return f"/admin/{app}/{model_name}/{_a_row(apps.get_model(app, model_name)).pk}/"
    return reverse(name)


def admin_models() -> dict[str, type[Model]]:
    return {model._meta.label_lower: model for model in admin.site._registry}


def _walk(resolver: URLResolver, namespace: str = "", route: str = "") -> Iterator[tuple[str, str]]:
    for each in resolver.url_patterns:
        here = route + str(each.pattern)
        if isinstance(each, URLPattern):
            yield f"{namespace}{each.name}" if each.name else "", here
        else:
            yield from _walk(each, f"{namespace}{each.namespace}:" if each.namespace else namespace, here)


def _model_of(name: str) -> type[Model] | None:
    parts = name.removeprefix("admin:").rsplit("_", 1)
    known = {label.replace(".", "_"): model for label, model in admin_models().items()}
    return known.get(parts[0]) if parts[-1] in PARTS.values() else None


def _a_row(model: type[Model]) -> Model:
    """One that may be opened by those who may open such rows at all: of the legal pages, the one not yet published."""
    return model._base_manager.order_by("-published_on" if model is Page else "pk").first()


def _content_type(model: type[Model]) -> int:
    return apps.get_model("contenttypes.contenttype").objects.get_for_model(model).pk
