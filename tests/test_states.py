"""Every state that a row can be in has its place: in the sets that code asks for, on the order's page, at the desk."""

from itertools import chain

import pytest
from django.apps import apps
from django.conf import settings

from articles.commenting.models import Comment
from articles.models import Article, ErrorReport
from courses.models import SeriesWaitingEntry, Ticket, Waiting, WaitingListEntry, Workshop, WorkshopSeries
from courses.models.tickets import FREED, SEATED
from newsletter.models import Subscriber
from orders.admin.orders import WHAT_TO_DO
from orders.admin.transfer_desk import BY_INVOICE
from orders.models import BankLine, DiscountCode, Dispute, Order, Payment, Payout, RebookingOffer, Refund, order_status
from orders.pages.order_page import BANK_REFUSED, CAME_LATE, NOT_KEPT, WORKSHOP_CANCELLED
from outbox.models import Message
from practice.models import Enquiry

APPS = {path.name for path in settings.BASE_DIR.iterdir() if (path / "apps.py").exists()}
SETS = {
    Order: [order_status.HOLDING, order_status.UNPAID, order_status.DECIDED],
    Payment: [Payment.UNFINISHED, [Payment.Status.PAID], Payment.ENDED],
    Refund: [[Refund.Status.REQUESTED], Refund.AT_STRIPE, Refund.NOT_SENT],
    Dispute: [Dispute.OPEN, Dispute.CLOSED],
    Payout: [Payout.ON_THE_WAY, [Payout.Status.PAID], Payout.CAME_BACK],
    Ticket: [SEATED, FREED],
    SeriesWaitingEntry: [[Waiting.Status.UNCONFIRMED], Waiting.UNFINISHED, Waiting.FINISHED],
    WaitingListEntry: [[WaitingListEntry.Status.UNCONFIRMED], WaitingListEntry.UNFINISHED, WaitingListEntry.FINISHED],
}
# Each of their states stands for itself.
WITHOUT_SETS = {
    Article,
    BankLine,
    Comment,
    DiscountCode,
    Enquiry,
    ErrorReport,
    Message,
    RebookingOffer,
    Subscriber,
    Workshop,
    WorkshopSeries,
}


def has_states(model) -> bool:
    return any(field.name in {"status", "state"} and field.choices for field in model._meta.fields)


def test_every_model_with_states_is_here():
    found = {model for model in apps.get_models() if model._meta.app_label in APPS and has_states(model)}

    assert found == SETS.keys() | WITHOUT_SETS


@pytest.mark.parametrize("model", SETS, ids=lambda model: model.__name__)
def test_every_state_is_in_one_set_and_no_two(model):
    assert sorted(chain(*SETS[model])) == sorted(model.Status.values)


def test_every_state_of_an_order_says_what_may_follow_and_what_the_desk_does():
    assert [set(words) for words in (order_status.MAY_BECOME, WHAT_TO_DO | BY_INVOICE)] == [
        set(Order.Status.values)
    ] * 2


def test_every_state_of_an_order_has_a_page_and_every_page_of_a_state_is_shown():
    pages = {path.stem for path in (settings.BASE_DIR / "templates/orders/states").iterdir()}

    of_moves = {"move_waiting", "move_ended", "moved", "moved_apart"}
    of_time = {"invoice_lapsed", BANK_REFUSED, NOT_KEPT, *CAME_LATE.values()}
    assert pages == {*Order.Status.values, *WORKSHOP_CANCELLED.values(), *of_time, *of_moves}
