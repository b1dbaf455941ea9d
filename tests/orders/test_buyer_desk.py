import re
from decimal import Decimal
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from accounts.models import AuditEntry
from courses.models import Ticket
from kit.forms.seen import ChangedMeanwhile, seal
from orders.books import books
from orders.changes import buyers
from orders.changes.moves import MoveWish, move_place
from orders.models import Order, RebookingOffer
from orders.settling.workshop_cancellation import cancel_workshop
from outbox.models import Message
from tests.builders import make_practice, make_terms, make_user, make_workshop
from tests.markup import words_of
from tests.orders.invoices import invoice, make_invoicing_practice
from tests.orders.purchases import as_stripe_sees_it, buy, buyer, open_session, place
from tests.orders.test_refund_desk import sign_in
from tests.orders.test_views import book

pytestmark = pytest.mark.django_db(transaction=True)
WRONG, RIGHT = "noor@gmial.example", "noor@gmail.example"


@pytest.fixture
def desk(client):
    return sign_in(client, "Organisers")


@pytest.fixture
def order(standin):
    """Two places, booked from a mistyped address: one for the buyer, one for a colleague."""
    make_practice()
    bought = buy(standin, make_workshop(), 2, by=buyer(WRONG))
    Message.objects.update(state=Message.State.SENT)
    own = bought.lines.first().ticket
    Ticket.objects.filter(pk=own.pk).update(attendee_email=WRONG)
    Ticket.objects.exclude(pk=own.pk).update(attendee_email="tia@example.org", attendee_name="Tia Berg")
    return bought


def url(order, page):
    return f"/admin/orders/order/{order.pk}/{page}/"


def press(desk, order, page, **fields):
    """Opens the page and presses its button; returns what the desk is told."""
    seen = re.findall(r'name="seen" value="([^"]*)"', desk.get(url(order, page)).text)
    return desk.post(url(order, page), {"seen": seen, **fields}, follow=True)


def told(response):
    return re.findall(r'<li class="(\w+)">(.*?)</li>', response.text)


def correct(order, email=RIGHT, name="Noor Haddad", **fields):
    return buyers.correct_buyer(order, name=name, email=email, seen=seal(buyers.facts_seen(order)), **fields)


def link(mail):
    return urlsplit(re.search(r"http\S+/confirm/\S+", mail.text)[0]).path


def test_a_corrected_buyer_gets_the_confirmation_with_a_new_link_and_the_old_one_ends(desk, client, order):
    old_page = order.get_absolute_url()

    response = press(desk, order, "correct-the-buyer", name="Noor Haddad", email=RIGHT, why="She rang.")

    order.refresh_from_db()
    mail = Message.objects.get(to=RIGHT)
    assert told(response) == [("success", f"The buyer is Noor Haddad, {RIGHT} from now on.")]
    assert (order.email_key, order.benefit_key) == (RIGHT, RIGHT)
    assert [client.get(page).status_code for page in (old_page, order.get_absolute_url())] == [404, 200]
    assert ("You are booked, Noor Haddad." in mail.text, order.get_absolute_url() in mail.text) == (True, True)
    assert "because an address was corrected" in words_of(client.get(old_page))


def test_the_links_to_documents_are_new_too(order):
    [receipt] = order.documents.all()

    correct(order)

    assert order.documents.get().secret != receipt.secret


def test_own_places_go_along_and_those_of_others_stay(order):
    own, other = (line.ticket for line in order.lines.all())

    correct(order, name="Noor Hadad")

    after = {ticket.pk: ticket for ticket in Ticket.objects.all()}
    assert (after[own.pk].attendee_name, after[own.pk].attendee_email) == ("Noor Hadad", RIGHT)
    assert (after[own.pk].secret != own.secret, after[other.pk].secret == other.secret) == (True, True)
    assert (after[other.pk].attendee_name, after[other.pk].attendee_email) == ("Tia Berg", "tia@example.org")
    assert after[own.pk].get_absolute_url() in Message.objects.get(to=RIGHT).text


def test_what_waits_for_the_old_address_is_not_sent(order):
    Message.objects.filter(to=WRONG).update(state=Message.State.QUEUED)
    other = Message.objects.create(key="newsletter:welcome:1", to=WRONG, subject="Hello", text="Hello")

    correct(order)

    waiting = Message.objects.filter(state=Message.State.QUEUED).order_by("pk")
    assert [message.to for message in waiting] == [WRONG, RIGHT]
    assert waiting[0] == other


def test_the_history_says_from_what_to_what_and_why(desk, order):
    press(desk, order, "correct-the-buyer", name="Noor Haddad", email=RIGHT, why="She rang.")

    entry = AuditEntry.objects.get(model="orders.order", changes__has_key="buyer_email")
    assert entry.changes == {"buyer_email": [WRONG, RIGHT]}
    assert (entry.reason, entry.user.is_staff) == ("She rang.", True)
    assert f"{WRONG} → {RIGHT}" in words_of(desk.get(url(order, "change")))


def test_a_name_alone_is_corrected_without_a_mail_or_a_new_link(order):
    before = (order.secret, Message.objects.count())

    correct(order, email=WRONG, name="Noor Hadad")

    order.refresh_from_db()
    assert (order.buyer_name, (order.secret, Message.objects.count())) == ("Noor Hadad", before)


def test_a_correction_that_somebody_else_made_meanwhile_is_not_undone(order):
    seen = seal(buyers.facts_seen(order))
    correct(order)

    with pytest.raises(ChangedMeanwhile):
        buyers.correct_buyer(order, name="Noor", email="other@example.org", seen=seen)

    assert Order.objects.get().buyer_email == RIGHT


def test_a_correction_of_nothing_is_refused_in_words(desk, order):
    response = press(desk, order, "correct-the-buyer", name="Noor Haddad", email=WRONG)

    assert (response.status_code, "there is nothing to correct" in words_of(response)) == (422, True)


def test_while_a_page_to_pay_on_is_open_nothing_is_corrected(desk, standin):
    make_practice()
    pending = place(make_workshop(), by=buyer(WRONG))
    open_session(pending)

    with pytest.raises(buyers.PageIsOpen):
        correct(pending)

    assert "A page to pay on is open" in words_of(desk.get(url(pending, "correct-the-buyer")))


def test_a_move_that_waits_for_its_difference_goes_along(order):
    line, dearer = order.lines.order_by("pk")[0], make_workshop(price="130.00").ticket_types.get()
    waiting = move_place(MoveWish(line, dearer, Decimal("25.00"), uuid4()), at_desk=True)
    waiting.payments.all().delete()

    corrected = correct(order)

    waiting.refresh_from_db()
    assert (waiting.buyer_email, waiting.email_key) == (corrected.buyer_email, corrected.email_key)


def test_the_page_of_an_order_that_was_moved_leads_to_no_corrected_address(client, order):
    own, other = order.lines.order_by("pk")
    moved = [
        move_place(MoveWish(line, ticket_type, Decimal(), uuid4()))
        for line, ticket_type in (
            (own, make_workshop().ticket_types.get()),
            (other, make_workshop().ticket_types.get()),
        )
    ]
    before = [each.get_absolute_url() in client.get(order.get_absolute_url()).text for each in moved]

    after = [correct(each).get_absolute_url() in client.get(order.get_absolute_url()).text for each in moved]

    assert (before, after) == ([True, True], [False, False])


def test_an_account_lists_its_bookings_by_the_corrected_address(client, order):
    users = [make_user(email=address) for address in (WRONG, RIGHT)]
    correct(order)

    found = []
    for user in users:
        client.force_login(user)
        found.append(order.number in client.get("/bookings/").text)
    assert found == [False, True]


def test_an_invoice_is_sent_to_the_corrected_address():
    make_invoicing_practice()
    invoiced = invoice(make_workshop(), by=buyer(WRONG))

    correct(invoiced)

    assert "What you booked" in Message.objects.get(to=RIGHT).text


@pytest.mark.parametrize("total", ["0.00", "105.00"])
def test_an_order_that_waits_for_a_press_is_confirmed_at_the_corrected_address(client, total):
    make_invoicing_practice()
    make_terms()
    by_invoice = {"by": "invoice", "start": "on", "organisation": "Humber Care Trust", "organisation_address": "Hull"}
    book(client, make_workshop(price=total), email=WRONG, shown_total=total, **(by_invoice if Decimal(total) else {}))
    [old] = Message.objects.all()

    order = correct(Order.objects.get())

    old_link, new_link = link(old), link(Message.objects.get(to=RIGHT))
    assert (client.post(old_link).status_code, client.post(new_link).status_code) == (404, 303)
    order.refresh_from_db()
    assert order.status == ("invoiced" if Decimal(total) else "paid")


def test_an_address_that_nobody_confirmed_is_sent_its_link_again_and_nothing_else(desk):
    make_terms()
    make_practice()
    book(desk, make_workshop(price="0.00"), email=WRONG, shown_total="0.00")
    order = Order.objects.get()

    response = press(desk, order, "send-the-mails-again", to=["buyer"])

    assert told(response) == [("success", "The mails are on their way.")]
    first, again = Message.objects.order_by("pk")
    assert (again.kind, link(again)) == (first.kind, link(first))


def test_an_order_that_is_over_sends_the_links_alone(order):
    Order.objects.update(status=Order.Status.CLOSED)
    order.refresh_from_db()

    correct(order)

    [receipt] = order.documents.all()
    mail = Message.objects.get(to=RIGHT)
    assert (f"Receipt {receipt.number}: " in mail.text, receipt.get_absolute_url() in mail.text) == (True, True)


def test_whoever_is_to_choose_after_a_cancelled_workshop_chooses_by_a_new_link(client, order):
    cancel_workshop(order.workshop, because="She is ill.")
    before = RebookingOffer.objects.get(line__ticket__attendee_email=WRONG)

    correct(order)

    after = RebookingOffer.objects.get(pk=before.pk)
    assert [client.get(each.get_absolute_url()).status_code for each in (before, after)] == [404, 200]
    assert after.get_absolute_url() in Message.objects.filter(to=RIGHT).latest("pk").text


def test_confirmation_and_joining_pages_are_sent_again_to_whom_the_desk_chooses(desk, order):
    guest = Ticket.objects.get(attendee_email="tia@example.org")
    before = set(Message.objects.values_list("pk", flat=True))

    response = press(desk, order, "send-the-mails-again", to=["buyer", str(guest.pk)])

    sent = Message.objects.exclude(pk__in=before).order_by("pk")
    assert told(response) == [("success", "The mails are on their way.")]
    assert [message.to for message in sent] == [WRONG, "tia@example.org"]


def test_an_unpaid_place_is_freed_its_page_closed_first_and_the_buyer_told(desk, standin):
    make_practice()
    pending = place(make_workshop(), by=buyer(RIGHT))
    session = open_session(pending)

    response = press(desk, pending, "free-the-places", why="She rang.")

    pending.refresh_from_db()
    words = "The places are free, and the buyer is told by email that nothing is to be paid."
    assert (told(response), pending.status) == ([("success", words)], Order.Status.CANCELLED)
    assert as_stripe_sees_it(session).status == "expired"
    assert "Nothing is to be paid any more." in Message.objects.get(key=f"order:{pending.pk}:freed").text
    assert AuditEntry.objects.get(model="orders.order", after="cancelled").reason == "She rang."
    assert [finding.words for finding in books.findings()] == []


def test_a_place_that_was_paid_meanwhile_is_booked_and_not_freed(desk, standin):
    make_practice()
    pending = place(make_workshop())
    standin.pay(open_session(pending))

    response = press(desk, pending, "free-the-places")

    pending.refresh_from_db()
    assert (pending.status, Ticket.objects.get().status) == (Order.Status.PAID, Ticket.Status.CONFIRMED)
    assert "The places are free" not in words_of(response)


def test_an_invoice_is_void_once_its_places_are_freed(desk):
    make_invoicing_practice()
    invoiced = invoice(make_workshop())

    press(desk, invoiced, "free-the-places")

    kinds = list(invoiced.documents.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["invoice", "credit_note"]
    assert "a credit note for all of it" in Message.objects.get(key=f"order:{invoiced.pk}:freed").text


@pytest.mark.parametrize("by_invoice", [False, True])
def test_whoever_is_on_the_telephone_finds_the_button_on_the_order(desk, by_invoice, standin):
    make_invoicing_practice()
    unpaid = invoice(make_workshop()) if by_invoice else place(make_workshop())

    assert url(unpaid, "free-the-places") in desk.get(url(unpaid, "change")).text


def test_a_move_that_waits_for_its_difference_is_ended_by_the_same_button(desk, standin):
    make_practice()
    line = buy(standin, make_workshop()).lines.get()
    to = make_workshop(price="120.00").ticket_types.get()
    waiting = move_place(MoveWish(line, to, Decimal("15.00"), uuid4()))
    has_button = url(waiting, "free-the-places") in desk.get(url(waiting, "change")).text

    press(desk, waiting, "free-the-places", why="She stays.")

    waiting.refresh_from_db()
    assert (has_button, waiting.status) == (True, Order.Status.CANCELLED)
    assert (Ticket.objects.get(pk=line.ticket_id).status, [each.words for each in books.findings()]) == (
        "confirmed",
        [],
    )


def test_a_paid_place_has_no_button_to_free_it(desk, order):
    response = desk.get(url(order, "free-the-places"), follow=True)

    assert told(response) == [("info", "No place of it is held and unpaid any more. Nothing was done.")]
    assert url(order, "free-the-places") not in desk.get(url(order, "change")).text
