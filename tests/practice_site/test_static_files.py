import pytest
from django.http import HttpResponse
from django.test import RequestFactory, override_settings

from practice_site.static_files import StaticFiles


@pytest.fixture
def site(tmp_path):
    (tmp_path / "site.css").write_text("a {}")
    with override_settings(STATIC_ROOT=str(tmp_path), WHITENOISE_AUTOREFRESH=False, WHITENOISE_USE_FINDERS=False):
        yield StaticFiles(lambda request: HttpResponse("a page"))


def answer(site, path):
    response = site(RequestFactory().get(path))
    body = b"".join(response)
    if response.streaming:
        response.file_to_stream.close()
    return body


def test_the_files_are_looked_at_when_the_first_one_is_asked_for(site):
    page = answer(site, "/")
    before = dict(site.files)

    assert (page, before, answer(site, "/static/site.css")) == (b"a page", {}, b"a {}")
    assert list(site.files) == ["/static/site.css"]


def test_a_file_that_is_not_there_is_the_sites_to_answer(site):
    assert answer(site, "/static/other.css") == b"a page"
