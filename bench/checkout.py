"""How many orders a second the whole sale takes: form, order, Stripe's page, payment, webhook, order page.

    DATABASE_URL=postgres://... make bench-checkout

The site runs as docs/running.md deploys it, and is told of the events that are listed there. Site, stand-in and buyers
share this machine, so the numbers compare with each other, not with another machine's.
"""

import argparse
import json
import re
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import count, islice
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from bench.machine import Meter, backends, family
from bench.shop import DEPLOYED, Server, free_port, middle_and_slow, opened, running, served

WARM_UP = 6
MOST_SECONDS = 120  # for one number of buyers
SECRETS = re.compile(r"(/orders/|/book/)[\w-]+/")
PAID = "POST /stripe/webhook/ checkout.session.completed"
STEPS = {
    "form page": "GET /book/",
    "place order, without Stripe": "POST /book/",
    "Stripe session": "POST /book/",
    "webhook that it is paid": PAID,
    "return from Stripe": "GET /orders/return/",
    "order page": "GET /orders/",
}


@dataclass(frozen=True)
class Request:
    """As the site saw it; times in milliseconds. `name` is method and path, without slugs and secrets."""

    name: str
    took: float
    stripe: float
    statements: int


@dataclass(frozen=True)
class Shop:
    url: str
    log: Path
    site: Server
    stripe: Server

    def requests(self, since: int = 0) -> list[Request]:
        lines = self.log.read_text().splitlines()[since:]
        return [Request(SECRETS.sub(r"\1", name), *rest) for name, *rest in map(json.loads, lines)]

    def programs(self) -> dict[str, list[int]]:
        return {"site": family(self.site.pid), "database": backends(), "stand-in": family(self.stripe.pid)}


@dataclass(frozen=True)
class Run:
    buyers: int
    orders: int
    meter: Meter
    requests: list[Request]

    @property
    def rate(self) -> float:
        return self.orders / self.meter.seconds

    @property
    def statements(self) -> float:
        return sum(request.statements for request in self.requests) / self.orders

    def cost(self, name: str) -> float:
        """CPU-ms an order."""
        return self.meter.cost[name] * 1000 / self.orders


def main(arguments: list[str] | None = None) -> None:
    options = read_options(arguments)
    with opened_shop() as shop:
        slug = open_sale()
        numbers = count(1)
        sell(shop, slug, numbers, buyers=2, orders=WARM_UP)
        runs = [sell(shop, slug, numbers, buyers=buyers, orders=options.orders) for buyers in options.buyers]
        check_sold(WARM_UP + sum(run.orders for run in runs))
    for line in (*rates(runs), "", *steps(runs), summary(runs)):
        print(line)


def read_options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.checkout", description=__doc__.splitlines()[0])
    parser.add_argument("--orders", type=int, default=96, help="for each number of buyers")
    parser.add_argument("--buyers", type=int, nargs="+", default=[1, 8, 32], help="who buy at the same time")
    return parser.parse_args(arguments)


@contextmanager
def opened_shop() -> Iterator[Shop]:
    with opened() as folder:
        port, stripe_port, log = free_port(), free_port(), folder / "requests"
        log.touch()
        url = f"https://127.0.0.1:{port}"
        own = {"SITE_URL": url, "ALLOWED_HOSTS": "127.0.0.1", "BENCH_LOG": str(log)}
        own |= {"BENCH_STRIPE": f"http://127.0.0.1:{stripe_port}"}
        with (
            running(stand_in(stripe_port, port), folder, stripe_port) as stripe,
            served("bench.observed", folder, port=port, **own) as site,
        ):
            yield Shop(url, log, site, stripe)


def stand_in(port: int, site: int) -> list[str]:
    """Told which events the endpoint wants; its webhooks come by the proxy, as all else does."""
    from orders.settling.events import HANDLED

    command = [sys.executable, "-m", "tests.stripe_standin", "--port", str(port), "--webhook-events", *HANDLED]
    command += ["--webhook-url", f"http://127.0.0.1:{site}/stripe/webhook/"]
    command += ["--webhook-header", "X-Forwarded-Proto: https", "--secret-key", DEPLOYED["STRIPE_SECRET_KEY"]]
    return [*command, "--webhook-secret", DEPLOYED["STRIPE_WEBHOOK_SECRETS"]]


def sell(shop: Shop, slug: str, numbers: Iterator[int], *, buyers: int, orders: int) -> Run:
    """So many orders, by so many buyers at a time; fewer if the time is over."""
    since = len(shop.requests())
    meter, began = Meter().start(shop.programs), time.monotonic()

    def buy_in_time(number: int) -> bool:
        in_time = time.monotonic() < began + MOST_SECONDS
        if in_time:
            buy(shop.url, slug, number)
        return in_time

    with ThreadPoolExecutor(buyers) as pool:
        done = sum(pool.map(buy_in_time, islice(numbers, orders)))
    return Run(buyers, done, meter.stop(), shop.requests(since))


def buy(site: str, slug: str, number: int) -> None:
    from tests.races.buyers import address_of, behind_proxy, book_a_place

    status, page, _ = book_a_place(site, slug, number=number)
    if status != 303:
        sys.exit(f"Buyer {number} was answered {status}.")
    back = _ask("POST", page, {}, urlencode({"action": "pay"}))
    while back:
        back = _ask("GET", back, behind_proxy(site, address_of(number)))


def open_sale() -> str:
    from tests.builders import make_cities, make_practice, make_terms, make_workshop

    make_practice()
    make_cities()
    make_terms()
    return make_workshop(capacity=10_000).slug


def check_sold(orders: int) -> None:
    from orders.models import Order

    paid = Order.objects.filter(status=Order.Status.PAID).count()
    if paid != orders:
        sys.exit(f"{orders} orders were placed and {paid} are paid.")


def rates(runs: list[Run]) -> Iterable[str]:
    yield (
        f"{'buyers':>6} {'orders':>7} {'orders/s':>9} {'to the first':>13} {'statements/order':>17}"
        f" {'CPU-ms/order: site':>19} {'database':>9} {'stand-in':>9} {'buyers':>7} {'foreign cores':>14}"
    )
    for run in runs:
        costs = (run.cost(name) for name in ("site", "database", "stand-in", "client"))
        yield (
            f"{run.buyers:6} {run.orders:7} {run.rate:9.1f} {run.rate / runs[0].rate:12.2f}x {run.statements:17.1f}"
            " {:19.1f} {:9.1f} {:9.1f} {:7.1f}".format(*costs)
            + f" {run.meter.foreign:14.2f}"
        )


def steps(runs: list[Run]) -> Iterable[str]:
    columns = "".join(f"{f'{run.buyers} buyers: median, p95':>27}" for run in runs)
    yield f"{'step, in ms at the site':30}{'statements':>11}{columns}"
    for step in STEPS:
        statements = middle_and_slow([request.statements for request in _of(step, runs[0])])[0]
        cells = "".join("{:18.1f} {:8.1f}".format(*middle_and_slow(_times(step, run))) for run in runs)
        yield f"{step:30}{'' if step == 'Stripe session' else f'{statements:.0f}':>11}{cells}"


def summary(runs: list[Run]) -> str:
    """In one line, for whoever compares two runs."""
    first = runs[0]
    rated = " ".join(f"{run.buyers}={run.rate:.1f}" for run in runs)
    cost = first.cost("site") + first.cost("database")
    return f"orders/s: {rated} statements={first.statements:.0f} cpu-ms={cost:.0f}"


def _of(step: str, run: Run) -> list[Request]:
    return [request for request in run.requests if request.name == STEPS[step]]


def _times(step: str, run: Run) -> list[float]:
    found = _of(step, run)
    if step == "Stripe session":
        return [request.stripe for request in found]
    if step == "place order, without Stripe":
        return [request.took - request.stripe for request in found]
    return [request.took for request in found]


def _ask(method: str, url: str, headers: dict[str, str], body: str = "") -> str:
    """Where the answer leads; empty when it is a page."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=60)
    try:
        sent = headers | ({"Content-Type": "application/x-www-form-urlencoded"} if body else {})
        connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body or None, sent)
        response = connection.getresponse()
        response.read()
        if response.status not in {200, 302, 303}:
            sys.exit(f"{method} {parts.path} was answered {response.status}.")
        leads_to = response.headers.get("Location", "")
        return leads_to if not leads_to.startswith("/") else f"{parts.scheme}://{parts.netloc}{leads_to}"
    finally:
        connection.close()


if __name__ == "__main__":
    main()
