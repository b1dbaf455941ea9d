"""Plots that are made here and drawn as SVG, in the page's own inks and letters; `components/plot.html` draws one.

What is drawn can be read in the table behind it, number by number. Texts keep their size on a narrow screen: from left
to right, places are hundredths of the width; from top to bottom they are pixels.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

Number = int | Decimal
HEIGHT = 120  # of the tallest column
TOP, BOTTOM = 22, 24  # room for words above and below
LINE = 46  # of one bar that lies, with its words above it
BAR = 14
LABELS = 4  # of columns that are labelled, at most


@dataclass(frozen=True)
class Series:
    """`is_hollow` tells it from the other without colours."""

    name: str
    values: Sequence[Number]
    is_hollow: bool = False


@dataclass(frozen=True)
class Mark:
    """A bar, standing or lying."""

    x: str
    y: int
    width: str
    height: int
    is_hollow: bool


@dataclass(frozen=True)
class Word:
    x: str
    y: int
    text: str
    anchor: str = "start"


@dataclass(frozen=True)
class Plot:
    """`of` is what its rows are. `words` say a number; `links` lead on from the rows, where there are any."""

    title: str
    of: str
    labels: Sequence[str]
    series: Sequence[Series]
    words: Callable[[Number], str] = str
    links: Sequence[str] = ()
    beside: Sequence[Series] = ()  # in the table alone
    lead: str = ""  # what matters most of it, in a sentence
    more: tuple[str, str] | None = None  # an address, and what one finds there
    note: str = ""

    @property
    def is_empty(self) -> bool:
        return not any(value for each in self.series for value in each.values)

    @property
    def largest(self) -> Number:
        return max((value for each in self.series for value in each.values), default=0)

    @property
    def columns_of_table(self) -> list[Series]:
        return [*self.series, *self.beside]

    @property
    def table(self) -> list[tuple[str, str, list[str]]]:
        """Label, link or nothing, and the numbers in words."""
        links = self.links or [""] * len(self.labels)
        numbers = zip(*(each.values for each in self.columns_of_table), strict=True)
        rows = zip(self.labels, links, numbers, strict=True)
        return [(label, link, [self.words(value) for value in row]) for label, link, row in rows]


@dataclass(frozen=True)
class Columns(Plot):
    """From left to right, as time goes by; the columns of a row stand beside each other."""

    @property
    def height(self) -> int:
        return TOP + HEIGHT + BOTTOM

    @property
    def floor(self) -> int:
        return TOP + HEIGHT

    @property
    def _room(self) -> float:
        """Of a row, in hundredths."""
        return 100 / len(self.labels)

    @property
    def marks(self) -> list[Mark]:
        width = self._room * 0.76 / len(self.series)
        found = []
        for number, each in enumerate(self.series):
            for index, value in enumerate(each.values):
                height = self._height(value)
                x = self._room * (index + 0.12) + width * number
                found.append(Mark(_percent(x), self.floor - height, _percent(width * 0.92), height, each.is_hollow))
        return found

    @property
    def texts(self) -> list[Word]:
        """The scale, and the labels of some columns: the last one's always."""
        last = len(self.labels) - 1
        apart = ceil(len(self.labels) / LABELS)
        labels = [self._label(index, last=last) for index in range(last, -1, -apart)]
        return [Word("0", 12, self.words(self.largest)), *labels]

    def _label(self, index: int, *, last: int) -> Word:
        """Those at the edges do not reach over them."""
        y, text = self.height - 6, self.labels[index]
        if index == last:
            return Word("100%", y, text, "end")
        return Word("0", y, text) if index == 0 else Word(_percent(self._room * (index + 0.5)), y, text, "middle")

    def _height(self, value: Number) -> int:
        """What is more than nothing is seen."""
        if value <= 0 or self.largest <= 0:
            return 0
        return max(2, round(HEIGHT * value / self.largest))


@dataclass(frozen=True)
class Bars(Plot):
    """One below the other, each with its words above it; the bars of a row lie over each other, so the first series
    is the larger one."""

    @property
    def height(self) -> int:
        return LINE * len(self.labels)

    @property
    def marks(self) -> list[Mark]:
        return [
            Mark("0", LINE * index + LINE - BAR - 8, self._width(value), BAR, each.is_hollow)
            for each in self.series
            for index, value in enumerate(each.values)
            if value > 0
        ]

    @property
    def texts(self) -> list[Word]:
        return [Word("0", LINE * index + 16, label) for index, label in enumerate(self.labels)]

    def _width(self, value: Number) -> str:
        return _percent(100 * value / self.largest)


def _percent(number: float | Decimal) -> str:
    return f"{number:.2f}%"
