"""However many pages a list has, few are linked: the neighbours, the first and the last."""

import pytest
from django.core.paginator import Paginator
from django.template.loader import render_to_string
from django.utils.html import strip_tags


def told_of(page):
    return " ".join(strip_tags(render_to_string("components/pager.html", {"page": page})).split())


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (1, "1 2 3 … 84 Next page"),
        (40, "1 … 38 39 40 41 42 … 84 Next page"),
        (84, "1 … 82 83 84"),
    ],
)
def test_a_long_list_links_few_of_its_pages(number, told):
    page = Paginator(range(840), 10).page(number)

    assert told_of(page) == told


def test_a_short_list_links_all():
    page = Paginator(range(60), 10).page(6)

    assert told_of(page) == "1 2 3 4 5 6"
