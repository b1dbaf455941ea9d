import pytest
from django.core.checks.urls import check_url_config
from django.urls import NoReverseMatch, get_resolver, get_script_prefix, reverse, set_script_prefix

from kit.pages.paths import page, path_by_secret, path_to
from practice_site import health

urlpatterns = [page("alive/", "practice_site.health.alive", {"how": "well"}, name="alive")]


def test_a_path_is_the_one_that_django_finds():
    for slug in ("grief", "shame"):
        assert path_to("courses:workshop", slug) == reverse("courses:workshop", args=[slug])


def test_a_page_that_a_secret_leads_to_stands_where_django_finds_it():
    for secret in ("p7Yx-2_u", "nobody-knows-this"):
        assert path_by_secret("orders:order", secret) == reverse("orders:order", args=[secret])
        assert path_by_secret("orders:payment_return", secret) == reverse("orders:payment_return", args=[secret])


def test_a_site_that_stands_below_another_address_has_paths_of_its_own():
    alone, before = path_to("articles:articles"), get_script_prefix()
    try:
        set_script_prefix("/below/")
        assert path_to("articles:articles") == f"/below{alone}"
    finally:
        set_script_prefix(before)


def test_a_page_that_is_not_there_has_no_path():
    with pytest.raises(NoReverseMatch):
        path_to("articles:nothing")


@pytest.mark.urls(__name__)
def test_a_page_is_served_by_the_view_that_it_names():
    found = get_resolver(__name__).resolve("/alive/")

    assert (found.func, found.kwargs, found.url_name) == (health.alive, {"how": "well"}, "alive")


@pytest.mark.parametrize("view", ["practice_site.health.nothing", "practice_site.nothing.alive"])
def test_a_page_whose_view_is_not_there_is_linked_to_and_fails_the_checks(view, settings, monkeypatch):
    settings.ROOT_URLCONF = __name__
    monkeypatch.setattr("tests.kit.test_paths.urlpatterns", [page("other/", view, name="other")])

    assert reverse("other") == "/other/"
    with pytest.raises(ImportError):
        check_url_config(None)
