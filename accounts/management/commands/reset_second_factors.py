from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.audit import acting
from accounts.factors.reset import NoFactors, reset_factors
from accounts.models import User


class Command(BaseCommand):
    help = "Takes all second factors off an account, for an owner who has lost phone, passkeys and recovery codes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("email", help="the address of the account")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        user = User.objects.filter(email__iexact=email).first()
        if not user:
            raise CommandError("There is no account with this address.")
        try:
            with acting("the command line"):
                reset_factors(user)
        except NoFactors:
            raise CommandError("This account has no second factor.") from None
        self.stdout.write("Done. At the next visit the desk asks to set up a new one.")
