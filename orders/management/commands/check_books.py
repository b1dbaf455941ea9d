from django.core.management.base import BaseCommand, CommandError, CommandParser

from orders.books import books
from orders.stripe_api import StripeUnavailable


class Command(BaseCommand):
    help = "Proves from the rows, and from Stripe's own, that places and money add up. Ends with 1 unless it is proved."

    def add_arguments(self, parser: CommandParser) -> None:
        help = "Compare the payments of so many days with Stripe's."
        parser.add_argument("--days", type=int, default=books.DAYS, help=help)

    def handle(self, *, days: int, **options) -> None:
        found = list(books.findings())
        for rule in books.RULES:
            self._line(rule, [finding for finding in found if finding.rule == rule])
        at_stripe = self._at_stripe(days)
        found += at_stripe or []
        for finding in found:
            self.stdout.write(f"{finding.about}: {finding.words}.")
        if found:
            raise CommandError(f"The books do not add up: {len(found)} found.")
        if at_stripe is None:
            raise CommandError("Stripe did not answer, so its ledger could not be compared. Run this again.")

    def _at_stripe(self, days: int) -> list[books.Finding] | None:
        """None without an answer."""
        try:
            found = list(books.recent_findings_at_stripe(days))
        except StripeUnavailable:
            self.stdout.write(f"{books.AT_STRIPES_LEDGER:40} not asked: Stripe did not answer")
            return None
        self._line(books.AT_STRIPES_LEDGER, found)
        return found

    def _line(self, rule: str, found: list[books.Finding]) -> None:
        self.stdout.write(f"{rule:40} {f'{len(found)} found' if found else 'yes'}")
