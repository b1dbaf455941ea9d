"""Pages as PDF files, if the extra `pdf` is installed. No other module knows what makes them."""

import atexit
import logging
from ctypes.util import find_library
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from kit.texts.pdf_tags import mend_structure

log = logging.getLogger(__name__)

OURS = "https://static.invalid/"  # what templates and style sheets call relatively; no such host can exist
LIBRARIES = ["pango-1.0", "pangoft2-1.0", "harfbuzz-subset"]
STATIC = Path(settings.BASE_DIR).resolve() / "static"
TYPES = {".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml"}


class PdfUnavailable(Exception):
    """The renderer is not installed, or it failed."""


class LettersWithoutFont(PdfUnavailable):
    """They would be boxes or blanks, in the middle of somebody's name: no file is better than that."""

    def __init__(self, letters: str) -> None:
        super().__init__(f"no font here has {letters}")
        self.letters = letters


@cache
def is_available() -> bool:
    """Whether the renderer is here, and what it needs of the system. Loads neither: that costs seconds and memory."""
    return find_spec("weasyprint") is not None and all(find_library(name) for name in LIBRARIES)


def render(template: str, context: dict[str, Any], *, styles: tuple[str, ...] = ()) -> bytes:
    """A tagged PDF with title and language of the page. Nothing but our own static files is loaded for it.

    `styles` are sheets that the page does not link to itself: they and their fonts are read once for a process,
    which is most of the work where there are many pages. Raises PdfUnavailable, and LettersWithoutFont, which is one.
    """
    html = render_to_string(template, context)
    renderer = _renderer()
    missing: set[int] = set()

    def finish(document: Any, made: Any) -> None:
        missing.update(each for font in document.fonts.values() for each in font.missing)
        mend_structure(made)

    try:
        with _one_at_a_time:
            fonts, sheets = _read_once(styles) if styles else (None, None)
            page = renderer.HTML(string=html, base_url=OURS, url_fetcher=_fetcher())
            content = page.write_pdf(pdf_tags=True, font_config=fonts, stylesheets=sheets, finisher=finish)
    except Exception as error:  # a renderer of this size fails in many ways, and none of them may break a page
        log.exception("no PDF could be made with %s", template)
        raise PdfUnavailable from error
    if missing:
        log.error("no font here has %s, which stand in %s", [f"U+{each:04X}" for each in sorted(missing)], template)
        raise LettersWithoutFont("".join(map(chr, sorted(missing))))
    return content


def read_static(url: str) -> tuple[bytes, str]:
    """Bytes and type of one of our static files; raises ValueError for everything else, here and beyond this host."""
    path = (STATIC / url.removeprefix(OURS)).resolve()
    if not url.startswith(OURS) or not path.is_relative_to(STATIC) or path.suffix not in TYPES or not path.is_file():
        raise ValueError("not one of our static files")
    return path.read_bytes(), TYPES[path.suffix]


atexit.register(lambda: _read_once.cache_clear())  # what they keep on the disk goes while it still can

_one_at_a_time = Lock()  # fonts that were read once are for one thread


@cache
def _read_once(styles: tuple[str, ...]) -> tuple[Any, list[Any]]:
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    made = [_renderer().CSS(url=f"{OURS}{name}", font_config=fonts, url_fetcher=_fetcher()) for name in styles]
    return fonts, made


def _of_one_weight(font: bytes, weight: int) -> bytes:
    """Of a font that has many: cut once for a process, and not once more in each file, which is a third of the work."""
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    cut, whole = BytesIO(), TTFont(BytesIO(font))
    whole.flavor = None
    instantiateVariableFont(whole, {"wght": weight}, inplace=True, static=True)
    whole.save(cut)
    return cut.getvalue()


def _renderer() -> ModuleType:
    if not is_available():
        raise PdfUnavailable
    try:
        import weasyprint
    except (ImportError, OSError) as error:  # found, and yet it does not load
        raise PdfUnavailable from error
    return weasyprint


def _fetcher() -> Any:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class StaticFilesOnly(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
            address, _, weight = url.partition("?wght=")
            content, content_type = read_static(address)
            if weight:
                content = _of_one_weight(content, int(weight))
            return URLFetcherResponse(url, content, {"Content-Type": content_type})

    return StaticFilesOnly()
