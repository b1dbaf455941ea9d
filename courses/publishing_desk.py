"""The desk's pages to publish a workshop and to take it back."""

from typing import Any

from django.contrib import messages

from courses import publishing
from courses.city_times import city_times
from courses.models import Workshop
from courses.publishing import Booking, NotReady
from courses.seats.capacity import PlacesTaken, tickets_taken
from kit.desk.confirm import Act
from kit.local.times import moment_label

Status = Workshop.Status
STAYS_CANCELLED = "Everybody was told that it is cancelled, so it stays cancelled. Make a new workshop instead."
CANCELLED = messages.WARNING, STAYS_CANCELLED


def _publish(workshop: Workshop, answers: dict[str, Any]) -> bool:
    return publishing.publish_workshop(workshop, seen=answers["seen"], why=answers["why"])


def _publish_context(workshop: Workshop) -> dict[str, Any]:
    outlook = publishing.outlook(workshop)
    opens = workshop.sales_open_at if outlook.booking is Booking.LATER else None
    return {
        "outlook": outlook,
        "may_press": outlook.is_ready,
        "opens_words": moment_label(opens, workshop.time_zone) if opens else "",
        "times": [city_times(session) for session in workshop.session_list],
    }


def _published(workshop: Workshop) -> str:
    return f"Published: its page is on the site now. {_told_words(workshop)}".strip()


def _told_words(workshop: Workshop) -> str:
    outlook = publishing.outlook(workshop)
    people = outlook.people_to_tell
    if not people or outlook.booking is not Booking.AT_ONCE:
        return ""
    return f"{people} {'person' if people == 1 else 'people'} who asked for a date will be written to within a minute."


def _take_back(workshop: Workshop, answers: dict[str, Any]) -> bool:
    return publishing.take_back_workshop(workshop, seen=answers["seen"], why=answers["why"])


def _take_back_context(workshop: Workshop) -> dict[str, Any]:
    taken = tickets_taken(workshop)
    return {"taken": taken, "may_press": not taken, "waiting": workshop.waiting_list.unfinished().count()}


PUBLISH = Act(
    verb="Publish",
    template="admin/courses/workshop/publish.html",
    do=_publish,
    facts=publishing.facts_seen,
    context=_publish_context,
    done=_published,
    over={Status.PUBLISHED: (messages.INFO, "It is published already."), Status.CANCELLED: CANCELLED},
    refusals=(NotReady,),
)
TAKE_BACK = Act(
    verb="Take back",
    template="admin/courses/workshop/take_back.html",
    do=_take_back,
    facts=publishing.facts_seen,
    context=_take_back_context,
    done=lambda workshop: "Taken back: it is a draft again, and its page is off the site.",
    over={Status.DRAFT: (messages.INFO, "It is a draft already."), Status.CANCELLED: CANCELLED},
    refusals=(PlacesTaken,),
)
ACTS = [PUBLISH, TAKE_BACK]
