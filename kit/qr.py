"""A QR code as a picture that stands in the page itself: our security policy takes none from a `data:` address."""

import qrcode
from django.utils.html import format_html
from django.utils.safestring import SafeString

QUIET_ZONE = 4  # modules of white around the code; scanners need them


def qr_svg(text: str, *, words: str) -> SafeString:
    """`words` say what is in it to those who cannot see it."""
    code = qrcode.QRCode(border=QUIET_ZONE)
    code.add_data(text)
    rows = code.get_matrix()
    dots = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark]
    picture = '<svg class="qr" viewBox="0 0 {0} {0}" role="img" aria-label="{1}"><path d="{2}"/></svg>'
    return format_html(picture, len(rows), words, "".join(dots))
