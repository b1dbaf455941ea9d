from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.template.loader import render_to_string

NAMES = ("away", "too_long", "too_many", "not_found", "not_understood")


class Command(BaseCommand):
    help = "Writes the pages that nginx shows by itself, beside the static files. Run it after collectstatic."

    def handle(self, *args: Any, **options: Any) -> None:
        folder = settings.STATIC_ROOT.parent / "nginx-pages"
        folder.mkdir(parents=True, exist_ok=True)
        for name in NAMES:
            (folder / f"{name}.html").write_text(render_to_string(f"nginx/{name}.html"))
        self.stdout.write(f"{len(NAMES)} pages are in {folder}.")
