import re

import qrcode

from kit.qr import QUIET_ZONE, qr_svg

BAR = re.compile(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z")
TEXT = "https://withyrooms.example/verify/ABCD-EFGH/"


def test_the_picture_has_every_dark_module_of_the_code_and_no_other():
    code = qrcode.QRCode(border=QUIET_ZONE)
    code.add_data(TEXT)
    dark = {(x, y) for y, row in enumerate(code.get_matrix()) for x, is_dark in enumerate(row) if is_dark}

    picture = qr_svg(TEXT, words="Check it")

    bars = [tuple(map(int, each)) for each in BAR.findall(picture)]
    assert {(x + step, y) for x, y, width, _ in bars for step in range(width)} == dark
    assert all(there == back for _, _, there, back in bars)
    assert BAR.sub("", picture.split(' d="')[1]) == '"/></svg>'
