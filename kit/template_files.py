"""Template files, read without the indentation that is there for their readers alone."""

import re

from django.template import Origin
from django.template.loaders import app_directories, filesystem

_INDENTATION = re.compile(r"^[ \t]+", re.MULTILINE)


class Loader(filesystem.Loader):
    """Of the project."""

    def get_contents(self, origin: Origin) -> str:
        """The file's text; an html file's lines begin without white space, so that no page grows by its layout.

        Each line keeps its end, so words stay apart and errors tell the right line.
        """
        text = super().get_contents(origin)
        return _INDENTATION.sub("", text) if origin.name.endswith(".html") else text


class AppsLoader(Loader, app_directories.Loader):
    """Of the apps that it is built from: a third of a form of the stock admin is indentation."""
