"""Which page loads which script: `site.js` stands on every page, the others beside the part that they enliven."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
BESIDE = {  # a script, and what a template that has it writes, one or the other
    "countdown.js": "data-opens=",
    "hold.js": "data-hold=",
    "page_tools.js": 'class="toc"|data-copy=',
    "passkeys.js": "data-passkey=",
    "signed_out.js": "data-signed-in=",
    "total.js": "data-follows",
}
FOR_ALL = {"desk.js": "admin/base_site.html", "site.js": "base.html"}
ADDRESS = re.compile(r"static 'js/(\w+\.js)'")
IMPORT = re.compile(r'from "\./(\w+\.js)"|import "\./(\w+\.js)"')


@pytest.mark.parametrize("script", BESIDE)
def test_a_script_comes_with_the_part_that_it_enlivens(script):
    pages = {path: path.read_text() for path in (ROOT / "templates").rglob("*.html") if "admin" not in path.parts}

    enlivened = {path for path, text in pages.items() if re.search(BESIDE[script], text)}
    loading = {path for path, text in pages.items() if script in ADDRESS.findall(text)}
    assert enlivened
    assert loading == enlivened


def test_no_script_is_left_that_no_page_loads():
    scripts = {path.name: path.read_text() for path in (ROOT / "static/js").iterdir()}

    imported = {name for text in scripts.values() for pair in IMPORT.findall(text) for name in pair if name}
    of_the_editor = {Path(str(path)).name for each in settings.DJANGO_PROSE_EDITOR_EXTENSIONS for path in each["js"]}
    assert scripts.keys() == imported | of_the_editor | BESIDE.keys() | FOR_ALL.keys()


def test_what_every_page_loads_imports_nothing():
    """An import is found only after the file that has it has come."""
    text = (ROOT / "static/js/site.js").read_text()

    assert "import" not in text


@pytest.mark.parametrize(("script", "template"), FOR_ALL.items())
def test_every_page_loads_its_own_script_alone(script, template):
    text = (ROOT / "templates" / template).read_text()

    assert ADDRESS.findall(text) == [script]
