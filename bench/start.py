"""What a start costs until the first page is answered, and what memory three workers take, beside bare Django.

DATABASE_URL=postgres://... make bench-start

Site and floor are started in turns by the line of docs/running.md, on the demo's content. The least of several turns is
told: what else the machine does can only make it more. The floor that asks puts one question to the database, so that
it needs the driver, too. Memory is that of master and workers once they have answered the seven public pages many times
each; the floor has one page, of the same length as the home page.
"""

import argparse
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import clients, machine
from bench.pages import fill_shelves
from bench.shop import HOST, opened, served

SITE, FLOOR, ASKING = "site", "floor", "floor that asks"
VISITORS = 16


@dataclass(frozen=True)
class Start:
    cpu: float  # seconds, of master and workers
    wall: float
    memory: float  # MiB


def main(arguments: list[str] | None = None) -> None:
    options = read_options(arguments)
    starts: dict[str, list[Start]] = {SITE: [], FLOOR: [], ASKING: []}
    with opened() as folder:
        pages = [*fill_shelves().values()]
        length = length_of(pages[0], folder)
        floor = [f"/?bytes={length}"] * len(pages)
        asks = {"FLOOR_ASKS": os.environ["DATABASE_URL"]}
        for _ in range(options.rounds):
            starts[SITE].append(begin("practice_site.wsgi", folder, pages, options.seconds))
            starts[FLOOR].append(begin("bench.floor", folder, floor, options.seconds))
            starts[ASKING].append(begin("bench.floor", folder, floor, options.seconds, **asks))
    for line in told(starts):
        print(line)


def read_options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.start", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9, help="in each of which every program is started once")
    parser.add_argument("--seconds", type=float, default=0.5, help="for which each page is asked for")
    return parser.parse_args(arguments)


def length_of(path: str, folder: Path) -> int:
    with served("practice_site.wsgi", folder) as site:
        return len(clients.answer(site.port, clients.request(HOST, path, coding="identity"))[1])


def begin(application: str, folder: Path, pages: list[str], seconds: float, **environment: str) -> Start:
    began = time.monotonic()
    with served(application, folder, **environment) as server:
        clients.answer(server.port, clients.request(HOST, pages[0]))
        wall, cpu = time.monotonic() - began, machine.spent(machine.family(server.pid))
        for page in pages:
            clients.ask(server.port, clients.request(HOST, page), clients=VISITORS, seconds=seconds)
        return Start(cpu, wall, machine.memory(machine.family(server.pid)))


def told(starts: dict[str, list[Start]]) -> Iterator[str]:
    yield f"{'until its first page':20} {'CPU-s':>7} {'x floor':>8} {'seconds':>8} {'x floor':>8} {'MiB':>7}"
    floor = least(starts[FLOOR])
    for name, each in starts.items():
        its = least(each)
        yield (
            f"{name:20} {its.cpu:7.2f} {its.cpu / floor.cpu:8.2f} {its.wall:8.2f} {its.wall / floor.wall:8.2f}"
            f" {its.memory:7.1f}"
        )


def least(starts: list[Start]) -> Start:
    return Start(*(min(getattr(each, name) for each in starts) for name in ("cpu", "wall", "memory")))


if __name__ == "__main__":
    main()
