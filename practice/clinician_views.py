from typing import Any
from urllib.parse import urlencode

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from kit.pages.http import public_page
from practice import shown
from practice.clinicians import LABELS, choices_among, clinicians, fees_of, nearly
from practice.forms import ClinicianFilterForm, EnquiryForm
from practice.models import Concern, Enquiry, Fee, Person, Service


@public_page(queries=tuple(LABELS))
@require_safe
def clinician_list(request):
    everybody = clinicians(shown.practice().fees_in)
    choices = choices_among(everybody)
    form = ClinicianFilterForm(request.GET, choices=choices)
    filters = form.filters()
    context = {
        "form": form if choices else None,
        "filters": filters,
        "everybody": everybody,
        "found": [each.person for each in everybody if each.fits(filters)],
        "nearly": [
            {
                "label": LABELS[name],
                "words": choices[name][filters.chosen[name]],
                "count": count,
                "href": _address(less),
            }
            for name, less, count in nearly(everybody, filters)
        ],
        "colleagues": Person.objects.colleagues().with_portraits(),
        "nav_section": "practice",
    }
    return render(request, "practice/clinicians.html", context)


@public_page()
@require_safe
def clinician(request, slug):
    return render(request, "practice/clinician.html", all_about(get_object_or_404(_pages(), slug=slug)))


def answered_there(form: EnquiryForm) -> dict[str, Any] | None:
    """What the page of the clinician shows whom somebody who wrote on such a page asks for; None elsewhere."""
    asked = form.cleaned_data.get("clinician")
    if not asked or form.cleaned_data.get("came_from") != Enquiry.Source.CLINICIAN:
        return None
    person = _pages().filter(pk=asked.pk).first()
    return {**all_about(person), "form": form} if person and person.may_be_asked_for else None


def all_about(person: Person) -> dict[str, Any]:
    return {
        "person": person,
        "fees": fees_of(person, Fee.objects.prefetch_related("people")),
        "nav_section": "practice",
    }


def _pages() -> QuerySet[Person]:
    return (
        Person.objects.clinicians()
        .with_portraits()
        .prefetch_related(
            "registrations",
            "locations",
            Prefetch("concerns", Concern.objects.filter(is_shown=True)),
            Prefetch("services", Service.objects.filter(is_shown=True)),
        )
    )


def _address(filters) -> str:
    query = urlencode(filters.chosen)
    return reverse("practice:clinicians") + (f"?{query}" if query else "")
