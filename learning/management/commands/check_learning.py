from typing import Any

from django.core.management.base import BaseCommand, CommandError

from learning.books import RULES


class Command(BaseCommand):
    help = "Proves from the rows that certificates, recordings and registrants follow their rules. Ends with 1 if not."

    def handle(self, **options: Any) -> None:
        found = []
        for rule, look in RULES.items():
            words = list(look())
            found += words
            self.stdout.write(f"{rule:40} {f'{len(words)} found' if words else 'yes'}")
        for each in found:
            self.stdout.write(f"{each}.")
        if found:
            raise CommandError(f"Not all is as it should be: {len(found)} found.")
