"""Years of a practice, made in bulk: workshops that were held and are to come, all that was sold, and what it left."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from allauth.account.models import EmailAddress
from django.utils import timezone

from accounts.models import AuditEntry, User
from bench.texts import make_articles
from courses.models import Course, CourseInterest, Session, Ticket, TicketType, WaitingListEntry, Workshop
from kit.guard.addresses import benefit_key, email_key
from kit.local.times import instant
from newsletter.models import ConsentEvent, Subscriber
from orders.documents import document_facts
from orders.documents.issuing import LETTERS
from orders.models import DiscountCode, Document, Movement, Order, OrderLine, Payment, Refund, Series, StripeEvent
from outbox.models import Message, person_of
from practice.models import Enquiry, Practice
from tests import builders

ORDERS = 50  # of each workshop; a subscriber, seven audit entries, three mails and an event for each of them
PRICE = Decimal("105.00")
FEE = Decimal("2.10")
ZONE = "Europe/London"
BATCH = 2_000
SOUNDS = ("Ad", "Bel", "Cor", "Dan", "El", "Fen", "Gor", "Had", "Is", "Jun", "Kel", "Lor", "Mar")
FREED = {1: Order.Status.REFUNDED, 2: Order.Status.LAPSED, 3: Order.Status.LAPSED}  # by the place in the workshop
Kind = Document.Kind


def make_history(count: int) -> Iterator[str]:
    """So many workshops, one in ten to come; of the orders of each one was refunded, one invoiced, and two lapsed.

    Tells what is made next.
    """
    builders.make_practice(time_zone=ZONE)
    builders.make_site_words()
    builders.make_sale_terms()
    builders.make_cities()
    builders.make_crisis_line(is_in_footer=True)
    builders.make_offer()
    people = [builders.make_person() for _ in range(5)]
    courses = [builders.make_course(presenters=[people[number % 5]]) for number in range(8 + count // 10)]
    yield "articles and pictures"
    make_articles(max(count // 2, 1), courses)
    yield "workshops"
    workshops = _make_workshops(count, courses)
    yield "subscribers"
    _make_people(count * ORDERS)
    series = _open_series()
    for first in range(0, count, BATCH // ORDERS):
        yield f"orders, {first * ORDERS} of {count * ORDERS}"
        _make_sales(workshops[first : first + BATCH // ORDERS], first * ORDERS, series)
    Series.objects.bulk_update(series.values(), ["last"])
    yield "people who wait"
    _make_waiting(workshops, courses)


def _make_workshops(count: int, courses: list[Course]) -> list[Workshop]:
    today = timezone.localdate()
    days = [today + timedelta(days=6 + n // 10 if n % 10 == 0 else -30 - 2 * n) for n in range(count)]
    workshops = Workshop.objects.bulk_create(
        Workshop(
            course=courses[number % len(courses)],
            slug=f"run-{number}",
            status=Workshop.Status.PUBLISHED,
            capacity=ORDERS - len(FREED) if number % 20 == 0 else ORDERS + 10,
            time_zone=ZONE,
            first_published_at=timezone.now() - timedelta(days=2 * number + 100),
            starts_at=instant(day, time(10), ZONE),
            ends_at=instant(day, time(16), ZONE),
        )
        for number, day in enumerate(days)
    )
    Session.objects.bulk_create(
        Session(
            workshop=workshop,
            day=day,
            start_time=time(10),
            end_time=time(16),
            starts_at=workshop.starts_at,
            ends_at=workshop.ends_at,
            join_url="https://zoom.example/j/1",
        )
        for workshop, day in zip(workshops, days, strict=True)
    )
    kinds = [("Full price", PRICE, TicketType.Access.LIVE), ("Reduced", Decimal("70.00"), TicketType.Access.LIVE)]
    kinds += [("Recording", Decimal("50.00"), TicketType.Access.CATCH_UP)]
    TicketType.objects.bulk_create(
        TicketType(workshop=workshop, name=name, price=price, access=access, position=place, is_full_price=place == 0)
        for workshop in workshops
        for place, (name, price, access) in enumerate(kinds)
    )
    return list(Workshop.objects.order_by("pk").prefetch_related("sessions", "ticket_types").select_related("course"))


def _make_people(count: int) -> None:
    now, offer = timezone.now(), builders.SignupOffer.objects.get()
    emails = [_email(number) for number in range(count)]
    subscribers = Subscriber.objects.bulk_create(
        [
            Subscriber(
                email=email,
                email_key=email_key(email),
                status=Subscriber.Status.ACTIVE,
                offer=offer,
                created_at=now - timedelta(hours=number + 300),
                confirmed_at=now - timedelta(hours=number + 299),
            )
            for number, email in enumerate(emails)
        ],
        BATCH,
    )
    ConsentEvent.objects.bulk_create(
        [
            ConsentEvent(subscriber=each, kind=kind, source="home", text="Send me the newsletter.", happened_at=when)
            for each in subscribers
            for kind, when in (("requested", each.created_at), ("confirmed", each.confirmed_at))
        ],
        BATCH,
    )
    DiscountCode.objects.bulk_create(
        DiscountCode(
            discount=offer.discount,
            code=f"WITHY{number:07}",
            percent=20,
            issued_to=email,
            benefit_key=benefit_key(email),
            issued_at=now - timedelta(hours=number + 299),
            expires_at=now + timedelta(days=90),
        )
        for number, email in enumerate(emails[::5])
    )
    users = User.objects.bulk_create(User(email=email, password="!") for email in emails[::10])
    EmailAddress.objects.bulk_create(EmailAddress(user=user, email=user.email, verified=True) for user in users)
    Enquiry.objects.bulk_create(
        Enquiry(name="Noor", email=email, message="May I come?", created_at=now - timedelta(hours=number))
        for number, email in enumerate(emails[::50])
    )


def _open_series() -> dict[str, Series]:
    issuer = Practice.current().legal_name
    return {kind: Series.objects.create(issuer=issuer, kind=kind, prefix=letter) for kind, letter in LETTERS.items()}


def _make_sales(workshops: list[Workshop], first: int, series: dict[str, Series]) -> None:
    sold = [(workshop, place) for workshop in workshops for place in range(ORDERS)]
    orders = Order.objects.bulk_create(
        [_order(workshop, place, first + number) for number, (workshop, place) in enumerate(sold)]
    )
    tickets = Ticket.objects.bulk_create(
        [_ticket(order, place) for order, (_, place) in zip(orders, sold, strict=True)]
    )
    lines = OrderLine.objects.bulk_create(
        OrderLine(order=order, ticket=ticket, description="Full price", price=PRICE)
        for order, ticket in zip(orders, tickets, strict=True)
    )
    payments = Payment.objects.bulk_create([_payment(order) for order in orders])
    refunds = Refund.objects.bulk_create(
        Refund(
            payment=payment,
            line=line,
            amount=PRICE,
            reason="Cancelled by the buyer",
            status=Refund.Status.SUCCEEDED,
            refund_id=f"re_{payment.pk}",
            created_at=payment.paid_at + timedelta(days=1),
        )
        for payment, line in zip(payments, lines, strict=True)
        if payment.order.status == Order.Status.REFUNDED
    )
    Movement.objects.bulk_create([*map(_booked, filter(_is_by_card, payments)), *map(_sent_back, refunds)])
    _make_documents(payments, refunds, series)
    _make_traces(payments, tickets)


def _order(workshop: Workshop, place: int, number: int) -> Order:
    placed = _placed_at(workshop, place)
    status = FREED.get(place, Order.Status.PAID)
    email = _email(number)
    invoiced = {"organisation": f"Trust {number}", "invoice_due_on": (placed + timedelta(days=30)).date()}
    return Order(
        number=f"W{number:08}",
        workshop=workshop,
        buyer_name=_name(number),
        buyer_email=email,
        email_key=email_key(email),
        benefit_key=benefit_key(email),
        status=status,
        currency="GBP",
        total=PRICE,
        agreed_at=placed,
        placed_at=placed,
        held_until=placed + timedelta(minutes=45),
        paid_at=None if status == Order.Status.LAPSED else placed + timedelta(minutes=5),
        news_words="Send me the newsletter." if place % 5 == 0 else "",
        news_asked_at=placed + timedelta(minutes=6) if place % 5 == 0 else None,
        **(invoiced if place == 4 else {}),
    )


def _ticket(order: Order, place: int) -> Ticket:
    freed = {Order.Status.REFUNDED: Ticket.Status.CANCELLED, Order.Status.LAPSED: Ticket.Status.LAPSED}
    return Ticket(
        workshop=order.workshop,
        ticket_type=order.workshop.ticket_types.all()[0],
        access=TicketType.Access.LIVE,
        status=freed.get(order.status, Ticket.Status.CONFIRMED),
        place_number=None if order.status in freed else max(place - len(FREED), 0) + 1,
        held_until=order.held_until,
        attendee_name=order.buyer_name,
        attendee_email=order.buyer_email,
        created_at=order.placed_at,
        confirmed_at=order.paid_at,
    )


def _payment(order: Order) -> Payment:
    by_transfer = order.invoice_due_on is not None
    is_paid = order.paid_at is not None
    return Payment(
        order=order,
        attempt=1,
        method=Payment.Method.TRANSFER if by_transfer else Payment.Method.STRIPE,
        amount=PRICE,
        received=PRICE if is_paid else None,
        fee=FEE if is_paid and not by_transfer else None,
        currency="GBP",
        status=Payment.Status.PAID if is_paid else Payment.Status.EXPIRED,
        expires_at=order.placed_at + timedelta(minutes=35),
        session_id="" if by_transfer else f"cs_test_{order.number}",
        intent_id=f"pi_{order.number}" if is_paid and not by_transfer else "",
        created_at=order.placed_at,
        paid_at=order.paid_at,
        recorded_at=order.paid_at,
    )


def _is_by_card(payment: Payment) -> bool:
    return bool(payment.intent_id)


def _booked(payment: Payment) -> Movement:
    return Movement(
        transaction_id=f"txn_{payment.pk}",
        kind=Movement.Kind.PAYMENT,
        amount=PRICE,
        fee=FEE,
        currency=payment.currency,
        moved_at=payment.paid_at,
        source_id=f"ch_{payment.pk}",
        intent_id=payment.intent_id,
        is_ours=True,
    )


def _sent_back(refund: Refund) -> Movement:
    return Movement(
        transaction_id=f"txn_{refund.refund_id}",
        kind=Movement.Kind.REFUND,
        amount=-refund.amount,
        fee=0,
        currency=refund.payment.currency,
        moved_at=refund.created_at,
        source_id=refund.refund_id,
        intent_id=refund.payment.intent_id,
        is_ours=True,
    )


def _make_documents(payments: list[Payment], refunds: list[Refund], series: dict[str, Series]) -> None:
    """What stands on one is asked of the site once; the others are the same with other names."""
    facts = document_facts.of_receipt(payments[0].order, payments[:1], invoices=[]).as_json()
    documents = []
    for payment in payments:
        order = payment.order
        if order.invoice_due_on:
            documents.append(_document(series[Kind.INVOICE], order, facts, f"invoice:order:{order.pk}"))
        if order.paid_at:
            documents.append(_document(series[Kind.RECEIPT], order, facts, f"receipt:order:{order.pk}"))
    for refund in refunds:
        key = f"credit_note:refund:{refund.pk}"
        documents.append(_document(series[Kind.CREDIT_NOTE], refund.payment.order, facts, key, refund))
    Document.objects.bulk_create(documents)


def _document(series: Series, order: Order, facts: dict, key: str, refund: Refund | None = None) -> Document:
    series.last += 1
    buyer = {**facts["buyer"], "name": order.buyer_name, "organisation": order.organisation}
    return Document(
        series=series,
        sequence=series.last,
        number=f"{series.prefix}-{series.last:06d}",
        kind=series.kind,
        key=key,
        order=order,
        refund=refund,
        total=PRICE,
        currency="GBP",
        issued_at=order.placed_at + timedelta(minutes=5),
        facts={**facts, "buyer": buyer, "order_number": order.number, "workshop": order.workshop.title},
    )


def _make_traces(payments: list[Payment], tickets: list[Ticket]) -> None:
    """What each order leaves beside itself: mails that were sent, audit entries, an event."""
    messages, entries, events = [], [], []
    for payment, ticket in zip(payments, tickets, strict=True):
        order = payment.order
        messages += [_message(order, kind) for kind in ("confirmation", "joining", "reminder")]
        row = f"Order {order.number}"
        entries += [_entry("orders.order", order.pk, row, order.placed_at, status) for status in ("pending", "paid")]
        row = f"Payment 1 of order {order.number}"
        entries += [_entry("orders.payment", payment.pk, row, order.placed_at, s) for s in ("new", "open", "paid")]
        row = f"Ticket {ticket.pk}"
        entries += [_entry("courses.ticket", ticket.pk, row, order.placed_at, s) for s in ("held", "confirmed")]
        events.append(_event(payment))
    Message.objects.bulk_create(messages)
    AuditEntry.objects.bulk_create(entries)
    StripeEvent.objects.bulk_create(events)


def _message(order: Order, kind: str) -> Message:
    return Message(
        key=f"order:{order.pk}:{kind}",
        kind=f"orders/{kind}",
        person=person_of(order.buyer_email),
        to=order.buyer_email,
        subject=f"Your booking {order.number}: {order.workshop.title}",
        text="Thank you for your booking. " * 20,
        state=Message.State.SENT,
        attempts=1,
        next_attempt_at=order.placed_at,
        created_at=order.placed_at,
        sent_at=order.placed_at,
    )


def _entry(model: str, pk: int, label: str, at: datetime, after: str) -> AuditEntry:
    return AuditEntry(model=model, object_id=pk, label=label, after=after, actor="the buyer", at=at)


def _event(payment: Payment) -> StripeEvent:
    told: dict[str, Any] = {"id": f"evt_{payment.pk}", "object": "event", "livemode": False}
    told["data"] = {"object": {"id": payment.session_id, "amount_total": 10500, "metadata": {"words": "word " * 200}}}
    return StripeEvent(
        event_id=f"evt_{payment.pk}",
        type="checkout.session.completed",
        payload=told,
        received_at=payment.created_at,
        done_at=payment.created_at,
    )


def _make_waiting(workshops: list[Workshop], courses: list[Course]) -> None:
    """On each full workshop some people wait for a place; of each course some want to hear of the next run."""
    WaitingListEntry.objects.bulk_create(
        WaitingListEntry(workshop=workshop, email=_email(number), email_key=email_key(_email(number)))
        for workshop in workshops[::20]
        for number in range(3)
    )
    CourseInterest.objects.bulk_create(
        CourseInterest(
            course=course,
            email=_email(number),
            email_key=email_key(_email(number)),
            confirmed_at=timezone.now(),
            told_at=timezone.now(),
        )
        for course in courses
        for number in range(10)
    )


def _placed_at(workshop: Workshop, place: int) -> datetime:
    starts_at = workshop.session_list[0].starts_at
    return min(starts_at - timedelta(days=20), timezone.now() - timedelta(days=9)) - timedelta(hours=3 * place)


def _email(number: int) -> str:
    return f"noor.{number:07}@example.org"


def _name(number: int) -> str:
    """A name that a few dozen people of a hundred thousand share."""
    first, *rest = (number // step % len(SOUNDS) for step in (1, 7, 97, 1009))
    return f"{SOUNDS[first]}ra {SOUNDS[rest[0]]}{SOUNDS[rest[1]].lower()}{SOUNDS[rest[2]].lower()}"
