"""What the public pages cost, beside a page of the same size by bare Django, all in one run.

DATABASE_URL=postgres://... make bench

The site runs as docs/running.md deploys it, on the demo's content; each page is asked for as rendered anew and as kept.
Pages and floor take turns, so that whatever else the machine does weighs on all alike. The last line tells how many
times the floor's answers a second each page gives as it is kept, in the best turn of each. The line before tells how
many times less CPU it takes, which is steadier where the machine has other things to do.
"""

import argparse
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from statistics import median

from bench import clients, machine
from bench.shop import HOST, Server, opened, served

WARM_UP = 12  # requests, so that each worker has had some
KINDS = ("anew", "kept", "floor")
HEAD = (
    f"{'page':12} {'':6} {'best of /s':>10} {'x floor':>8} {'CPU-ms: site':>13} {'database':>9} {'x floor':>8}"
    f" {'client':>7} {'statements':>11} {'bytes':>7} {'sent':>7} {'foreign cores':>14}"
)


@dataclass
class Turn:
    """One page for a while; CPU in milliseconds an answer."""

    rate: float
    site: float
    database: float
    client: float
    foreign: float

    @property
    def cost(self) -> float:
        return self.site + self.database


@dataclass
class Page:
    name: str
    path: str
    statements: int
    raw: int = 0
    sent: int = 0
    turns: dict[str, list[Turn]] = field(default_factory=lambda: {kind: [] for kind in KINDS})

    def best(self, kind: str) -> float:
        """Answers a second. What else the machine does can only make them fewer."""
        return max(turn.rate for turn in self.turns[kind])

    def ratio(self, kind: str) -> float:
        """Of answers a second: more than 1 is more than the floor's."""
        return self.best(kind) / self.best("floor")

    def saving(self, kind: str) -> float:
        """Of CPU an answer: more than 1 is cheaper than the floor of the same round."""
        pairs = zip(self.turns[kind], self.turns["floor"], strict=True)
        return median(its.cost / mine.cost if mine.cost else 0 for mine, its in pairs)


def main(arguments: list[str] | None = None) -> None:
    options = read_options(arguments)
    with opened() as folder, ExitStack() as stack:
        servers = {
            "anew": stack.enter_context(
                served("practice_site.wsgi", folder, DJANGO_SETTINGS_MODULE="bench.settings_anew")
            ),
            "kept": stack.enter_context(served("practice_site.wsgi", folder)),
            "floor": stack.enter_context(served("bench.floor", folder)),
        }
        pages = [Page(name, path, statements(path)) for name, path in fill_shelves().items()]
        for page in pages:
            weigh(page, servers)
        for _ in range(options.rounds):
            for page in pages:
                take_turns(page, servers, options)
    for line in told(pages):
        print(line)
    if any(page.ratio("kept") < options.fail_under for page in pages):
        sys.exit(1)


def read_options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.pages", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="in each of which every page has its turn")
    parser.add_argument("--seconds", type=float, default=2.0, help="that a turn lasts")
    parser.add_argument("--clients", type=int, default=16, help="who ask at the same time")
    parser.add_argument("--fail-under", type=float, default=0, help="end with 1 if a page is fewer times the floor")
    return parser.parse_args(arguments)


def fill_shelves() -> dict[str, str]:
    """The demo's content; the article and the workshop are those with most on them."""
    from django.db.models import Count

    from articles.models import Article
    from courses.models import Workshop
    from practice_site.management.commands.demo import load_content

    load_content()
    articles = Article.objects.published()
    full = [workshop for workshop in Workshop.objects.upcoming() if not workshop.places_left()]
    open_ones = Workshop.objects.upcoming().exclude(pk__in=[workshop.pk for workshop in full])
    return {
        "home": "/",
        "article": articles.annotate(cited=Count("references")).latest("cited").get_absolute_url(),
        "articles": "/articles/",
        "catalogue": "/workshops/",
        "workshop": open_ones[0].get_absolute_url(),
        "soldout": full[0].get_absolute_url(),
        "therapy": "/therapy/",
    }


def statements(path: str) -> int:
    """Rendered anew, by a process that has rendered it before."""
    from django.db import connection
    from django.test import Client, override_settings
    from django.test.utils import CaptureQueriesContext

    from bench.settings_anew import MIDDLEWARE

    visitor = Client(SERVER_NAME=HOST, headers={"X-Forwarded-Proto": "https"})
    with override_settings(MIDDLEWARE=MIDDLEWARE):
        visitor.get(path)
        with CaptureQueriesContext(connection) as seen:
            visitor.get(path)
    return len(seen)


def weigh(page: Page, servers: dict[str, Server]) -> None:
    """How long it is, for a client that takes it plain and for one that takes gzip. Warms all up."""
    page.raw = len(clients.answer(servers["kept"].port, clients.request(HOST, page.path, coding="identity"))[1])
    for kind, server in servers.items():
        for _ in range(WARM_UP):
            body = clients.answer(server.port, asked(page, kind))[1]
            if kind == "kept":
                page.sent = len(body)


def asked(page: Page, kind: str) -> bytes:
    return clients.request(HOST, f"/?bytes={page.raw}" if kind == "floor" else page.path)


def take_turns(page: Page, servers: dict[str, Server], options: argparse.Namespace) -> None:
    for kind in KINDS:
        server = servers[kind]
        meter = machine.Meter().start(partial(programs, server))
        done = clients.ask(server.port, asked(page, kind), clients=options.clients, seconds=options.seconds)
        meter.stop()
        cost = {name: seconds * 1000 / done.answers for name, seconds in meter.cost.items()}
        page.turns[kind].append(Turn(done.rate, **cost, foreign=meter.foreign))


def programs(server: Server) -> dict[str, list[int]]:
    return {"site": machine.family(server.pid), "database": machine.backends()}


def told(pages: list[Page]) -> Iterator[str]:
    yield HEAD
    for page in pages:
        for kind in KINDS:
            yield row(page, kind)
    yield "CPU ratios: " + " ".join(f"{page.name}={page.saving('kept'):.2f}" for page in pages)
    yield "ratios: " + " ".join(f"{page.name}={page.ratio('kept'):.2f}" for page in pages)


def row(page: Page, kind: str) -> str:
    def middle(name: str) -> float:
        return median(getattr(turn, name) for turn in page.turns[kind])

    is_floor = kind == "floor"
    return (
        f"{page.name:12} {kind:6} {page.best(kind):10.0f} {page.ratio(kind):8.3f} {middle('site'):13.2f}"
        f" {middle('database'):9.2f} {page.saving(kind):8.3f} {middle('client'):7.2f}"
        f" {page.statements if kind == 'anew' else '':>11} {page.raw:7} {page.raw if is_floor else page.sent:7}"
        f" {middle('foreign'):14.2f}"
    )


if __name__ == "__main__":
    main()
