from collections.abc import Callable, Iterator

from django.core.management.base import BaseCommand, CommandError

from accounts.audit import acting
from kit.desk.jobs import finders
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
        waiting = [*self._at_the_desk(), *self._at_stripe()]
        for words in waiting:
            self.stdout.write(f"{words}.")
        if waiting:
            raise CommandError(f"A person must decide: {len(waiting)} found.")

    def _at_the_desk(self) -> Iterator[str]:
        for job in (job for finder in finders() if finder.is_of_money for job in finder.find()):
            yield from job.lines or [job.words]

    def _at_stripe(self) -> list[str]:
        """What is here and not there, or there and not here, after all that could be repaired."""
        try:
            return [f"{found.about}: {found.words}" for found in books.recent_findings_at_stripe(books.DAYS)]
        except (StripeUnavailable, StripeRefused):
            return []  # as with every other question above: the next round asks again
