"""What the field makes of what Word and Google Docs put on the clipboard; that stands beside, in its real shape."""

from pathlib import Path

FOLDER = Path(__file__).parent
WORD, DOCS = (FOLDER.joinpath(name).read_text() for name in ("word.html", "google_docs.html"))
FROM_WORD = (
    "<h2>Sleep and company</h2><p>It is <strong>plain</strong> and <em>short</em>, and kept.</p><h3>What "
    "helps</h3><ul><li><p>First point</p><ul><li><p>Below it</p></li></ul></li><li><p>Second "
    'point</p></li></ul><p>Then:</p><ol start="3"><li><p>Third</p></li></ol><h3>A detail</h3><table><tbod'
    "y><tr><th><p><strong>Day</strong></p></th><th><p><strong>Who</strong></p></th></tr><tr><td><p>Monday"
    '</p></td><td><p><a href="https://example.org/a?b=1" '
    'rel="noopener">Noor</a></p></td></tr></tbody></table><p>A letter</p>'
)
SAID_OF_WORD = (
    "Of what you pasted this was left out: 1 footnote, 1 comment, 1 deleted passage, 1 picture, 1 link to"
    " a file or to a place within the other document. Write what footnotes cite as references, and marks "
    "such as [1]. Put pictures into the library, and write [picture 12]."
)
FROM_DOCS = (
    "<h2>Sleep and company</h2><p>It is <strong>plain</strong> and <em>short</em>, see <a "
    'href="https://example.org/a?b=1" rel="noopener">Noor</a>.</p><ul><li><p>First '
    "point</p><ul><li><p>Below it</p></li></ul></li><li><p>Second point</p></li></ul><table><tbody><tr><t"
    "h><p><strong>Day</strong></p></th><th><p><strong>Who</strong></p></th></tr><tr><td><p>Monday</p></td"
    "><td><p>Noor</p></td></tr></tbody></table>"
)
SAID_OF_DOCS = (
    "Of what you pasted this was left out: 1 footnote, 1 picture. Write what footnotes cite as "
    "references, and marks such as [1]. Put pictures into the library, and write [picture 12]."
)
