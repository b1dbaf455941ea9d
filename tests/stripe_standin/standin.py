import contextlib
import copy
import threading

from . import checkout, disputes, money, payouts, refunds
from .api import Api
from .loopback import check_host
from .pages import Pages
from .server import Server
from .till import Till
from .webhooks import PATIENCE, RETRY_AFTER, Webhooks

TICK = 0.2


class StandIn:
    """A running stand-in: the HTTP server, and by hand what buyers, banks and the Dashboard would do.

    Lists of objects are copies, oldest first. `clock` gives the time sessions expire by.
    """

    def __init__(
        self,
        *,
        secret_key: str,
        webhook_secret: str,
        webhook_url: str | None = None,
        clock=None,
        state=None,
        host: str = "127.0.0.1",
        port: int = 0,
        retry_after: tuple[float, ...] = RETRY_AFTER,
    ):
        if not secret_key.startswith(("sk_test_", "rk_test_")):
            raise ValueError("The stand-in takes test keys only: sk_test_… or rk_test_…")
        self._address = (check_host(host), port)
        self._till = Till(clock=clock, state=state)
        self.webhooks = Webhooks(self._till, secret=webhook_secret, url=webhook_url, retry_after=retry_after)
        self._api = Api(self._till, secret_key, self._before_response)
        self.faults = self._api.faults
        self._server: Server | None = None
        self._threads: list[threading.Thread] = []

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.close()

    def start(self) -> "StandIn":
        """Bind and serve; raises OSError if the port is taken."""
        self._server = Server(self._address, self._api, Pages(self._till, self._before_return))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._till.base_url = self.url
        self.webhooks.start()
        for name, work in (("server", self._serve), ("clock", self._tick)):
            self._threads.append(threading.Thread(target=work, name=f"stand-in {name}", daemon=True))
            self._threads[-1].start()
        return self

    def close(self) -> None:
        if self._server is None:
            return
        self._api.stopping.set()
        self.faults.clear()
        self.faults.let_go()
        self.webhooks.stop()
        self._server.close()
        for thread in self._threads:
            thread.join()
        self._server = None

    # What there is

    @property
    def sessions(self) -> list[dict]:
        checkout.expire_due(self._till)
        return self._till.copies("checkout.session")

    @property
    def payment_intents(self) -> list[dict]:
        return self._till.copies("payment_intent")

    @property
    def charges(self) -> list[dict]:
        return self._till.copies("charge")

    @property
    def refunds(self) -> list[dict]:
        return self._till.copies("refund")

    @property
    def disputes(self) -> list[dict]:
        return self._till.copies("dispute")

    @property
    def balance_transactions(self) -> list[dict]:
        return self._till.copies("balance_transaction")

    @property
    def payouts(self) -> list[dict]:
        return self._till.copies("payout")

    @property
    def events(self) -> list[dict]:
        checkout.expire_due(self._till)
        return self._till.copies("event")

    @property
    def requests(self) -> list[dict]:
        """API requests so far: id, method, path, params (decoded, values as sent), headers, status (None: dropped)."""
        return self._api.requests

    # What others do

    def pay(self, session_id: str, method: str = "card") -> dict:
        """The buyer's click: "card", "delayed" or "decline"; ValueError if the session is not open."""
        return self._do(checkout.pay, session_id, method)

    def expire(self, session_id: str) -> dict:
        return self._do(checkout.expire, session_id)

    def settle_delayed(self, session_id: str, succeeded: bool = True) -> dict:
        return self._do(checkout.settle_delayed, session_id, succeeded=succeeded)

    def delay_fee(self, payment_intent: str) -> dict:
        """The charge as it is just after a payment: its fee is not booked yet."""
        return self._do(money.unbook, payment_intent)

    def book_fee(self, payment_intent: str) -> dict:
        return self._do(money.book_late, payment_intent)

    def refund_from_dashboard(self, payment_intent: str, amount: int | None = None) -> dict:
        wanted = {"payment_intent": payment_intent} | ({} if amount is None else {"amount": amount})
        return self._do(refunds.create, wanted)

    def settle_refund(self, refund_id: str) -> dict:
        """A delayed method's pending refund arrives."""
        return self._do(refunds.settle, refund_id)

    def refer_to_refund(self, refund_id: str) -> dict:
        """The bank's reference for a refund is known; Stripe tells of the refund once more."""
        return self._do(refunds.update, refund_id, {"metadata": {"reference": "7413 0001"}})

    def fail_refund(self, refund_id: str) -> dict:
        return self._do(refunds.fail, refund_id)

    def dispute(self, payment_intent: str, amount: int | None = None, reason: str = "product_not_received") -> dict:
        return self._do(disputes.create, payment_intent, amount=amount, reason=reason)

    def inquire(self, payment_intent: str, reason: str = "general") -> dict:
        """An early warning: the bank asks, and takes nothing."""
        return self._do(disputes.inquire, payment_intent, reason=reason)

    def escalate(self, dispute_or_intent: str) -> dict:
        return self._do(disputes.escalate, dispute_or_intent)

    def respond_to_dispute(self, dispute_or_intent: str) -> dict:
        return self._do(disputes.respond, dispute_or_intent)

    def close_dispute(self, dispute_or_intent: str, outcome: str) -> dict:
        """ "won" or "lost"; an early warning: "warning_closed"."""
        return self._do(disputes.close, dispute_or_intent, outcome)

    def decide_dispute_anew(self, dispute_or_intent: str) -> dict:
        """A lost one is won, a won one is lost."""
        return self._do(disputes.decide_anew, dispute_or_intent)

    def pay_out(self, *, automatic: bool = True) -> dict:
        """All that is in no payout yet goes to the bank; a manual payout does not say what it is made of."""
        return self._do(payouts.pay_out, automatic=automatic)

    def payout_arrives(self, payout_id: str) -> dict:
        return self._do(payouts.arrive, payout_id)

    def payout_fails(self, payout_id: str) -> dict:
        """The bank sends it back; it goes out again with the next."""
        return self._do(payouts.fail, payout_id)

    def book_by_hand(self, amount: int, kind: str = "stripe_fee") -> dict:
        """What belongs to no payment: a fee of Stripe's own, or an "adjustment"."""
        return self._do(money.charge_for_service, amount, kind=kind)

    def wait_idle(self, timeout: float = PATIENCE, *, retries: bool = False) -> bool:
        """True once every event was tried at least once (with retries=True: and no retry is due)."""
        checkout.expire_due(self._till)
        return self.webhooks.wait_idle(timeout, retries=retries)

    def _do(self, work, *args, **options) -> dict:
        checkout.expire_due(self._till)
        with self._till.change():
            return copy.deepcopy(work(self._till, *args, **options))

    def _before_response(self, request_id: str) -> None:
        if self.webhooks.before_response and self.webhooks.mode == "deliver" and self.webhooks.url:
            self.webhooks.wait_tried(self._till.events_of(request_id))

    def _before_return(self, session_id: str) -> None:
        if self.webhooks.mode == "deliver" and self.webhooks.url:
            self.webhooks.wait_tried(self._till.events_of(session_id))

    def _serve(self) -> None:
        self._server.serve_forever(poll_interval=0.02)

    def _tick(self) -> None:
        while not self._api.stopping.wait(TICK):
            with contextlib.suppress(OSError):
                checkout.expire_due(self._till)
