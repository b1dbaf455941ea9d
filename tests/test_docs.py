"""What the documents list is what the code knows, no more and no less."""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from pathlib import Path
from pkgutil import resolve_name

import pytest
from django.apps import apps
from django.core.management import get_commands

from orders.models import Order
from orders.settling import events
from tests import house
from tests.test_architecture import KIT_ROOMS, LAYERS, MODULES, ROOMS, faults, name_of

ROOT = Path(__file__).parent.parent
READERS = "text|flag|number|choice|words"
AT_TOP = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]
DOCS = [*(ROOT / name for name in AT_TOP), *sorted((ROOT / "docs").glob("*.md"))]
BASES = [ROOT, ROOT / "tests", *(ROOT / app for app in LAYERS)]  # a short name stands in an app, or in several
IN_CODE = [*BASES, ROOT / "templates"]
WRITTEN_BY_A_RUNNING_SITE = "var/"
ENDINGS = r"\.(?:py|md|html|txt|css|js|json|toml|svg|woff2)"
QUOTED = re.compile(r"`([^`\n]+)`(?! \(new\))")
PATH = re.compile(rf"[\w.-]+(?:/[\w.-]+)*(?:/|{ENDINGS})|[\w.-]+(?:/[\w.-]+)+")
IN_WORDS = re.compile(rf"(?<![\w./\"'-])((?:[\w-]+/)+[\w-]+{ENDINGS})\b")
DOTTED = re.compile(rf"(?:{'|'.join(LAYERS)})(?:\.\w+)+")
SEVERAL_WORDS = re.compile(r"\b_?[a-z]+(?:_[a-z]+)+\b")
NAME = re.compile(r"[A-Za-z_]\w*")
APPS_TABLE = ("docs/architecture.md", "Apps")
WALKS = [("docs/architecture.md", "A sale in ten lines"), ("docs/where.md", "Questions, and where they are answered")]


def section(path: str, title: str) -> str:
    return (ROOT / path).read_text().split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows_of(text: str) -> list[list[str]]:
    """The cells of each row of a table, without its head."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def quoted(text: str) -> list[str]:
    return QUOTED.findall(text)


def paths_in(text: str) -> Iterator[str]:
    """Quoted paths, but for those of files that a recipe makes."""
    return (each for each in quoted(text) if PATH.fullmatch(each) and not each.startswith(WRITTEN_BY_A_RUNNING_SITE))


@cache
def words_of_the_code() -> set[str]:
    """And of the names of its files."""
    files = (path for folder in [*LAYERS, "tests", "templates", "static/js"] for path in (ROOT / folder).rglob("*.*"))
    texts = (f"{path.stem} {path.read_text()}" for path in files if path.suffix in {".py", ".html", ".js", ".txt"})
    return {word for text in texts for word in re.findall(r"\w+", text)}


def defines(text: str, name: str) -> bool:
    return re.search(rf"^\s*(?:def|class) {name}\b|^\s*{name}\b[^=\n]*=", text, re.MULTILINE) is not None


def exists(name: str) -> bool:
    """A module, or what stands in one, or a model by its app, or a column of one."""
    try:
        resolve_name(name)
    except (ImportError, AttributeError):
        app, model, *_ = name.split(".")
        return model.lower() in apps.all_models[app]
    return True


def models_of(app: str) -> list[type]:
    return list(apps.get_app_config(app).get_models()) if apps.is_installed(app) else []


def dependencies() -> dict[str, str]:
    """The packages that pyproject.toml names, and what each is for: the site, an extra or a tool."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = project["project"]["optional-dependencies"]
    kinds = {"tool": project["dependency-groups"]["dev"], **extras, "the site": project["project"]["dependencies"]}
    return {re.match(r"[\w.-]+", each)[0]: kind for kind, listed in kinds.items() for each in listed}


def read_by_the_settings() -> list[str]:
    return re.findall(rf'env\.(?:{READERS})\("(\w+)"', (ROOT / "practice_site/settings.py").read_text())


def test_every_variable_that_the_settings_read_stands_in_the_readme_and_no_other():
    table = (ROOT / "README.md").read_text().split("\n## Configuration\n")[1].split("\n## ")[0]
    named = [name for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)]

    assert sorted(named) == sorted(read_by_the_settings())


def test_the_whole_check_runs_without_the_settings_of_whoever_starts_it():
    unset = (ROOT / ".ci/run").read_text().partition("\nunset ")[2].partition("\nexport ")[0]

    assert [name for name in read_by_the_settings() if name not in re.findall(r"\w+", unset)] == []


def test_the_webhook_is_told_of_every_event_that_is_handled():
    steps = (ROOT / "docs/running.md").read_text()

    assert re.findall(r"^ {7}([a-z_]+(?:\.[a-z_]+)+)$", steps, re.MULTILINE) == list(events.HANDLED)


def test_the_guide_tells_of_every_state_of_an_order():
    head = "| state | what it means | what to do |"
    table = (ROOT / "docs/editors.md").read_text().partition(head)[2].partition("\n\n")[0]

    assert sorted(row[0] for row in rows_of(head + table)) == sorted(Order.Status.labels)


@pytest.mark.parametrize(("path", "most"), [("docs/architecture.md", 150), ("CONTRIBUTING.md", 60)])
def test_what_one_reads_first_is_short(path, most):
    assert len((ROOT / path).read_text().splitlines()) <= most


def test_the_readme_leads_to_every_document():
    readme = (ROOT / "README.md").read_text()

    others = [name_of(path) for path in DOCS[1:]] + ["LICENSE"]
    assert [path for path in others if f"]({path})" not in readme] == []


def test_the_journal_of_the_guide_ends_when_the_privacy_page_says():
    """Its files end whole, each when the oldest line in it is old enough."""
    promised = re.search(r"We delete it within (\d+) days", (ROOT / "practice_site/demo/words/pages.py").read_text())[1]

    guide = " ".join(section("docs/running.md", "Proxy").split())
    kept = [int(re.search(rf"{name}=(\d+)day", guide)[1]) for name in ("MaxRetentionSec", "MaxFileSec")]
    assert sum(kept) <= int(promised)
    assert f"within {promised} days" in guide


def test_the_backups_of_the_guide_end_when_the_privacy_page_says():
    words = " ".join((ROOT / "practice_site/demo/words/pages.py").read_text().split())

    promised = set(re.findall(r"backups,? (?:which are encrypted, for )?(\d+) days", words))
    guide = " ".join(section("docs/running.md", "Backups").split())
    oldest = re.search(r"-mtime \+(\d+) -delete", guide)[1]
    assert promised == {str(int(oldest) + 1)}
    assert f"leaves the backups {int(oldest) + 1} days later" in guide


def test_the_readme_names_the_pythons_that_the_project_needs():
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]

    said = re.findall(r"Python (\d\.\d+) or newer", (ROOT / "README.md").read_text())
    assert [f">={version}" for version in said] == [needed]


@pytest.mark.parametrize("doc", DOCS, ids=name_of)
def test_every_path_that_a_document_names_is_there(doc):
    text = doc.read_text()
    links = {link for link in re.findall(r"\]\(([^)#:]+)\)", text) if not (doc.parent / link).exists()}

    lost = {path for path in paths_in(text) if not any((base / path).exists() for base in BASES)}
    assert lost | links == set()


@pytest.mark.parametrize("doc", DOCS, ids=name_of)
def test_every_dotted_name_and_every_command_in_a_document_is_there(doc):
    found = quoted(doc.read_text())
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    dotted = {each for each in found if DOTTED.fullmatch(each) and not PATH.fullmatch(each)}
    asked = {word[1] for each in found if (word := re.match(r"manage\.py (\w+)", each))}
    made = {word[1] for each in found if (word := re.match(r"make ([a-z-]+)", each))}
    assert {each for each in dotted if not exists(each)} == set()
    assert asked - set(get_commands()) == set()
    assert made - targets == set()


def test_every_path_and_every_dotted_name_that_a_module_tells_of_is_there():
    def lost(path):
        text = path.read_text()
        paths = {each for each in IN_WORDS.findall(text) if not any((base / each).exists() for base in IN_CODE)}
        names = {each for each in quoted(text) if DOTTED.fullmatch(each) and not PATH.fullmatch(each)}
        return paths | {each for each in names if not exists(each)}

    assert faults(MODULES, lost) == {}


@pytest.mark.parametrize("doc", DOCS, ids=name_of)
def test_every_name_of_several_words_in_a_document_is_given(doc):
    """In the code, or in the document's own examples."""
    text = doc.read_text()
    own = " ".join(re.findall(r"```.*?```|--name \w+", text, re.DOTALL))

    named = {name for each in quoted(text) for name in SEVERAL_WORDS.findall(each)}
    assert named - words_of_the_code() - set(re.findall(r"\w+", own)) == set()


@pytest.mark.parametrize(("path", "title"), WALKS)
def test_every_name_stands_in_the_file_beside_it(path, title):
    lost = []
    for row in rows_of(section(path, title)):
        texts = [(ROOT / path).read_text() for path in paths_in(" ".join(row)) if (ROOT / path).is_file()]
        names = [each for each in quoted(" ".join(row)) if NAME.fullmatch(each)]
        lost += [name for name in names if not any(defines(text, name) for text in texts)]

    assert lost == []


def test_apps_and_rooms_stand_in_their_order_of_imports():
    tables = {
        path: [row[0].strip("`") for row in rows_of(section(path, title))]
        for path, title in (("README.md", "Where things are"), APPS_TABLE)
    }
    rooms = [row[0].strip("`/") for row in rows_of(section("docs/architecture.md", "Inside `orders`"))]

    assert tables["docs/architecture.md"] == LAYERS
    assert tables["README.md"][: len(LAYERS)] == LAYERS
    assert rooms == [*ROOMS, house.GROUND]


def test_the_picture_of_the_house_is_what_the_code_imports():
    assert house.PICTURE.read_text() == house.drawn(), "make picture"


def test_every_model_stands_in_the_row_of_its_app():
    said = {row[0].strip("`"): set(re.findall(r"\w+", row[1])) for row in rows_of(section(*APPS_TABLE))}

    lost = [model.__name__ for app in LAYERS for model in models_of(app) if model.__name__ not in said[app]]
    assert lost == []


def test_every_module_of_kit_stands_once_in_the_row_of_its_room():
    named = {row[0].strip("`/"): quoted(row[1]) for row in rows_of(section("docs/where.md", "The rooms of `kit`"))}
    paths = {
        room: [each for each in (ROOT / "kit" / room).iterdir() if not each.stem.startswith("__")] for room in named
    }

    assert [*named] == KIT_ROOMS
    assert {room: sorted(names) for room, names in named.items()} == {
        room: sorted(path.stem for path in found) for room, found in paths.items()
    }


def test_every_dependency_has_its_licence_and_what_it_is_for():
    table = {row[0]: row for row in rows_of(section("docs/licences.md", "What is installed beside it"))}

    assert sorted(table) == sorted(dependencies())
    assert {name for name, kind in dependencies().items() if kind != "tool" and kind not in table[name][2]} == set()


def test_a_licence_is_the_one_that_the_package_states():
    rows = rows_of(section("docs/licences.md", "What is installed beside it"))
    stated = {name: metadata.metadata(name)["License-Expression"] for name, *_ in rows}

    assert [(name, said) for name, said, _ in rows if stated[name] and stated[name] != said] == []


def test_every_font_has_its_licence():
    fonts = {name_of(path) for path in (ROOT / "static/fonts").iterdir()}

    assert fonts == {path for path in paths_in((ROOT / "docs/licences.md").read_text()) if "/fonts/" in path}
