"""Who comes of an order: the buyer, others, or both. Its page and its mails say so in the same words."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from courses.models import Ticket, TicketType
from kit.guard.addresses import email_key
from kit.texts.sentences import listed, number_word
from orders.models import Order


@dataclass(frozen=True)
class Coming:
    """`tickets` are the order's confirmed ones. Whose joining page comes into the buyer's mailbox is `own`."""

    order: Order
    tickets: Sequence[Ticket]

    @cached_property
    def own(self) -> list[Ticket]:
        return [each for each in self.tickets if email_key(each.attendee_email) == self.order.email_key]

    @cached_property
    def others(self) -> list[Ticket]:
        return [each for each in self.tickets if each not in self.own]

    @property
    def is_live(self) -> bool:
        """Whether anybody comes to the live sessions; else the recording alone was bought."""
        return any(each.access == TicketType.Access.LIVE for each in self.tickets)

    @property
    def buyer_comes(self) -> bool:
        """Under her own name: somebody may also book for a colleague with her own address."""
        return any(_same_name(each.attendee_name, self.order.buyer_name) for each in self.own)

    @property
    def other_names(self) -> str:
        return listed(self._names_of_others)

    @property
    def count_others(self) -> int:
        """One who comes to all of a series is one person."""
        return len(self._names_of_others) if self.order.series_id else len(self.others)

    @property
    def _names_of_others(self) -> list[str]:
        names = [each.attendee_name for each in self.others]
        return list(dict.fromkeys(names)) if self.order.series_id else names

    @property
    def heading(self) -> str:
        """`You are booked, Dr Anjali Rao.`, `Ben Ruiz is booked.` or `Two places are booked.`"""
        if self.buyer_comes:
            who = self.order.buyer_name
            return f"You are booked, {who}." if self.is_live else f"Your catch-up place is booked, {who}."
        if len(self.tickets) == 1 or self.order.series_id:
            who = self.tickets[0].attendee_name
            return f"{who} is booked." if self.is_live else f"{who} has a catch-up place."
        return f"{number_word(len(self.tickets))} {'' if self.is_live else 'catch-up '}places are booked."


def _same_name(one: str, other: str) -> bool:
    return " ".join(one.casefold().split()) == " ".join(other.casefold().split())
