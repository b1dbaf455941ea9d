from collections.abc import Callable
from contextlib import suppress
from functools import wraps

from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from courses.models import Workshop
from kit.guard.security_log import note
from kit.pages.http import SeeOther, after_press, anonymous_post, private_page
from learning import feedback, feedback_links
from learning.feedback_form import FeedbackForm
from learning.views import PRESSES_PER_HOUR, ticket_or_404


@private_page
@anonymous_post(scope="feedback", per_hour=PRESSES_PER_HOUR)
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest, secret: str) -> HttpResponse:
    """The form, once; afterwards, and before there is anything to say, the page of the place."""
    ticket = ticket_or_404(secret)
    if not feedback.may_be_given(ticket) or feedback.is_given(ticket):
        return SeeOther(ticket.get_absolute_url())
    form = FeedbackForm(request.POST if request.method == "POST" else None, workshop=ticket.workshop)
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "ticket": ticket, "workshop": ticket.workshop, "nav_section": "bookings"}
        return render(request, "learning/feedback.html", context, status=422 if form.errors else 200)
    with suppress(feedback.AlreadyGiven, feedback.NotAsked):  # a second tab was faster
        feedback.give_feedback(ticket, answers=form.answers, is_anonymous=form.cleaned_data["is_anonymous"])
    return SeeOther(after_press(ticket.get_absolute_url()))


def by_its_link(view: Callable[[HttpRequest, feedback_links.ResultsLink], HttpResponse]) -> Callable[..., HttpResponse]:
    """For whoever taught it: 404 for what we never signed, and a page that says so once the link has ended."""

    @wraps(view)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        try:
            return view(request, feedback_links.read_link(token))
        except feedback_links.LinkOver:
            return render(request, "learning/results_ended.html", status=410)
        except (BadSignature, Workshop.DoesNotExist) as error:
            raise Http404("No such link.") from error

    return opened


@private_page
@require_safe
@by_its_link
def results(request: HttpRequest, link: feedback_links.ResultsLink) -> HttpResponse:
    workshop = link.workshop
    context = {
        "workshop": workshop,
        "people": workshop.feedback.count(),
        "asked": workshop.tickets.confirmed().count(),
        "fewest": feedback.FEWEST,
        "results": feedback.results_of(workshop) if feedback.may_be_passed_on(workshop) else [],
        "kept_back": feedback.kept_back(workshop),
        "link": link,
        "file": f"{request.path}answers.csv",
    }
    return render(request, "learning/results.html", context)


@private_page
@require_safe
@by_its_link
def results_file(request: HttpRequest, link: feedback_links.ResultsLink) -> HttpResponse:
    if not feedback.may_be_passed_on(link.workshop):
        raise Http404("Too few have answered.")
    note("feedback downloaded", workshop=link.workshop.pk, request=request)
    answer = HttpResponse("".join(feedback.as_csv(link.workshop)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="feedback-{link.workshop.slug}.csv"'
    return answer
