import pytest
from django.urls import NoReverseMatch, get_script_prefix, reverse, set_script_prefix

from kit.paths import path_to


def test_a_path_is_the_one_that_django_finds():
    for slug in ("grief", "shame"):
        assert path_to("courses:workshop", slug) == reverse("courses:workshop", args=[slug])


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
