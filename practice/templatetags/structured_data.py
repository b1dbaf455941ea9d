"""What search engines are told of the practice, its people and rooms: what the page says, and nothing more."""

from django import template
from django.conf import settings
from django.utils.safestring import SafeString

from kit.pages.json_ld import SCHEMA, as_json_ld
from practice import shown
from practice.models import Location, Person, Practice

register = template.Library()


@register.simple_tag
def person_data(person: Person) -> SafeString:
    registrations = person.valid_registrations
    data = {
        "@context": SCHEMA,
        "@type": "Person",
        "name": person.name,
        "jobTitle": person.role,
        "honorificSuffix": person.shown_credentials,
        "url": settings.SITE_URL + person.get_absolute_url(),
        "knowsLanguage": person.language_list,
        "knowsAbout": [each.name for each in [*person.services.all(), *person.concerns.all()]],
        "worksFor": {"@type": "Organization", "name": shown.practice().name, "url": settings.SITE_URL},
        "hasCredential": [
            {"@type": "EducationalOccupationalCredential", "name": each.body, "identifier": each.number}
            for each in registrations
        ],
    }
    return as_json_ld(data)


@register.simple_tag
def practice_data(kind: str = "Organization") -> SafeString:
    """The practice itself: an `Organization`, or where it is about therapy a `ProfessionalService`."""
    practice = shown.practice()
    data = {
        "@context": SCHEMA,
        "@type": kind,
        "name": practice.name,
        "legalName": practice.legal_name,
        "description": practice.tagline,
        "url": settings.SITE_URL,
        "image": settings.SITE_URL + practice.card_url if practice.card_url else "",
        "email": practice.email,
        "telephone": practice.phone,
        "address": ", ".join(filter(None, (line.strip() for line in practice.address.splitlines()))),
        "areaServed": practice.sees_people_in if kind == "ProfessionalService" else "",
    }
    return as_json_ld(data)


@register.simple_tag
def location_data(location: Location, practice: Practice) -> SafeString:
    data = {
        "@context": SCHEMA,
        "@type": "LocalBusiness",
        "name": f"{practice.name}, {location.name}",
        "url": settings.SITE_URL + location.get_absolute_url(),
        "address": ", ".join(location.address.split("\n")),
        "telephone": location.phone or practice.phone,
        "hasMap": location.map_url,
        "parentOrganization": {"@type": "Organization", "name": practice.name, "url": settings.SITE_URL},
    }
    return as_json_ld(data)
