from dataclasses import dataclass


@dataclass(frozen=True)
class OfferWords:
    name: str
    placement: str  # everywhere or article
    percent: int
    promise: str
    consent_text: str


@dataclass(frozen=True)
class VisitorWords:
    """Somebody who books or attends."""

    name: str
    email: str
    time_zone: str = "Europe/London"


@dataclass(frozen=True)
class SubscriberWords:
    email: str
    placement: str  # the form that was used
    audience: str = "both"  # therapist, client, both


@dataclass(frozen=True)
class GeneralCodeWords:
    code: str
    name: str
    percent: int
    most_uses: int
    weeks: int


@dataclass(frozen=True)
class AnnouncementWords:
    """Written to everybody with a place on that workshop."""

    workshop: str
    subject: str
    text: str


@dataclass(frozen=True)
class PayerWords:
    """The organisation on an invoice."""

    name: str
    address: str
    po_number: str


@dataclass(frozen=True)
class PurchaseWords:
    workshop: str
    buyer: VisitorWords
    attendees: tuple[tuple[str, VisitorWords], ...]  # the name of a ticket type, and who comes
    uses_code: bool = False  # the one that the buyer earned by subscribing
    is_paid: bool = True
    cancels: tuple[VisitorWords, ...] = ()  # whose places the buyer cancels again
    payer: PayerWords | None = None  # who pays by invoice, and has not yet
    is_disputed: bool = False  # the buyer's bank takes the money back
