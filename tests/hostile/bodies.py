"""Hostile HTML, in every place that a body, a table, a callout or the meaning of a word has for it."""

from collections.abc import Iterator

from kit.texts.rich_text import render, sanitise

FIRES = "fired()"
HOSTILE = [
    f"<script>{FIRES}</script>",
    f"<img src=x onerror={FIRES}>",
    f"<svg onload={FIRES}>",
    f"<svg><script>{FIRES}</script></svg>",
    f"<svg><animate onbegin={FIRES} attributeName=x dur=1s></svg>",
    f'<a href="javascript:{FIRES}">x</a>',
    f'<a href="java&#9;script:{FIRES}">x</a>',
    f'<a href=" &#1;javascript:{FIRES}">x</a>',
    f'<a href="\u3000javascript:{FIRES}">x</a>',
    f'<a href="vbscript:{FIRES}">x</a>',
    f'<a href="data:text/html,<script>{FIRES}</script>">x</a>',
    f'<a href="#" onclick="{FIRES}" onfocus="{FIRES}" autofocus>x</a>',
    f"<iframe srcdoc='<script>parent.{FIRES}</script>'></iframe>",
    f'<iframe src="javascript:parent.{FIRES}"></iframe>',
    f'<object data="javascript:{FIRES}"></object>',
    f'<embed src="javascript:{FIRES}">',
    "<style>@import 'https://evil.example/x.css'; * { background: url(https://evil.example/) }</style>",
    '<link rel="stylesheet" href="https://evil.example/x.css">',
    '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
    '<base href="https://evil.example/">',
    f'<form action="https://evil.example/"><button formaction="javascript:{FIRES}">x</button></form>',
    f"<input autofocus onfocus={FIRES}>",
    f"<details open ontoggle={FIRES}><summary>x</summary></details>",
    f"<video><source onerror={FIRES}></video>",
    f"<audio src=x onerror={FIRES}></audio>",
    f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror={FIRES}&gt;'>",
    f'<noscript><p title="</noscript><img src=x onerror={FIRES}>"></noscript>',
    f"<svg><style><img src=x onerror={FIRES}></style></svg>",
    f"<template><img src=x onerror={FIRES}></template>",
    f"<!--><img src=x onerror={FIRES}>-->",
    f"<![CDATA[><img src=x onerror={FIRES}>]]>",
    f"<textarea></textarea><img src=x onerror={FIRES}>",
    f"<title><a title='</title><img src=x onerror={FIRES}>'></title>",
    f'"><img src=x onerror={FIRES}><p title="',
    f"' onmouseover='{FIRES}' x='",
    f'" autofocus onfocus="{FIRES}" tabindex="0',
    f"<p style='animation:x' onanimationstart={FIRES}>x</p>",
    f"<aside onclick={FIRES} class=site-header id=main style='position:fixed'><h3 id=refs>x</h3></aside>",
    f"</table></div></aside></article><img src=x onerror={FIRES}>",
    "&lt;script&gt;fired()&lt;/script&gt;",
]
PLACES = [
    "<p>{}</p>",
    "<h2>{}</h2>",
    "<table><caption>{}</caption><tbody><tr><td>x</td></tr></tbody></table>",
    "<table><tbody><tr><th>{}</th></tr><tr><td>x</td></tr></tbody></table>",
    "<table><tbody><tr><td><p>{}</p></td></tr></tbody></table>",
    "<table>{}<tr>{}<td>x</td></tr></table>",
    '<table><tr><td colspan="{}" rowspan="{}">x</td></tr></table>',
    "<table><tr><td><table><tr><th>{}</th></tr></table></td></tr></table>",
    "<aside><h3>{}</h3><p>x</p></aside>",
    "<aside>{}<ul><li>{}</li></ul></aside>",
    '<ol start="{}"><li>x</li></ol>',
    '<p><a href="/articles/glossary/#{}">x</a></p>',
    "<blockquote><p>[1] {}</p></blockquote>",
]


def hostile_bodies() -> Iterator[tuple[str, str]]:
    """What was sent, and what readers would get of it."""
    for hostile in HOSTILE:
        for place in PLACES:
            sent = place.replace("{}", hostile)
            yield sent, render(sanitise(sent), references=[1]).html
        word = '<p><a href="/articles/glossary/#word" rel="noopener">word</a></p>'
        yield hostile, render(word, meanings={"/articles/glossary/#word": hostile}).html
