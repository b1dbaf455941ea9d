"""What pages, lists and due work cost with 1, 10 and 100 times the history: processor time, in one process.

DATABASE_URL=... make bench-growth ARGS="--sizes 1 10 100", on PostgreSQL or SQLite, in databases of its own.
"""

import argparse
import logging
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from tempfile import gettempdir

BEST_OF = 3
MOST_ROUNDS = 3  # of the worker; what it forgets of a hundred times the history would take an hour
WORKSHOPS = 20  # of 1x
HOUR = 3600.0
DEFAULT = "sqlite:///site.sqlite3"
IDLE = "the worker at rest, an hour"
SEARCHED = {
    "orders.Order": ["number", "buyer_email", "buyer_name", "organisation"],
    "orders.Payment": ["order__number", "intent_id", "session_id"],
    "orders.Document": ["number", "order__number"],
    "orders.StripeEvent": ["event_id"],
    "orders.DiscountCode": ["code"],
    "courses.Ticket": ["attendee_name", "attendee_email"],
    "courses.Workshop": ["slug"],
    "newsletter.Subscriber": ["email"],
    "outbox.Message": ["to", "subject", "key"],
    "accounts.AuditEntry": ["label"],
    "accounts.User": ["email"],
    "articles.Article": ["title"],
    "pictures.Picture": ["title", "credit"],
}


@dataclass(frozen=True)
class Cost:
    """Of the best of three: processor time of site and database, and bytes (0 of what has no answer)."""

    seconds: float
    statements: int
    size: int = 0


Costs = dict[str, Cost]


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="bench.growth", description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 10], help="1 is 1,000 orders and 50 pictures")
    parser.add_argument("--keep", action="store_true", help="keep each database, and find it made the next time")
    parser.add_argument("--only", default="", help="what has this in its name")
    given = parser.parse_args(arguments)
    measured = {size: _in_a_process_of_its_own(size, given.keep, given.only) for size in given.sizes}
    print("\n".join(table(measured)))


def table(measured: dict[int, Costs]) -> Iterator[str]:
    """A line for each thing: milliseconds, statements and kilobytes at each size, and the ratio to the first."""
    first = min(measured)
    yield f"{'':46}" + "".join(f"{f'{size}x':>10} ms   SQL     kB  ratio" for size in measured)
    for name, base in measured[first].items():
        cells = (_cell(costs.get(name), base) for costs in measured.values())
        yield f"{name:46}" + "".join(cells)


def measure(size: int, keep: bool, only: str) -> Costs:
    from django.test.utils import override_settings

    from tests.stripe_standin import StandIn

    with database(size, keep), StandIn(secret_key="sk_test_standin_bench", webhook_secret="whsec_bench") as stripe:
        _fill(size)
        own = {"STRIPE_API_BASE": stripe.url, "STRIPE_SECRET_KEY": "sk_test_standin_bench"}
        with override_settings(**own, EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
            asked = {**_pages(), **_commands()}
            costs = {name: _cost(ask) for name, (ask, _) in asked.items() if only in name}
            works = {name: work for name, work in _works().items() if only in name}
            if works:
                _do_all_that_is_due()
            costs |= {name: _cost(ask) for name, (ask, _) in works.items()}
            if not only:
                costs[IDLE] = _in_an_hour(costs, {name: every for name, (_, every) in works.items()})
            return costs


def _in_a_process_of_its_own(size: int, keep: bool, only: str) -> Costs:
    """So that nothing that a process remembers comes from another size."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.site_settings"
    os.environ.setdefault("DATABASE_URL", DEFAULT)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(measure, (size, keep, only))


@contextmanager
def database(size: int, keep: bool) -> Iterator[None]:
    import django

    django.setup()
    logging.disable(logging.WARNING)
    from django.db import connection, connections

    from practice_site import fresh_tables

    before = connection.settings_dict["NAME"]
    name = f"bench_growth_{size}x" if keep else f"bench_growth_{os.getpid()}"
    is_file = connection.vendor == "sqlite"
    connection.settings_dict["TEST"]["NAME"] = str(Path(gettempdir(), f"{name}.sqlite3")) if is_file else name
    connection.settings_dict["TEST"]["MIGRATE"] = keep  # one that was kept may have the tables of an earlier day
    with redirect_stdout(StringIO()):  # it speaks of the cache table
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False, keepdb=keep)
        if not keep:
            fresh_tables.complete()
    try:
        yield
    finally:
        connections.close_all()
        connection.creation.destroy_test_db(before, verbosity=0, keepdb=keep)


def _fill(size: int) -> None:
    from django.db import transaction

    from bench.history import make_history
    from orders.models import Order

    if Order.objects.exists():
        return
    with transaction.atomic():
        for words in make_history(size * WORKSHOPS):
            print(f"{size}x: {words}", file=sys.stderr)
    _look_at_tables()


def _look_at_tables() -> None:
    """As PostgreSQL does by itself after a while; nobody does it for SQLite."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _do_all_that_is_due() -> None:
    """What was made in bulk has waited for years; a worker at rest has done most of it long ago."""
    from accounts.audit import acting
    from kit.work.due import all_works
    from practice.memory import remembering

    waiting = list(all_works())
    for _ in range(MOST_ROUNDS):
        with acting("the worker"), remembering():
            waiting = [work for work in waiting if work.run()]
    _look_at_tables()


Asked = dict[str, tuple[Callable[[], int], float]]  # what is done, which returns bytes; and each how many seconds


def _pages() -> Asked:
    from django.contrib import admin
    from django.test import Client
    from django.urls import reverse

    public, desk = Client(), _person_at_the_desk()
    found: Asked = {name: (_getting(public, path), 0) for name, path in _public().items()}
    found["desk"] = (_getting(desk, reverse("admin:index")), 0)
    for admin_of in admin.site._registry.values():
        for name, path in _of_desk(admin_of):
            found[f"desk {name}"] = (_getting(desk, path), 0)
    for name in ("refund", "move"):
        path = reverse(f"admin:orders_order_{name}", args=[_order_of_a_workshop_to_come().pk])
        found[f"desk orders.Order, {name}"] = (_getting(desk, path), 0)
    of_one = f"?workshop__id__exact={_order_of_a_workshop_to_come().workshop_id}"
    found["desk, sales of a workshop"] = (_getting(desk, reverse("admin:orders_order_sales") + of_one), 0)
    return found


def _public() -> dict[str, str]:
    from django.urls import reverse

    from articles.models import Article
    from courses.models import Course, Ticket, Workshop

    to_come = Workshop.objects.upcoming()
    article = Article.objects.exclude(related_courses=None).first()
    order = _order_of_a_workshop_to_come()
    return {
        "home": "/",
        "catalogue": "/workshops/",
        "workshop": to_come[1].get_absolute_url(),
        "workshop, sold out": to_come[0].get_absolute_url(),
        "workshop, past": Workshop.objects.past()[0].get_absolute_url(),
        "course": Course.objects.first().get_absolute_url(),
        "articles": "/articles/",
        "articles, the last page": f"/articles/?page={-(-Article.objects.count() // 12)}",
        "article": article.get_absolute_url(),
        "therapy": "/therapy/",
        "search": "/search/?q=grief",
        "booking form": reverse("orders:book", args=[to_come[1].slug]),
        "order": order.get_absolute_url(),
        "joining page": Ticket.objects.confirmed().last().get_absolute_url(),
        "sitemap": "/sitemap.xml",
    }


def _order_of_a_workshop_to_come():
    from courses.models import Workshop
    from orders.models import Order

    workshop = Workshop.objects.upcoming()[1]
    return Order.objects.filter(status=Order.Status.PAID, invoice_due_on=None, workshop=workshop).first()


def _of_desk(admin_of) -> Iterator[tuple[str, str]]:
    """List, searches, the forms to add and to change one: of each model at the desk that has a list."""
    from django.urls import reverse

    if hasattr(admin_of.model, "current"):  # there is one row, and its list leads to it
        return
    label = admin_of.opts.label
    base = f"admin:{admin_of.opts.app_label}_{admin_of.opts.model_name}"
    listed = reverse(f"{base}_changelist")
    yield f"{label}, list", listed
    row = admin_of.model._default_manager.order_by("pk")[admin_of.model._default_manager.count() // 2 :].first()
    for path in SEARCHED.get(label, []):
        yield f"{label}, search {path}", f"{listed}?q={_value(row, path)}"
    if admin_of.has_add_permission(_request_of_owner()):
        yield f"{label}, add", reverse(f"{base}_add")
    if row is not None:
        yield f"{label}, change", reverse(f"{base}_change", args=[row.pk])


def _request_of_owner():
    from django.test import RequestFactory

    from accounts.models import User

    request = RequestFactory().get("/")
    request.user = User.objects.filter(is_superuser=True).last()
    return request


def _value(row, path: str) -> str:
    from urllib.parse import quote

    for part in path.split("__"):
        row = getattr(row, part)
    return quote(str(row))


def _getting(client, path: str) -> Callable[[], int]:
    def get() -> int:
        answer = client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} was answered by {answer.status_code}")
        return sum(map(len, answer)) if answer.streaming else len(answer.content)

    return get


def _person_at_the_desk():
    from django.test import Client

    from tests.builders import make_user, show_factor

    client = Client()
    user = make_user(f"owner{os.getpid()}@example.org", is_staff=True, is_superuser=True)
    client.force_login(user)
    show_factor(client, user)
    return client


def _commands() -> Asked:
    return {"check_books": (lambda: _command("check_books"), 0), "reconcile": (lambda: _command("reconcile"), 0)}


def _command(name: str) -> int:
    from io import StringIO

    from django.core.management import CommandError, call_command

    told = StringIO()
    with suppress(CommandError):  # the stand-in knows nothing of what was made in bulk
        call_command(name, stdout=told, stderr=told)
    return len(told.getvalue())


def _works() -> Asked:
    from accounts.runs import Notes
    from kit.work.due import all_works
    from practice_site.management.commands import worker

    notes = Notes()

    def doing(work) -> Callable[[], int]:
        def do() -> int:
            if worker.run_and_note(work, notes):  # some ask when they went well the last time
                raise RuntimeError(f"{work.name} failed")
            return 0

        return do

    return {f"worker: {work.name}": (doing(work), work.every.total_seconds()) for work in all_works()}


def _cost(ask: Callable[[], int]) -> Cost:
    """The first try may find something to do, so that it is not counted where it is not the best."""
    return min((_once(ask) for _ in range(BEST_OF)), key=lambda cost: cost.seconds)


def _once(ask: Callable[[], int]) -> Cost:
    from django.db import connection

    statements = 0

    def count(execute, *arguments):
        nonlocal statements
        statements += 1
        return execute(*arguments)

    with connection.execute_wrapper(count):
        began = _busy()
        size = ask()
        return Cost(_busy() - began, statements, size)


def _busy() -> float:
    """Seconds that this process and its database connection were busy: what else the machine does counts little."""
    from django.db import connection

    own = time.process_time()
    if connection.vendor == "postgresql":
        with suppress(OSError):  # another machine's
            own += int(Path(f"/proc/{_backend()}/schedstat").read_text().split()[0]) / 1e9
    return own


def _backend() -> int:
    """Asked for each time, because a page may close the connection that was used before."""
    from django.db import connection

    connection.ensure_connection()
    return connection.connection.info.backend_pid


def _in_an_hour(costs: Costs, every: dict[str, float]) -> Cost:
    turns = {name: HOUR / seconds for name, seconds in every.items()}
    busy = sum(costs[name].seconds * turn for name, turn in turns.items())
    return Cost(busy, int(sum(costs[name].statements * turn for name, turn in turns.items())))


def _cell(cost: Cost | None, base: Cost) -> str:
    if cost is None:
        return f"{'-':>10}{'':21}"
    ratio = cost.seconds / base.seconds
    return f"{cost.seconds * 1000:10.1f}{cost.statements:8}{cost.size / 1000:7.0f}{ratio:6.1f}x"


if __name__ == "__main__":
    main()
