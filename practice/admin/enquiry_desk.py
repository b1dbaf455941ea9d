"""The desk's pages for an enquiry: answered, closed, opened again; and how many there were."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from kit.desk.confirm import Act, NoReasonForm
from kit.desk.desk_pages import desk_page
from practice import answering, clock, tallies
from practice.models import Enquiry

Status = Enquiry.Status
MONTHS = 24  # of the plot; the table has all
WAITS = (messages.WARNING, "It waits for an answer already.")
IS_ANSWERED = (messages.WARNING, "It is answered already.")
IS_CLOSED = (messages.WARNING, "It is closed. Open it again first.")


def _context(enquiry: Enquiry) -> dict[str, Any]:
    return {"may_press": True}


ACTS = [
    Act(
        verb="Mark as answered",
        template="admin/practice/enquiry/mark_as_answered.html",
        do=lambda enquiry, answers: answering.mark_answered(enquiry, seen=answers["seen"]),
        facts=answering.facts_seen,
        context=_context,
        done=lambda enquiry: "It is answered.",
        over={Status.ANSWERED: IS_ANSWERED, Status.CLOSED: IS_CLOSED},
        form=NoReasonForm,
    ),
    Act(
        verb="Close",
        template="admin/practice/enquiry/close.html",
        do=lambda enquiry, answers: answering.close_enquiry(enquiry, seen=answers["seen"]),
        facts=answering.facts_seen,
        context=_context,
        done=lambda enquiry: "It is closed.",
        over={Status.CLOSED: (messages.WARNING, "It is closed already.")},
        form=NoReasonForm,
    ),
    Act(
        verb="Open again",
        template="admin/practice/enquiry/open_again.html",
        do=lambda enquiry, answers: answering.reopen_enquiry(enquiry, seen=answers["seen"]),
        facts=answering.facts_seen,
        context=_context,
        done=lambda enquiry: "It waits for an answer again.",
        over={Status.NEW: WAITS},
        form=NoReasonForm,
    ),
]


@require_safe
def numbers_page(request: HttpRequest, model_admin: ModelAdmin) -> HttpResponse:
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    plot = tallies.plot_by_month(clock.today(), count=MONTHS)
    context = {"title": "Numbers", "plot": plot, "months": tallies.by_month(), "sources": tallies.by_source()}
    return desk_page(request, model_admin, "admin/practice/enquiry/numbers.html", context)
