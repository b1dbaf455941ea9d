"""A series that is over by now, who bought it, and who was there."""

from practice_site.demo.shapes.sales import VisitorWords
from practice_site.demo.shapes.teaching import SeriesWords, WorkshopPattern

from .courses import CONCESSION, FULL_PRICE, GRIEF, ONE_DAY, SIBLINGS

MINA = VisitorWords("Mina Calloway", "mina.calloway@example.org")
STELLA = VisitorWords("Stella Brandão", "stella.brandao@example.org", "Europe/Lisbon")
BOTH_DAYS, FIRST_DAY_ONLY = (MINA.email,), (STELLA.email,)
ENDED_WORKSHOPS = (
    WorkshopPattern(
        slug="complexity-in-grief-first-of-two",
        course=GRIEF.slug,
        weeks_ahead=-10,
        sessions=ONE_DAY,
        capacity=12,
        places_taken=0,
        ticket_types=(FULL_PRICE, CONCESSION),
    ),
    WorkshopPattern(
        slug="siblings-second-of-two",
        course=SIBLINGS.slug,
        weeks_ahead=-9,
        sessions=ONE_DAY,
        capacity=12,
        places_taken=0,
        ticket_types=(FULL_PRICE, CONCESSION),
    ),
)
ENDED_SERIES = SeriesWords(
    slug="grief-in-families",
    title="Grief in families: two days",
    blurb="Complexity in grief, and brothers and sisters in the room, for one person and at one price.",
    body="<p>Grief is a family matter, and siblings grieve side by side and apart. Two Fridays that build on each "
    "other, with a certificate for each and one for the whole.</p>",
    price="180.00",
    workshops=("complexity-in-grief-first-of-two", "siblings-second-of-two"),
)
