import re

import qrcode

from kit.texts.qr import QUIET_ZONE, qr_svg

STROKE = re.compile(r"M(\d+) (\d+)\.5h(\d+)")  # along the middle of a row that is one module high
TEXT = "https://withyrooms.example/verify/ABCD-EFGH/"


def test_the_picture_has_every_dark_module_of_the_code_and_no_other():
    code = qrcode.QRCode(border=QUIET_ZONE)
    code.add_data(TEXT)
    dark = {(x, y) for y, row in enumerate(code.get_matrix()) for x, is_dark in enumerate(row) if is_dark}

    picture = qr_svg(TEXT, words="Check it")

    strokes = [tuple(map(int, each)) for each in STROKE.findall(picture)]
    assert {(x + step, y) for x, y, width in strokes for step in range(width)} == dark
    assert STROKE.sub("", picture.split(' d="')[1]) == '" stroke="#000"/></svg>'
