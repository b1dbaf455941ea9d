"""What people booked, and what somebody is about to change of it: nothing of that is saved in passing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.template.defaultfilters import floatformat

from accounts.models import User
from courses.models import Course, RemovedSession, Session, Workshop, WorkshopChange
from courses.seats.places import lock_workshop
from kit.forms.seen import Facts
from kit.local.locales import training, written
from kit.local.times import Span, city_of, long_day, offset_label

NONE = "none"
CALLED_OFF = "called off"
LINK = "Zoom link"
CATCH_UP = "catch-up"  # the one fact that outlives the last session


@dataclass(frozen=True)
class Fact:
    """Something that was booked: what it is to the site, and in words."""

    label: str
    value: Any
    words: str
    gives_back: bool = False  # whether people who booked it may have everything back if it changes


@dataclass(frozen=True)
class Difference:
    label: str
    was: str
    now: str
    gives_back: bool


@dataclass(frozen=True)
class Plan:
    """What would change for so many people of one workshop."""

    workshop: Workshop
    people: int
    differences: list[Difference]

    @property
    def has_new_link(self) -> bool:
        return any(each.label == LINK for each in self.differences)

    @property
    def gives_back(self) -> bool:
        return any(each.gives_back for each in self.differences)

    @property
    def facts(self) -> Facts:
        """To be sealed: a press confirms what its page showed, for those whom it showed."""
        lines = {
            f"{self.workshop.pk} {number}": [each.label, f"{each.was} > {each.now}"]
            for number, each in enumerate(self.differences)
        }
        return lines | {f"{self.workshop.pk} people": ["the number of people", str(self.people)]}

    def as_change(self, *, by: User | None = None, note: str = "") -> WorkshopChange:
        """As it would be written down."""
        words = [[each.label, each.was, each.now] for each in self.differences]
        said = {"words": words, "note": note, "gives_back": self.gives_back}
        return WorkshopChange(workshop=self.workshop, changed_by=by, **said)


Booked = dict[int, dict[str, Fact]]  # of each workshop by its number


def booked_of(workshops: Iterable[Workshop]) -> Booked:
    """Of those among them on which somebody has a place, what they have still to come, as it is stored."""
    found = {}
    for pk in sorted(each.pk for each in workshops):
        workshop = lock_workshop(pk)
        if not workshop.is_caught_up and workshop.tickets.occupying().exists():
            facts = _facts_of(workshop)
            found[pk] = {CATCH_UP: facts[CATCH_UP]} if workshop.is_over else facts
    return found


def plans_since(before: Booked) -> list[Plan]:
    """What has become of them meanwhile, in this transaction."""
    plans = []
    for pk, facts in before.items():
        workshop = Workshop.objects.select_related("course").get(pk=pk)
        now = _facts_of(workshop)
        if facts.keys() == {CATCH_UP}:
            now = {CATCH_UP: now[CATCH_UP]}
        if differences := list(_differences(facts, now)):
            plans.append(Plan(workshop, workshop.tickets.occupying().count(), differences))
    return plans


def note_changes(plans: Iterable[Plan], *, by: User | None, note: str = "") -> list[WorkshopChange]:
    """Writes down what changed, in the transaction that changes it; the worker tells everybody, `note` with it."""
    noted = []
    for plan in plans:
        change = plan.as_change(by=by, note=note)
        change.save()
        plan.workshop.sessions.update(other_changes=F("other_changes") + 1)
        if plan.gives_back:
            Workshop.objects.filter(pk=plan.workshop.pk).update(changed_at=change.changed_at)
        noted.append(change)
    return noted


Words = dict[int, tuple[str, ...]]  # of each session by its number


def calendar_words(workshops: Iterable[Workshop]) -> Words:
    """What calendars say of their sessions beside the hours."""
    shown = ("title", "workshop__course__title", "workshop__course__blurb")
    rows = Session.objects.filter(workshop__in=[each.pk for each in workshops]).values_list("pk", *shown)
    return {pk: tuple(words) for pk, *words in rows}


def note_new_words(before: Words) -> None:
    """Calendars that have a session under other words take the new ones only with a higher number."""
    now = calendar_words(Workshop.objects.filter(sessions__in=before).distinct())
    renamed = [pk for pk, words in before.items() if now.get(pk, words) != words]
    Session.objects.filter(pk__in=renamed).update(other_changes=F("other_changes") + 1)


def people_coming_to(course: Course) -> int:
    """How many places of its workshops that are not over are held or booked."""
    coming = course.workshops.exclude(status=Workshop.Status.CANCELLED).upcoming()
    return sum(workshop.tickets.occupying().count() for workshop in coming)


def note_removed(session: Session) -> None:
    """Before it is deleted. Of a draft nobody has a calendar file."""
    if not session.workshop.is_draft:
        span = {"starts_at": session.starts_at, "ends_at": session.ends_at}
        RemovedSession.objects.create(
            workshop=session.workshop, number=session.pk, title=session.title, revision=session.sequence, **span
        )


def _facts_of(workshop: Workshop) -> dict[str, Fact]:
    """In the order in which people ask."""
    presenters = list(workshop.course.presenters.all())
    days = workshop.catch_up_days
    catch_up = f"{days} days from its publication" if days else "no recording"
    names = ", ".join(each.name for each in presenters) or NONE
    zone = workshop.time_zone
    return {
        **{f"session {each.pk}": _session_fact(each) for each in workshop.sessions.all()},
        "zone": Fact("Time zone", zone, f"{city_of(zone)} ({zone})"),
        "course": Fact("Course", workshop.course_id, workshop.title, gives_back=True),
        "presenters": Fact("Presenters", {each.pk for each in presenters}, names, gives_back=True),
        "hours": Fact(f"{training()} hours", workshop.course.cpd_hours, floatformat(workshop.course.cpd_hours)),
        CATCH_UP: Fact("Catch-up", days, catch_up),
        **{f"link {each.pk}": _link_fact(each) for each in workshop.sessions.all() if each.is_open},
    }


def _session_fact(session: Session) -> Fact:
    label = f"Session “{session.title}”" if session.title else "Session"
    return Fact(label, (session.starts_at, session.ends_at), in_words(session), gives_back=True)


def _link_fact(session: Session) -> Fact:
    """Before it opens nobody has seen the link, so that until then it may change without a word."""
    return Fact(LINK, (session.join_url, session.passcode), "as on the joining page")


def in_words(session: Session) -> str:
    """`Friday 5 March 2027, 10:00 to 16:00, London time (UTC+0)`"""
    span: Span = session.span
    start, end = span.local_start, session.ends_at.astimezone(span.local_start.tzinfo)
    city = city_of(session.workshop.time_zone)
    return f"{long_day(start)}, {written(start, 'H:i')} to {written(end, 'H:i')}, {city} time ({offset_label(start)})"


def _differences(before: dict[str, Fact], after: dict[str, Fact]) -> Iterable[Difference]:
    for key in {**before, **after}:
        was, now = before.get(key), after.get(key)
        if was and now and was.value != now.value:
            yield Difference(now.label, was.words, now.words, now.gives_back)
        elif was and not now and not key.startswith("link"):
            yield Difference(was.label, was.words, CALLED_OFF, was.gives_back)
        elif now and not was and not key.startswith("link"):
            yield Difference(now.label, NONE, now.words, now.gives_back)
