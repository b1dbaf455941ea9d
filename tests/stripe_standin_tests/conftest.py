import pytest

from tests.stripe_standin import StandIn
from tests.stripe_standin.schema_check import check_object

from .helpers import KEY, SECRET, Clock, Receiver, make_client


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def standin(clock):
    """Whatever a test does, every object and event it leaves must fit Stripe's published description."""
    with StandIn(secret_key=KEY, webhook_secret=SECRET, clock=clock, retry_after=(0.02, 0.04, 0.08)) as running:
        yield running
        kinds = (running.sessions, running.payment_intents, running.charges, running.refunds, running.disputes)
        for objects in (*kinds, running.balance_transactions, running.payouts, running.events):
            assert [check_object(obj) for obj in objects] == [[]] * len(objects)


@pytest.fixture
def client(standin):
    return make_client(standin.url)


@pytest.fixture
def receiver(standin):
    endpoint = Receiver()
    standin.webhooks.url = endpoint.url
    yield endpoint
    endpoint.close()


@pytest.fixture(autouse=True)
def _quick_retries(monkeypatch):
    """The library pauses half a second before a retry; the tests have no use for that."""
    monkeypatch.setattr("stripe._http_client.HTTPClient.INITIAL_DELAY", 0.02)
