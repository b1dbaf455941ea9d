from django.core.management.base import BaseCommand

from practice_site import groups


class Command(BaseCommand):
    help = "Makes the groups of the desk, or gives them their permissions again. Run it after migrate."

    def handle(self, **options) -> None:
        groups.set_up_groups()
        self.stdout.write(f"Groups are set up: {', '.join(groups.GROUPS)}.")
