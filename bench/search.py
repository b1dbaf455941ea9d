"""What a search costs among 10,000 texts (`--texts`): milliseconds of the whole page, rendered anew, the best of five.

Beside them stands the processor time of this process, which a busy machine makes little longer: on SQLite all of it.

DATABASE_URL=... make bench-search, on PostgreSQL or SQLite, in a database of its own.
"""

import argparse
import multiprocessing
import os
import random
import time

ENTRIES = 10_000
WORDS = 400  # of each text
BEST_OF = 5
MOST_MILLISECONDS = 50
ASKED = [
    "grief",
    "attachment theory",
    "“secure base”",
    "nothing like it anywhere",
    "a",
    "how do I find a therapist",
    "gr",
]


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="bench.search", description=__doc__.splitlines()[0])
    parser.add_argument("--texts", type=int, default=ENTRIES)
    texts = parser.parse_args(arguments).texts
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.site_settings"
    os.environ.setdefault("DATABASE_URL", "sqlite:///site.sqlite3")
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        measured = pool.apply(measure, (texts,))
    for text, (milliseconds, cpu) in measured.items():
        verdict = "" if milliseconds < MOST_MILLISECONDS else "   too slow"
        print(f"{text:32}{milliseconds:8.1f} ms{cpu:8.1f} CPU-ms{verdict}")


def measure(texts: int) -> dict[str, tuple[float, float]]:
    from bench.growth import database

    with database(texts, keep=False):
        from django.test import Client, override_settings

        _fill(texts)
        client = Client()
        with override_settings(KEPT_PAGES_SECONDS=0):
            return {text: _best(client, text) for text in ASKED}


def _best(client, text: str) -> tuple[float, float]:
    """Of each clock."""
    tries = [_milliseconds(client, text) for _ in range(BEST_OF)]
    return min(whole for whole, _ in tries), min(cpu for _, cpu in tries)


def _milliseconds(client, text: str) -> tuple[float, float]:
    began, cpu = time.perf_counter(), time.process_time()
    assert client.get("/search/", {"q": text}).status_code == 200
    return (time.perf_counter() - began) * 1000, (time.process_time() - cpu) * 1000


def _fill(number_of_texts: int) -> None:
    """Words as often as in English: the second half as often as the first, the third a third as often, and so on."""
    from django.db import connection

    from kit.texts.search_texts import SearchText, searchable
    from search.index import renew_all

    chance = random.Random(7)
    known = ["a", "grief", "attachment", "theory", "secure", "base", "therapist", "find"]
    known += ["".join(chance.choices("abcdefghiklmnoprstuvw", k=chance.randint(3, 10))) for _ in range(8_000)]
    often = [1 / (place + 1) for place in range(len(known))]

    @searchable("bench.text", "Text")
    def texts(pks):
        for number in range(number_of_texts):
            words = " ".join(chance.choices(known, often, k=WORDS))
            yield SearchText(number, words[:60], words[60:200], words, f"/{number}/")

    renew_all()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


if __name__ == "__main__":
    main()
