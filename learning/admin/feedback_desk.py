"""What people said of one workshop, for whoever taught it: with bars, in words, and as a table."""

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from courses.models import Workshop
from kit.desk.desk_pages import desk_page, needs
from kit.guard.security_log import note
from learning import feedback, feedback_links

PERMISSION = "learning.view_feedback"
LINKS_ENDED = "The links that were handed out have ended. This page has a new one."
ENDED_BEFORE = "That link had been ended before. The one that this page has now still opens the results."


@require_safe
def results_page(request: HttpRequest, pk: int, model_admin: ModelAdmin) -> HttpResponse:
    workshop = _workshop(request, pk)
    context = {
        "title": f"Feedback on {workshop}",
        "workshop": workshop,
        "people": workshop.feedback.count(),
        "asked": workshop.tickets.confirmed().count(),
        "results": feedback.results_of(workshop),
        "link": feedback_links.link_to(workshop),
        "fewest": feedback.FEWEST,
        "kept_back": feedback.kept_back(workshop),
    }
    return desk_page(request, model_admin, "admin/learning/feedback/results.html", context)


@require_safe
def results_file(request: HttpRequest, pk: int, model_admin: ModelAdmin) -> HttpResponse:
    workshop = _workshop(request, pk)
    note("feedback downloaded", workshop=workshop.pk, request=request)
    answer = HttpResponse("".join(feedback.as_csv(workshop)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="feedback-{workshop.slug}.csv"'
    return answer


@require_POST
def end_results_links(request: HttpRequest, pk: int, model_admin: ModelAdmin) -> HttpResponse:
    """Whoever was sent one is let in no more; a press on a page of before ends no link that was made since."""
    workshop = _workshop(request, pk)
    number = request.POST.get("number", "")
    if number.isascii() and number.isdigit() and feedback_links.end_links(workshop, number=int(number[:9])):
        model_admin.log_change(request, workshop, "Ended the links to what people said.")
        messages.success(request, LINKS_ENDED)
    else:
        messages.warning(request, ENDED_BEFORE)
    return redirect("admin:learning_feedback_results", workshop.pk)


@needs(PERMISSION)
def _workshop(request: HttpRequest, pk: int) -> Workshop:
    return get_object_or_404(Workshop.objects.select_related("course").defer("course__cover", "course__body"), pk=pk)
