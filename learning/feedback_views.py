from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from kit.http import SeeOther, anonymous_post, private_page
from learning import feedback
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
    return SeeOther(ticket.get_absolute_url())
