"""A QR code as a picture that stands in the page itself: our security policy takes none from a `data:` address."""

from collections.abc import Iterator
from itertools import groupby

from django.utils.html import format_html
from django.utils.safestring import SafeString

QUIET_ZONE = 4  # modules of white around the code; scanners need them


def qr_svg(text: str, *, words: str) -> SafeString:
    """`words` say what is in it to those who cannot see it."""
    import qrcode  # which brings Pillow, for few pages

    code = qrcode.QRCode(border=QUIET_ZONE)
    code.add_data(text)
    rows = code.get_matrix()
    strokes = [f"M{x} {y}.5h{width}" for y, row in enumerate(rows) for x, width in _dark(row)]
    picture = '<svg class="qr" viewBox="0 0 {0} {0}" role="img"><title>{1}</title><path d="{2}" stroke="#000"/></svg>'
    return format_html(picture, len(rows), words, "".join(strokes))


def _dark(row: list[bool]) -> Iterator[tuple[int, int]]:
    """Where each run of dark modules begins, and how many they are: each is drawn as one stroke."""
    begins = 0
    for is_dark, modules in groupby(row):
        width = len(list(modules))
        if is_dark:
            yield begins, width
        begins += width
