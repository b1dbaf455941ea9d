"""Rows with sensible defaults. A test names only what its rule is about."""

import time as time_of_day
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count
from zoneinfo import ZoneInfo

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from accounts.factors.proof import record_proof
from accounts.models import User
from articles.models import Article, Topic
from courses.models import Cohort, Course, Session, Subject, Ticket, TicketType, Workshop, WorkshopSeries
from courses.schedule import note_span
from kit.guard.encryption import decrypt, encrypt
from kit.local.times import instant
from learning.models import Recording
from meetings.models import Host, Meeting, Presence, Registrant
from newsletter.models import SignupOffer
from orders.models import Discount, GeneralCode
from outbox.models import Message
from outbox.post import Words, queue_plain
from practice.models import (
    City,
    Concern,
    CrisisLine,
    Fee,
    Location,
    Page,
    Person,
    Practice,
    SaleTerms,
    Service,
    SiteWords,
)

_number = count(1)


def make_practice(**fields) -> Practice:
    defaults = {
        "name": "Withy Rooms",
        "tagline": "Therapy and training.",
        "email": "desk@withyrooms.example",
        "phone": "020 7946 0714",
        "address": "2 Osier Yard\nLondon SE1",
        "opening_hours": "Monday to Friday",
        "legal_name": "Withy Rooms Ltd",
    }
    return Practice.objects.update_or_create(pk=1, defaults=defaults | fields)[0]


def make_site_words(**fields) -> SiteWords:
    defaults = {
        "headline": "Minds change in company.",
        "introduction": "Words.",
        "therapy_headline": "Therapy",
        "therapy_introduction": "Words.",
        "approach": "Words.",
        "reply_promise": "Two working days.",
    }
    return SiteWords.objects.update_or_create(practice=_the_practice(), defaults=defaults | fields)[0]


def make_sale_terms(**fields) -> SaleTerms:
    return SaleTerms.objects.update_or_create(practice=_the_practice(), defaults=fields)[0]


def make_refund_tiers(*tiers: tuple[int, int]) -> None:
    """(days before the first session, per cent) each, instead of those there are."""
    terms = make_sale_terms()
    terms.refund_tiers.all().delete()
    for days_before, percent in tiers:
        terms.refund_tiers.create(days_before=days_before, percent=percent)


def make_cities() -> list[City]:
    names = [("London", "Europe/London"), ("Paris", "Europe/Paris"), ("New York", "America/New_York")]
    return [
        City.objects.get_or_create(name=name, defaults={"time_zone": zone, "position": position})[0]
        for position, (name, zone) in enumerate(names)
    ]


def make_terms(version: str = "1") -> Page:
    return Page.objects.get_or_create(
        kind=Page.Kind.TERMS,
        version=version,
        defaults={"title": "Booking terms", "body": "<p>Terms.</p>", "published_on": date(2026, 1, 1)},
    )[0]


def make_crisis_line(**fields) -> CrisisLine:
    defaults = {"name": "Samaritans", "country": "UK", "phone": "116 123", "checked_on": date(2026, 11, 1)}
    return CrisisLine.objects.create(**(defaults | fields))


def make_fee(name: str = "Individual", **fields) -> Fee:
    return Fee.objects.create(name=name, **({"minutes": 50, "amount": 85} | fields))


def make_person(name: str = "", **fields) -> Person:
    number = next(_number)
    name = name or f"Person {number}"
    defaults = {"slug": f"person-{number}", "role": "Psychotherapist", "biography": "Words."}
    defaults["openness_said_on"] = timezone.localdate() - timedelta(days=1)
    return Person.objects.create(name=name, **(defaults | fields))


def make_service(name: str = "", **fields) -> Service:
    number = next(_number)
    words = {"name": name or f"Service {number}", "slug": f"service-{number}", "summary": "Words."}
    return Service.objects.create(**(words | fields))


def make_concern(name: str = "", **fields) -> Concern:
    number = next(_number)
    words = {"name": name or f"Concern {number}", "slug": f"concern-{number}", "summary": "Words."}
    return Concern.objects.create(**(words | fields))


def make_location(name: str = "", **fields) -> Location:
    """Rooms, unless it is said to be of another kind."""
    number = next(_number)
    address = "1 Example Street" if fields.get("kind", "office") == "office" else ""
    words = {"name": name or f"Location {number}", "slug": f"location-{number}", "address": address}
    return Location.objects.create(**(words | fields))


def make_user(email: str = "", *, password: str = "long-enough-words", verified: bool = True, **fields) -> User:
    user = User.objects.create_user(email or f"user{next(_number)}@example.org", password, **fields)
    user.emailaddress_set.create(email=user.email, verified=verified, primary=True)
    return user


def make_app(user: User) -> Authenticator:
    """An authenticator app; `code_of` says what it shows."""
    return TOTP.activate(user, generate_totp_secret()).instance


def code_of(app: Authenticator, *, steps: int = 0) -> str:
    """What the app shows now, or so many half minutes from now."""
    now = int(time_of_day.time()) // 30
    return format_hotp_value(hotp_value(decrypt(app.data["secret"]), now + steps))


def show_factor(client: Client, user: User) -> None:
    """What is in the session of somebody who has signed in with a second factor."""
    app = user.authenticator_set.filter(type="totp").first() or make_app(user)
    request = HttpRequest()
    request.session, request.user = client.session, user
    record_proof(request, app)
    request.session.save()


def make_topic(name: str = "", **fields) -> Topic:
    number = next(_number)
    return Topic.objects.create(name=name or f"Topic {number}", **({"slug": f"topic-{number}"} | fields))


def make_article(title: str = "", **fields) -> Article:
    number = next(_number)
    defaults = {
        "slug": f"article-{number}",
        "summary": "A summary.",
        "body": "<p>Words.</p>",
        "status": Article.Status.PUBLISHED,
        "published_on": date(2026, 1, 1),
        "cover": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    }
    if "author" not in fields:
        fields["author"] = make_person()
    return Article.objects.create(title=title or f"Article {number}", **(defaults | fields))


def make_course(title: str = "", *, presenters: list[Person] | None = None, **fields) -> Course:
    number = next(_number)
    subject = Subject.objects.get_or_create(slug="grief", defaults={"name": "Grief and loss"})[0]
    defaults = {
        "slug": f"course-{number}",
        "subject": subject,
        "blurb": "A blurb.",
        "summary": "A summary.",
        "body": "<p>Words.</p>",
        "aims": "One\nTwo\nThree",
        "audience": "Therapists.",
        "cpd_hours": Decimal("5"),
        "is_published": True,
        "cover": "<svg xmlns='http://www.w3.org/2000/svg'/>",
    }
    course = Course.objects.create(title=title or f"Course {number}", **(defaults | fields))
    course.presenters.set(presenters if presenters is not None else [make_person()])
    return course


def make_session(workshop: Workshop, day: date, start: time = time(10), end: time = time(16), **fields) -> Session:
    made = Session.objects.create(
        workshop=workshop,
        day=day,
        start_time=start,
        end_time=end,
        starts_at=instant(day, start, workshop.time_zone),
        ends_at=instant(day, end, workshop.time_zone),
        **({"join_url": "https://zoom.example/j/1", "passcode": "willow"} | fields),
    )
    note_span(workshop)
    return made


def make_workshop(
    *, day: date | None = None, start: time = time(10), end: time = time(16), price: str | None = "105.00", **fields
) -> Workshop:
    """Published, one session (in 30 days unless `day` says), one full-price ticket type unless `price` is None."""
    number = next(_number)
    defaults = {"slug": f"workshop-{number}", "capacity": 10, "status": Workshop.Status.PUBLISHED}
    if "course" not in fields:
        fields["course"] = make_course()
    workshop = Workshop.objects.create(**(defaults | fields))
    make_session(workshop, day or timezone.localdate() + timedelta(days=30), start, end)
    if price is not None:
        make_ticket_type(workshop, price=price)
    return workshop


def make_series(*workshops: Workshop, price: str = "270.00", **fields) -> WorkshopSeries:
    """Published; of three workshops a month apart unless they are given, each at 105 alone."""
    number = next(_number)
    defaults = {"title": f"Series {number}", "slug": f"series-{number}", "blurb": "A blurb.", "body": "<p>Words.</p>"}
    defaults["status"] = WorkshopSeries.Status.PUBLISHED
    made = WorkshopSeries.objects.create(price=Decimal(price), **(defaults | fields))
    days = [timezone.localdate() + timedelta(days=30 * each) for each in (1, 2, 3)]
    for workshop in workshops or [make_workshop(day=day) for day in days]:
        made.parts.create(workshop=workshop)
    return made


def make_ticket_type(workshop: Workshop, name: str = "Full price", price: str = "105.00", **fields) -> TicketType:
    defaults = {"is_full_price": name == "Full price", "is_concession": name == "Concession"}
    defaults |= {"position": workshop.ticket_types.count()}
    return TicketType.objects.create(workshop=workshop, name=name, price=Decimal(price), **(defaults | fields))


def make_ticket(workshop: Workshop, status: str = Ticket.Status.CONFIRMED, **fields) -> Ticket:
    """A place without an order, as an editor gives it; takes the lowest free number."""
    taken = set(workshop.tickets.occupying().values_list("place_number", flat=True))
    defaults = {
        "ticket_type": workshop.ticket_types.first(),
        "access": TicketType.Access.LIVE,
        "place_number": next(number for number in count(1) if number not in taken),
        "attendee_name": "Noor Haddad",
        "attendee_email": "noor@example.org",
    }
    if status == Ticket.Status.HELD:
        defaults["held_until"] = timezone.now() + timedelta(minutes=45)
    return Ticket.objects.create(workshop=workshop, status=status, **(defaults | fields))


def make_recording(workshop: Workshop, **fields) -> Recording:
    """On Zoom, not published."""
    defaults = {"title": "The whole day", "url": "https://zoom.example/rec/1", "passcode": "hazel"}
    return Recording.objects.create(workshop=workshop, **(defaults | fields))


def make_presence(ticket: Ticket, *, session: Session | None = None, **fields) -> Presence:
    """From the beginning to the end of the (first) session, known by the address of the attendee."""
    session = session or ticket.workshop.sessions.earliest("starts_at")
    who = {"name": ticket.attendee_name, "email": ticket.attendee_email, "source": Presence.Source.REPORT}
    when = {"joined_at": session.starts_at, "left_at": session.ends_at}
    return Presence.objects.create(session=session, **(who | when | fields))


def make_registrant(ticket: Ticket, **fields) -> Registrant:
    """Of the first session, which has a meeting at Zoom then; with a link of their own."""
    session = ticket.workshop.sessions.earliest("starts_at")
    host = Host.objects.get_or_create(email="host@example.org")[0]
    span = {"starts_at": session.starts_at, "ends_at": session.ends_at, "host": host, "number": session.pk}
    meeting = Meeting.objects.get_or_create(session=session, defaults=span | {"mark": f"session {session.pk}."})[0]
    who = {"name": ticket.attendee_name, "email": ticket.attendee_email, "address": ticket.attendee_email}
    return Registrant.objects.create(
        meeting=meeting,
        ticket=ticket,
        number="r1",
        sealed_url=encrypt("https://zoom.example/w/1?tk=1"),
        **(who | fields),
    )


def make_discount(name: str = "First course", **fields) -> Discount:
    return Discount.objects.get_or_create(name=name, defaults=fields)[0]


def make_general_code(code: str = "SPRING26", percent: int | None = 10, **fields) -> GeneralCode:
    """Good from yesterday for a month; an `amount` stands instead of the percentage."""
    courses = fields.pop("courses", [])
    now = timezone.now().replace(microsecond=0)  # as editors type it
    defaults = {"name": "Spring", "starts_at": now - timedelta(days=1), "ends_at": now + timedelta(days=30)}
    if "amount" in fields:
        percent, fields["amount"] = None, Decimal(fields["amount"])
    made = GeneralCode.objects.create(code=code, percent=percent, **(defaults | fields))
    made.courses.set(courses)
    return made


def make_cohort(workshop: Workshop, places: int = 2, code: str = "OSIER2027", **fields) -> Cohort:
    """Places of the workshop's first ticket type, for a week from now on, at the price that everybody pays."""
    ends_at = timezone.now().replace(microsecond=0) + timedelta(days=7)
    defaults = {"name": "Osier University", "ends_at": ends_at, "ticket_type": workshop.ticket_types.first()}
    return Cohort.objects.create(code=code, places=places, **(defaults | fields))


def make_offer(percent: int = 20, placement: str = SignupOffer.Placement.EVERYWHERE, **fields) -> SignupOffer:
    defaults = {
        "name": f"{placement} {percent}",
        "discount": fields.pop("discount", None) or make_discount(),
        "promise": "Two letters a month.",
        "consent_text": "Send me the newsletter.",
    }
    return SignupOffer.objects.create(percent=percent, placement=placement, **(defaults | fields))


def at(text: str, zone: str = "UTC") -> datetime:
    """`at("2027-01-15 10:00", "Europe/London")`"""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def queue_words(key="k", to="noor@example.org", subject="Hello", text="Words.", html="", **options):
    """A mail in the outbox, with words of its own."""
    queue_plain(key=key, to=to, words=Words(subject, text, html), **options)
    return Message.objects.get(key=key)


def _the_practice() -> Practice:
    return Practice.objects.first() or make_practice()
