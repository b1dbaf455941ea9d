from collections.abc import Callable

from django.core.management.base import BaseCommand, CommandError

from accounts.audit import acting
from orders.admin import to_decide
from orders.books import books
from orders.documents import issuing
from orders.settling import fees, reconcile
from orders.stripe_api import StripeRefused, StripeUnavailable

STEPS: dict[str, Callable[[], int]] = {
    "Orders with an open payment page": lambda: reconcile.ask_about_open_attempts(at_once=True),
    "Payments decided on": reconcile.decide_recorded_money,
    "Ended holds closed": reconcile.close_ended_holds,
    "Refunds asked about": reconcile.send_waiting_refunds,
    "Payments that nobody told us of": reconcile.find_untold_payments,
    "Refunds that nobody told us of": reconcile.find_untold_refunds,
    "Disputes that nobody told us of": reconcile.find_untold_disputes,
    "Fees learnt": fees.ask_for_unknown_fees,
    "Documents made up for": issuing.issue_missing,
}


class Command(BaseCommand):
    help = (
        "Asks Stripe again about all that a lost message left open, makes missing documents, as the worker does by "
        "itself, and lists what a person must decide. Ends with 1 if there is any."
    )

    @acting("the command reconcile")
    def handle(self, *args, **options) -> None:
        for words, repair in STEPS.items():
            self.stdout.write(f"{words}: {repair()}")
        waiting = [*to_decide.waiting(), *self._at_stripe()]
        for each in waiting:
            self.stdout.write(f"{each.about}: {each.words}.")
        if waiting:
            raise CommandError(f"A person must decide: {len(waiting)} found.")

    def _at_stripe(self) -> list[books.Finding]:
        """What is here and not there, or there and not here, after all that could be repaired."""
        try:
            return list(books.recent_findings_at_stripe(books.DAYS))
        except (StripeUnavailable, StripeRefused):
            return []  # as with every other question above: the next round asks again
