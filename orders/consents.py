"""What a buyer must or may ask for expressly, because it would begin while she can still change her mind."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from courses.models import TicketType, Workshop
from kit.forms.shown_words import signer_of, words_read
from kit.local.times import moment_label
from orders.models import Consent, Order, OrderLine
from practice.models import SaleTerms
from practice.refund_policy import RefundPolicy, days_in_words, from_snapshot, recording_consent, start_request

Kind = Consent.Kind
ASKED_ANEW = "Our refund policy changed while this page was open. Read what the box says now, then tick it."


@dataclass(frozen=True)
class Ask:
    """A box to tick, never ticked for anybody. `missing` says why it must be, and is empty where it need not be."""

    kind: str
    words: str
    help: str = ""
    missing: str = ""

    @property
    def seal(self) -> str:
        """Travels with the box on a page that says no other terms."""
        return signer_of(self.kind).sign_object(self.words)


def asks_for(
    workshop: Workshop, prices: Iterable[tuple[TicketType, Decimal]], *, paid_by: datetime, help: str = ""
) -> list[Ask]:
    """For these places at these prices, if they are paid at that moment: a booking is made with its payment."""
    paid = {ticket_type.access for ticket_type, price in prices if price}
    policy = SaleTerms.current().refund_policy
    free_until = policy.free_until(paid_by, workshop.time_zone)
    asks = []
    if TicketType.Access.LIVE in paid and workshop.starts_at and workshop.starts_at < free_until:
        asks.append(Ask(Kind.START, start_request(policy), help, _why_to_ask(policy.free_days)))
    if TicketType.Access.CATCH_UP in paid and workshop.ends_at and workshop.ends_at < free_until:
        asks.append(Ask(Kind.RECORDING, recording_consent(policy), help))
    return asks


def given(posted: Mapping[str, object], asks: Sequence[Ask]) -> set[str]:
    """The kinds of what was asked and ticked."""
    return {ask.kind for ask in asks if posted.get(ask.kind)}


def missing(posted: Mapping[str, object], asks: Sequence[Ask]) -> str:
    """Why it cannot go on, in words for the buyer; empty when it can. What was ticked beside other words is not ticked
    for these."""
    if any(posted.get(ask.kind) and _read(posted, ask) != ask.words for ask in asks):
        return ASKED_ANEW
    return next((ask.missing for ask in asks if ask.missing and not posted.get(ask.kind)), "")


def record(order: Order, lines: Sequence[OrderLine], kinds: Collection[str]) -> None:
    """Keeps for each place what was ticked for places like it, with the words as they stood there."""
    policy = from_snapshot(order.refund_terms)
    assert policy  # it was placed a moment ago
    of_access: dict[str, tuple[Kind, Callable[[RefundPolicy], str]]] = {
        TicketType.Access.LIVE: (Kind.START, start_request),
        TicketType.Access.CATCH_UP: (Kind.RECORDING, recording_consent),
    }
    wanted = ((line, *of_access[line.ticket.access]) for line in lines)
    Consent.objects.bulk_create(
        Consent(line=line, kind=kind, words=words(policy), given_at=order.agreed_at)
        for line, kind, words in wanted
        if kind in kinds
    )


def in_words(order: Order, *, who: str = "You") -> list[str]:
    """What was ticked, and when, for the order's page, its mails and the desk."""
    zone = order.workshop.time_zone
    return [f"“{each.words}” {who} ticked this on {moment_label(each.given_at, zone)}." for each in order.consents]


def _read(posted: Mapping[str, object], ask: Ask) -> str:
    return words_read(str(posted.get(f"{ask.kind}_words", "")), signer=signer_of(ask.kind), now=ask.words)


def _why_to_ask(days: int) -> str:
    return (
        f"This workshop starts within {days_in_words(days)} of the booking, while you can still change your mind. "
        "We may start only if you ask us to: tick the box to book a live place."
    )
