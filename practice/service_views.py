from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, Q, QuerySet
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from kit.pages.http import public_page
from practice.models import Concern, Fee, Location, Person, Service


@public_page()
@require_safe
def service(request, slug):
    people, concerns = _clinicians(), Prefetch("concerns", Concern.objects.filter(is_shown=True))
    row = get_object_or_404(Service.objects.filter(is_shown=True).prefetch_related(people, concerns), slug=slug)
    context = {
        "row": row,
        "fees": _fees(Person.objects.clinicians().filter(services=row), [row]),
        "nav_section": "practice",
    }
    return render(request, "practice/service.html", context)


@public_page()
@require_safe
def concern(request, slug):
    people, services = _clinicians(), Prefetch("services", Service.objects.filter(is_shown=True))
    row = get_object_or_404(Concern.objects.filter(is_shown=True).prefetch_related(people, services), slug=slug)
    fees = _fees(Person.objects.clinicians().filter(concerns=row), row.services.all())
    return render(request, "practice/concern.html", {"row": row, "fees": fees, "nav_section": "practice"})


@public_page()
@require_safe
def location(request, slug):
    row = get_object_or_404(Location.objects.select_related("nearest", "picture"), slug=slug)
    people = Person.objects.clinicians().filter(locations=row.nearest if row.is_area else row)
    areas = row.location_set.all() if row.is_office else ()
    context = {"row": row, "people": people, "areas": areas, "nav_section": "practice"}
    return render(request, "practice/location.html", context)


@public_page()
@require_safe
def fees(request):
    rows = Fee.objects.shown().prefetch_related(Prefetch("people", Person.objects.clinicians()))
    return render(request, "practice/fees.html", {"fees": rows, "nav_section": "practice"})


@public_page()
@require_safe
def contact(request):
    return render(request, "practice/contact.html", ways_to_reach_us())


def ways_to_reach_us() -> dict[str, Any]:
    places = Location.objects.all()
    return {
        "offices": [each for each in places if each.is_office],
        "areas": [each for each in places if each.is_area],
        "elsewhere": [each for each in places if not each.is_office and not each.is_area],
        "nav_section": "practice",
    }


def _clinicians() -> Prefetch:
    return Prefetch("people", Person.objects.clinicians())


def _fees(people: QuerySet[Person], services: Iterable[Service]) -> QuerySet[Fee]:
    """What these ways of working cost, with any of these clinicians."""
    theirs = Q(people=None) | Q(people__in=people)
    return Fee.objects.filter(Q(services=None) | Q(services__in=[each.pk for each in services]), theirs).distinct()
