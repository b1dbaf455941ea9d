"""More that may happen at any moment: banks' files, payouts, splits, addresses to confirm, money that comes late."""

from contextlib import suppress
from datetime import timedelta
from uuid import uuid4

from hypothesis import strategies as st

from kit.forms.seen import seal
from orders.booking.addresses import confirm_address
from orders.changes import order_changes
from orders.changes.order_changes import Change, Wanted
from orders.checkout.visitors import Visitor
from orders.invoices import invoicing
from orders.models import BankLine, Order, OrderLine
from orders.settling import balance, bank_files, bank_lines, bank_matches, late_decisions
from tests.orders.purchases import buyer, ticket, wish
from tests.proof.sale_machine import PAYER, PEOPLE, THERE, nth, person, step

HEADINGS = ("Day", "Sum", "Payer", "Words")
COLUMNS = bank_lines.Columns(day=0, amount=1, payer=2, words=(3,))


def there_is(name):
    def remember(is_there):
        THERE[name] = is_there
        return is_there

    return remember


@there_is("waiting bank line")
def _(sale):
    return BankLine.objects.filter(status="waiting").exists()


@there_is("bank line aside")
def _(sale):
    return BankLine.objects.filter(status="aside").exists()


@there_is("unconfirmed order")
def _(sale):
    return Order.objects.filter(status="unconfirmed").exists()


@there_is("late order")
def _(sale):
    return Order.objects.filter(status="review", payments__is_late=True).exists()


@there_is("something at Stripe")
def _(sale):
    return sale.standin.balance_transactions


# What stands in the account


@step("unpaid invoice", which=nth, share=st.sampled_from([50, 100, 100, 150]))
def read_a_banks_file_twice(sale, which, share):
    order = sale._one(sale._unpaid_invoices(), which)
    row = (f"{sale.now.date()}", f"{order.total * share / 100:.2f}", PAYER.name, f"for {order.number.lower()}")
    table = bank_files.Table(HEADINGS, (row,))
    bank_lines.store_lines(table, COLUMNS, by=None)
    assert bank_lines.store_lines(table, COLUMNS, by=None).new == 0


@step("waiting bank line", which=nth)
def record_a_bank_line(sale, which):
    line = sale._one(BankLine.objects.filter(status="waiting"), which)
    [proposal] = bank_matches.proposals([line])
    if proposal.shares:
        orders = [share.order for share in proposal.shares]
        bank_matches.record_line(line, orders=orders, seen=seal(proposal.seen))


@step("waiting bank line", "unpaid invoice", which=nth, whose=nth)
def assign_a_bank_line(sale, which, whose):
    line = sale._one(BankLine.objects.filter(status="waiting"), which)
    order = sale._one(sale._unpaid_invoices(), whose)
    seen = seal(bank_matches.facts_of(line, bank_matches.shares_of(line, [order])))
    bank_matches.record_line(line, orders=[order], seen=seen)


@step("waiting bank line", which=nth)
def set_a_bank_line_aside(sale, which):
    bank_lines.set_aside(sale._one(BankLine.objects.filter(status="waiting"), which), because="A gift.")


@step("bank line aside", which=nth)
def take_a_bank_line_up(sale, which):
    bank_lines.take_up(sale._one(BankLine.objects.filter(status="aside"), which), why="Ours after all.")


@step("something at Stripe")
def stripe_pays_out(sale):
    with suppress(ValueError):  # nothing is left
        sale.standin.pay_out()


@step("something at Stripe")
def read_the_balance(sale):
    balance.read_balance()


# What becomes of places


@step("booked order", which=nth)
def split_a_place_off(sale, which):
    rows = OrderLine.objects.filter(order__status="paid", ticket__status="confirmed")
    line = sale._one(rows.exclude(ticket__workshop__status="cancelled"), which)
    wanted = Wanted([Change(line, to=line.ticket.ticket_type)], uuid4())
    seen = seal(order_changes.outlook(line.order, wanted).facts)
    before = sum(order.balance() for order in Order.objects.all())
    order_changes.make_changes(line.order, wanted, seen=seen)
    assert sum(order.balance() for order in Order.objects.all()) == before


@step(who=person, places=st.integers(1, 2), which=st.integers(0, 1))
def book_for_an_address_to_confirm(sale, who, places, which):
    workshop = sale.workshops[which]
    tickets = [ticket(workshop.ticket_types.get())] * places
    asked = wish(tickets, by=buyer(PEOPLE[who]), visitor=Visitor(network="198.51.100.1"))
    invoicing.place_invoice_order(workshop, asked, payer=PAYER)


@step("unconfirmed order", which=nth)
def press_the_link(sale, which):
    confirm_address(sale._one(Order.objects.filter(status="unconfirmed"), which).pk)


# What comes late


@step("complete and unpaid page", is_over=st.booleans())
def the_workshop_comes_before_the_money(sale, is_over):
    workshop = sale.workshops[0]
    workshop.refresh_from_db()
    moment = workshop.ends_at + timedelta(minutes=5) if is_over else workshop.starts_at + timedelta(minutes=30)
    sale._move_clock(max(0, (moment - sale.now).total_seconds() // 60))


@step("late order", which=nth)
def give_the_place_all_the_same(sale, which):
    late_decisions.seat_late(sale._one(Order.objects.filter(status="review", payments__is_late=True), which))


@step("late order", which=nth)
def send_late_money_back(sale, which):
    late_decisions.send_late_back(sale._one(Order.objects.filter(status="review", payments__is_late=True), which))
