from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from kit.lettering_glyphs import GLYPHS

LEFT, RIGHT, HEIGHT = 6, 30, 250


def figure_svg(text: str) -> SafeString:
    """Digits and % as large figures in two overprinted inks, to stand inline beside words that say the same.

    Raises ValueError for any other character.
    """
    if strange := set(text) - set(GLYPHS):
        raise ValueError(f"No outline for {', '.join(sorted(strange))}")
    x, placed = float(LEFT), []
    for character in text:
        advance, outline = GLYPHS[character]
        placed.append((f"{x:g}", outline))
        x = round(x + advance, 1)
    glyphs = format_html_join("", '<path transform="translate({})" d="{}"/>', placed)
    return format_html(
        '<svg class="figure" viewBox="0 0 {width} {height}" width="{width}" height="{height}" aria-hidden="true">'
        '<g class="figure__a">{glyphs}</g><g class="figure__b" transform="translate(13 9)">{glyphs}</g></svg>',
        width=round(x + RIGHT),
        height=HEIGHT,
        glyphs=glyphs,
    )
