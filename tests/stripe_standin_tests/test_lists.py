import pytest
import stripe

from .helpers import error_of, order


@pytest.fixture
def five(client, clock):
    made = []
    for _ in range(5):
        clock.forward(10)
        made.append(client.v1.checkout.sessions.create(order()))
    return made


def ids(page):
    return [entry.id for entry in page.data]


def test_the_newest_comes_first_and_a_page_says_whether_more_follow(client, five):
    page = client.v1.checkout.sessions.list({"limit": 2})

    assert (ids(page), page.has_more) == ([five[4].id, five[3].id], True)
    assert page.url == "/v1/checkout/sessions"


def test_cursors_move_both_ways(client, five):
    older = client.v1.checkout.sessions.list({"limit": 2, "starting_after": five[3].id})
    newer = client.v1.checkout.sessions.list({"limit": 2, "ending_before": five[0].id})

    assert (ids(older), older.has_more) == ([five[2].id, five[1].id], True)
    assert (ids(newer), newer.has_more) == ([five[2].id, five[1].id], True)


def test_the_library_pages_through_everything(client, five):
    everything = client.v1.checkout.sessions.list({"limit": 2}).auto_paging_iter()

    assert [session.id for session in everything] == [session.id for session in reversed(five)]


@pytest.mark.parametrize(
    "params", [{"limit": 0}, {"limit": 101}, {"starting_after": "cs_test_none"}, {"colour": "red"}]
)
def test_a_list_stripe_would_refuse_is_refused(client, params):
    assert error_of(lambda: client.v1.checkout.sessions.list(params))[0] == 400


def test_sessions_are_listed_by_status_and_time_and_payment(client, standin, five):
    paid = standin.pay(five[1].id)
    standin.expire(five[2].id)

    listed = client.v1.checkout.sessions.list

    assert ids(listed({"status": "complete"})) == [five[1].id]
    assert ids(listed({"status": "expired"})) == [five[2].id]
    assert ids(listed({"payment_intent": paid["payment_intent"]})) == [five[1].id]
    assert ids(listed({"created": {"gte": five[3].created}})) == [five[4].id, five[3].id]
    assert ids(listed({"created": {"gt": five[1].created, "lt": five[3].created}})) == [five[2].id]


def test_money_is_listed_by_what_it_belongs_to(client, standin, five):
    first, second = (standin.pay(session.id)["payment_intent"] for session in five[:2])
    refund = client.v1.refunds.create({"payment_intent": first})
    dispute = standin.dispute(second)

    assert ids(client.v1.refunds.list({"payment_intent": first})) == [refund.id]
    assert ids(client.v1.refunds.list({"payment_intent": second})) == []
    assert ids(client.v1.refunds.list({"charge": refund.charge})) == [refund.id]
    assert ids(client.v1.charges.list({"payment_intent": first})) == [refund.charge]
    assert ids(client.v1.disputes.list({"payment_intent": second})) == [dispute["id"]]
    assert ids(client.v1.balance_transactions.list({"type": "refund"})) == [refund.balance_transaction]
    assert sorted(ids(client.v1.payment_intents.list())) == sorted([first, second])


def test_events_are_listed_by_type_and_for_thirty_days(client, standin, clock, five):
    standin.pay(five[0].id)

    listed = client.v1.events.list

    assert [event.type for event in listed({"type": "checkout.session.completed"}).data] == [
        "checkout.session.completed"
    ]
    assert [event.type for event in listed({"type": "charge.*"}).data] == ["charge.succeeded"]
    assert len(listed({"types": ["charge.succeeded", "payment_intent.succeeded"]}).data) == 2
    assert client.v1.events.retrieve(standin.events[0]["id"]).type == "charge.succeeded"
    clock.forward(31 * 86400)
    assert [event.type for event in listed({"type": "charge.*"}).data] == []


def test_ids_can_be_expanded_into_their_objects(client, standin, five):
    standin.pay(five[0].id)
    paths = ["payment_intent.latest_charge.balance_transaction", "line_items", "line_items.data.price.product"]

    session = client.v1.checkout.sessions.retrieve(five[0].id, {"expand": paths})

    assert session.payment_intent.latest_charge.balance_transaction.net == 4412
    assert session.line_items.data[0].price.product.name == "Seat"


def test_a_lists_entries_can_be_expanded(client, standin, five):
    intent = standin.pay(five[0].id)["payment_intent"]
    client.v1.refunds.create({"payment_intent": intent})

    refund = client.v1.refunds.list({"expand": ["data.charge.balance_transaction"]}).data[0]
    charge = client.v1.charges.retrieve(refund.charge.id, {"expand": ["refunds"]})

    assert refund.charge.balance_transaction.type == "charge"
    assert ids(charge.refunds) == [refund.id]


def test_what_is_not_an_id_cannot_be_expanded(client, five):
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        client.v1.checkout.sessions.retrieve(five[0].id, {"expand": ["currency"]})
