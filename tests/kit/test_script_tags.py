import hashlib
import re
from base64 import b64encode
from pathlib import Path
from unittest.mock import patch

import pytest
from django.core.management import call_command
from django.template import Context, Template

from kit.templatetags import script_tags
from practice_site.storage import HashedStaticFiles

TEMPLATES = Path(__file__).parents[2] / "templates"
SCRIPT = re.compile(r"<script[^>]*?src=[^>]*?>", re.DOTALL)
NAMES = re.compile(r"\{% (static|integrity) '([^']+)' %\}")


def test_every_script_is_compared_with_what_we_wrote():
    scripts = [script for path in TEMPLATES.rglob("*.html") for script in SCRIPT.findall(path.read_text())]
    named = [dict(NAMES.findall(script)) for script in scripts]

    assert len(named) > 8
    assert [each for each in named if each.get("static") != each.get("integrity")] == []


@pytest.mark.parametrize("is_collected", [True, False])
def test_the_sum_is_that_of_the_file_that_is_served(settings, tmp_path, is_collected):
    settings.STATIC_ROOT = tmp_path
    staticfiles = {"BACKEND": "practice_site.storage.HashedStaticFiles"}
    settings.STORAGES = settings.STORAGES | ({"staticfiles": staticfiles} if is_collected else {})
    script_tags._kept.cache_clear()
    if is_collected:
        with patch.object(HashedStaticFiles, "compress_files", return_value=[]):  # which takes long
            call_command("collectstatic", interactive=False, verbosity=0)

    page = Template("{% load static script_tags %}{% static 'js/desk.js' %} {% integrity 'js/desk.js' %}").render(
        Context()
    )

    address, said = page.split(" ")
    folder = tmp_path if is_collected else Path(__file__).parents[2] / "static"
    served = (folder / address.removeprefix("/static/")).read_bytes()
    script_tags._kept.cache_clear()
    assert said == f"sha384-{b64encode(hashlib.sha384(served).digest()).decode()}"
    assert is_collected == (b'"./signed_out.js"' not in served)  # names within it are changed, too


def test_the_address_of_a_file_is_worked_out_once_and_asked_of_a_developers_each_time(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    (tmp_path / "staticfiles.json").write_text('{"version": "1.1", "paths": {"js/desk.js": "js/desk.1.js"}}')
    files = HashedStaticFiles()
    before = files.url("js/desk.js")
    files.hashed_files["js/desk.js"] = "js/desk.2.js"

    assert (before, files.url("js/desk.js")) == ("/static/js/desk.1.js", "/static/js/desk.1.js")
    settings.DEBUG = True
    assert files.url("js/desk.js") == "/static/js/desk.js"
