"""Who gets what at every address of the site. An address that stands in no table fails the first test."""

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone

from kit.texts import pdf
from orders.models import Order
from tests.hostile.addresses import (
    PARTS,
    UNKNOWN_SECRET,
    admin_models,
    every_name,
    full_workshop,
    names_with_a_secret,
    path_of,
    pending_order,
    the_line,
    the_order,
    the_ticket,
)
from tests.hostile.conftest import VISITORS, enter
from tests.hostile.forms import FORMS, stored, undone
from tests.hostile.pages import Answer

LOGIN = "login"  # sent to sign in
FOR_ALL = (200,) * 6
MOVED_FOR_ALL = (302,) * 6
GONE_FOR_ALL = (404,) * 6
POST_ONLY = (405,) * 6
FOR_STRANGERS = (200, 302, 302, 302, 302, 302)  # whoever has signed in is led on
FOR_MEMBERS = (LOGIN, 200, 200, 200, 200, 200)
# Their factors: staff have shown one a moment ago, and buyers, who have none, are asked once more who they are.
WITH_A_FACTOR = (LOGIN, 302, 302, 200, 200, 200)
WITHOUT_SUCH_A_FACTOR = (LOGIN, 302, 302, 404, 404, 404)
FOR_STAFF = (LOGIN, LOGIN, LOGIN, 200, 200, 200)

# Answers to a GET, in the order of VISITORS: anonymous, stranger, owner of the order, editor, organiser, superuser.
# A secret link opens for whoever has it; the links of the demo's own order, ticket and subscriber are used here.
SITE = {
    "home": FOR_ALL,
    "practice:practice": FOR_ALL,
    "practice:enquiry_sent": FOR_ALL,
    "practice:help_now": FOR_ALL,
    "practice:service": FOR_ALL,
    "practice:concern": FOR_ALL,
    "practice:clinicians": FOR_ALL,
    "practice:clinician": FOR_ALL,
    "practice:location": FOR_ALL,
    "practice:fees": FOR_ALL,
    "practice:contact": FOR_ALL,
    "practice:page": FOR_ALL,
    "practice:page_version": FOR_ALL,
    "practice:own_page": FOR_ALL,
    "articles:articles": FOR_ALL,
    "articles:article": FOR_ALL,
    "articles:cover": FOR_ALL,
    "articles:glossary": FOR_ALL,
    "pictures:file": FOR_ALL,
    "articles:comment": FOR_ALL,
    "articles:own_comment": FOR_ALL,
    "articles:report": FOR_ALL,
    "articles:report_sent": FOR_ALL,
    "newsletter:subscribe": FOR_ALL,
    "newsletter:check_your_inbox": FOR_ALL,
    "newsletter:confirm": FOR_ALL,
    "newsletter:preferences": FOR_ALL,
    "newsletter:unsubscribe": FOR_ALL,
    "courses:workshops": FOR_ALL,
    "courses:workshop": FOR_ALL,
    "courses:workshop_calendar": FOR_ALL,
    "courses:feed": FOR_ALL,
    "courses:workshops_calendar": FOR_ALL,
    "articles:feed": FOR_ALL,
    "articles:preview": FOR_ALL,
    "search:search": FOR_ALL,
    "courses:waiting_list": MOVED_FOR_ALL,
    "courses:waiting_entry": FOR_ALL,
    "courses:series_waiting_list": MOVED_FOR_ALL,
    "courses:series_waiting_entry": FOR_ALL,
    "courses:interest": MOVED_FOR_ALL,
    "courses:leave_interest": FOR_ALL,
    "courses:series": FOR_ALL,
    "courses:course": FOR_ALL,
    "courses:cover": FOR_ALL,
    "learning:send_links": FOR_ALL,
    "learning:links_sent": FOR_ALL,
    "learning:join": FOR_ALL,
    "learning:reminders": FOR_ALL,
    "learning:enter": (303,) * 6,  # only a press lets in
    "learning:recording": FOR_ALL,
    "learning:film": FOR_ALL,
    "learning:captions": FOR_ALL,
    "learning:handout": FOR_ALL,
    "learning:feedback": FOR_ALL,
    "learning:feedback_results": FOR_ALL,
    "learning:feedback_answers": FOR_ALL,
    "courses:ticket_calendar": FOR_ALL,
    "certificates:verify": FOR_ALL,
    "certificates:verified": FOR_ALL,
    "certificates:certificate": FOR_ALL,
    "certificates:certificate_pdf": FOR_ALL if pdf.is_available() else (503,) * 6,
    "reviews:review": FOR_ALL,
    "calendar:overview": FOR_MEMBERS,
    "calendar:make": (LOGIN, 405, 405, 405, 405, 405),
    "calendar:end": (LOGIN, 405, 405, 405, 405, 405),
    "calendar:feed": FOR_ALL,
    "cpd:overview": FOR_MEMBERS,
    "cpd:add": FOR_MEMBERS,
    "cpd:change": (LOGIN, 404, 200, 404, 404, 404),
    "cpd:delete": (LOGIN, 405, 405, 405, 405, 405),
    "cpd:reflect": (LOGIN, 404, 200, 404, 404, 404),
    "cpd:csv": FOR_MEMBERS,
    "cpd:pdf": FOR_MEMBERS if pdf.is_available() else (LOGIN, 503, 503, 503, 503, 503),
    "orders:book": FOR_ALL,
    "orders:book_series": FOR_ALL,
    "orders:order": FOR_ALL,
    "orders:confirm_address": MOVED_FOR_ALL,  # it is booked: on to the order
    "orders:pay": POST_ONLY,
    "orders:payment_return": MOVED_FOR_ALL,
    "orders:give_back": POST_ONLY,
    "orders:send_again": POST_ONLY,
    "orders:cancel_place": FOR_ALL,
    "orders:hand_over": FOR_ALL,
    "orders:move_place": FOR_ALL,
    "orders:recording": (303,) * 6,  # a live place: back to the order
    "orders:own_recording": (303,) * 6,
    "orders:order_receipt": MOVED_FOR_ALL,
    "orders:order_invoice": FOR_ALL,  # a page that says that there is none
    "orders:document": FOR_ALL,
    "orders:document_pdf": FOR_ALL if pdf.is_available() else (503,) * 6,
    "orders:rebook": FOR_ALL,
    "orders:bookings": FOR_MEMBERS,
    "orders:stripe_webhook": POST_ONLY,
    "orders:stripe_webhook_bare": POST_ONLY,
    "meetings:zoom_webhook": POST_ONLY,
    "meetings:zoom_webhook_bare": POST_ONLY,
    "account_login": FOR_STRANGERS,
    "account_logout": (LOGIN, 200, 200, 200, 200, 200),
    "account_inactive": FOR_ALL,
    "account_signup": FOR_STRANGERS,
    "account_reauthenticate": FOR_MEMBERS,
    "account_request_reauthentication_code": (LOGIN, 302, 302, 302, 302, 302),  # all of them have a password
    "account_confirm_reauthentication_code": GONE_FOR_ALL,  # allauth's, which would let in beside a second factor
    "usersessions_list": FOR_MEMBERS,
    "account_email": FOR_MEMBERS,
    "account_email_verification_sent": (LOGIN, 302, 302, 302, 302, 302),
    "account_change_password": FOR_MEMBERS,
    "account_set_password": (LOGIN, 302, 302, 302, 302, 302),  # all of them have one
    "account_reset_password": FOR_ALL,
    "account_confirm_login_code": (LOGIN, 302, 302, 302, 302, 302),  # nobody is waiting for a code
    "account_confirm_password_reset_code": (LOGIN,) * 6,
    "account_complete_password_reset": MOVED_FOR_ALL,
    "account_password_reset_completed": FOR_ALL,
    "account_request_login_code": FOR_STRANGERS,
    "mfa_index": FOR_MEMBERS,
    "mfa_authenticate": (LOGIN, 302, 302, 302, 302, 302),  # nobody is half signed in
    "mfa_login_webauthn": (LOGIN, 302, 302, 302, 302, 302),
    "mfa_reauthenticate": WITH_A_FACTOR,
    "mfa_reauthenticate_webauthn": (LOGIN, 302, 302, 302, 302, 302),  # nobody has a passkey
    "mfa_activate_totp": (LOGIN, 302, 302, 302, 302, 302),  # staff have theirs
    "mfa_deactivate_totp": WITH_A_FACTOR,
    "mfa_list_webauthn": FOR_MEMBERS,
    "mfa_add_webauthn": WITH_A_FACTOR,
    "mfa_edit_webauthn": WITHOUT_SUCH_A_FACTOR,
    "mfa_remove_webauthn": WITHOUT_SUCH_A_FACTOR,
    "mfa_view_recovery_codes": WITHOUT_SUCH_A_FACTOR,
    "mfa_generate_recovery_codes": WITH_A_FACTOR,
    "mfa_download_recovery_codes": WITHOUT_SUCH_A_FACTOR,
    "sitemap": FOR_ALL,
    "robots": FOR_ALL,
    "security_txt": FOR_ALL,
    "favicon.ico": MOVED_FOR_ALL,
    "health": FOR_ALL,
    "alive": FOR_ALL,
}
DESK = {
    "admin:index": FOR_STAFF,
    "admin:edit_this_page": (LOGIN, LOGIN, LOGIN, 302, 302, 302),
    "admin:login": (LOGIN, 403, 403, 302, 302, 302),
    "admin:logout": (302, 302, 302, 405, 405, 405),
    "admin:password_change": (LOGIN, LOGIN, LOGIN, 302, 302, 302),  # to the site's own page
    "admin:password_change_done": FOR_STAFF,
    "admin:autocomplete": (LOGIN, LOGIN, LOGIN, 403, 403, 403),  # without saying of what
    "admin:jsi18n": FOR_STAFF,
    "admin:still_here": POST_ONLY,
    "admin:typed": (LOGIN, LOGIN, LOGIN, 404, 404, 404),  # nothing waits
    "admin:view_on_site": (LOGIN, LOGIN, LOGIN, 302, 302, 302),
    "admin:articles_article_preview": FOR_STAFF,
    "admin:articles_article_publish": FOR_STAFF,
    **dict.fromkeys([f"admin:articles_comment_{name}" for name in ("publish", "reject", "block", "reply")], FOR_STAFF),
    "admin:practice_enquiry_mark_as_answered": (LOGIN, LOGIN, LOGIN, 403, 403, 200),
    "admin:practice_enquiry_close": (LOGIN, LOGIN, LOGIN, 403, 403, 200),
    "admin:practice_enquiry_open_again": (LOGIN, LOGIN, LOGIN, 403, 403, 200),
    "admin:practice_enquiry_numbers": (LOGIN, LOGIN, LOGIN, 403, 403, 200),
    "admin:articles_article_take_back": FOR_STAFF,
    "admin:articles_article_discard_changes": FOR_STAFF,
    "admin:articles_article_archive": FOR_STAFF,
    "admin:articles_article_bring_back": FOR_STAFF,
    "admin:articles_article_schedule": FOR_STAFF,
    "admin:articles_article_unschedule": FOR_STAFF,
    "admin:articles_article_review": FOR_STAFF,
    "admin:articles_article_scheduled": FOR_STAFF,
    "admin:articles_article_preview_links": FOR_STAFF,
    **dict.fromkeys(
        [f"admin:articles_article_{name}" for name in ("preview_typed", "here", "closed", "autosave")],
        (LOGIN, LOGIN, LOGIN, 405, 405, 405),
    ),
    "admin:articles_article_versions": FOR_STAFF,
    "admin:articles_article_compare": FOR_STAFF,
    "admin:articles_article_restore": FOR_STAFF,
    "admin:practice_practice_hours": (LOGIN, LOGIN, LOGIN, 302, 302, 302),  # every hour fits
    "admin:courses_workshop_hours": (LOGIN, LOGIN, LOGIN, 302, 302, 302),  # every hour of it fits
    "admin:courses_course_preview": FOR_STAFF,
    "admin:courses_workshop_preview": FOR_STAFF,
    "admin:courses_workshop_publish": FOR_STAFF,
    "admin:courses_workshop_use_again": FOR_STAFF,
    "admin:courses_workshop_cities": FOR_STAFF,
    "admin:courses_workshop_take_back": FOR_STAFF,
    "admin:courses_course_use_again": FOR_STAFF,
    "admin:articles_article_use_again": FOR_STAFF,
    "admin:articles_article_pictures": FOR_STAFF,
    "admin:courses_cohort_end_now": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:courses_workshopseries_publish": (LOGIN, LOGIN, LOGIN, 302, 302, 302),  # it is published
    "admin:courses_workshopseries_take_back": FOR_STAFF,
    "admin:courses_ticket_to_print": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:courses_ticket_needs_answered": (LOGIN, LOGIN, LOGIN, 403, 302, 302),
    "admin:courses_ticket_give_many": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:courses_ticket_take_back": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:courses_announcement_write": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:learning_review_publish": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:learning_review_keep_back": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:learning_certificate_workshop": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:learning_certificate_bundle": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:learning_certificate_issue_anew": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:learning_certificate_revoke": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:learning_attendancesheet_who": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:learning_attendance_series": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:learning_attendance_series_file": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:learning_joinclick_day": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:learning_joinclick_again": (LOGIN, LOGIN, LOGIN, 405, 405, 405),
    "admin:learning_feedback_results": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:learning_feedback_file": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:learning_feedback_end_links": (LOGIN, LOGIN, LOGIN, 405, 405, 405),
    "admin:learning_recording_publish": (LOGIN, LOGIN, LOGIN, 302, 302, 302),  # it is published
    "admin:learning_recording_take_back": FOR_STAFF,
    "admin:orders_order_refund": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:orders_order_sales": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:orders_movement_month": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:orders_movement_journal": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:orders_order_exports": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:orders_order_export_file": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:orders_order_move": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:orders_order_change_places": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:orders_order_transfer": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:orders_order_correct_the_buyer": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:orders_order_send_the_mails_again": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:orders_order_free_the_places": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:orders_order_seat_late": (LOGIN, LOGIN, LOGIN, 405, 405, 405),
    "admin:orders_order_send_late_back": (LOGIN, LOGIN, LOGIN, 405, 405, 405),
    "admin:orders_order_correct_the_papers": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:orders_order_mails": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:orders_order_mail_again": (LOGIN, LOGIN, LOGIN, 405, 405, 405),
    "admin:orders_order_accept_what_came": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:orders_order_undo_a_transfer": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:orders_order_send_back_surplus": (LOGIN, LOGIN, LOGIN, 405, 405, 405),
    "admin:orders_bankline_read": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:orders_bankline_match": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:orders_bankline_assign": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:orders_bankline_set_aside": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:orders_bankline_take_up_again": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:orders_booksfinding_seen": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:orders_order_send_back": (LOGIN, LOGIN, LOGIN, 405, 405, 405),
    "admin:orders_refund_sent": (LOGIN, LOGIN, LOGIN, 405, 405, 405),
    "admin:meetings_presence_upload": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:meetings_meeting_sync": (LOGIN, LOGIN, LOGIN, 405, 405, 405),
    "admin:orders_cancel_workshop": (LOGIN, LOGIN, LOGIN, 403, 200, 200),
    "admin:orders_refund_by_bank": (LOGIN, LOGIN, LOGIN, 405, 405, 405),
    "admin:orders_refund_again": (LOGIN, LOGIN, LOGIN, 405, 405, 405),
    "admin:auth_user_password_change": (LOGIN, LOGIN, LOGIN, 403, 403, 200),
    "admin:accounts_user_reset_factors": (LOGIN, LOGIN, LOGIN, 403, 403, 200),
    "admin:accounts_binnedrow_put_back": FOR_STAFF,
    "admin:privacy_person": (LOGIN, LOGIN, LOGIN, 403, 403, 200),
    "admin:privacy_person_copy": (LOGIN, LOGIN, LOGIN, 405, 405, 405),
    "admin:privacy_person_erase": (LOGIN, LOGIN, LOGIN, 405, 405, 405),
    "admin:app_list": FOR_STAFF,
    "admin:own_pages": FOR_STAFF,
    "admin:guide": FOR_STAFF,
    "admin/(?P<url>.*)$": (LOGIN, LOGIN, LOGIN, 404, 404, 404),
}
# The pages of each model that an editor, an organiser and a superuser may open: List, Add, Change, History, Delete.
# Everybody else is sent to sign in.
ROWS = {
    "accounts.auditentry": ("", "LCH", "LCH"),
    "accounts.binnedrow": ("LCHD", "LCHD", "LCHD"),
    "accounts.workrun": ("", "LCH", "LCH"),
    "accounts.user": ("", "", "LACHD"),
    "privacy.personrequest": ("", "", "LCH"),
    "account.emailaddress": ("", "", "LCH"),
    "auth.group": ("", "", "LACHD"),
    "mfa.authenticator": ("", "", "LCH"),
    "articles.article": ("LACHD", "LACHD", "LACHD"),
    "articles.topic": ("LACHD", "LACHD", "LACHD"),
    "articles.glossaryterm": ("LACHD", "LACHD", "LACHD"),
    "articles.comment": ("LCHD", "LCHD", "LCHD"),
    "articles.commentblock": ("LCHD", "LCHD", "LCHD"),
    "articles.errorreport": ("LCHD", "LCHD", "LCHD"),
    "courses.course": ("LACHD", "LACHD", "LACHD"),
    "courses.subject": ("LACHD", "LACHD", "LACHD"),
    "courses.workshop": ("LACHD", "LACHD", "LACHD"),
    "courses.workshopseries": ("LACHD", "LACHD", "LACHD"),
    "courses.ticket": ("", "LACH", "LACH"),
    "courses.announcement": ("", "LCH", "LCH"),
    "courses.cohort": ("", "LACH", "LACHD"),
    "courses.waitinglistentry": ("", "LCHD", "LCHD"),
    "courses.serieswaitingentry": ("", "LCHD", "LCHD"),
    "courses.courseinterest": ("", "LCHD", "LCHD"),
    "meetings.host": ("", "LACH", "LACHD"),
    "meetings.meeting": ("", "LCH", "LCH"),
    "meetings.registrant": ("", "LCH", "LCH"),
    "meetings.presence": ("", "LCH", "LCH"),
    "learning.review": ("", "LCH", "LCH"),
    "learning.certificate": ("", "LCH", "LCH"),
    "learning.accreditation": ("", "LACH", "LACHD"),
    "learning.attendance": ("", "LCH", "LCH"),
    "learning.attendancesheet": ("", "LCH", "LCH"),
    "learning.recording": ("LACH", "LACH", "LACH"),  # published: it is taken back first
    "learning.handout": ("LACHD", "LACHD", "LACHD"),
    "learning.feedbackquestion": ("LACHD", "LACHD", "LACHD"),
    "learning.recordingextension": ("", "LACHD", "LACHD"),
    "learning.feedback": ("", "LCH", "LCH"),
    "meetings.zoomevent": ("", "", "LCH"),
    "learning.joinclick": ("", "LCH", "LCH"),
    "newsletter.subscriber": ("", "LCHD", "LCHD"),
    "newsletter.signupoffer": ("", "LACH", "LACHD"),
    "orders.order": ("", "LCH", "LCH"),
    "orders.payment": ("", "LCH", "LCH"),
    "orders.refund": ("", "LCH", "LCH"),
    "orders.dispute": ("", "LCH", "LCH"),
    "orders.movement": ("", "LCH", "LCH"),
    "orders.bankline": ("", "LCH", "LCH"),
    "orders.booksfinding": ("", "LCH", "LCH"),
    "orders.payout": ("", "LCH", "LCH"),
    "orders.document": ("", "LCH", "LCH"),
    "orders.series": ("", "LCH", "LCH"),
    "orders.rebookingoffer": ("", "LCH", "LCH"),
    "orders.stripeevent": ("", "", "LCH"),
    "orders.discount": ("", "LACH", "LACHD"),
    "orders.discountcode": ("", "LCH", "LCH"),
    "orders.generalcode": ("LCH", "LACH", "LACHD"),
    "outbox.message": ("", "LCH", "LCHD"),
    "pictures.picture": ("LACHD", "LACHD", "LACHD"),
    "practice.city": ("LACHD", "LACHD", "LACHD"),
    "practice.answertext": ("", "", "LACHD"),
    "practice.concern": ("LACHD", "LACHD", "LACHD"),
    "practice.crisisline": ("LACHD", "LACHD", "LACHD"),
    "practice.enquiry": ("", "", "LCHD"),
    "practice.fee": ("LACHD", "LACHD", "LACHD"),
    "practice.location": ("LACHD", "LACHD", "LACHD"),
    "practice.page": ("LACH", "LACH", "LACHD"),
    "practice.link": ("LCH", "LCH", "LCH"),
    "practice.person": ("LACHD", "LACHD", "LACHD"),
    "practice.practice": ("LCH", "LCH", "LCH"),
    "practice.redirect": ("LACHD", "LACHD", "LACHD"),
    "practice.saleterms": ("LCH", "LCH", "LCH"),
    "practice.service": ("LACHD", "LACHD", "LACHD"),
    "practice.sitenotice": ("LACHD", "LACHD", "LACHD"),
    "practice.sitewords": ("LCH", "LCH", "LCH"),
}
OF_MONEY = [
    *("admin:orders_order_refund", "admin:orders_refund_again", "admin:orders_order_move"),
    "admin:orders_refund_by_bank",
    *("admin:orders_order_transfer", "admin:orders_order_send_back", "admin:orders_refund_sent"),
    "admin:orders_cancel_workshop",
    *("admin:orders_order_correct_the_buyer", "admin:orders_order_send_the_mails_again"),
    *("admin:courses_announcement_write", "admin:courses_cohort_end_now", "admin:courses_ticket_take_back"),
    *("admin:orders_order_free_the_places", "admin:orders_order_accept_what_came"),
    *("admin:orders_order_mail_again", "admin:orders_order_seat_late", "admin:orders_order_send_late_back"),
    "admin:orders_order_correct_the_papers",
    *("admin:orders_order_undo_a_transfer", "admin:orders_order_send_back_surplus"),
    *("admin:orders_bankline_read", "admin:orders_bankline_match", "admin:orders_bankline_assign"),
    *("admin:orders_bankline_set_aside", "admin:orders_bankline_take_up_again"),
    "admin:orders_order_change_places",
]
LEADS_STRAIGHT_TO_ITS_ROW = [f"admin:practice_{model}_changelist" for model in ("practice", "sitewords", "saleterms")]
WITHOUT_TOKEN = [
    "reviews:review",
    *("practice:practice", "newsletter:subscribe", "newsletter:confirm", "newsletter:unsubscribe"),
    *("newsletter:preferences", "articles:report", "articles:comment", "articles:own_comment"),
    *("courses:waiting_list", "courses:waiting_entry", "courses:interest", "courses:leave_interest"),
    *("courses:series_waiting_list", "courses:series_waiting_entry"),
    *("learning:enter", "learning:recording", "learning:feedback"),
    *("learning:reminders", "learning:send_links"),
    *("orders:stripe_webhook", "orders:stripe_webhook_bare", "orders:confirm_address"),
    *("meetings:zoom_webhook", "meetings:zoom_webhook_bare"),
]
MAY_ANSWER = {200, 303, 400, 404, 405, 422}
BY_SECRET = {
    "articles:preview": "articles/preview/{}/",
    "articles:own_comment": "articles/comments/{}/",
    "newsletter:confirm": "newsletter/confirm/{}/",
    "newsletter:preferences": "newsletter/preferences/{}/",
    "newsletter:unsubscribe": "newsletter/unsubscribe/{}/",
    "courses:waiting_entry": "waiting-list/{}/",
    "courses:series_waiting_entry": "waiting-list/series/{}/",
    "courses:leave_interest": "interest/{}/",
    "learning:join": "join/{}/",
    "learning:reminders": "join/{}/reminders/",
    "learning:enter": "join/{}/sessions/1/",
    "learning:recording": "join/{}/recordings/1/",
    "learning:film": "join/{}/recordings/1/film/",
    "learning:captions": "join/{}/recordings/1/captions/",
    "learning:handout": "join/{}/handouts/1/",
    "learning:feedback": "join/{}/feedback/",
    "courses:ticket_calendar": "join/{}/calendar.ics",
    "calendar:feed": "calendar/{}.ics",
    "learning:feedback_results": "feedback/{}/",
    "learning:feedback_answers": "feedback/{}/answers.csv",
    "reviews:review": "join/{}/review/",
    "certificates:certificate": "certificates/{}/",
    "certificates:certificate_pdf": "certificates/{}/a4.pdf",
    "orders:order": "orders/{}/",
    "orders:confirm_address": "orders/{}/confirm/x/",
    "orders:pay": "orders/{}/pay/",
    "orders:payment_return": "orders/{}/return/",
    "orders:give_back": "orders/{}/give-back/",
    "orders:cancel_place": "orders/{}/places/1/cancel/",
    "orders:hand_over": "orders/{}/places/1/hand-over/",
    "orders:send_again": "orders/{}/places/1/send-again/",
    "orders:move_place": "orders/{}/places/1/move/",
    "orders:recording": "orders/{}/places/1/recording/",
    "orders:own_recording": "join/{}/recording/",
    "orders:order_receipt": "orders/{}/receipt/",
    "orders:order_invoice": "orders/{}/invoice/",
    "orders:document": "documents/{}/",
    "orders:document_pdf": "documents/{}/pdf/",
    "orders:rebook": "rebook/{}/",
}
BY_SLUG = {
    "practice:page": "legal/{}/",
    "practice:page_version": "legal/terms/{}/",
    "practice:own_page": "about/{}/",
    "practice:service": "therapy/{}/",
    "practice:concern": "concerns/{}/",
    "practice:clinician": "clinicians/{}/",
    "practice:location": "locations/{}/",
    "articles:article": "articles/{}/",
    "articles:cover": "articles/{}/cover.svg",
    "pictures:file": "media/pictures/{}.webp",
    "articles:comment": "articles/{}/comment/",
    "articles:report": "articles/{}/report/",
    "articles:report_sent": "articles/{}/report/thank-you/",
    "courses:workshop": "workshops/{}/",
    "courses:workshop_calendar": "workshops/{}/calendar.ics",
    "courses:waiting_list": "workshops/{}/waiting-list/",
    "courses:series_waiting_list": "series/{}/waiting-list/",
    "courses:course": "courses/{}/",
    "courses:series": "series/{}/",
    "courses:interest": "courses/{}/interest/",
    "courses:cover": "courses/{}/cover.svg",
    "orders:book": "book/{}/",
    "orders:book_series": "book/series/{}/",
}
PUBLIC = [
    *("home", "practice:practice", "practice:enquiry_sent", "practice:page", "articles:articles", "articles:article"),
    *("practice:help_now", "practice:page_version", "practice:own_page"),
    *("practice:service", "practice:concern", "practice:clinicians", "practice:clinician", "practice:location"),
    *("practice:fees", "practice:contact", "pictures:file"),
    *("articles:report", "articles:report_sent", "articles:glossary"),
    *("articles:cover", "newsletter:subscribe", "newsletter:check_your_inbox", "courses:workshops", "courses:workshop"),
    *("courses:workshop_calendar", "courses:feed", "articles:feed", "search:search", "courses:course"),
    *("courses:workshops_calendar", "courses:series"),
    *("courses:cover", "sitemap", "robots", "security_txt", "favicon.ico"),
    *("health", "alive"),
]
WITHOUT_COOKIES = [
    *PUBLIC,
    *("newsletter:confirm", "newsletter:unsubscribe", "learning:join", "courses:ticket_calendar"),
    *("learning:enter", "learning:recording", "learning:film", "learning:captions", "learning:handout"),
    "learning:feedback",
    "newsletter:preferences",
    *("learning:reminders", "learning:send_links", "learning:links_sent"),
    *("courses:waiting_entry", "courses:leave_interest", "articles:preview"),
    "courses:series_waiting_entry",
    *("articles:comment", "articles:own_comment"),
    *("certificates:verify", "certificates:verified", "certificates:certificate", "reviews:review"),
]


def table() -> dict[str, tuple]:
    """What every visitor gets at every address."""
    rows = {
        f"admin:{label.replace('.', '_')}_{part}": (LOGIN,) * 3 + tuple(200 if letter in own else 403 for own in may)
        for label, may in ROWS.items()
        for letter, part in PARTS.items()
    }
    rows |= dict.fromkeys(LEADS_STRAIGHT_TO_ITS_ROW, (LOGIN, LOGIN, LOGIN, 302, 302, 302))
    short = {
        f"admin/{label.replace('.', '/')}/<path:object_id>/": (LOGIN, LOGIN, LOGIN, 302, 302, 302) for label in ROWS
    }
    return SITE | DESK | rows | short


def as_in_the_table(answer: Answer) -> int | str:
    to = answer.headers.get("Location", "")
    return LOGIN if answer.status == 302 and to.startswith(("/accounts/login/", "/admin/login/")) else answer.status


def test_every_address_stands_in_the_table():
    assert sorted(table()) == sorted(every_name())
    assert sorted(ROWS) == sorted(admin_models())
    assert set(BY_SECRET) == names_with_a_secret()


@pytest.mark.parametrize("place", range(len(VISITORS)), ids=VISITORS)
def test_everybody_gets_what_the_table_says(answers, place):
    found = {name: as_in_the_table(each) for name, each in answers(VISITORS[place]).items()}

    assert found == {name: row[place] for name, row in table().items()}


@pytest.mark.parametrize("name", BY_SECRET)
def test_a_guessed_secret_is_404_for_everybody(visitor, name):
    near = path_of(name).split("/")[3 if name.startswith("newsletter") else 2]
    guesses = [UNKNOWN_SECRET, "1", near[:-1], near + "A", near.swapcase(), "x" * 5000, "%00", "..%2f", "%ED%A0%80"]
    paths = [f"/{BY_SECRET[name].format(guess)}" for guess in guesses]

    for who in ("anonymous", "stranger", "editor"):
        client = visitor(who)
        ask = client.post if SITE[name] == POST_ONLY else client.get
        assert {path: ask(path).status_code for path in paths} == dict.fromkeys(paths, 404)


@pytest.mark.parametrize("name", BY_SLUG)
def test_an_unknown_name_is_404(visitor, name):
    client = visitor("anonymous")
    paths = [f"/{BY_SLUG[name].format(slug)}" for slug in ("no-such-thing", "-", "0", "x" * 5000, "%00", "%ED%A0%80")]

    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 404)


@pytest.mark.parametrize("who", VISITORS[1:])
def test_nobody_finds_another_persons_order_among_their_bookings(visitor, who):
    other = pending_order()

    page = visitor(who).get(reverse("orders:bookings")).content.decode()

    assert (other.number in page, other.secret in page) == (False, False)
    assert (the_order().number in page) is (who == "owner")


def test_the_desk_leads_to_a_secret_page_only_those_who_may_see_its_row(visitor):
    secrets = {row: ContentType.objects.get_for_model(row) for row in (the_order(), the_ticket())}

    for row, content_type in secrets.items():
        for before in ("", "%20"):
            path = f"/admin/r/{before}{content_type.pk}/{row.pk}/"
            answers = {who: visitor(who).get(path).get("Location", "") for who in ("stranger", "editor")}
            assert [row.secret in location for location in answers.values()] == [False, False]
        path = f"/admin/r/{content_type.pk}/{row.pk}/"
        assert visitor("organiser").get(path)["Location"].endswith(row.get_absolute_url())


@pytest.mark.parametrize("name", ["orders:cancel_place", "orders:hand_over", "orders:move_place", "orders:recording"])
def test_the_secret_of_one_order_opens_no_place_of_another(visitor, name):
    other = pending_order().lines.get()

    for number in (other.pk, 0, 10**9, "9" * 30, "9" * 5000):
        path = path_of(name).replace(f"/places/{the_line().pk}/", f"/places/{number}/")
        assert [visitor("owner").get(path).status_code, visitor("owner").post(path).status_code] == [404, 404]


@pytest.mark.parametrize("name", OF_MONEY)
def test_an_editor_moves_no_money_and_no_place(visitor, name):
    client = visitor("editor")

    with stored() as tables:
        answer = client.post(path_of(name), {"confirm": "1", "is_sure": "on"})

    assert (answer.status_code, tables) == (403, set())


def test_an_editor_reads_of_no_customer_anywhere_at_the_desk(visitor, answers):
    client = visitor("editor")
    people = ["noor.haddad", "Noor Haddad", "Amara Nwosu", "rosa.lindahl", "zora@", "Zora Quill", the_order().number]
    shown = {each.path: each.text for each in answers("editor").values() if each.path.startswith("/admin/")}
    sold = {order.workshop_id for order in Order.objects.all()} | {full_workshop().pk}

    deleting = [reverse("admin:courses_workshop_delete", args=[pk]) for pk in sold]
    shown |= {path: client.get(path).text for path in deleting}

    found = {path: [each for each in people if each in page] for path, page in shown.items()}
    assert {path: words for path, words in found.items() if words} == {}


def test_an_editor_cannot_ask_the_desk_for_people_by_autocomplete(visitor):
    sources = [("orders", "orderline", "order"), ("orders", "orderline", "ticket"), ("orders", "payment", "order")]

    for app, model, field in sources:
        query = {"app_label": app, "model_name": model, "field_name": field, "term": "noor"}
        assert visitor("editor").get(reverse("admin:autocomplete"), query).status_code == 403


@pytest.mark.parametrize("name", WITHOUT_COOKIES)
@pytest.mark.parametrize("who", ["owner", "superuser"])
def test_a_page_without_cookies_knows_no_visitor(visitor, name, who, settings):
    settings.KEPT_PAGES_SECONDS = 0
    client = visitor(who)
    client.cookies["csrftoken"] = "x" * 32
    path = path_of(name)

    with time_machine.travel(timezone.now(), tick=False):  # forms seal the second at which they were made
        response, unknown = client.get(path), visitor("anonymous").get(path)

    assert (response.cookies.output(), "Cookie" in response.get("Vary", "")) == ("", False)
    assert b"".join(response) == b"".join(unknown)


@pytest.mark.parametrize("name", [name for name, answers in SITE.items() if answers == POST_ONLY])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_what_acts_takes_a_post_alone(visitor, name, method):
    response = visitor("anonymous").generic(method, path_of(name))

    assert (response.status_code, response["Allow"]) == (405, "POST")


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_no_form_acts_on_a_get(visitor, form):
    client, path, answers = visitor(form.visitor), form.path(), form.answers()

    with stored() as tables:
        response = client.get(path, answers)

    assert (response.status_code < 500, tables) == (True, set())


def test_a_post_without_the_sites_own_token_is_refused(visitor):
    """But for the forms of pages without cookies, which look at where they come from, and for what Stripe signs."""
    client = enter("superuser")
    client.handler.enforce_csrf_checks = True
    taken = {}

    for name in table():
        with undone(), stored() as tables:
            status = client.post(path_of(name), {"confirm": "1", "is_sure": "on", "action": "pay"}).status_code
        if status not in (MAY_ANSWER if name in WITHOUT_TOKEN else {403, 405}) or (
            tables and name not in WITHOUT_TOKEN
        ):
            taken[name] = (status, tables)

    assert taken == {}
