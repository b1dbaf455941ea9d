from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.template.loader import render_to_string

NAMES = ("away", "too_long", "too_many", "not_found", "not_understood")


class Command(BaseCommand):
    help = "Writes the pages that nginx shows by itself, beside the static files. Run it after collectstatic."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, default=settings.STATIC_ROOT.parent / "nginx-pages")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name in NAMES:
            (folder / f"{name}.html").write_text(render_to_string(f"nginx/{name}.html"))
        self.stdout.write(f"{len(NAMES)} pages are in {folder}.")
