from typing import Any

from django.core.management.base import BaseCommand, CommandError

from practice_site.sealed_rows import encrypt_anew, sealed_columns


class Command(BaseCommand):
    help = "Brings all that is encrypted under the first of ENCRYPTION_KEYS, so that an earlier one can go."

    def handle(self, *args: Any, **options: Any) -> None:
        done = [encrypt_anew(column) for column in sealed_columns()]
        for each in done:
            self.stdout.write(f"{each.column}: {each.count} encrypted anew, {each.unreadable} unreadable")
        self.stdout.write(f"{sum(each.count for each in done)} encrypted anew.")
        if lost := sum(each.unreadable for each in done):
            raise CommandError(
                f"{lost} cannot be read with any of these keys: an earlier key is missing. They are as they were."
            )
