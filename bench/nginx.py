"""What nginx spends on a kept page, beside the same page as a file that was compressed before.

DATABASE_URL=postgres://... make bench-nginx

nginx runs by deploy/nginx.conf before the site as docs/running.md deploys it; without TLS, which costs both the same.
"""

import argparse
import gzip
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bench import clients, machine
from bench.pages import fill_shelves
from bench.shop import HOST, opened, served

LEVEL = 6  # of the application's own
KINDS = ("kept", "file")


@dataclass(frozen=True)
class Turn:
    rate: float
    nginx: float  # CPU-ms an answer
    foreign: float


@dataclass
class Page:
    name: str
    path: str
    sent: int
    turns: dict[str, list[Turn]] = field(default_factory=lambda: {kind: [] for kind in KINDS})

    @property
    def file(self) -> str:
        return f"/static/{self.name}.0123456789ab.html"

    @property
    def ratio(self) -> float:
        """Of CPU an answer: 1 costs as much as the file does."""
        pairs = zip(*(self.turns[kind] for kind in KINDS), strict=True)
        return median(its.nginx / mine.nginx if mine.nginx else 0 for mine, its in pairs)


def main(arguments: list[str] | None = None) -> None:
    from tests.deploy.front import running_front

    options = read_options(arguments)
    with opened() as folder, served("practice_site.wsgi", folder) as site, TemporaryDirectory() as own:
        shelves = fill_shelves()
        with running_front(Path(own), site.port, without_tls) as front:
            pages = [page_and_file(name, path, site.port, front.folder) for name, path in shelves.items()]
            for _ in range(options.rounds):
                for page in pages:
                    take_turns(page, front, options)
    for line in told(pages):
        print(line)


def read_options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.nginx", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="in each of which every page has its turn")
    parser.add_argument("--seconds", type=float, default=1.0, help="that a turn lasts")
    parser.add_argument("--clients", type=int, default=16, help="who ask at the same time")
    return parser.parse_args(arguments)


def without_tls(conf: str) -> str:
    conf = conf.replace("X-Forwarded-Proto $scheme", "X-Forwarded-Proto https")
    return conf.replace(" ssl http2;", ";")


def page_and_file(name: str, path: str, site: int, folder: Path) -> Page:
    """The page is written down as a file beside nginx, compressed too, as collectstatic does."""
    _, body = clients.answer(site, clients.request(HOST, path, coding="identity"))
    compressed = gzip.compress(body, LEVEL)
    page = Page(name, path, len(compressed))
    target = folder / "files" / page.file.lstrip("/")
    target.write_bytes(body)
    target.with_name(f"{target.name}.gz").write_bytes(compressed)
    return page


def take_turns(page: Page, front, options: argparse.Namespace) -> None:
    nginx = int((front.folder / "nginx.pid").read_text())
    for kind, path in zip(KINDS, (page.path, page.file), strict=True):
        meter = machine.Meter().start(lambda: {"nginx": machine.family(nginx)})
        done = clients.ask_on(
            front.port, clients.request_on(HOST, path), clients=options.clients, seconds=options.seconds
        )
        meter.stop()
        page.turns[kind].append(Turn(done.rate, meter.cost["nginx"] * 1000 / done.answers, meter.foreign))


def told(pages: list[Page]) -> Iterator[str]:
    columns = "".join(f" {f'{kind}: answers/s':>16} {'CPU-ms':>8}" for kind in KINDS)
    yield f"{'page':12} {'bytes':>7}{columns} {'foreign cores':>14}"
    for page in pages:
        cells = "".join(f" {_middle(page, kind, 'rate'):16.0f} {_middle(page, kind, 'nginx'):8.4f}" for kind in KINDS)
        yield f"{page.name:12} {page.sent:7}{cells} {_middle(page, 'kept', 'foreign'):14.2f}"
    yield "ratios: " + " ".join(f"{page.name}={page.ratio:.2f}" for page in pages)


def _middle(page: Page, kind: str, name: str) -> float:
    return median(getattr(turn, name) for turn in page.turns[kind])


if __name__ == "__main__":
    main()
