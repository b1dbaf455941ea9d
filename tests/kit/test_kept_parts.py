import pytest
from django.template import Context, Template

from kit.pages import kept

PART = Template("{% load kept %}{% kept 'bit' variant %}{{ words }}{% endkept %}")


def render(**values):
    return PART.render(Context(values))


def test_a_part_is_rendered_once_for_each_variant():
    first = [render(variant="a", words="one"), render(variant="b", words="two")]

    assert (first, render(variant="a", words="three")) == (["one", "two"], "one")


@pytest.mark.django_db
def test_a_part_is_rendered_anew_when_something_was_written():
    render(variant="a", words="one")

    kept.forget()

    assert render(variant="a", words="three") == "three"


def test_a_part_escapes_what_it_shows():
    assert render(variant="a", words="<b>") == "&lt;b&gt;"
