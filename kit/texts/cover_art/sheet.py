"""The sheet that every cover is printed on: its size, its inks, its papers."""

RIVER, MADDER = "#1f6f80", "#e9694a"
PAPER_COLOURS = {"paper": "#f4f3ec", "river": "#d7e8e8", "madder": "#fbdfd3", "straw": "#f4e5b4"}
WIDTH, HEIGHT = 600, 400

Point = tuple[float, float]


def spot(point: Point) -> str:
    """A point as path data: whole units are fine enough at this size."""
    return f"{round(point[0])} {round(point[1])}"
