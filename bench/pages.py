"""How much slower the public pages are than a page that does nothing, all in one run.

DATABASE_URL=postgres://... make bench
"""

import argparse
import time
import urllib.request

from bench.shop import Shop, middle_and_slow, open_shop

NOTHING = "/nothing/"


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="bench.pages", description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=200, help="that each page is asked for")
    times = parser.parse_args(arguments).times
    with open_shop() as shop:
        pages = {"nothing": NOTHING, **fill_shelves()}
        ask_in_turns(shop, list(pages.values()), 8)
        asked = ask_in_turns(shop, list(pages.values()), times)
        seen = {name: _statements(shop, path) for name, path in pages.items()}
    base = middle_and_slow(asked[NOTHING])[0]
    print(f"{'page':14} {'median ms':>10} {'p95 ms':>8} {'pages/s':>8} {'to nothing':>11} {'statements':>11}")
    for name, path in pages.items():
        middle, slow = middle_and_slow(asked[path])
        print(f"{name:14} {middle:10.1f} {slow:8.1f} {1000 / middle:8.0f} {middle / base:10.2f}x {seen[name]:11}")


def fill_shelves() -> dict[str, str]:
    from tests.builders import make_article, make_cities, make_practice, make_topic, make_workshop

    make_practice()
    make_cities()
    articles = [make_article() for _ in range(12)]
    for article in articles:
        article.topics.add(make_topic())
    workshops = [make_workshop() for _ in range(12)]
    return {
        "home": "/",
        "workshops": "/workshops/",
        "workshop": workshops[0].get_absolute_url(),
        "articles": "/articles/",
        "article": articles[0].get_absolute_url(),
    }


def ask_in_turns(shop: Shop, paths: list[str], times: int) -> dict[str, list[float]]:
    """Milliseconds of each answer; in turns, so that whatever else the machine does weighs on all alike."""
    took: dict[str, list[float]] = {path: [] for path in paths}
    for _ in range(times):
        for path in paths:
            began = time.perf_counter()
            with urllib.request.urlopen(shop.url + path, timeout=30) as response:
                response.read()
            took[path].append((time.perf_counter() - began) * 1000)
    return took


def _statements(shop: Shop, path: str) -> int:
    return next(each.statements for each in reversed(shop.requests()) if each.name == f"GET {path}")


if __name__ == "__main__":
    main()
