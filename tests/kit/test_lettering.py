import pytest
from django.test.html import parse_html

from kit.lettering import figure_svg


def elements(node):
    for child in node.children:
        if not isinstance(child, str):
            yield child
            yield from elements(child)


@pytest.mark.parametrize("percent", range(1, 101))
def test_every_percentage_is_set_once_in_each_ink(percent):
    text = f"{percent}%"

    svg = parse_html(figure_svg(text))

    inks = [element for element in elements(svg) if element.name == "g"]
    assert [dict(ink.attributes)["class"] for ink in inks] == ["figure__a", "figure__b"]
    assert [len(ink.children) for ink in inks] == [len(text), len(text)]


def test_figure_is_hidden_from_screen_readers_and_carries_no_inline_style():
    svg = parse_html(figure_svg("20%"))

    assert dict(svg.attributes)["aria-hidden"] == "true"
    assert [name for element in [svg, *elements(svg)] for name, _ in element.attributes if name == "style"] == []


def test_twenty_per_cent_stands_as_drawn():
    svg = parse_html(figure_svg("20%"))

    river = next(element for element in elements(svg) if element.name == "g")
    assert dict(svg.attributes)["viewbox"] == "0 0 632 250"
    assert [dict(path.attributes)["transform"] for path in river.children] == [
        "translate(6)",
        "translate(174)",
        "translate(348.6)",
    ]


def test_character_without_an_outline_is_refused():
    with pytest.raises(ValueError, match="No outline for <, x"):
        figure_svg("x<1")
