import pytest

from .helpers import error_of, order, types_of


@pytest.fixture
def intent(client, standin):
    return standin.pay(client.v1.checkout.sessions.create(order()).id)["payment_intent"]


@pytest.fixture
def refund(client, intent):
    return lambda **params: client.v1.refunds.create({"payment_intent": intent, **params})


def charge_of(standin):
    charge = standin.charges[-1]
    return charge["amount_refunded"], charge["refunded"]


def test_a_refund_without_an_amount_gives_everything_back(refund, standin):
    made = refund(reason="requested_by_customer", metadata={"row": "7"})

    assert (made.status, made.amount, made.reason, made.metadata["row"]) == (
        "succeeded",
        4500,
        "requested_by_customer",
        "7",
    )
    assert charge_of(standin) == (4500, True)
    assert types_of(standin)[3:] == ["refund.created", "charge.refunded"]
    assert [(entry["type"], entry["net"]) for entry in standin.balance_transactions] == [
        ("charge", 4412),
        ("refund", -4500),
    ]


def test_partial_refunds_add_up_to_the_charge_and_no_further(refund, standin):
    refund(amount=1500)
    after_one = charge_of(standin)
    too_much = error_of(lambda: refund(amount=3001))
    refund(amount=3000)

    assert (after_one, charge_of(standin)) == ((1500, False), (4500, True))
    assert too_much == (400, "invalid_request_error", None, "amount")
    assert error_of(lambda: refund(amount=1)) == (400, "invalid_request_error", "charge_already_refunded", None)
    assert [made["amount"] for made in standin.refunds] == [1500, 3000]


@pytest.mark.parametrize("amount", [0, -5])
def test_a_refund_is_more_than_nothing(refund, amount):
    assert error_of(lambda: refund(amount=amount))[2:] == ("parameter_invalid_integer", "amount")


def test_a_refund_needs_a_payment(client):
    assert error_of(lambda: client.v1.refunds.create({}))[0] == 400
    assert error_of(lambda: client.v1.refunds.create({"payment_intent": "pi_x"}))[2] == "resource_missing"
    assert error_of(lambda: client.v1.refunds.create({"charge": "ch_x"}))[2] == "resource_missing"


def test_a_declined_payment_cannot_be_refunded(client, standin):
    standin.pay(client.v1.checkout.sessions.create(order()).id, "decline")

    intent = standin.payment_intents[0]["id"]

    assert error_of(lambda: client.v1.refunds.create({"payment_intent": intent}))[0] == 400
    assert standin.refunds == []


def test_a_refund_may_fail_later_and_opens_the_charge_again(refund, standin):
    made = refund()

    standin.fail_refund(made.id)

    assert (standin.refunds[0]["status"], charge_of(standin)) == ("failed", (0, False))
    assert types_of(standin)[-2:] == ["refund.updated", "refund.failed"]
    assert sum(entry["net"] for entry in standin.balance_transactions) == 4412
    assert refund().status == "succeeded"


def test_a_failed_refund_fails_once(refund, standin):
    made = refund()
    standin.fail_refund(made.id)

    with pytest.raises(ValueError, match="cannot fail"):
        standin.fail_refund(made.id)


def test_a_delayed_methods_refund_is_pending_first(client, standin):
    session = client.v1.checkout.sessions.create(order())
    standin.pay(session.id, "delayed")
    standin.settle_delayed(session.id)

    made = client.v1.refunds.create({"payment_intent": standin.payment_intents[0]["id"]})
    standin.settle_refund(made.id)

    assert (made.status, made.pending_reason) == ("pending", "processing")
    assert standin.refunds[0]["status"] == "succeeded"
    assert types_of(standin)[-1] == "refund.updated"


def test_the_dashboard_can_refund(intent, standin):
    made = standin.refund_from_dashboard(intent, amount=500)

    assert (made["amount"], charge_of(standin)) == (500, (500, False))
    assert standin.events[-1]["request"] == {"id": None, "idempotency_key": None}


def test_a_refunds_metadata_is_merged(refund, client, standin):
    made = refund(metadata={"a": "1", "b": "2"})

    client.v1.refunds.update(made.id, {"metadata": {"a": "", "c": "3"}})

    assert standin.refunds[0]["metadata"] == {"b": "2", "c": "3"}


def test_a_dispute_takes_the_money_and_a_fee_at_once(intent, standin, client):
    dispute = standin.dispute(intent)

    assert client.v1.disputes.retrieve(dispute["id"]).status == "needs_response"
    assert standin.charges[0]["disputed"] is True
    assert types_of(standin)[3:] == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]
    entry = standin.balance_transactions[-1]
    assert (entry["type"], entry["amount"], entry["fee"]) == ("adjustment", -4500, 2000)


@pytest.mark.parametrize(
    ("outcome", "events", "balance"),
    [
        ("won", ["charge.dispute.funds_reinstated", "charge.dispute.closed"], 4412 - 2000),
        ("lost", ["charge.dispute.closed"], 4412 - 4500 - 2000),
    ],
)
def test_a_dispute_is_won_or_lost(intent, standin, outcome, events, balance):
    dispute = standin.dispute(intent)
    standin.respond_to_dispute(dispute["id"])
    answered = standin.disputes[0]["status"]

    standin.close_dispute(dispute["id"], outcome)

    assert (answered, standin.disputes[0]["status"]) == ("under_review", outcome)
    assert types_of(standin)[5:] == ["charge.dispute.updated", *events]
    assert sum(entry["net"] for entry in standin.balance_transactions) == balance


def test_a_disputed_charge_is_refundable_only_after_it_is_won(intent, refund, standin):
    standin.dispute(intent)
    while_open = error_of(refund)

    standin.close_dispute(intent, "won")

    assert while_open == (400, "invalid_request_error", "charge_disputed", None)
    assert refund().status == "succeeded"


def test_an_early_warning_takes_nothing_and_the_charge_can_be_refunded(intent, refund, standin):
    dispute = standin.inquire(intent)
    standin.respond_to_dispute(dispute["id"])
    answered = standin.disputes[0]["status"]

    standin.close_dispute(intent, "warning_closed")

    assert (dispute["status"], answered) == ("warning_needs_response", "warning_under_review")
    assert types_of(standin)[3:] == ["charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed"]
    assert [entry["type"] for entry in standin.balance_transactions] == ["charge"]
    assert (standin.charges[0]["disputed"], refund().status) == (False, "succeeded")


def test_an_early_warning_may_become_a_dispute(intent, refund, standin):
    standin.inquire(intent)

    dispute = standin.escalate(intent)

    assert (dispute["status"], error_of(refund)[2]) == ("needs_response", "charge_disputed")
    assert types_of(standin)[-2:] == ["charge.dispute.updated", "charge.dispute.funds_withdrawn"]
    with pytest.raises(ValueError, match="is a dispute already"):
        standin.escalate(intent)


@pytest.mark.parametrize(("kind", "outcome"), [("dispute", "warning_closed"), ("inquire", "lost"), ("inquire", "won")])
def test_a_dispute_ends_as_its_kind_does(intent, standin, kind, outcome):
    getattr(standin, kind)(intent)

    with pytest.raises(ValueError, match="ends as one of"):
        standin.close_dispute(intent, outcome)


def test_a_dispute_is_closed_once(intent, standin):
    standin.dispute(intent)
    standin.close_dispute(intent, "lost")

    with pytest.raises(ValueError, match="No open dispute"):
        standin.close_dispute(intent, "won")


def test_a_fee_may_be_booked_some_time_after_the_payment(intent, client, standin):
    def fee():
        expanded = client.v1.payment_intents.retrieve(intent, {"expand": ["latest_charge.balance_transaction"]})
        booked = expanded.latest_charge.balance_transaction
        return booked and booked.fee

    at_once = fee()
    standin.delay_fee(intent)
    delayed = fee()
    standin.book_fee(intent)

    assert (at_once, delayed, fee()) == (88, None, 88)
    assert types_of(standin)[-1] == "charge.updated"


def test_refunds_and_disputes_are_listed_by_when_they_were_made(intent, refund, client, standin, clock):
    refund(amount=100)
    clock.forward(3600)
    second = refund(amount=100)
    dispute = standin.dispute(intent)
    since = {"created": {"gte": clock()}}

    assert [each.id for each in client.v1.refunds.list(since).data] == [second.id]
    assert [each.id for each in client.v1.disputes.list(since).data] == [dispute["id"]]
