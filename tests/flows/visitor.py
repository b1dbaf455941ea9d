"""Somebody with a browser that knows cookies and forms, and no script."""

import re
from html import unescape
from http.cookiejar import CookieJar
from typing import NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, Request, build_opener

FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
INPUT = re.compile(r"<(?:input|button)\b([^>]*)>")
ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
SELECTED = re.compile(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', re.DOTALL)


class Page(NamedTuple):
    status: int
    url: str
    text: str
    headers: dict[str, str]


class Visitor:
    def __init__(self) -> None:
        self.cookies = CookieJar()
        self._opener = build_opener(HTTPCookieProcessor(self.cookies))

    def get(self, url: str) -> Page:
        return self._open(Request(url))

    def post(self, url: str, data: dict[str, str]) -> Page:
        return self._open(Request(url, urlencode(data).encode(), {"Origin": _origin(url)}))

    def submit(self, page: Page, containing: str, **answers: str) -> Page:
        """Fills in the form that holds this text and sends it the way the page says."""
        attributes, body = next(found for found in FORM.findall(page.text) if containing in found[1])
        its = dict(ATTRIBUTE.findall(attributes))
        data = _filled_in(body) | answers
        url = urljoin(page.url, unescape(its.get("action") or page.url))
        if its.get("method", "get").lower() == "get":
            return self.get(f"{url}?{urlencode(data)}")
        return self.post(url, data)

    def _open(self, request: Request) -> Page:
        try:
            with self._opener.open(request, timeout=30) as response:
                return Page(response.status, response.url, response.read().decode(), dict(response.headers))
        except HTTPError as error:
            with error:
                return Page(error.code, error.url, error.read().decode(), dict(error.headers))


def _filled_in(body: str) -> dict[str, str]:
    data = {}
    for attributes in INPUT.findall(body):
        its = dict(ATTRIBUTE.findall(attributes))
        kind = its.get("type", "text")
        is_off = kind in {"radio", "checkbox"} and "checked" not in attributes
        if "name" in its and kind != "submit" and not is_off:
            data[its["name"]] = unescape(its.get("value", ""))
    for name, options in SELECTED.findall(body):
        chosen = re.findall(r'<option value="([^"]*)" selected', options)
        data[name] = (chosen or re.findall(r'<option value="([^"]*)"', options))[0]
    return data


def _origin(url: str) -> str:
    return "/".join(url.split("/")[:3])
