"""Who may do what at the desk. Owners are superusers; everybody else gets one of these groups."""

from collections.abc import Iterator

from django.contrib.auth.models import Group, Permission
from django.db import transaction

ALL = ("view", "add", "change", "delete")
KEEP = ("view", "add", "change")  # what others point at, or what is evidence, is not deleted
TEND = ("view", "change")
SEE = ("view",)

EDITORS = {
    "accounts.binnedrow": ("view", "delete"),  # of what they may delete
    "articles.topic": ALL,
    "articles.glossaryterm": ALL,
    "articles.article": ALL,
    "articles.reference": ALL,
    "articles.claim": ALL,
    "articles.articlechange": ALL,
    "articles.errorreport": ("view", "change", "delete"),
    "articles.comment": ("view", "change", "delete"),
    "articles.commentblock": ("view", "delete"),  # deleted, it ends
    "pictures.picture": ALL,
    "practice.practice": TEND,
    "practice.sitewords": TEND,
    "practice.menuentry": ALL,
    "practice.homesection": ALL,
    "practice.sitenotice": ALL,
    "practice.redirect": ALL,
    "practice.link": TEND,  # to leave one alone
    "practice.saleterms": TEND,
    "practice.refundtier": ALL,
    "practice.page": KEEP,
    "practice.person": ALL,
    "practice.registration": ALL,
    "practice.service": ALL,
    "practice.concern": ALL,
    "practice.location": ALL,
    "practice.fee": ALL,
    "practice.crisisline": ALL,
    "practice.city": ALL,
    "courses.subject": ALL,
    "courses.course": ALL,
    "courses.coursereference": ALL,
    "courses.workshop": ALL,
    "courses.session": ALL,
    "courses.tickettype": ALL,
    "courses.workshopseries": ALL,
    "courses.seriespart": ALL,
    "learning.recording": ALL,
    "learning.handout": ALL,
    "learning.feedbackquestion": ALL,
    "orders.generalcode": SEE,  # a code of 100 % is money
}
ORGANISERS = EDITORS | {
    "practice.saleterms": (*TEND, "decide_invoicing_of"),  # where money is sent to
    "courses.ticket": KEEP,
    "courses.announcement": ("view", "add"),
    "courses.cohort": KEEP,
    "courses.waitinglistentry": ("view", "delete"),
    "courses.serieswaitingentry": ("view", "delete"),
    "courses.courseinterest": ("view", "delete"),
    "learning.recordingextension": ALL,
    "learning.feedback": SEE,
    "meetings.host": KEEP,
    "meetings.meeting": TEND,  # to sync it now
    "meetings.registrant": SEE,
    "meetings.presence": ("view", "add"),  # from a file of Zoom's
    "learning.joinclick": SEE,
    "learning.attendancesheet": SEE,
    "learning.attendance": TEND,
    "learning.certificate": TEND,
    "learning.accreditation": KEEP,
    "learning.review": TEND,
    "orders.order": TEND,
    "orders.orderline": SEE,
    "orders.payment": SEE,
    "orders.refund": SEE,
    "orders.rebookingoffer": SEE,
    "orders.document": SEE,
    "orders.series": SEE,
    "orders.dispute": SEE,
    "orders.bankline": TEND,  # to say whose money it is
    "orders.booksfinding": TEND,  # to say that one is seen
    "orders.movement": SEE,
    "orders.payout": SEE,
    "orders.discount": KEEP,
    "orders.generalcode": KEEP,
    "orders.discountcode": KEEP,
    "newsletter.signupoffer": KEEP,
    "newsletter.subscriber": ALL,
    "newsletter.consentevent": SEE,
    "outbox.message": TEND,
    "accounts.auditentry": SEE,
    "accounts.workrun": SEE,
}
CLINICIANS = {  # whoever answers enquiries, and nobody else
    "practice.enquiry": ("view", "change", "delete"),
    "practice.answertext": ALL,
}
REVIEWERS = {  # read articles before readers do, and say what they think; they change no word and publish nothing
    "articles.article": SEE,
    "articles.reference": SEE,
    "articles.claim": SEE,
    "articles.articlechange": SEE,
    "practice.person": SEE,  # whom an article names
    "pictures.picture": SEE,  # what it shows
}
GROUPS = {"Editors": EDITORS, "Organisers": ORGANISERS, "Clinicians": CLINICIANS, "Reviewers": REVIEWERS}


@transaction.atomic
def set_up_groups() -> None:
    """Make the groups, or give them exactly these permissions again. Permissions exist once `migrate` has run.

    Raises `KeyError` for a model or an action that there is not.
    """
    known = {
        (permission.content_type.app_label, permission.codename): permission
        for permission in Permission.objects.select_related("content_type")
    }
    for name, matrix in GROUPS.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.set([known[each] for each in _permissions(matrix)])


def _permissions(matrix: dict[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    for label, actions in matrix.items():
        app, model = label.split(".")
        yield from ((app, f"{action}_{model}") for action in actions)
