"""What the demo offers and has sold. Orders are paid as a buyer pays: on the page of the payment stand-in."""

from contextlib import suppress
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit
from uuid import NAMESPACE_DNS, UUID, uuid5

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from courses.models import Announcement, Cohort, TicketType, Workshop
from courses.seats.places import NewTicket, SoldOut
from kit.guard.addresses import email_key
from newsletter import signup
from newsletter.models import SignupOffer, Subscriber
from orders import stripe_api
from orders.booking.agreed_terms import AgreedTerms
from orders.changes import announcements, cancellations
from orders.checkout import paying, placing
from orders.invoices import invoicing
from orders.models import BankLine, Discount, Dispute, GeneralCode, Order, OrderLine, Payment, Payout, order_status
from orders.pricing.codes import CodeNotUsable
from orders.pricing.refund_policy import refund_for
from orders.settling import balance, bank_files, bank_lines, reconcile, settle
from practice.models import Practice
from practice_site.demo.shapes.sales import PurchaseWords
from practice_site.demo.words.cohorts import COHORTS
from practice_site.demo.words.newsletter import DISCOUNT, GENERAL_CODES, OFFERS, SUBSCRIBERS
from practice_site.demo.words.visitors import ANNOUNCEMENT, BANK_LINES, PURCHASES

SECONDS_TO_PAY = 10
FORM = "application/x-www-form-urlencoded"
NOT_ANY_MORE = (
    *(CodeNotUsable, SoldOut, paying.HoldEnded, placing.SaleClosed, stripe_api.StripeRefused),
    *(cancellations.AmountChanged, cancellations.TooLate, invoicing.NotByInvoice),
)
NOBODY_THERE = (stripe_api.StripeUnavailable, OSError, HTTPException)


def load_offers() -> None:
    discount = Discount.objects.get_or_create(name=DISCOUNT)[0]
    for words in OFFERS:
        SignupOffer.objects.get_or_create(placement=words.placement, defaults=vars(words) | {"discount": discount})


def load_general_codes() -> None:
    for words in GENERAL_CODES:
        ends_at = timezone.now() + timedelta(weeks=words.weeks)
        given = {name: value for name, value in vars(words).items() if name not in {"code", "weeks"}}
        GeneralCode.objects.get_or_create(code=words.code, defaults=given | {"ends_at": ends_at})


def load_cohorts() -> None:
    for words in COHORTS:
        full_price = TicketType.objects.select_related("workshop").get(
            workshop__slug=words.workshop, is_full_price=True
        )
        given = {name: value for name, value in vars(words).items() if name not in {"code", "workshop"}}
        given |= {"ticket_type": full_price, "ends_at": full_price.workshop.starts_at - timedelta(weeks=2)}
        Cohort.objects.get_or_create(code=words.code, defaults=given)


def load_subscribers() -> None:
    """They sign up and confirm, and so have a code each."""
    for words in SUBSCRIBERS:
        if Subscriber.objects.filter(email_key=email_key(words.email)).exists():
            continue
        subscriber = signup.subscribe(email=words.email, placement=words.placement, audience=words.audience)
        signup.confirm(subscriber, percent=subscriber.offer.percent)


def load_announcements() -> None:
    """Written by the organiser to everybody who came; the worker sends it."""
    words = vars(ANNOUNCEMENT) | {"workshop": Workshop.objects.get(slug=ANNOUNCEMENT.workshop)}
    organiser = User.objects.filter(groups__name="Organisers").order_by("pk").first()
    announcements.send_announcement(Announcement(key=uuid5(NAMESPACE_DNS, ANNOUNCEMENT.subject), **words), by=organiser)


def load_orders() -> bool:
    """False where a payment stand-in is needed and none answers; a later run goes on from there."""
    missing = [words for words in PURCHASES if _is_missing(words)]
    if not missing:
        return True
    try:
        _knock(settings.STRIPE_API_BASE)
        for words in missing:
            _buy(words)
    except NOBODY_THERE:
        return False
    return True


def load_payout() -> None:
    """Stripe sends to the bank what was taken so far, once."""
    paid = Payment.objects.paid().exclude(session_url="").first()
    if paid and not Payout.objects.exists():
        with suppress(*NOBODY_THERE):
            press(paid.session_url, "pay_out")
            balance.read_balance()


def load_bank_lines() -> None:
    """Of a bank's file: for the invoice, for a booking that a person must find, and for nothing of ours."""
    order = Order.objects.awaiting_transfer().order_by("pk").first()
    if order is None or BankLine.objects.exists():
        return
    today = f"{Practice.current().today()}"
    rows = [
        (today, total or str(order.total), payer, words.format(number=order.number))
        for total, payer, words, _ in BANK_LINES
    ]
    table = bank_files.Table(("Date", "Paid in", "Name", "Reference"), tuple(rows))
    bank_lines.store_lines(table, bank_lines.Columns(day=0, amount=1, payer=2, words=(3,)), by=None)
    for _, payer, _, because in BANK_LINES:
        if because:
            bank_lines.set_aside(BankLine.objects.get(payer=payer), because=because)


def press(page: str, button: str) -> None:
    """A click on the payment page. The way back is not followed: the site need not be up yet."""
    connection = _connection(page)
    connection.request("POST", urlsplit(page).path, f"action={button}", {"Content-Type": FORM})
    connection.getresponse().read()
    connection.close()


def _is_missing(words: PurchaseWords) -> bool:
    """Never placed, or left in the middle a moment ago."""
    order = Order.objects.filter(key=_key(words)).first()
    if order is None or _is_to_be_disputed(words, order) or _to_cancel(words, order):
        return True
    return words.is_paid and not words.payer and order.is_holding


def _key(words: PurchaseWords) -> UUID:
    return uuid5(NAMESPACE_DNS, f"{words.buyer.email} {words.workshop}")


def _buy(words: PurchaseWords) -> None:
    try:
        order = _place(words)
        if order.status in order_status.PAYABLE_BY_CARD:
            _pay(words, order)
        _cancel(words, order)
        _dispute(words, order)
    except NOT_ANY_MORE:
        return  # this site has gone on since its first run: others bought the places, or time went by


def _pay(words: PurchaseWords, order: Order) -> None:
    payment = paying.start_payment(order)
    if words.is_paid:
        press(payment.session_url, "pay")
        settle.settle(stripe_api.retrieve_session(payment.session_id))


def _cancel(words: PurchaseWords, order: Order) -> None:
    """The buyer's click on the order's page: the place is free again, its money goes back."""
    order.refresh_from_db()
    if lines := _to_cancel(words, order):
        shown = refund_for(order, lines, timezone.now()).total
        cancellations.cancel_places(order, tickets=[line.ticket for line in lines], shown=shown)


def _dispute(words: PurchaseWords, order: Order) -> None:
    """The buyer's bank takes the money back."""
    if _is_to_be_disputed(words, order):
        press(order.payments.get().session_url, "dispute")
        reconcile.find_untold_disputes()


def _is_to_be_disputed(words: PurchaseWords, order: Order) -> bool:
    return words.is_disputed and order.is_paid and not Dispute.objects.filter(payment__order=order).exists()


def _to_cancel(words: PurchaseWords, order: Order) -> list[OrderLine]:
    """Nothing once one of them was cancelled: what came after is the visitor's own doing."""
    leaving = {who.email for who in words.cancels}
    lines = [line for line in order.lines.select_related("ticket") if line.ticket.attendee_email in leaving]
    return lines if order.is_paid and all(line.ticket.is_confirmed for line in lines) else []


def _place(words: PurchaseWords) -> Order:
    workshop = Workshop.objects.get(slug=words.workshop)
    kinds = {kind.name: kind for kind in workshop.ticket_types.select_related("workshop__course")}
    buyer = words.buyer
    wish = placing.Wish(
        buyer=placing.Buyer(buyer.name, buyer.email, buyer.time_zone, terms_words=AgreedTerms.now().words),
        tickets=[NewTicket(kinds[kind], who.name, who.email, who.time_zone) for kind, who in words.attendees],
        key=_key(words),
        code=_code_of(buyer.email) if words.uses_code else "",
    )
    if words.payer:
        return invoicing.place_invoice_order(workshop, wish, payer=invoicing.Payer(**vars(words.payer)))
    return placing.place_order(workshop, wish).order


def _code_of(email: str) -> str:
    return str(signup.code_of(Subscriber.objects.get(email_key=email_key(email))))


def _knock(base: str) -> None:
    """Raises OSError where nobody answers."""
    if not base:
        raise ConnectionError("no stand-in is configured")
    connection = _connection(base)
    connection.connect()
    connection.close()


def _connection(url: str) -> HTTPConnection:
    return HTTPConnection(urlsplit(url).netloc, timeout=SECONDS_TO_PAY)
