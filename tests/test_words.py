"""The dictionary of docs/architecture.md: its terms are in the code, and what it rules out names nothing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.hostile.addresses import every_name
from tests.test_architecture import MODULES, TEMPLATES, name_of, tree_of
from tests.test_docs import quoted, rows_of, section

WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
SAY_NOTHING = {"utils", "helpers", "services", "managers", "misc", "common"}
DJANGO_ASKS_FOR = {"process_request", "process_response", "process_view", "process_exception"}
# Where a meeting is what Zoom calls one.
ZOOMS_WORD, ZOOMS_APP = "meeting", re.compile(r"(?:^|[/ :])meetings[/_:]")
# A visit to a form at the desk, which has no other name in the browser's own words.
OTHER_MEANING = {("sitting", "kit/desk/typed_copies.py"), ("sitting", "practice_site/templatetags/typed_forms.py")}


def words_of(name: str) -> set[str]:
    """`TicketType` and `ticket_types` alike are ticket and type."""
    return {word.lower().removesuffix("s") for word in WORDS.findall(name)}


def names_in(tree: ast.AST) -> Iterator[str]:
    """Whatever a module gives a name to."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr


def named() -> Iterator[tuple[str, str]]:
    """Every name of the application, with the place where it is given."""
    for path in MODULES:
        yield from ((name, name_of(path)) for name in names_in(tree_of(path)))
    for path in [*MODULES, *TEMPLATES]:
        yield from ((part, name_of(path)) for part in Path(name_of(path)).with_suffix("").parts)
    yield from ((name, f"the address {name}") for name in every_name())


def dictionary() -> list[list[str]]:
    return rows_of(section("docs/architecture.md", "Words"))


def classes() -> set[str]:
    trees = map(tree_of, MODULES)
    return {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}


def test_every_term_in_capitals_is_a_class():
    terms = {term for row in dictionary() for term in re.findall(r"\b[A-Z][A-Za-z]+", row[0])}

    assert terms - classes() == set()


def test_no_name_has_a_word_that_the_dictionary_rules_out():
    ruled_out = {word.strip().removesuffix("s") for row in dictionary() for word in row[2].split(",")} - {""}

    found = {(word, where) for name, where in named() for word in words_of(name) & ruled_out}
    zooms = {(word, where) for word, where in found if word == ZOOMS_WORD and ZOOMS_APP.search(where)}
    assert found - OTHER_MEANING - zooms == set()


def test_an_offer_says_of_what_and_a_place_is_a_place_on_a_workshop():
    assert classes() & {"Offer", "Offers", "Place", "Places", "Event"} == set()


def test_no_module_has_a_name_that_says_nothing():
    """But for the practice's services, which its visitors ask for."""
    names = [name_of(path) for path in MODULES if not name_of(path).startswith("practice/")]

    assert [name for name in names if set(Path(name).with_suffix("").parts) & SAY_NOTHING] == []


def test_no_function_only_handles_or_processes():
    found = {name for name, _ in named() if re.match(r"_?(handle|process)_", name)}

    assert found - DJANGO_ASKS_FOR == set()


def test_the_dictionary_quotes_names_that_are_given():
    grammar = section("docs/architecture.md", "Words").rpartition("|\n")[2]
    given = {name for name, _ in named()}

    quoted_names = {each.removesuffix("()") for each in quoted(grammar) if re.fullmatch(r"[A-Za-z_]+(\(\))?", each)}
    assert {each for each in quoted_names if not each.startswith("_") and not each.endswith("_")} - given == set()
