from typing import Any

from django.core.management.base import BaseCommand, CommandError

from learning import books
from orders.books import findings


class Command(BaseCommand):
    help = "Proves from the rows that certificates, recordings and registrants follow their rules. Ends with 1 if not."

    def handle(self, **options: Any) -> None:
        found = []
        for rule in books.RULES:
            of_rule = list(books.findings_of(rule))
            found += of_rule
            self.stdout.write(f"{rule:40} {f'{len(of_rule)} found' if of_rule else 'yes'}")
        findings.keep(found, of=books.RULES)
        unseen = findings.unseen(found)
        for line in findings.in_words(found, unseen=unseen):
            self.stdout.write(line)
        if unseen:
            raise CommandError(f"Not all is as it should be: {len(unseen)} found.")
