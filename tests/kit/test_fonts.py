from ctypes.util import find_library

import pytest

from kit.texts import fonts, pdf
from practice_site import checks


@pytest.mark.skipif(find_library("fontconfig") is None, reason="fontconfig is not installed")
def test_a_script_is_named_whose_letters_no_font_has(monkeypatch):
    monkeypatch.setattr(fonts, "SCRIPTS", {"Nobody’s": "\U000e1234"})

    assert fonts.scripts_without_font() == ["Nobody’s"]


def test_each_script_is_asked_for_by_one_letter_of_its_own():
    letters = list(fonts.SCRIPTS.values())

    assert {len(each) for each in letters} == {1}
    assert len(set(letters)) == len(letters)


@pytest.mark.parametrize(("production", "without", "said"), [(True, ["Thai"], 1), (True, [], 0), (False, ["Thai"], 0)])
def test_a_missing_font_is_told_before_the_first_name_needs_it(monkeypatch, settings, production, without, said):
    settings.PRODUCTION = production
    monkeypatch.setattr(pdf, "is_available", lambda: True)
    monkeypatch.setattr(fonts, "scripts_without_font", lambda: without)

    found = checks.names_have_letters_in_pdfs(None)

    assert [each.msg.startswith("No font here has letters of: Thai.") for each in found] == [True] * said
