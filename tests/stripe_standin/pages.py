"""What the buttons of the hosted page do."""

import copy

from . import checkout, disputes, hosted_page, payouts, refunds
from .api import Answer
from .errors import StripeError
from .till import Till

PAYMENTS = {"pay": "card", "delayed": "delayed", "decline": "decline"}
DECISIONS = {"win": "won", "lose": "lost"}


class Pages:
    def __init__(self, till: Till, wait_for_webhooks):
        self._till, self._wait_for_webhooks = till, wait_for_webhooks

    def answer(self, session_id: str, action: str | None) -> Answer:
        """Show the page (action None), or do what its button says; a button that comes too late does nothing."""
        message = ""
        checkout.expire_due(self._till)
        try:
            if action is not None and self._act(session_id, action):
                return self._back_to_shop(session_id)
            message = hosted_page.DECLINED if action == "decline" else ""
        except ValueError:
            message = "That was not possible any more: nothing was changed."
        except StripeError:
            return self.nothing_here()
        return self._show(session_id, message)

    @staticmethod
    def nothing_here() -> Answer:
        return _html(404, hosted_page.not_found())

    def _act(self, session_id: str, action: str) -> bool:
        """True if the buyer is to be sent back to the shop."""
        if action in PAYMENTS:
            checkout.pay(self._till, session_id, PAYMENTS[action])
        elif action in ("settle", "bounce"):
            checkout.settle_delayed(self._till, session_id, succeeded=action == "settle")
        elif action == "expire":
            checkout.expire(self._till, session_id)
        elif action == "dispute":
            disputes.create(self._till, self._intent_of(session_id))
        elif action == "return":
            refunds.fail(self._till, self._refund_of(session_id))
        elif action == "pay_out":
            payouts.pay_out(self._till)
        elif action in DECISIONS:
            disputes.close(self._till, self._intent_of(session_id), DECISIONS[action])
        return action in ("pay", "delayed", "settle", "bounce")

    def _intent_of(self, session_id: str) -> str:
        """Raises ValueError where nothing was paid."""
        intent = self._till.get("checkout.session", session_id)["payment_intent"]
        if not intent:
            raise ValueError(f"{session_id} was not paid")
        return intent

    def _refund_of(self, session_id: str) -> str:
        """The latest. Raises ValueError where nothing was sent back."""
        intent = self._intent_of(session_id)
        made = [row["id"] for row in self._till.rows("refund") if row["payment_intent"] == intent]
        if not made:
            raise ValueError(f"{session_id} was not refunded")
        return made[-1]

    def _back_to_shop(self, session_id: str) -> Answer:
        # Checkout gives the webhook its chance before the buyer returns.
        self._wait_for_webhooks(session_id)
        with self._till.lock:
            url = hosted_page.success_url(self._till.get("checkout.session", session_id))
        return Answer(303, b"", {"Location": url})

    def _show(self, session_id: str, message: str) -> Answer:
        with self._till.lock:
            try:
                session = copy.deepcopy(self._till.get("checkout.session", session_id))
                items = copy.deepcopy(checkout.items(self._till, session_id))
            except StripeError:
                return self.nothing_here()
        return _html(200, hosted_page.render(session, items, message))


def _html(status: int, page: str) -> Answer:
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "X-Robots-Tag": "noindex",
        "Referrer-Policy": "no-referrer",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    }
    return Answer(status, page.encode(), headers)
