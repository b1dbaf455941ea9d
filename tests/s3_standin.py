"""As much of S3 as keeps pictures: a small server of our own on loopback, which believes nobody without a signature."""

import hashlib
import hmac
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, quote, unquote, urlsplit
from xml.sax.saxutils import escape

KEY_ID, SECRET, BUCKET = "practice", "a-secret-of-the-bucket", "practice-pictures"
SIGNED = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d+)/([^/]+)/s3/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)"
)


@dataclass
class Bucket:
    """What lies in it by its name, with its type and when it came; and what was asked of it."""

    url: str = ""
    objects: dict[str, tuple[bytes, str, float]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    fails_with: int = 0


@contextmanager
def standing_in() -> Iterator[Bucket]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.bucket = Bucket(f"http://127.0.0.1:{server.server_port}")
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield server.bucket
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        bucket: Bucket = self.server.bucket
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        _, name, key = unquote(urlsplit(self.path).path + "/").split("/", 2)
        key = key.removesuffix("/")
        bucket.asked.append(f"{self.command} {key}")
        if bucket.fails_with:
            self.refuse(bucket.fails_with, "SlowDown")
        elif not self.is_signed(content):
            self.refuse(403, "SignatureDoesNotMatch")
        elif name != BUCKET:
            self.refuse(404, "NoSuchBucket")
        elif not key:
            self.say(200, _listed(bucket, parse_qs(urlsplit(self.path).query)["prefix"][0]), "application/xml")
        elif self.command == "PUT":
            bucket.objects[key] = content, self.headers["Content-Type"], time.time()
            self.say(200)
        elif self.command == "DELETE":
            bucket.objects.pop(key, None)
            self.say(204)
        elif key not in bucket.objects:
            self.refuse(404, "NoSuchKey")
        else:
            kept, kind, at = bucket.objects[key]
            self.say(200, kept, kind, at)

    do_GET = do_HEAD = do_PUT = do_DELETE = answer

    def is_signed(self, content: bytes) -> bool:
        """By the secret, over all that the request says (AWS's signature, version 4)."""
        found = SIGNED.fullmatch(self.headers.get("Authorization", ""))
        if not found or found[1] != KEY_ID:
            return False
        _, day, region, names, signature = found.groups()
        address, digest = urlsplit(self.path), self.headers["x-amz-content-sha256"]
        if digest not in {hashlib.sha256(content).hexdigest(), "UNSIGNED-PAYLOAD"}:
            return False
        asked = sorted(address.query.split("&")) if address.query else []
        query = "&".join(each if "=" in each else f"{each}=" for each in asked)
        said = "".join(f"{name}:{' '.join(self.headers[name].split())}\n" for name in names.split(";"))
        request = "\n".join([self.command, quote(unquote(address.path)), query, said, names, digest])
        scope = f"{day}/{region}/s3/aws4_request"
        hashed = hashlib.sha256(request.encode()).hexdigest()
        words = "\n".join(["AWS4-HMAC-SHA256", self.headers["x-amz-date"], scope, hashed])
        key = f"AWS4{SECRET}".encode()
        for part in (*scope.split("/"), words):
            key = hmac.digest(key, part.encode(), "sha256")
        return hmac.compare_digest(key.hex(), signature)

    def say(self, status: int, content: bytes = b"", kind: str = "text/plain", at: float | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Last-Modified", formatdate(at, usegmt=True))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def refuse(self, status: int, code: str) -> None:
        self.say(status, f"<Error><Code>{code}</Code><Message>No.</Message></Error>".encode(), "application/xml")

    def log_message(self, *_: object) -> None:
        pass


def _listed(bucket: Bucket, prefix: str) -> bytes:
    kept = "".join(
        f"<Contents><Key>{escape(key)}</Key><Size>{len(content)}</Size></Contents>"
        for key, (content, _, _) in bucket.objects.items()
        if key.startswith(prefix)
    )
    return f"<ListBucketResult><IsTruncated>false</IsTruncated>{kept}</ListBucketResult>".encode()
