import re
from html import unescape

import pytest
from django.conf import settings
from django.test.signals import template_rendered
from django.urls import Resolver404, path, resolve

from practice_site.styleguide import specimens
from practice_site.styleguide.views import styleguide
from practice_site.urls import urlpatterns as site_urls
from tests.markup import markup

# As settings with DEBUG mount it.
urlpatterns = [*site_urls, path("styleguide/", styleguide)]
TEMPLATES = settings.BASE_DIR / "templates"
SHOWN = [
    path.relative_to(TEMPLATES).as_posix()
    for folder in ("components", "forms")
    for path in sorted((TEMPLATES / folder).rglob("*.html"))
]


@pytest.fixture
def drawn():
    names = set()

    def note(template, **kwargs):
        names.add(template.name)

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)


@pytest.mark.urls(__name__)
def test_every_component_and_every_template_of_the_form_pack_is_drawn_and_named(client, drawn):
    page = markup(client.get("/styleguide/"))

    assert [name for name in SHOWN if name not in drawn] == []
    assert [name for name in SHOWN if name.removeprefix("forms/").removeprefix("components/") not in page] == []


@pytest.mark.urls(__name__)
def test_every_component_has_a_part_of_its_own(client):
    headings = re.findall(r"<h2 id=\"[\w-]+\">([^<]+)</h2>", markup(client.get("/styleguide/")))

    assert [each for each in headings if each.startswith("components/")] == [
        *(part.template for part in specimens.COMPONENTS)
    ]
    assert {each for each in SHOWN if each.startswith("components/")} == {
        part.template for part in specimens.COMPONENTS
    }


@pytest.mark.urls(__name__)
def test_what_is_said_beside_a_specimen_is_what_a_template_says(client):
    said = [unescape(each) for each in re.findall("<code>({[^<]+)</code>", markup(client.get("/styleguide/")))]

    assert '{% include "components/alert.html" with kind="error" lead="That did not work." text=text only %}' in said
    assert said == [specimen.source for part in specimens.PARTS for specimen in part.specimens]


@pytest.mark.urls(__name__)
def test_it_is_drawn_without_the_database_and_without_a_cookie(client):
    """Without the database: this test has none."""
    response = client.get("/styleguide/")

    assert (response.status_code, dict(response.cookies)) == (200, {})
    assert '<meta name="robots" content="noindex">' in response.text


@pytest.mark.urls(__name__)
def test_no_id_stands_there_twice(client):
    ids = re.findall(r' id="([^"]+)"', client.get("/styleguide/").text)

    assert [each for each in ids if ids.count(each) > 1] == []


def test_a_site_for_visitors_has_no_styleguide():
    with pytest.raises(Resolver404):
        resolve("/styleguide/")
