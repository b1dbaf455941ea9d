"""Leaving an address for the next run of a course, and taking it back."""

from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from courses.forms import InterestForm
from courses.interest import leave_address
from courses.models import Course, CourseInterest
from courses.taught import where_taught
from kit.forms import ButtonForm
from kit.http import anonymous_post, private_page


@anonymous_post(scope="course-interest", per_hour=20)
@require_http_methods(["GET", "HEAD", "POST"])
@where_taught
def interest(request, slug):
    """Says the same whatever address was given."""
    found = get_object_or_404(Course.objects.published().defer("cover"), slug=slug)
    if request.method != "POST":
        return redirect(found)
    form = InterestForm(request.POST, course=found)
    context = {"course": found, "form": form, "nav_section": "workshops"}
    if not form.is_valid():
        return render(request, "courses/interest.html", context, status=422)
    leave_address(found, email=form.cleaned_data["email"])
    return render(request, "courses/interest.html", context | {"is_left": True})


@private_page
@anonymous_post(scope="course-interest-link", per_hour=60)
@require_http_methods(["GET", "HEAD", "POST"])
def leave_interest(request, secret):
    found = CourseInterest.objects.select_related("course").filter(secret=secret).first()
    if found is None:
        return render(request, "courses/leave_interest.html", status=404)
    if request.method != "POST":
        context = {"interest": found, "form": ButtonForm("Delete my address")}
        return render(request, "courses/leave_interest.html", context)
    found.delete()
    return render(request, "courses/leave_interest.html")
