"""Leaving an address for the next run of a course, confirming it, and taking it back."""

from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.proof import proven_keys
from courses.forms import InterestForm
from courses.interest import ask_to_confirm, confirm, leave_address
from courses.models import Course, CourseInterest
from courses.privacy import UNCONFIRMED_KEPT
from courses.taught import where_taught
from kit.forms.forms import ButtonForm
from kit.guard.addresses import email_key
from kit.pages.http import DONE, SeeOther, after_press, anonymous_post, private_page

TELL_ME = "tell"  # is sent by the button that asks to be told, so that no second press of it deletes the address


@anonymous_post(scope="course-interest", per_hour=20)
@require_http_methods(["GET", "HEAD", "POST"])
@where_taught
def interest(request, slug):
    """Says the same whatever address was given, unless it is known to be theirs."""
    found = get_object_or_404(Course.objects.published().defer("cover"), slug=slug)
    if request.method != "POST":
        return redirect(found)
    form = InterestForm(request.POST, course=found)
    context = {"course": found, "form": form, "nav_section": "workshops"}
    if not form.is_valid():
        return render(request, "courses/interest.html", context, status=422)
    email = form.cleaned_data["email"]
    is_theirs = email_key(email) in proven_keys(request.user)
    (leave_address if is_theirs else ask_to_confirm)(found, email=email)
    return render(request, "courses/interest.html", context | {"answer": "left" if is_theirs else "asked"})


@private_page
@anonymous_post(scope="course-interest-link", per_hour=60)
@require_http_methods(["GET", "HEAD", "POST"])
def leave_interest(request, secret):
    """Asks to press the button, or says that they will be told. A button asks to be told, or deletes the address."""
    found = CourseInterest.objects.select_related("course").filter(secret=secret).first()
    if found is None:
        return render(request, "courses/leave_interest.html", status=404)
    if request.method != "POST":
        return render(request, "courses/leave_interest.html", _asking(found) | {"is_done": DONE in request.GET})
    if TELL_ME in request.POST:
        confirm(found)
        return SeeOther(after_press(found.get_absolute_url()))
    found.delete()
    return render(request, "courses/leave_interest.html", {"deleted": found})


def _asking(interest):
    """What was told may be asked for again; to delete the address needs no other page than to be told."""
    tell = None if interest.is_waiting else ButtonForm("Tell me of the next run", act=TELL_ME)
    delete = ButtonForm("Delete my address", line=True)
    return {"interest": interest, "tell": tell, "delete": delete, "unconfirmed_days": UNCONFIRMED_KEPT.days}
