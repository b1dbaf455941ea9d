"""Which changes of a status are allowed; each that is made leaves one entry."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from courses.models import Ticket
from orders import states
from orders.changes import refunds
from orders.models import Order, Payment, Refund
from orders.pricing import codes
from orders.states import ALLOWED, NotAllowed, may_move, move, move_as_read
from tests.builders import make_cities, make_discount, make_practice, make_terms, make_workshop
from tests.orders import purchases
from tests.orders.histories import untold

pytestmark = pytest.mark.django_db
PAIRS = [(model, before, after) for model in ALLOWED for before in model.Status for after in model.Status]
REFUSED = [pair for pair in PAIRS if pair[2] not in ALLOWED[pair[0]][pair[1]]]
name_of = lambda each: getattr(each, "__name__", str(each))  # noqa: E731


@pytest.fixture
def workshop():
    make_practice()
    make_cities()
    make_terms()
    return make_workshop()


def entries(row=None):
    found = AuditEntry.objects.filter(changes={}).order_by("pk")
    if row is not None:
        found = found.filter(model=row._meta.label_lower, object_id=row.pk)
    return list(found.values_list("label", "before", "after"))


@pytest.mark.parametrize("model", ALLOWED, ids=name_of)
def test_every_status_stands_in_the_table(model):
    assert set(ALLOWED[model]) == set(model.Status)


@pytest.mark.parametrize(("model", "before", "after"), REFUSED, ids=name_of)
def test_what_is_not_in_the_table_is_refused_before_anything_is_asked_of_the_database(
    model, before, after, django_assert_num_queries
):
    row = model(pk=1, status=before)

    with django_assert_num_queries(0), pytest.raises(NotAllowed):
        move(row, after)

    assert (row.status, may_move(row, after)) == (before, False)


def test_a_change_leaves_one_entry(workshop):
    order = purchases.place(workshop)
    before = len(entries(order))

    move(order, Order.Status.LAPSED, why="Nobody paid.")

    assert entries(order)[before:] == [(f"Order {order.number}", "pending", "lapsed")]
    assert AuditEntry.objects.latest("pk").reason == "Nobody paid."


def test_a_change_that_is_rolled_back_leaves_none(workshop):
    order = purchases.place(workshop)
    before = entries()

    @transaction.atomic
    def move_in_vain():
        move(order, Order.Status.LAPSED)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        move_in_vain()

    assert entries() == before


def test_a_change_whose_entry_cannot_be_written_is_not_made(workshop, monkeypatch):
    order = purchases.place(workshop)

    def broken(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(states.audit, "record", broken)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        move(order, Order.Status.LAPSED)

    assert Order.objects.get().status == Order.Status.PENDING


def test_order_and_attempt_begin_with_an_entry(standin, workshop):
    order = purchases.place(workshop)
    purchases.open_session(order)

    payment = order.payments.get()
    assert entries(order) == [(f"Order {order.number}", "", "pending")]
    assert entries(payment) == [
        (f"Payment 1 of order {order.number}", "", "new"),
        (f"Payment 1 of order {order.number}", "new", "open"),
    ]


@pytest.mark.django_db(transaction=True)
def test_a_refund_is_told_from_its_request_to_its_end(standin, workshop):
    order = purchases.buy(standin, workshop)
    with transaction.atomic():
        refund = refunds.send_back(order.payments.get(), reason="We made a mistake.")

    label = f"Refund {refund.pk} of order {order.number}"
    refund.refresh_from_db()
    assert entries(refund) == [(label, "", "requested"), (label, "requested", refund.status)]
    assert AuditEntry.objects.filter(label=label).earliest("pk").reason == "We made a mistake."
    assert Payment.objects.count() == Refund.objects.count() == 1


@pytest.fixture
def code():
    return codes.issue_code(discount=make_discount(), email="noor@example.org", percent=20)


def test_a_code_is_told_from_its_issue_to_its_use_and_back(standin, workshop, code):
    order = purchases.buy(standin, workshop, code=str(code))
    with transaction.atomic():
        codes.give_back(order)
        codes.give_back(order)

    assert entries(code) == [
        (f"Code {code.pk}", "", "issued"),
        (f"Code {code.pk}", "issued", "reserved"),
        (f"Code {code.pk}", "reserved", "redeemed"),
        (f"Code {code.pk}", "redeemed", "issued"),
    ]


def test_a_code_that_is_issued_or_raised_again_leaves_no_second_entry(code):
    codes.issue_code(discount=make_discount(), email="noor@example.org", percent=30)

    assert entries(code) == [(f"Code {code.pk}", "", "issued")]


def test_reserving_releasing_and_reserving_again_leave_an_entry_each_and_a_repetition_none(workshop, code):
    order = purchases.place(workshop, code=str(code))
    codes.reserve(code, order=order)
    codes.release(order)
    codes.release(order)

    assert [after for _, _, after in entries(code)] == ["issued", "reserved", "issued"]
    assert AuditEntry.objects.latest("pk").reason == f"Order {order.number}"


def test_a_code_that_another_order_holds_leaves_no_entry_where_it_is_refused(workshop, code):
    purchases.place(workshop, code=str(code))
    other = purchases.place(workshop)
    before = entries(code)

    with pytest.raises(codes.CodeNotUsable):
        codes.reserve(code, order=other)

    assert entries(code) == before


def test_a_whole_sale_leaves_one_entry_for_each_change(standin, workshop, code):
    order = purchases.buy(standin, workshop, 2, code=str(code))

    labels = [label for label, _, _ in entries()]
    assert len(labels) == len(set(entries()))
    assert sorted(entries()) == sorted(
        [(f"Code {code.pk}", *pair) for pair in [("", "issued"), ("issued", "reserved"), ("reserved", "redeemed")]]
        + [(f"Order {order.number}", *pair) for pair in [("", "pending"), ("pending", "paid")]]
        + [(f"Payment 1 of order {order.number}", *pair) for pair in [("", "new"), ("new", "open"), ("open", "paid")]]
        + [
            (f"Ticket {line.ticket_id}", *pair)
            for line in order.lines.all()
            for pair in [("", "held"), ("held", "confirmed")]
        ]
    )


def test_no_entry_holds_a_name_an_address_a_need_or_a_code(standin, workshop, code):
    purchases.buy(standin, workshop, by=purchases.buyer(name="Xanthe Canary"), code=str(code))
    Ticket.objects.update(access_needs="canary captions")

    words = " ".join(str(value) for entry in AuditEntry.objects.values() for value in entry.values()).lower()
    people = ["canary", "xanthe", "noor", "haddad", "example.org", str(code).lower()]
    assert [word for word in people if word in words] == []


def test_a_change_that_went_past_the_table_would_be_noticed(workshop):
    order = purchases.place(workshop)
    before = untold()

    Order.objects.update(status=Order.Status.LAPSED)

    assert (before, untold()) == ([], [f"orders.Order {order.pk} is lapsed, told is [('', 'pending')]"])


def test_a_sale_asks_as_many_questions_of_the_audit_for_six_places_as_for_one(standin, workshop):
    asked = [audited_in_a_sale(standin, workshop, count) for count in (1, 6)]

    assert asked == [4, 4]


def audited_in_a_sale(standin, workshop, count):
    with CaptureQueriesContext(connection) as queries:
        purchases.buy(standin, workshop, count)
    return sum('INTO "accounts_auditentry"' in query["sql"] for query in queries)


def test_a_row_that_is_as_it_was_read_moves_without_a_lock(workshop, django_assert_num_queries):
    order = purchases.place(workshop)

    with django_assert_num_queries(2):
        is_moved = move_as_read(order, Order.Status.CANCELLED, organisation="Withy Trust")

    order.refresh_from_db()
    assert (is_moved, order.status, order.organisation) == (True, Order.Status.CANCELLED, "Withy Trust")
    assert entries(order)[-1] == (f"Order {order.number}", "pending", "cancelled")


def test_a_row_that_somebody_moved_since_it_was_read_stays_as_it_is(workshop):
    order = purchases.place(workshop)
    move(Order.objects.get(pk=order.pk), Order.Status.LAPSED)
    before = entries()

    is_moved = move_as_read(order, Order.Status.CANCELLED, organisation="Withy Trust")

    assert (is_moved, order.status, order.organisation) == (False, Order.Status.PENDING, "")
    order.refresh_from_db()
    assert (order.status, order.organisation, entries()) == (Order.Status.LAPSED, "", before)


def test_what_is_not_in_the_table_is_refused_without_a_lock_too(workshop):
    with pytest.raises(NotAllowed):
        move_as_read(purchases.place(workshop), Order.Status.REFUNDED)
