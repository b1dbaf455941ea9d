"""The picture of the house, docs/img/house.svg, drawn from what the code imports: `make picture` draws it again."""

from collections.abc import Iterator
from pathlib import Path

from tests.test_architecture import (
    IN_ROOMS,
    LAYERS,
    MODULES,
    ROOMS,
    ROOT,
    imported_names_of,
    imports_of,
    room_of,
)

PICTURE = ROOT / "docs/img/house.svg"
GROUND = "the ground"
FLOORS = [*ROOMS, GROUND]
WIDTH, LEFT, GAP = 860, 60, 8
APP, ROOM = 44, 28  # how high
STYLE = (
    "text { font: 15px ui-monospace, monospace; fill: #1d3b44 } .name { font-weight: 700 } .uses { font-size: 12px }"
    " rect { fill: #fffdf7; stroke: #1d3b44 } .page { stroke: none } .room { fill: #f3ead7; stroke: #a08a5f }"
    " path { stroke: #b4432f; stroke-width: 2; fill: none } .way { fill: #b4432f; font-size: 13px }"
)


def main() -> None:
    PICTURE.write_text(drawn())


def drawn() -> str:
    heights = [APP + len(FLOORS) * (ROOM + 4) + GAP if app == "orders" else APP for app in LAYERS]
    bottom = GAP + sum(heights) + GAP * len(heights)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom}" width="{WIDTH}" height="{bottom}">'
    lines = [head, "<title>The apps and the rooms of orders: each uses only what stands below it</title>"]
    lines += [f"<style>{STYLE}</style>", f'<rect class="page" width="{WIDTH}" height="{bottom}"/>']
    lines += [f'<path d="M30 {GAP * 2}V{bottom - GAP * 2}m-6 -10l6 10l6 -10"/>']
    lines += [f'<text class="way" transform="translate(20 {bottom // 2}) rotate(-90)">uses</text>']
    top = GAP
    for app, height in zip(LAYERS, heights, strict=True):
        lines += [_box(top, height), *_words(app, uses_of_app(app), top + 28)]
        lines += _rooms(top + APP) if app == "orders" else []
        top += height + GAP
    return "\n".join([*lines, "</svg>"]) + "\n"


def uses_of_app(app: str) -> list[str]:
    """The other apps that its modules import, from the top of the house downwards."""
    roots = {root for path in MODULES if _app_of(path) == app for root in _roots_of(path)}
    return [each for each in LAYERS if each in roots - {app}]


def uses_of_room(room: str) -> list[str]:
    """The other rooms of orders that its modules import."""
    own = FLOORS.index(room)
    paths = [path for path in IN_ROOMS if room_of(path.relative_to(ROOT).parts) == own]
    names = {name for path in paths for name in imported_names_of(path) if name.startswith("orders.")}
    floors = {room_of(name.split(".")) for name in names}
    return [each for number, each in enumerate(FLOORS) if number in floors - {own}]


def _rooms(top: int) -> Iterator[str]:
    for number, room in enumerate(FLOORS):
        y = top + number * (ROOM + 4)
        yield _box(y, ROOM, indent=16, kind="room")
        yield from _words(room, uses_of_room(room), y + 19, indent=16)


def _box(top: int, height: int, *, indent: int = 0, kind: str = "app") -> str:
    x, width = LEFT + indent, WIDTH - LEFT - GAP - 2 * indent
    return f'<rect class="{kind}" x="{x}" y="{top}" width="{width}" height="{height}" rx="4"/>'


def _words(name: str, uses: list[str], y: int, *, indent: int = 0) -> list[str]:
    x = LEFT + indent + 12
    return [
        f'<text class="name" x="{x}" y="{y}">{name}</text>',
        f'<text class="uses" x="{LEFT + 160}" y="{y}">{", ".join(uses) or "nothing else here"}</text>',
    ]


def _app_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0]


def _roots_of(path: Path) -> set[str]:
    return {module.split(".")[0] for module in imports_of(path)}


if __name__ == "__main__":
    main()
