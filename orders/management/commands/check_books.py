from django.core.management.base import BaseCommand, CommandError, CommandParser

from orders.books import books, findings
from orders.stripe_api import StripeUnavailable


class Command(BaseCommand):
    help = "Proves from the rows, and from Stripe's own, that places and money add up. Ends with 1 unless it is proved."

    def add_arguments(self, parser: CommandParser) -> None:
        help = "Compare the payments of so many days with Stripe's."
        parser.add_argument("--days", type=int, default=books.DAYS, help=help)
        help = "Read every document again, also those that were proved before; takes about a minute for 100,000."
        parser.add_argument("--all", action="store_true", help=help)

    def handle(self, *, days: int, all: bool, **options) -> None:
        found = [finding for rule in books.RULES for finding in self._of_rule(rule, all)]
        at_stripe = self._at_stripe(days)
        found += at_stripe or []
        lost = [finding for rule in books.LOSSES for finding in books.findings_of(rule)]
        asked = [*books.RULES, *books.LOSSES, *([] if at_stripe is None else [books.AT_STRIPES_LEDGER])]
        findings.keep([*found, *lost], of=asked)
        for finding in findings.unseen(lost):
            self.stdout.write(f"A loss, and no error of the books: {finding.about}: {finding.words}.")
        unseen = findings.unseen(found)
        for line in findings.in_words(found, unseen=unseen):
            self.stdout.write(line)
        if unseen:
            raise CommandError(f"The books do not add up: {len(unseen)} found.")
        if at_stripe is None:
            raise CommandError("Stripe did not answer, so its ledger could not be compared. Run this again.")

    def _of_rule(self, rule: str, anew: bool) -> list[books.Finding]:
        self._begin(rule)
        found = list(books.findings_of(rule, anew=anew))
        self._end(rule, found)
        return found

    def _at_stripe(self, days: int) -> list[books.Finding] | None:
        """None without an answer."""
        self._begin(books.AT_STRIPES_LEDGER)
        try:
            found = list(books.recent_findings_at_stripe(days))
        except StripeUnavailable:
            self.stdout.write(f"{books.AT_STRIPES_LEDGER:40} not asked: Stripe did not answer")
            return None
        self._end(books.AT_STRIPES_LEDGER, found)
        return found

    def _begin(self, rule: str) -> None:
        """Who watches sees what it is at."""
        if self.stdout.isatty():
            self.stdout.write(f"{rule:40} ...", ending="\r")
            self.stdout.flush()

    def _end(self, rule: str, found: list[books.Finding]) -> None:
        self.stdout.write(f"{rule:40} {f'{len(found)} found' if found else 'yes'}")
