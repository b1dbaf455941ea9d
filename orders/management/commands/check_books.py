from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from orders.bookkeeping import books
from orders.models import Payment
from orders.stripe_api import StripeUnavailable


class Command(BaseCommand):
    help = "Proves from the rows, and from Stripe's own, that places and money add up. Ends with 1 if they do not."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=7, help="Compare the payments of so many days with Stripe's.")

    def handle(self, *, days: int, **options) -> None:
        found = list(books.findings())
        for rule in books.RULES:
            self._line(rule, [finding for finding in found if finding.rule == rule])
        found += self._at_stripe(days)
        for finding in found:
            self.stdout.write(f"{finding.about}: {finding.words}.")
        if found:
            raise CommandError(f"The books do not add up: {len(found)} found.")

    def _at_stripe(self, days: int) -> list[books.Finding]:
        payments = Payment.objects.filter(created_at__gte=timezone.now() - timedelta(days=days))
        try:
            found = [*books.findings_at_stripe(payments), *books.payments_unknown_here()]
        except StripeUnavailable:
            self.stdout.write(f"{books.AT_STRIPES_LEDGER:40} not asked: Stripe did not answer")
            return []
        self._line(books.AT_STRIPES_LEDGER, found)
        return found

    def _line(self, rule: str, found: list[books.Finding]) -> None:
        self.stdout.write(f"{rule:40} {f'{len(found)} found' if found else 'yes'}")
