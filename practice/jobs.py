from collections.abc import Iterator

from kit.desk.jobs import Job, counted, finds
from practice import clock, entered_hours, markers
from practice.models import CrisisLine, Enquiry, Link, Page, Person, Practice, Registration, SiteNotice

entered_hours.watch(SiteNotice, permission="practice.change_sitenotice", starts_at="shown from", ends_at="shown until")


@finds("practice.change_sitenotice")
def hours_of_notices() -> Iterator[Job]:
    return entered_hours.jobs_of(SiteNotice)


@finds("practice.view_enquiry")
def new_enquiries() -> Iterator[Job]:
    """Those that are late are told of apart."""
    overdue = Enquiry.objects.overdue()
    one, many = "enquiry should have been answered by now", "enquiries should have been answered by now"
    yield from counted(overdue, "?late=yes", one, many)
    new = Enquiry.objects.waiting().exclude(pk__in=overdue)
    yield from counted(new, "?status__exact=new", "enquiry waits for an answer", "enquiries wait for an answer")


@finds("practice.change_crisisline")
def lines_to_check() -> Iterator[Job]:
    overdue = CrisisLine.objects.check_overdue()
    return counted(overdue, "?check=overdue", "crisis line is due for its check", "crisis lines are due for a check")


@finds("practice.change_person")
def registrations_that_end() -> Iterator[Job]:
    people = Person.objects.filter(registrations__in=Registration.objects.ending()).distinct()
    one = "has a registration that is over, or ends within a month"
    return counted(people, "?registration=ending", f"person {one}", f"people {one.replace('has', 'have')}")


@finds("practice.change_practice")
def professional_bodies_that_end() -> Iterator[Job]:
    said = Practice.objects.exclude(professional_body="")
    ending = said.filter(professional_body_until__lt=clock.today() + Registration.LOOK_AHEAD)
    words = "what is said of professional bodies is over, or ends within a month"
    return counted(ending, "", f"practice: {words}", f"practices: {words}")


@finds("practice.change_person")
def openness_to_say_again() -> Iterator[Job]:
    old = Person.objects.openness_old()
    one, words = "clinician has", f"not said for {Person.SAID_FOR.days // 7} weeks whether there are places"
    return counted(old, "?said=old", f"{one} {words}", f"clinicians have {words}")


@finds("practice.change_page")
def pages_that_differ() -> Iterator[Job]:
    """What readers agree to says other numbers than the site acts by."""
    shown = [page for kind in Page.Kind if (page := Page.objects.current(kind))]
    wrong = Page.objects.filter(pk__in=[page.pk for page in shown if markers.differing(page)])
    words = "does not say what the rules are now: write a new version"
    return counted(wrong, "", f"legal page {words}", f"legal pages {words.replace('does', 'do')}")


@finds("practice.view_link")
def links_that_lead_nowhere() -> Iterator[Job]:
    words = "nowhere any more: look at the texts that have"
    one, many = f"link leads {words} it", f"links lead {words} them"
    yield from counted(Link.objects.broken(), "?is_broken__exact=1", one, many, lambda link: f"{link}: {link.answer}")
