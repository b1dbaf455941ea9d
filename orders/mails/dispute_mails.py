"""News of a bank that takes a payment back: to the practice alone."""

from django.utils import timezone

from kit.local.times import moment_label
from orders.mails.about import about_order
from orders.models import Dispute, Order
from outbox.post import queue_message
from practice.models import Practice


def tell_dispute_opened(order: Order, dispute: Dispute) -> None:
    """To the practice, once for an early warning and once for a dispute proper."""
    practice = Practice.current()
    due = dispute.evidence_due_at
    _tell_practice_of_dispute(
        order,
        dispute,
        fact="warning" if dispute.is_warning else "opened",
        due=moment_label(due, practice.time_zone) if due else "",
    )


def tell_dispute_closed(order: Order, dispute: Dispute) -> None:
    _tell_practice_of_dispute(order, dispute, fact=dispute.status)


def tell_dispute_decided_anew(order: Order, dispute: Dispute, *, before: str) -> None:
    """To the practice, each time that a bank changes its mind; `before` is how it had ended, in words."""
    stamp = timezone.now().strftime("%Y%m%dT%H%M%S%f")
    _tell_practice_of_dispute(order, dispute, fact=f"{stamp}:{dispute.status}", before=before)


def _tell_practice_of_dispute(order: Order, dispute: Dispute, *, fact: str, due: str = "", before: str = "") -> None:
    practice = Practice.current()
    if practice.email:
        queue_message(
            key=f"dispute:{dispute.pk}:{fact}",
            to=practice.email,
            template="orders/dispute_opened" if dispute.is_open else "orders/dispute_closed",
            context=about_order(order) | {"dispute": dispute, "due": due, "before": before},
        )
