"""nginx by deploy/nginx.conf, on loopback ports, with a certificate of its own, before what a test puts behind it."""

import http.client
import http.server
import io
import os
import re
import shutil
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.management import call_command

from tests.races.server import free_ports

HOST = "www.example.org"
CONF = Path(__file__).parents[2] / "deploy" / "nginx.conf"
WHOLE = """
daemon off;
pid nginx.pid;
error_log said crit;
{user}
events {{ }}
http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    include practice.conf;
}}
"""
OF_THE_HOST = """
server_name {host};
ssl_certificate     host.crt;
ssl_certificate_key host.key;
set $practice_files {files};
"""
PATIENCE = 30


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes


@dataclass(frozen=True)
class Front:
    folder: Path
    port: int
    plain_port: int

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """`Accept_Encoding` and the like are the headers."""
        context = ssl._create_unverified_context()  # it is the certificate of this test
        return _ask(
            http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=context),
            method,
            path,
            body,
            headers,
        )

    def ask_plainly(self, path: str) -> Answer:
        return _ask(http.client.HTTPConnection("127.0.0.1", self.plain_port, timeout=30), "GET", path, None, {})

    def log(self, lines: int) -> list[str]:
        """The last so many lines, once they are there; the first of all is about the start."""
        ends = time.monotonic() + PATIENCE
        while len(written := (self.folder / "practice.log").read_text().splitlines()) <= lines:
            assert time.monotonic() < ends, written
            time.sleep(0.01)
        assert len(written) == lines + 1
        return written[1:]

    def wait_until_empty(self) -> None:
        """Until no page is kept: five seconds after one was asked for, and nginx looks every ten."""
        ends = time.monotonic() + PATIENCE
        while any(path.is_file() for path in (self.folder / "kept").rglob("*")):
            assert time.monotonic() < ends
            time.sleep(0.05)

    @property
    def errors(self) -> str:
        return (self.folder / "practice-error.log").read_text()


@dataclass
class Upstream:
    """Stands for the application: gives each path the answer that a test chose, and keeps what it was asked."""

    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[tuple[str, Message]] = field(default_factory=list)
    pause: float = 0
    go: threading.Event = field(default_factory=threading.Event)  # before which it answers nothing

    def __post_init__(self) -> None:
        self.go.set()

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


@contextmanager
def running_upstream() -> Iterator[tuple[Upstream, int]]:
    upstream = Upstream()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            upstream.asked.append((self.path, self.headers))
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            upstream.go.wait(PATIENCE)
            time.sleep(upstream.pause)
            status, headers, body = upstream.answers.get(self.path.partition("?")[0], (200, {}, b"page"))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_HEAD = do_GET

        def log_message(self, *args) -> None:
            """`asked` says what happened."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield upstream, server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def running_front(
    folder: Path, upstream_port: int, change: Callable[[str], str] = lambda text: text
) -> Iterator[Front]:
    """`change` is for negative controls."""
    front = Front(folder, *free_ports(2))
    (folder / "nginx.conf").write_text(WHOLE.format(user="user root;" if os.geteuid() == 0 else ""))
    (folder / "practice.conf").write_text(change(_moved(CONF.read_text(), front, upstream_port)))
    (folder / "practice-host.conf").write_text(OF_THE_HOST.format(host=HOST, files=folder / "files"))
    static = folder / "files" / "static"
    static.mkdir(parents=True)
    call_command("render_nginx_pages", folder=folder / "files" / "nginx-pages", stdout=io.StringIO())
    _write_certificate(folder)
    with subprocess.Popen([program(), "-p", str(folder), "-c", str(folder / "nginx.conf")]) as process:
        try:
            _wait_until_up(front, process)
            yield front
        finally:
            process.terminate()


def program() -> str | None:
    """Debian keeps it where only root looks."""
    return shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")


def _moved(text: str, front: Front, upstream_port: int) -> str:
    """The very file, on other ports and in another folder."""
    for place, other in {
        "listen 80;": f"listen 127.0.0.1:{front.plain_port};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{front.port} ssl http2;",
        "server 127.0.0.1:8001;": f"server 127.0.0.1:{upstream_port};",
        "/var/log/nginx/": f"{front.folder}/",
        "/var/cache/nginx-practice": f"{front.folder}/kept",
    }.items():
        assert place in text
        text = text.replace(place, other)
    return re.sub(r"listen \[::\]:.*", "", text)


def _write_certificate(folder: Path) -> None:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    certificate = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    certificate = certificate.serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
    signed = certificate.not_valid_after(now + timedelta(days=1)).sign(key, hashes.SHA256())
    (folder / "host.crt").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    kind, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "host.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, kind, plain))


def _ask(connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None, headers: dict) -> Answer:
    named = {"Host": HOST} | {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        connection.request(method, path, body, named)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def _wait_until_up(front: Front, process: subprocess.Popen) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends and process.poll() is None:
        try:
            front.ask_plainly("/")
            return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError("nginx did not come up")
