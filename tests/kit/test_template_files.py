import pytest
from django.template import Context, TemplateSyntaxError
from django.template.engine import Engine
from django.template.loader import get_template

LOADER = "kit.pages.template_files.Loader"


@pytest.fixture
def engine(tmp_path):
    return Engine(dirs=[tmp_path], loaders=[LOADER])


def test_a_pages_lines_are_sent_without_their_indentation(engine, tmp_path):
    (tmp_path / "page.html").write_text(
        "<ul>\n  {% for each in rows %}\n\t<li>\n      {{ each }} now</li>{% endfor %}\n</ul>\n"
    )

    page = engine.get_template("page.html").render(Context({"rows": ["  One"]}))

    assert page == "<ul>\n\n<li>\n  One now</li>\n</ul>\n"


def test_the_lines_of_the_stock_admin_are_sent_without_theirs_too():
    lines = get_template("admin/edit_inline/stacked.html").template.source.splitlines()

    assert [line for line in lines if line[:1].isspace()] == []
    assert len(lines) > 30


def test_a_text_mail_keeps_its_lines_as_they_are(engine, tmp_path):
    (tmp_path / "mail.txt").write_text("Bank:\n    Sort code 00-00-00\n")

    assert engine.get_template("mail.txt").render(Context()) == "Bank:\n    Sort code 00-00-00\n"


def test_an_error_is_told_of_the_line_that_it_is_in(tmp_path):
    (tmp_path / "page.html").write_text("<p>\n\n  {% nonsense %}\n</p>\n")

    with pytest.raises(TemplateSyntaxError) as error:
        Engine(dirs=[tmp_path], loaders=[LOADER], debug=True).get_template("page.html")

    assert error.value.template_debug["line"] == 3
