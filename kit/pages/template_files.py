"""Template files, read without the indentation that is there for their readers alone, and in the practice's English."""

import re
from collections.abc import Sequence

from django.template import Origin
from django.template.loaders import app_directories, cached, filesystem

from kit.local import locales

_INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)
_TAG = r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}"
_NOT_WORDS = re.compile(rf"({_TAG}|<(?:{_TAG}|[^<>])*>)", re.DOTALL)  # of a template, and of HTML
_LITERAL = re.compile(r'"[^"]*"')


class Loader(filesystem.Loader):
    """Of the project."""

    def get_contents(self, origin: Origin) -> str:
        """The file's text; an html file's lines begin without white space, so that no page grows by its layout.

        Each line keeps its end, so words stay apart and errors tell the right line.
        """
        text = super().get_contents(origin)
        if locales.current() == locales.AMERICAN:
            text = american(text)
        return _INDENTATION.sub("", text) if origin.name.endswith(".html") else text


class AppsLoader(Loader, app_directories.Loader):
    """Of the apps that it is built from: a third of a form of the stock admin is indentation."""


class KeptLoader(cached.Loader):
    """Reads and compiles each template once for each English."""

    def cache_key(self, template_name: str, skip: Sequence[Origin] | None = None) -> str:
        return f"{super().cache_key(template_name, skip)} {locales.current()}"


def american(text: str) -> str:
    """All that is said in it, but no name: neither of a tag's, nor of a class or an address."""
    parts = _NOT_WORDS.split(text)
    parts[::2] = map(locales.spelt, parts[::2])
    parts[1::2] = (_LITERAL.sub(_literal, part) if part.startswith("{") else part for part in parts[1::2])
    return "".join(parts)


def _literal(found: re.Match[str]) -> str:
    """Of a tag: a name has no blank, words have."""
    return locales.spelt(found[0]) if " " in found[0] else found[0]
