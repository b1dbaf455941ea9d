"""Places for an address that anybody may have typed are held as for a card, until a link mailed to it is used.

Until then nothing of what was typed goes to anybody: no invoice, no joining page, and no word of it in the one mail.
"""

from typing import Any

from django.core import signing

from orders.mails import address_mails
from orders.models import Order
from orders.states import move
from outbox.post import once_more

SALT = "orders.address"


class AskedTooOften(Exception):
    """This mailbox was sent as many of these mails as it may be in a day."""


def ask_to_confirm(order: Order, **payer: Any) -> None:
    """Writes the mail with the link. The order must be new or locked. Raises AskedTooOften."""
    if address_mails.has_had_enough(order):
        raise AskedTooOften
    move(order, Order.Status.UNCONFIRMED, **payer)
    address_mails.ask(order, proof_of(order), key=_key(order))


def ask_again(order: Order) -> None:
    """From the desk: because the first mail got lost, or went to an address that was wrong."""
    address_mails.ask(order, proof_of(order), key=once_more(_key(order), to=order.buyer_email), by_desk=True)


def proof_of(order: Order) -> str:
    """Stands in the mail alone: whoever knows it reads what comes to that address."""
    return signing.Signer(salt=SALT).signature(_signed(order))


def is_proof(order: Order, proof: str) -> bool:
    try:
        signing.Signer(salt=SALT).unsign(f"{_signed(order)}:{proof}")
    except signing.BadSignature:
        return False
    return True


def _key(order: Order) -> str:
    return f"order:{order.pk}:unconfirmed"


def _signed(order: Order) -> str:
    """At a corrected address it is another."""
    return f"{order.secret} {order.email_key}"
