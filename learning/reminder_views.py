"""Which reminders somebody wants of her place, by its secret link."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from courses import reminders
from kit.pages.http import DONE, SeeOther, after_press, anonymous_post, private_page
from learning.forms import RemindersForm
from learning.views import PRESSES_PER_HOUR, ticket_or_404


@private_page
@anonymous_post(scope="reminders", per_hour=PRESSES_PER_HOUR)
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, secret: str) -> HttpResponse:
    ticket = ticket_or_404(secret)
    if request.method != "POST":
        form = RemindersForm(initial={"wanted": reminders.wanted_of(ticket)})
        context = {"form": form, "ticket": ticket, "is_done": DONE in request.GET, "nav_section": "bookings"}
        return render(request, "learning/reminders.html", context)
    form = RemindersForm(request.POST)
    if not form.is_valid():
        context = {"form": form, "ticket": ticket, "nav_section": "bookings"}
        return render(request, "learning/reminders.html", context, status=422)
    reminders.set_wanted(ticket, form.cleaned_data["wanted"])
    return SeeOther(after_press(request.path))
