"""A file of our own, whole or the part that a player asks for (RFC 9110, section 14). Behind nginx, nginx sends it."""

import mimetypes
import re
from collections.abc import Iterator
from pathlib import PurePath
from urllib.parse import quote

from django.conf import settings
from django.db.models.fields.files import FieldFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

AT_A_TIME = 256 * 1024
INSIDE = "/private-files/"  # deploy/nginx.conf: answers nobody but this site
ONE_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.ASCII)
KNOWN = {".vtt": "text/vtt; charset=utf-8", ".m4v": "video/mp4"}


def send_file(request: HttpRequest, file: FieldFile, *, as_attachment: bool = False) -> HttpResponseBase:
    """404 where the file is gone is up to the caller: `file.storage.exists`."""
    name = PurePath(file.name or "").name
    response = _by_nginx(file) if settings.NGINX_SENDS_FILES else _by_ourselves(request, file)
    response["Content-Type"] = type_of(name)
    kind = "attachment" if as_attachment else "inline"
    response["Content-Disposition"] = f"{kind}; filename*=UTF-8''{quote(name)}"
    return response


def type_of(name: str) -> str:
    suffix = PurePath(name).suffix.lower()
    return KNOWN.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"


def part_of(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte that are asked for; None for all of it. Raises ValueError where there is no such part.

    Several parts at once, and what is no range, are answered with the whole file, as the RFC allows.
    """
    found = ONE_RANGE.fullmatch(header.strip())
    if not found or found[1] == found[2] == "":
        return None
    if found[1] == "":
        length = int(found[2])
        if not length or not size:
            raise ValueError(header)
        return max(0, size - length), size - 1
    first, last = int(found[1]), int(found[2]) if found[2] else size - 1
    if found[2] and last < first:
        return None
    if first >= size:
        raise ValueError(header)
    return first, min(last, size - 1)


def _by_nginx(file: FieldFile) -> HttpResponse:
    return HttpResponse(headers={"X-Accel-Redirect": INSIDE + quote(file.name or "")})


def _by_ourselves(request: HttpRequest, file: FieldFile) -> HttpResponseBase:
    size = file.size
    try:
        part = part_of(request.headers.get("Range", ""), size)
    except ValueError:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"})
    first, last = part or (0, size - 1)
    headers = {"Accept-Ranges": "bytes", "Content-Length": str(last - first + 1)}
    if part:
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return StreamingHttpResponse(_bytes(file, first, last), status=206 if part else 200, headers=headers)


def _bytes(file: FieldFile, first: int, last: int) -> Iterator[bytes]:
    with file.open("rb") as opened:
        opened.seek(first)
        left = last - first + 1
        while left > 0 and (chunk := opened.read(min(AT_A_TIME, left))):
            left -= len(chunk)
            yield chunk
