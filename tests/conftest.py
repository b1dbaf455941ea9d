import gc
import re
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.core.management.commands import flush
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder
from django.test import TransactionTestCase
from django.test import client as test_client
from django.utils import timezone
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from xdist.scheduler import LoadScopeScheduling

from accounts import runs
from kit.local import locales
from kit.pages import kept
from meetings.models import Host
from meetings.zoom_api import TOKENS
from practice_site import (
    desk_urls,  # noqa: F401  tests look at the desk's pages before they come to one
    fresh_tables,
)
from practice_site.middleware import STRIPE_FUSE
from tests import builders
from tests.desk_forms import PersonAtTheDesk
from tests.processes import Sites
from tests.stripe_standin import StandIn
from tests.stripe_standin.schema_check import check_object, check_request
from tests.zoom_standin import ZoomStandIn

# The same steps in every run. --hypothesis-profile=explore goes where nobody was before, and makes what it finds short;
# that takes minutes.
ANY = {"database": None, "deadline": None, "suppress_health_check": list(HealthCheck), "report_multiple_bugs": False}
hypothesis_settings.register_profile(
    "bounded", **ANY, derandomize=True, max_examples=12, stateful_step_count=34, phases=[Phase.generate]
)
hypothesis_settings.register_profile("explore", **ANY, max_examples=200, stateful_step_count=40)
hypothesis_settings.load_profile("bounded")

locales.use(locales.BRITISH)  # or the first answer of a process would ask the database once more

WHOLE_FOLDERS = ("tests/browser", "tests/hostile")  # whose tests share one demo site
# What takes long is begun first, or a worker would sit over it alone when all others are done.
LONG = [
    *WHOLE_FOLDERS,
    *(f"tests/{name}.py" for name in ("guide/test_guide", "proof/test_machine", "crashes/test_crashes")),
    "tests/proof/test_afterwards.py",
    *(f"tests/{name}.py" for name in ("scripts/test_bench", "practice/test_earlier_rows", "proof/test_event_order")),
    *(f"tests/practice_site/test_{name}.py" for name in ("settings", "demo", "migrations")),
]
# Tried on SQLite, too: money, places, codes, mails and certificates, what happens at once or dies on the way, what is
# searched, counted or compared, how tables come to be, and what anybody may type. All else, pages, the desk and
# programs above all, is tried on PostgreSQL alone; what pages ask is asked on each by who may open all of them.
ON_EACH_DATABASE = re.compile(
    r"""tests/(?:
    (?:crashes|flows|kit|newsletter|outbox|privacy|races|search)/
    | browser/test_main_job\.
    | proof/test_machine\.py::test_(?!the_machine_finds)
    | accounts/test_(?:audit|bin|last_owner|runs|sessions|tries)\.
    | articles/test_(?:publishing|reading|working_copies)\.
    | courses/test_(?:catalogue|places|publishing|schedule|series|waiting_list)\.
    | faults/test_(?:database|desk_at_once|worker)\.
    | hostile/test_access\.py::test_everybody_gets_what_the_table_says\[superuser
    | hostile/test_bad_input\.py::test_(?:a_bad_answer|no_field_of_the_desk)
    | hostile/test_twice\.
    | learning/test_(?:attendance|books|certificates|cpd|tellings|whole_certificates)\.
    | meetings/test_(?:registering|syncing|webhook)\.
    | orders/test_(?:balance|books|cancellations|checkout|codes|cohorts|discount_books|disputes|documents|doubles|fees
      |free_orders|general_codes|group_price|hand_over|holding|invoicing|journal_exports|late_money|months|moves
      |part_payments|place_sums|prices|reconcile|refunds|sales_csv|sales_exports|series|settle|states|transfers
      |unbooking|waiting_offers|webhook|workshop_cancellation)\.
    | pictures/test_library\.
    | practice/test_old_addresses\.py::test_an_address_is_kept
    | practice_site/test_(?:copies|due_work|health|migrations|sealed_rows|worker)\.
    | practice_site/test_demo\.py::test_a_second_run
    )""",
    re.VERBOSE,
)
WRITTEN_BY_MIGRATING = {"django_content_type", "auth_permission"}


class ByFile(LoadScopeScheduling):
    """A worker takes a file at a time, and one worker takes the whole of those folders, whose demo is dear to load."""

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in WHOLE_FOLDERS if nodeid.startswith(folder)), nodeid.split("::")[0])

    def _assign_work_unit(self, node) -> None:
        if long := [scope for scope in LONG if scope in self.workqueue]:
            self.workqueue.move_to_end(long[0], last=False)
        super()._assign_work_unit(node)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return ByFile(config, log) if config.getoption("dist") == "loadscope" else None


def pytest_collection_modifyitems(items):
    for item in items:
        is_on_each = ON_EACH_DATABASE.match(item.nodeid) and asks_a_database(item)
        if not (is_on_each or item.get_closest_marker("sqlite")):
            item.add_marker("once")


def pytest_collection_finish():
    """What is loaded by now stays to the end, and need not be looked through again and again for what has gone. A page
    of the desk makes tens of thousands of objects: looking through them less often saves a twentieth of all."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def asks_a_database(item) -> bool:
    return item.get_closest_marker("django_db") is not None or "django_db_setup" in item.fixturenames


@pytest.fixture(autouse=True)
def _real_database(request):
    """SQLite lets one writer in at a time, so it hides every race; and it plans nothing ahead."""
    if request.node.get_closest_marker("postgres") and connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL (set DATABASE_URL)")
    if request.node.get_closest_marker("sqlite") and connection.vendor != "sqlite":
        pytest.skip("is about SQLite")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The tables of the models, and all else that migrating would have made: see test_migrations.py. They say that they
    were made yesterday, so that no test passes only in the first minutes of a session."""
    with django_db_blocker.unblock():
        fresh_tables.complete()
        MigrationRecorder.Migration.objects.update(applied=timezone.now() - timedelta(days=1))
        if connection.vendor == "postgresql":
            _write_without_waiting()


def _write_without_waiting():
    """Nobody waits until the disk has what a test wrote, whichever process wrote it."""
    name = connection.ops.quote_name(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    connection.close()


@pytest.fixture(autouse=True, scope="session")
def _quick_flush():
    """After a test that commits: to delete a few rows takes much less time than to truncate fifty tables. What
    migrating wrote stays, so that it need not be written again. The foreign keys are looked at when all is deleted."""
    quoted = connection.ops.quote_name

    def delete(style, tables, **options):
        statements = [f"DELETE FROM {quoted(table)}" for table in tables if table not in WRITTEN_BY_MIGRATING]
        return ["; ".join(statements)] if connection.vendor == "postgresql" else statements  # one way there and back

    connection.ops.sql_flush = delete
    flush.emit_post_migrate_signal = lambda *args, **options: None


@pytest.fixture(autouse=True, scope="session")
def _same_connection():
    """After a test that commits: PostgreSQL reads what it knows of two hundred tables anew for each connection. A test
    that met an error of the database, or left something open, hands on none."""

    def is_left_otherwise(_test) -> bool:
        used = [each for each in connections.all(initialized_only=True) if each.connection is not None]
        return any(each.errors_occurred or each.in_atomic_block or not each.get_autocommit() for each in used)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_should_reload_connections", is_left_otherwise)
        yield


@pytest.fixture(autouse=True, scope="session")
def _one_context():
    """`response.context` is that of the page. Copies of those of all its parts, hundreds at the desk, take long."""
    keep = test_client.store_rendered_templates
    test_client.store_rendered_templates = lambda store, **kwargs: None if store else keep(store, **kwargs)


@pytest.fixture
def client():
    return PersonAtTheDesk()


@pytest.fixture(autouse=True, scope="session")
def _forced_in_with_a_second_factor():
    """Staff whom a test signs in by force have shown a second factor, as the desk asks. Its tests come by the door."""
    plain = test_client.Client.force_login

    def force_login(self, user, backend=None):
        plain(self, user, backend)
        if user.is_staff:
            builders.show_factor(self, user)

    test_client.Client.force_login = force_login


@pytest.fixture(autouse=True, scope="session")
def _no_worker_is_missed():
    """Nobody set these sites up to be run: that they have no worker is no news, but where a test says so."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "tables_made_at", lambda: None)
        yield


@pytest.fixture(autouse=True)
def _fresh_cache():
    """Rate limits of one test do not count in the next."""
    for cache in caches.all(initialized_only=True):
        cache.clear()


@pytest.fixture(autouse=True)
def _whole_fuse():
    """Whom Stripe was silent to in one test is let through in the next."""
    STRIPE_FUSE.mend()


@pytest.fixture(autouse=True)
def _nothing_kept():
    """What a test wrote goes without a write."""
    kept.forget()


@pytest.fixture(params=["kept", "rendered anew"])
def kept_or_not(request, settings):
    """What is said of a public page holds whether it is kept or not."""
    settings.KEPT_PAGES_SECONDS = 5 if request.param == "kept" else 0


@pytest.fixture(scope="session")
def sites(django_db_setup, django_db_blocker):
    """The site in processes of its own, on the tests' database."""
    with django_db_blocker.unblock(), Sites() as running:
        yield running


@pytest.fixture
def standin(settings):
    """Stripe as far as the site can tell. What it answers fits Stripe's published schema, what it is asked fits the
    installed library's types; both are checked when the test is over."""
    settings.STRIPE_SECRET_KEY = "sk_test_standin_tests"
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_standin_tests"]
    with StandIn(secret_key="sk_test_standin_tests", webhook_secret="whsec_standin_tests") as running:
        settings.STRIPE_API_BASE = running.url
        yield running
        objects = [*running.sessions, *running.payment_intents, *running.charges, *running.refunds]
        objects += [*running.disputes, *running.balance_transactions, *running.payouts, *running.events]
        assert [check_object(each) for each in objects] == [[]] * len(objects)
        asked = [each for each in running.requests if each["method"] == "POST"]
        assert [check_request(each["path"], each["params"]) for each in asked] == [[]] * len(asked)


@pytest.fixture
def zoom(db, settings):
    """Zoom as far as the site can tell, with one host that the site may use, and one that it does not know."""
    TOKENS.forget()
    builders.make_practice()
    Host.objects.create(email="host@example.org")
    with ZoomStandIn(hosts=["host@example.org", "second@example.org"]) as running:
        settings.SESSION_PROVIDER, settings.ZOOM_API_BASE = "zoom", running.url
        settings.ZOOM_ACCOUNT_ID, settings.ZOOM_CLIENT_ID = running.account, running.client
        settings.ZOOM_CLIENT_SECRET, settings.ZOOM_WEBHOOK_SECRETS = running.client_secret, [running.webhook_secret]
        yield running
