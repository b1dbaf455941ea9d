"""Payouts: what each is made of, and that the published types know all that the stand-in says of one."""

import re

import pytest
import stripe

from tests.stripe_standin.published import payouts

from .helpers import order


@pytest.fixture
def intent(client, standin):
    return standin.pay(client.v1.checkout.sessions.create(order()).id)["payment_intent"]


def members(client, payout):
    return list(client.v1.balance_transactions.list({"payout": payout["id"]}).auto_paging_iter())


def test_a_payout_takes_what_is_in_none_yet_and_comes_to_nothing_with_itself(client, standin, intent):
    client.v1.refunds.create({"payment_intent": intent, "amount": 500})
    first = standin.pay_out()
    standin.book_by_hand(1000, kind="adjustment")
    second = standin.pay_out()

    kinds = [sorted(each.type for each in members(client, payout)) for payout in (first, second)]
    assert kinds == [["charge", "payout", "refund"], ["adjustment", "payout"]]
    assert [sum(each.net for each in members(client, payout)) for payout in (first, second)] == [0, 0]
    assert (first["amount"], second["amount"]) == (4500 - 88 - 500, 1000)


def test_a_payout_that_failed_is_in_the_next(client, standin, intent):
    first = standin.payout_fails(standin.payout_arrives(standin.pay_out()["id"])["id"])
    second = standin.pay_out()

    assert (first["status"], first["amount"] == second["amount"]) == ("failed", True)
    assert sorted(each.type for each in members(client, second)) == ["payout", "payout_failure"]


def test_what_a_manual_payout_is_made_of_is_not_told(client, standin, intent):
    payout = standin.pay_out(automatic=False)

    assert (payout["reconciliation_status"], members(client, payout)) == ("not_applicable", [])


def test_nothing_is_paid_out_twice_and_an_unknown_payout_is_refused(client, standin, intent):
    standin.pay_out()

    with pytest.raises(ValueError, match="Nothing to pay out"):
        standin.pay_out()
    with pytest.raises(stripe.InvalidRequestError):
        members(client, {"id": "po_unknown"})


def test_payouts_are_listed_by_state_and_time(client, standin, intent):
    payout = standin.payout_arrives(standin.pay_out()["id"])

    listed = [
        [each.id for each in client.v1.payouts.list(params).data]
        for params in ({}, {"status": "paid"}, {"status": "failed"}, {"created": {"gt": payout["created"]}})
    ]
    assert listed == [[payout["id"]], [payout["id"]], [], []]


def test_the_description_of_a_payout_is_the_librarys():
    schema = payouts()["schemas"]["payout"]["properties"]
    annotations = {name: str(hint) for name, hint in stripe.Payout.__annotations__.items() if name != "OBJECT_NAME"}

    nullable = {name for name, hint in annotations.items() if re.search(r"Optional\[|None", hint)}
    assert schema.keys() == annotations.keys()
    assert {name for name, each in schema.items() if each.get("nullable")} == nullable
    listed = {each["name"] for each in payouts()["paths"]["/v1/payouts"]["get"]["parameters"]}
    own = stripe.params.PayoutListParams.__annotations__.keys() - stripe.RequestOptions.__annotations__.keys()
    assert listed == own
