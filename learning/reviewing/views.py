"""The form for a review, by the secret link of a place."""

from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from accounts.audit import acting
from courses.models import Ticket
from kit.guard.tokens import may_be_secret
from kit.pages.http import DONE, SeeOther, after_press, anonymous_post, private_page
from learning.models import Review
from learning.reviewing import reviews
from learning.reviewing.forms import ReviewForm


@private_page
@anonymous_post(scope="review", per_hour=20)
@require_http_methods(["GET", "HEAD", "POST"])
@acting("an attendee")
def review(request: HttpRequest, secret: str) -> HttpResponse:
    """One for each place; until it was read it may be changed."""
    tickets = Ticket.objects.select_related("workshop__course").defer("workshop__course__cover")
    ticket = get_object_or_404(tickets, secret=secret if may_be_secret(secret) else "")
    found = Review.objects.filter(ticket=ticket).first()
    if not reviews.may_review(ticket) or (found and found.status != Review.Status.WAITING):
        return _page(request, ticket=ticket, review=found)
    now = {name: getattr(found, name) for name in ReviewForm.base_fields} if found else {"shown_as": "first_name"}
    form = ReviewForm(request.POST if request.method == "POST" else None, initial=now)
    if not form.is_valid():
        return _page(request, ticket=ticket, review=found, form=form, is_done=DONE in request.GET)
    with suppress(reviews.MayNotReview, reviews.DecidedAlready):  # a moment ago: the page says so
        reviews.write(ticket, form.cleaned_data)
    return SeeOther(after_press(request.path))


def _page(request: HttpRequest, **context: object) -> HttpResponse:
    form = context.get("form")
    status = 422 if isinstance(form, ReviewForm) and form.errors else 200
    return render(request, "learning/review.html", context, status=status)
