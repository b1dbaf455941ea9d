"""Pages of the desk that ask before they act, pressed as people press them: opened first, then confirmed."""

import html
import re

from django.test import Client


def seen_on(client: Client, path: str) -> str:
    """What the page carries of the row as it was when it was opened."""
    return html.unescape(re.search(r'name="seen" value="([^"]*)"', client.get(path).text)[1])


def press(client: Client, path: str, **answers: str):
    return client.post(path, {"seen": seen_on(client, path), **answers})


def words_of(response) -> str:
    """The main part of the page as it reads."""
    main = response.text.split('id="content-main"')[1]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", main))).strip()


def told(response) -> list[tuple[str, str]]:
    """The messages of the page that it leads to: their level and words."""
    found = re.findall(r'<ul class="messagelist">(.*?)</ul>', response.text, re.DOTALL)
    return [
        (level, html.unescape(words)) for level, words in re.findall(r'<li class="(\w+)">([^<]+)</li>', "".join(found))
    ]
