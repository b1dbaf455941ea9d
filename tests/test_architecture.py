"""The house's rules that a machine can see (docs/architecture.md)."""

import ast
import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path

import pytest
import stripe
from django.core.management import call_command
from django.template import engines

from orders import stripe_api
from tests.stripe_standin import API_VERSION

ROOT = Path(__file__).parent.parent
# Each may import those that stand after it.
LAYERS = [
    *("practice_site", "privacy", "search", "newsletter", "articles", "learning", "orders", "meetings", "courses"),
    *("practice", "pictures", "accounts", "outbox", "kit"),
]
# Inside orders, too. What stands in no room is the ground (models, states, locks ...), or the top, which wires it up.
ROOMS = [
    *("admin", "pages", "booking", "books", "settling", "changes", "invoices"),
    *("checkout", "mails", "documents", "pricing"),
]
KIT_ROOMS = ["desk", "forms", "pages", "texts", "guard", "work", "database", "local"]
TOP_OF_ORDERS = {"due.py", "jobs.py", "privacy.py", "urls.py", "apps.py", "legal_words.py"}
MODULES = sorted(
    path
    for app in LAYERS
    for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.parts and path.stat().st_size
)
IN_ROOMS = [
    path
    for path in MODULES
    if path.is_relative_to(ROOT / "orders")
    and path.name not in TOP_OF_ORDERS
    and not {"management", "templatetags"} & set(path.parts)
]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
LOAD = re.compile(r"\{% load ([\w ]+) %\}")
BRANCH = re.compile(r"\{% (?:if|elif|else|for|empty)\b")
PAGES = [path for path in TEMPLATES if "emails" not in path.parts]  # mail clients know no style but an inline one
# Django's own signature; and drawing, where each number is a stroke of the pen.
MAY_TAKE_MORE = {"render_change_form", "grow", "draw", "_round"}
MAY_EXEMPT_FROM_CSRF = {"kit/pages/http.py", "orders/settling/webhook.py", "newsletter/views.py", "meetings/webhook.py"}
OUTSIDE = {"stripe": "orders/stripe_api.py", "requests": "meetings/zoom_api.py"}
BY_A_TABLE = {
    "orders/states.py",
    "courses/states.py",
    "articles/states.py",
    "articles/commenting/states.py",
    "practice/states.py",
}  # each change with an audit entry
# A preview, of a page or of a mail, is never saved; a subscriber's stand in the consent events.
WITHOUT_AN_AUDIT = {"courses/admin.py", "orders/settling/workshop_cancellation.py", "newsletter/signup.py"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def functions_of(path: Path) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.FunctionDef)]


def faults(paths: Iterable[Path], look: Callable[[Path], object]) -> dict[str, object]:
    """What was found in each file in which something was; one test for all files takes a fraction of one for each."""
    return {name_of(path): found for path in paths if (found := look(path))}


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def imported_names_of(path: Path) -> set[str]:
    """Every module and every name that is taken from one, with dots."""
    tree = tree_of(path)
    froms = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]
    return imports_of(path) | {f"{node.module}.{alias.name}" for node in froms for alias in node.names}


def parameters_of(function: ast.FunctionDef) -> int:
    """Without `self`, and with `*` and `**` as one each."""
    own = function.args
    named = [each.arg for each in [*own.posonlyargs, *own.args, *own.kwonlyargs] if each.arg not in {"self", "cls"}]
    return len(named) + bool(own.vararg) + bool(own.kwarg)


def assigns_a_status(node: ast.AST) -> bool:
    """`row.status = ...`, alone or among others, `rows.update(status=...)` or `rows.bulk_update(..., ["status"])`."""
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        parts = [part for target in targets for part in getattr(target, "elts", [target])]
        return any(isinstance(part, ast.Attribute) and part.attr == "status" for part in parts)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    if node.func.attr == "update":
        return any(word.arg == "status" for word in node.keywords)
    return node.func.attr == "bulk_update" and '"status"' in ast.unparse(node).replace("'", '"')


def test_no_import_goes_upwards():
    def upwards(path):
        own = LAYERS.index(path.relative_to(ROOT).parts[0])
        return {module.split(".")[0] for module in imports_of(path)} & set(LAYERS[:own])

    assert faults(MODULES, upwards) == {}


def test_an_apps_pages_name_views_of_its_own():
    def others(path):
        calls = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call)]
        views = [each.args[1] for each in calls if getattr(each.func, "id", "") == "page"]
        app = path.relative_to(ROOT).parts[0]
        return [view.value for view in views if isinstance(view, ast.Constant) and view.value.split(".")[0] != app]

    assert faults([path for path in MODULES if path.name.endswith("urls.py")], others) == {}


def room_of(name: Sequence[str]) -> int:
    """The floor of a module of orders: 0 is the highest, the ground comes last."""
    return ROOMS.index(name[1]) if name[1] in ROOMS else len(ROOMS)


def test_no_room_of_orders_imports_one_above_it():
    def upwards(path):
        names = [name for name in imported_names_of(path) if name.startswith("orders.")]
        return [name for name in names if room_of(name.split(".")) < room_of(path.relative_to(ROOT).parts)]

    assert faults(IN_ROOMS, upwards) == {}


def test_no_room_of_kit_imports_one_above_it():
    def upwards(path):
        above = KIT_ROOMS[: KIT_ROOMS.index(path.relative_to(ROOT).parts[1])]
        return [name for name in imported_names_of(path) if name.startswith("kit.") and name.split(".")[1] in above]

    in_rooms = [path for room in KIT_ROOMS for path in MODULES if path.is_relative_to(ROOT / "kit" / room)]
    assert faults(in_rooms, upwards) == {}


def test_money_and_meetings_do_not_know_each_other():
    """The other way round it would go upwards."""
    of_orders = [path for path in MODULES if path.is_relative_to(ROOT / "orders")]

    assert faults(of_orders, lambda path: {name for name in imports_of(path) if name.split(".")[0] == "meetings"}) == {}


def test_the_application_never_names_its_tests():
    def named(path):
        imported = [module for module in imports_of(path) if module.split(".")[0] == "tests"]
        return imported + [name for name in ("stripe_standin", "zoom_standin", "pytest") if name in path.read_text()]

    assert faults(MODULES, named) == {}


@pytest.mark.parametrize(("library", "edge"), OUTSIDE.items())
def test_one_module_alone_speaks_to_the_outside(library, edge):
    found = {name_of(path) for path in MODULES if library in {each.split(".")[0] for each in imports_of(path)}}

    assert found == {edge}


def test_stripe_events_are_never_read_without_their_signature():
    assert [name_of(path) for path in MODULES if "without_verification" in path.read_text()] == []


def test_csrf_exempt_stands_only_where_it_must():
    found = {name_of(path) for path in MODULES if "csrf_exempt" in path.read_text()}

    assert found == MAY_EXEMPT_FROM_CSRF


def test_a_status_that_is_audited_is_assigned_in_one_place():
    trees = {name_of(path): tree_of(path) for path in MODULES}

    found = {name for name, tree in trees.items() if any(assigns_a_status(node) for node in ast.walk(tree))}

    assert found == BY_A_TABLE | WITHOUT_AN_AUDIT


def test_a_day_is_the_day_somewhere():
    """Without a zone it is that of the process, where no practice is."""
    of_nowhere = re.compile(r"localdate\(\)|date\.today\(\)")

    assert faults(MODULES, lambda path: of_nowhere.findall(path.read_text())) == {}


def test_functions_and_modules_stay_short():
    def length(path):
        code = [line for line in path.read_text().splitlines() if line.strip() and not line.strip().startswith("#")]
        return len(code) if len(code) > 330 else 0

    def long_ones(path):
        return [node.name for node in functions_of(path) if node.end_lineno - node.lineno + 1 > 40]

    assert (faults(MODULES, length), faults(MODULES, long_ones)) == ({}, {})


def test_a_templates_lines_stay_short_and_branch_seldom():
    def lines(path):
        return [line for line in path.read_text().splitlines() if len(line) > 120 or len(BRANCH.findall(line)) > 2]

    assert faults(TEMPLATES, lines) == {}


def test_no_function_has_more_than_five_parameters_without_a_reason():
    def wide(path):
        found = [node.name for node in functions_of(path) if parameters_of(node) > 5]
        return [name for name in found if name not in MAY_TAKE_MORE]

    assert faults(MODULES, wide) == {}


def test_no_template_holds_inline_style_script_or_handler():
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\b(?:src=|application/ld\+json))")

    assert faults(PAGES, lambda path: inline.findall(path.read_text())) == {}


def test_no_page_loads_itself_anew_while_somebody_reads_it():
    """WCAG, F41. One that leads on at once is no page to read."""
    later = re.compile(r'http-equiv="refresh"\s+content="[^0]')

    assert faults(TEMPLATES, lambda path: later.findall(path.read_text())) == {}


def test_no_template_loads_anything_from_elsewhere():
    elsewhere = re.compile(r'(?:src|srcset)="https?:|<link[^>]+href="https?:')

    assert faults(TEMPLATES, lambda path: elsewhere.findall(path.read_text())) == {}


def test_colours_are_named_once_but_for_the_white_and_black_of_paper():
    tokens, rules = (ROOT / "static/css/site.css").read_text().split("@layer base {", 1)

    assert "--river-ink: #" in tokens
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", rules)) == {"#fff", "#000"}


def test_a_template_uses_every_library_that_it_loads():
    libraries = engines["django"].engine.template_libraries

    def unused(path):
        text = path.read_text()
        loaded = " ".join(LOAD.findall(text)).split()
        words = set(re.findall(r"\w+", LOAD.sub("", text)))
        return [name for name in loaded if not words & {*libraries[name].tags, *libraries[name].filters}]

    assert faults((ROOT / "templates").rglob("*.*"), unused) == {}


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_library_application_and_stand_in_speak_one_version_of_stripes_api():
    assert stripe.api_version == stripe_api.API_VERSION == API_VERSION


def test_no_template_knows_the_values_of_a_status():
    """It asks `order.is_paid`. What a view has worked out for it, as `state`, is its own."""
    asked = re.compile(r"\.status (?:==|!=|in)")

    assert faults((ROOT / "templates").rglob("*.*"), lambda path: asked.findall(path.read_text())) == {}
