from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from kit.pages.http import anonymous_post, public_page
from kit.texts import rich_text
from practice import shown
from practice.clinician_views import answered_there
from practice.enquiries import receive_enquiry
from practice.forms import EnquiryForm
from practice.helplines import for_whom
from practice.markers import filled_html
from practice.models import Enquiry, Page
from practice.own_links import of_today
from practice.service_views import ways_to_reach_us


@public_page(queries=("clinician", "from"))
@require_http_methods(["GET", "HEAD", "POST"])
@anonymous_post(scope="enquiry", per_hour=10)
def practice(request):
    if request.method != "POST":
        found = _who_we_are()
        asked = next((each for each in found["clinicians"] if each.slug == request.GET.get("clinician")), None)
        return render(request, "practice/practice.html", {"asked": asked, "came_from": _came_from(request), **found})
    form = EnquiryForm(request.POST)
    if form.is_valid():
        receive_enquiry(form.enquiry)
        return HttpResponseRedirect(reverse("practice:enquiry_sent"), status=303)
    if form.data.get("came_from") == Enquiry.Source.CONTACT:
        return render(request, "practice/contact.html", {"form": form, **ways_to_reach_us()}, status=422)
    if of_a_clinician := answered_there(form):
        return render(request, "practice/clinician.html", of_a_clinician, status=422)
    return render(request, "practice/practice.html", {"form": form, **_who_we_are()}, status=422)


@public_page()
@require_safe
def enquiry_sent(request):
    return render(request, "practice/enquiry_sent.html", {"nav_section": "practice"})


@public_page()
@require_safe
def help_now(request):
    return render(request, "practice/help_now.html", {"groups": for_whom(shown.crisis_lines())})


@public_page()
@require_safe
def page(request, kind):
    return _current_page(request, kind, is_legal=True)


@public_page()
@require_safe
def own_page(request, kind):
    return _current_page(request, kind, is_legal=False)


@public_page()
@require_safe
def page_version(request, kind, version):
    """What somebody agreed to, as it was, whatever is in force by now."""
    if not version.isprintable():  # a database may refuse to look for it
        raise Http404
    return _page(request, get_object_or_404(Page.objects.in_force(), kind=kind, version=version))


def _came_from(request: HttpRequest) -> str:
    """The kind of page whose link led here; this one, if it is not said."""
    said = request.GET.get("from", "")
    return said if said and said in Enquiry.Source.values else Enquiry.Source.THERAPY


def _current_page(request: HttpRequest, kind: str, *, is_legal: bool) -> HttpResponse:
    current = Page.objects.current(kind)
    if current is None or current.is_legal != is_legal:
        raise Http404
    return _page(request, current)


def _page(request: HttpRequest, shown_page: Page) -> HttpResponse:
    versions = list(Page.objects.in_force().filter(kind=shown_page.kind).defer("body", "filled"))
    newest = max(versions, key=lambda each: (each.published_on, each.pk))
    context = {
        "page": shown_page,
        "body": rich_text.render(of_today(filled_html(shown_page))).html,
        "newest": newest,
        "others": [each for each in versions if each.pk != shown_page.pk],
    }
    return render(request, "practice/page.html", context)


def _who_we_are() -> dict:
    people = shown.people()
    return {
        "nav_section": "practice",
        "clinicians": [person for person in people if person.is_clinician],
        "colleagues": [person for person in people if not person.is_clinician],
        "services": shown.services(),
        "concerns": shown.concerns(),
        "locations": shown.locations(),
        "fees": shown.fees(),
    }
