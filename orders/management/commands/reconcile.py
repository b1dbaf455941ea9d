from django.core.management.base import BaseCommand

from accounts.audit import acting
from orders import documents, reconcile


class Command(BaseCommand):
    help = "Asks Stripe again about what is open, and makes missing documents. The worker does the same by itself."

    @acting("the command reconcile")
    def handle(self, *args, **options) -> None:
        self.stdout.write(f"Orders with an open payment page: {reconcile.open_attempts(at_once=True)}")
        self.stdout.write(f"Payments decided on: {reconcile.undecided_money()}")
        self.stdout.write(f"Ended holds closed: {reconcile.ended_holds()}")
        self.stdout.write(f"Refunds asked about: {reconcile.unsent_refunds()}")
        self.stdout.write(f"Documents made up for: {documents.issue_missing()}")
