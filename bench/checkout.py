"""How many orders a second the whole sale takes: form, order, Stripe's page, payment, webhook, order page.

    DATABASE_URL=postgres://... make bench-checkout

Site, stand-in and buyers share this machine, so the numbers compare with each other, not with another machine's.
"""

import argparse
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import count, islice
from urllib.parse import urlencode, urlsplit

from bench.shop import Request, Shop, middle_and_slow, open_shop

WARM_UP = 4
MOST_SECONDS = 120  # for one number of buyers
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
class Run:
    buyers: int
    orders: int
    seconds: float
    requests: list[Request]

    @property
    def rate(self) -> float:
        return self.orders / self.seconds


def main(arguments: list[str] | None = None) -> None:
    options = read_options(arguments)
    with open_shop() as shop:
        slug = open_sale()
        numbers = count(1)
        sell(shop, slug, numbers, buyers=2, orders=WARM_UP)
        runs = [sell(shop, slug, numbers, buyers=buyers, orders=options.orders) for buyers in options.buyers]
        check_sold(WARM_UP + sum(run.orders for run in runs))
    for line in (*rates(runs), "", *steps(runs)):
        print(line)


def read_options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.checkout", description=__doc__.splitlines()[0])
    parser.add_argument("--orders", type=int, default=96, help="for each number of buyers")
    parser.add_argument("--buyers", type=int, nargs="+", default=[1, 8, 32], help="who buy at the same time")
    return parser.parse_args(arguments)


def sell(shop: Shop, slug: str, numbers: Iterator[int], *, buyers: int, orders: int) -> Run:
    """So many orders, by so many buyers at a time; fewer if the time is over."""
    since = len(shop.requests())
    began = time.monotonic()

    def buy_in_time(number: int) -> bool:
        in_time = time.monotonic() < began + MOST_SECONDS
        if in_time:
            buy(shop.url, slug, number)
        return in_time

    with ThreadPoolExecutor(buyers) as pool:
        done = sum(pool.map(buy_in_time, islice(numbers, orders)))
    return Run(buyers, done, time.monotonic() - began, shop.requests(since))


def buy(site: str, slug: str, number: int) -> None:
    from tests.races.buyers import book_a_place

    status, page, _ = book_a_place(site, slug, number=number)
    if status != 303:
        sys.exit(f"Buyer {number} was answered {status}.")
    back = _ask("POST", page, urlencode({"action": "pay"}))
    while back:
        back = _ask("GET", back)


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
    yield f"{'buyers':>6} {'orders':>7} {'seconds':>8} {'orders/s':>9} {'to the first':>13} {'statements/order':>17}"
    for run in runs:
        statements = sum(request.statements for request in run.requests) / run.orders
        ratio = run.rate / runs[0].rate
        yield f"{run.buyers:6} {run.orders:7} {run.seconds:8.1f} {run.rate:9.1f} {ratio:12.2f}x {statements:17.1f}"


def steps(runs: list[Run]) -> Iterable[str]:
    columns = "".join(f"{f'{run.buyers} buyers: median, p95':>27}" for run in runs)
    yield f"{'step, in ms at the site':30}{'statements':>11}{columns}"
    for step in STEPS:
        statements = middle_and_slow([request.statements for request in _of(step, runs[0])])[0]
        cells = "".join("{:18.1f} {:8.1f}".format(*middle_and_slow(_times(step, run))) for run in runs)
        yield f"{step:30}{'' if step == 'Stripe session' else f'{statements:.0f}':>11}{cells}"


def _of(step: str, run: Run) -> list[Request]:
    return [request for request in run.requests if request.name == STEPS[step]]


def _times(step: str, run: Run) -> list[float]:
    found = _of(step, run)
    if step == "Stripe session":
        return [request.stripe for request in found]
    if step == "place order, without Stripe":
        return [request.took - request.stripe for request in found]
    return [request.took for request in found]


def _ask(method: str, url: str, body: str = "") -> str:
    """Where the answer leads; empty when it is a page."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=60)
    try:
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body or None, headers)
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
