from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from kit import rich_text
from kit.http import anonymous_post, public_page
from practice.enquiries import receive_enquiry
from practice.forms import EnquiryForm
from practice.models import Fee, Location, Page, Person, Service


@public_page()
@require_http_methods(["GET", "HEAD", "POST"])
@anonymous_post(scope="enquiry", per_hour=10)
def practice(request):
    if request.method != "POST":
        return render(request, "practice/practice.html", _who_we_are())
    form = EnquiryForm(request.POST)
    if form.is_valid():
        receive_enquiry(form.enquiry)
        return HttpResponseRedirect(reverse("practice:enquiry_sent"), status=303)
    return render(request, "practice/practice.html", {"form": form, **_who_we_are()}, status=422)


@public_page()
@require_safe
def enquiry_sent(request):
    return render(request, "practice/enquiry_sent.html", {"nav_section": "practice"})


@public_page()
@require_safe
def page(request, kind):
    current = Page.objects.current(kind)
    if current is None:
        raise Http404
    return render(request, "practice/page.html", {"page": current, "body": rich_text.render(current.body).html})


def _who_we_are() -> dict:
    people = list(Person.objects.filter(is_shown=True))
    return {
        "nav_section": "practice",
        "clinicians": [person for person in people if person.is_clinician],
        "colleagues": [person for person in people if not person.is_clinician],
        "services": Service.objects.filter(is_shown=True),
        "locations": Location.objects.all(),
        "fees": Fee.objects.all(),
    }
