"""A buyer's address or name was mistyped, and the desk corrects it. What was sold, and to whom, stays as it was."""

from dataclasses import replace

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.history import recording
from courses.models import Ticket
from courses.seats import places
from courses.seats.places import Attendee
from kit.desk.rows import save_changed
from kit.forms.seen import Facts, check_seen, seal
from kit.guard.addresses import benefit_key, email_key
from kit.guard.tokens import new_secret
from orders import locks
from orders.changes.rebooking_offers import open_offers
from orders.checkout import unconfirmed
from orders.mails import again_mails, rebooking_mails
from orders.mails.sent import mails_of
from orders.models import Order, Payment, order_status
from outbox.post import withdraw


class PageIsOpen(Exception):
    """Somebody may be paying at this moment, on a page that leads back to the old link."""


def facts_seen(order: Order) -> Facts:
    """What the desk saw before it corrected anything."""
    return {"name": ["The name", order.buyer_name], "email": ["The address", order.buyer_email]}


@transaction.atomic
def correct_buyer(order: Order, *, name: str, email: str, seen: str, why: str = "") -> Order:
    """At a new address all links are new: the old ones end, what still waits for the old address is not sent, and the
    confirmation goes to the new one. The buyer's own places go along with it; those of others stay as they are.

    Raises PageIsOpen and kit.forms.seen.ChangedMeanwhile.
    """
    waiting = [move.pk for move in _waiting_moves(order)]
    locked = locks.lock_orders([order.pk, *waiting])[order.pk]
    check_seen(seen, facts_seen(locked))
    if has_open_page(locked):
        raise PageIsOpen
    old_name, old_email, own = locked.buyer_name, locked.buyer_email, own_tickets(locked)
    is_new = email_key(email) != locked.email_key
    _store(locked, name=name, email=email, is_new=is_new, why=why)
    _correct_own_places(locked, own, old_name=old_name)
    if is_new:
        withdraw(mails_of(locked).of_person(old_email))
        tell_again(locked)
        _ask_again(locked, own)
    for move in _waiting_moves(locked):
        correct_buyer(move, name=name, email=email, seen=seal(facts_seen(move)), why=why)
    return locked


def tell_again(order: Order) -> None:
    """What the buyer was told; an address that nobody has confirmed is asked for that alone."""
    if order.is_unconfirmed:
        unconfirmed.ask_again(order)
    else:
        again_mails.tell_buyer_again(order)


def has_open_page(order: Order) -> bool:
    return order.is_holding and order.payments.filter(status__in=[Payment.Status.NEW, Payment.Status.OPEN]).exists()


def _waiting_moves(order: Order) -> list[Order]:
    """Orders that wait for the difference of a place that is to move there, or for one that was added: they are the
    same buyer's."""
    beside = Q(moved_from__order=order) | Q(added_to=order)
    waiting = Order.objects.filter(beside, status__in=order_status.HOLDING)
    return list(waiting.exclude(email_key=order.email_key).order_by("pk"))


def own_tickets(order: Order) -> list[Ticket]:
    """The places that the buyer takes herself, as far as the address tells."""
    return [ticket for ticket in order.tickets() if email_key(ticket.attendee_email) == order.email_key]


def _store(order: Order, *, name: str, email: str, is_new: bool, why: str) -> None:
    order.buyer_name, order.buyer_email = name, email
    if is_new:
        order.secret, order.email_key, order.benefit_key = new_secret(), email_key(email), _benefit_key(order, email)
        order.links_since = timezone.now()
        for document in order.documents.all():
            document.secret = new_secret()
            document.save(update_fields=["secret"])
    with recording(order, reason=why):
        save_changed(order)


def _benefit_key(order: Order, email: str) -> str:
    """Whose code was used. Where the new address has used the same one before, this sale keeps the old key and its
    price: it was agreed on, and the database lets a person use a code once."""
    key = benefit_key(email)
    uses = Order.objects.filter(general_code=order.general_code_id, benefit_key=key, status__in=order_status.USES_CODE)
    return order.benefit_key if order.general_code_id and uses.exclude(pk=order.pk).exists() else key


def _correct_own_places(order: Order, own: list[Ticket], *, old_name: str) -> None:
    for ticket in own:
        to = Attendee.of(ticket)
        name = order.buyer_name if to.name == old_name else to.name
        places.set_attendee(ticket, to=replace(to, name=name, email=order.buyer_email))


def _ask_again(order: Order, own: list[Ticket]) -> None:
    """Whoever is to choose after we cancelled the workshop finds the choice behind a new link."""
    for offer in open_offers(order, own):
        offer.secret = new_secret()
        offer.save(update_fields=["secret"])
        rebooking_mails.tell_of_offer_again(order, offer)
