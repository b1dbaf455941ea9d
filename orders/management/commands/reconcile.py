from collections.abc import Callable

from django.core.management.base import BaseCommand, CommandError

from accounts.audit import acting
from orders import fees, reconcile
from orders.desk import to_decide
from orders.paper import documents

STEPS: dict[str, Callable[[], int]] = {
    "Orders with an open payment page": lambda: reconcile.open_attempts(at_once=True),
    "Payments decided on": reconcile.undecided_money,
    "Ended holds closed": reconcile.ended_holds,
    "Refunds asked about": reconcile.unsent_refunds,
    "Refunds that nobody told us of": reconcile.untold_refunds,
    "Disputes that nobody told us of": reconcile.untold_disputes,
    "Fees learnt": fees.unknown_fees,
    "Documents made up for": documents.issue_missing,
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
        waiting = list(to_decide.waiting())
        for each in waiting:
            self.stdout.write(f"{each.about}: {each.words}.")
        if waiting:
            raise CommandError(f"A person must decide: {len(waiting)} found.")
