"""Who of the clinicians fits what somebody is looking for."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal

from django.utils.text import capfirst, slugify

from kit.local.money import price
from practice.models import Fee, Person

REDUCED = "reduced"
MODES = {"office": "In person", "online": "Online", "phone": "By telephone"}
AVAILABILITY = {Person.Openness.OPEN: "Taking new clients", Person.Openness.WAITING: "With a waiting list"}

Choices = dict[str, str]  # of one question: what stands in the address, and its words


@dataclass(frozen=True)
class ClinicianFilters:
    """Each is a value of the address, or empty for whatever there is."""

    concern: str = ""
    service: str = ""
    location: str = ""
    mode: str = ""
    language: str = ""
    fee: str = ""
    availability: str = ""

    @property
    def chosen(self) -> dict[str, str]:
        return {name: value for name, value in asdict(self).items() if value}

    def without(self, name: str) -> "ClinicianFilters":
        return replace(self, **{name: ""})


LABELS = {
    "concern": "What you come with",
    "service": "Way of working",
    "location": "Place",
    "mode": "How you meet",
    "language": "Language",
    "fee": "Fee of a session",
    "availability": "New clients",
}


@dataclass(frozen=True)
class Clinician:
    """A person with their fees, and every answer that they fit."""

    person: Person
    fees: Sequence[Fee]
    answers: dict[str, Choices]

    def fits(self, filters: ClinicianFilters) -> bool:
        return all(value in self.answers[name] for name, value in filters.chosen.items())


def clinicians(currency: str) -> list[Clinician]:
    """All that are shown, with a fixed number of statements."""
    related = ("registrations", "concerns", "services", "locations")
    people = list(Person.objects.clinicians().with_portraits().prefetch_related(*related))
    every_fee = list(Fee.objects.prefetch_related("people"))
    fees = {person.pk: fees_of(person, every_fee) for person in people}
    leasts = sorted({least for own in fees.values() if (least := _least(own))})
    found = []
    for person in people:
        enough = [amount for amount in leasts if amount >= (_least(fees[person.pk]) or Decimal("Infinity"))]
        asked = {f"{amount:f}": f"Up to {price(amount, currency)}" for amount in enough}
        found.append(Clinician(person, fees[person.pk], _answers(person, asked)))
    return found


def fees_of(person: Person, fees: Iterable[Fee]) -> list[Fee]:
    """Everybody's, and what they ask themselves."""
    return [fee for fee in fees if not fee.people.all() or person in fee.people.all()]


def choices_among(found: Iterable[Clinician]) -> dict[str, Choices]:
    """What can be chosen: of each question whatever fits somebody, if there is a choice at all."""
    every: dict[str, Choices] = {name: {} for name in LABELS}
    for clinician in found:
        for name, answers in clinician.answers.items():
            every[name] |= answers
    every["fee"] = dict(sorted(every["fee"].items(), key=_by_amount))
    return {name: answers for name, answers in every.items() if len(answers) > 1}


def nearly(found: Sequence[Clinician], filters: ClinicianFilters) -> list[tuple[str, ClinicianFilters, int]]:
    """Where nobody fits: which one answer to leave out, what is asked then, and how many fit."""
    if any(clinician.fits(filters) for clinician in found):
        return []
    fewer = [(name, filters.without(name)) for name in filters.chosen]
    counted = [(name, asked, sum(each.fits(asked) for each in found)) for name, asked in fewer]
    return [each for each in counted if each[2]]


def _answers(person: Person, fees: Choices) -> dict[str, Choices]:
    places, openness = person.locations.all(), person.openness
    return {
        "concern": {each.slug: each.name for each in person.concerns.all() if each.is_shown},
        "service": {each.slug: each.name for each in person.services.all() if each.is_shown},
        "location": {each.slug: each.name for each in places if each.is_office},
        "mode": {each.kind: MODES[each.kind] for each in places if each.kind in MODES},
        "language": {slugify(each, allow_unicode=True): capfirst(each) for each in person.language_list},
        "fee": fees | ({REDUCED: "With places at a reduced fee"} if person.has_reduced_fee else {}),
        "availability": {openness: AVAILABILITY[openness]} if openness in AVAILABILITY else {},
    }


def _least(fees: Iterable[Fee]) -> Decimal | None:
    """A first conversation that costs nothing is no session yet."""
    return min((fee.amount for fee in fees if fee.amount), default=None)


def _by_amount(choice: tuple[str, str]) -> Decimal:
    return Decimal("Infinity") if choice[0] == REDUCED else Decimal(choice[0])
