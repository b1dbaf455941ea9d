import re
from decimal import Decimal
from html import unescape

import pytest
from django.template.loader import render_to_string

from kit.local.money import money
from kit.texts.plots import HEIGHT, TOP, Bars, Columns, Series

pytestmark = pytest.mark.once


def columns(*values, **more):
    labels = [f"week {number}" for number in range(len(values))]
    return Columns("Sales", of="Week", labels=labels, series=[Series("came in", values)], **more)


def drawn(plot):
    return render_to_string("components/plot.html", {"plot": plot})


def test_the_largest_column_is_as_high_as_the_plot_and_others_in_proportion():
    marks = columns(Decimal("10.00"), Decimal("5.00"), Decimal("0.00")).marks

    assert [(mark.y, mark.height) for mark in marks] == [
        (TOP, HEIGHT),
        (TOP + HEIGHT // 2, HEIGHT // 2),
        (TOP + HEIGHT, 0),
    ]


def test_what_is_more_than_nothing_is_seen_and_what_is_less_is_only_said():
    plot = columns(Decimal("10000.00"), Decimal("0.01"), Decimal("-5.00"), words=money)

    assert [mark.height for mark in plot.marks] == [HEIGHT, 2, 0]
    assert [numbers for _, _, numbers in plot.table] == [["£10,000.00"], ["£0.01"], ["-£5.00"]]


@pytest.mark.parametrize("count", [1, 2, 3, 5, 12, 24, 53])
def test_columns_stay_within_the_picture_and_few_are_labelled(count):
    plot = columns(*range(1, count + 1))

    ends = [float(mark.x[:-1]) + float(mark.width[:-1]) for mark in plot.marks]
    labels = plot.texts[1:]
    assert (max(ends) <= 100, len(labels) <= 4, labels[0].text) == (True, True, f"week {count - 1}")


def test_bars_lie_over_each_other_and_one_of_nothing_is_not_drawn():
    series = [Series("places", [20, 10], is_hollow=True), Series("taken", [5, 0])]
    plot = Bars("Places", of="Workshop", labels=["A", "B"], series=series)

    assert [(mark.width, mark.is_hollow) for mark in plot.marks] == [
        ("100.00%", True),
        ("50.00%", True),
        ("25.00%", False),
    ]


def test_every_number_stands_in_the_table_with_what_is_only_said_there():
    plot = columns(3, 4, beside=[Series("net", [1, 2])], links=["/a/", ""])

    rows = re.findall(r"<tr>(.*?)</tr>", drawn(plot), re.DOTALL)

    words = [
        [" ".join(re.sub("<[^>]+>", " ", cell).split()) for cell in re.findall("<t[hd].*?</t[hd]>", row, re.DOTALL)]
        for row in rows
    ]
    assert words == [["Week", "came in", "net"], ["week 0", "3", "1"], ["week 1", "4", "2"]]
    assert drawn(plot).count('<a href="/a/">week 0</a>') == 1


def test_a_picture_says_what_it_is_and_where_its_numbers_stand():
    label = re.search(r'<svg[^>]*role="img"[^>]*aria-label="([^"]+)"', drawn(columns(1)))

    assert label[1] == "Sales. The numbers stand in the table below."


@pytest.mark.parametrize("values", [(), (0,), (0, 0)])
def test_without_a_number_there_is_no_picture(values):
    text = drawn(columns(*values))

    assert ("Nothing yet." in text, 'role="img"' in text) == (True, False)


def test_words_of_rows_are_words():
    plot = Columns("Sales", of="Week", labels=["<b>&"], series=[Series("<i>", [1])])

    text = drawn(plot)

    assert ("<b>" in text, "<i>" in text, unescape(text).count("<b>&")) == (False, False, 2)
