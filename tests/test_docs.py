"""What the documents list is what the code knows, no more and no less."""

import re
from pathlib import Path

from orders.settling import events

ROOT = Path(__file__).parent.parent
READERS = "text|flag|number|choice|words"


def test_every_variable_that_the_settings_read_stands_in_the_readme_and_no_other():
    table = (ROOT / "README.md").read_text().split("\n## Configuration\n")[1].split("\n## ")[0]
    named = [name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)]
    read = re.findall(rf'env\.(?:{READERS})\("(\w+)"', (ROOT / "practice_site/settings.py").read_text())

    assert sorted(named) == sorted(read)


def test_the_webhook_is_told_of_every_event_that_is_handled():
    steps = (ROOT / "docs/running.md").read_text()

    assert re.findall(r"^ {7}([a-z_]+(?:\.[a-z_]+)+)$", steps, re.MULTILINE) == list(events.HANDLED)


def test_the_plan_of_the_house_is_short():
    assert len((ROOT / "docs/architecture.md").read_text().splitlines()) <= 150
