"""HTTP on 127.0.0.1: the API below /v1, the hosted pages below /c/pay."""

import contextlib
import http.server
import socket
import socketserver
import threading
from urllib.parse import parse_qs, urlsplit

from .api import Answer

BIGGEST_BODY = 1024 * 1024


class Server(socketserver.ThreadingMixIn, socketserver.TCPServer):
    allow_reuse_address = True
    daemon_threads = False  # so that closing waits for every handler, and leaves no socket behind
    request_queue_size = 512

    def __init__(self, address: tuple[str, int], api, pages):
        self.api, self.pages = api, pages
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(address, Handler)

    def process_request(self, request, client_address):
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request, client_address):
        """A client that went away is part of the tests; anything else is a fault of ours and is shown."""
        with contextlib.suppress(ConnectionError, TimeoutError):
            raise
        super().handle_error(request, client_address)

    def close(self):
        self.shutdown()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RD)
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "StripeStandIn"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = 65536
    timeout = 60

    def do_GET(self):
        self._handle("")

    def do_POST(self):
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > BIGGEST_BODY:
            self.close_connection = True
            self._send(Answer(413, b"The body is too big\n", {"Content-Type": "text/plain"}))
            return
        self._handle(self.rfile.read(int(length)).decode("utf-8", "replace"))

    def log_message(self, *args):
        """Quiet: the stand-in's own lists say what happened."""

    def _handle(self, body: str) -> None:
        parts = urlsplit(self.path)
        if parts.path.startswith("/c/pay/"):
            action = parse_qs(body).get("action", [""])[0] if self.command == "POST" else None
            self._send(self.server.pages.answer(parts.path.removeprefix("/c/pay/"), action))
            return
        if not parts.path.startswith("/v1/"):
            self._send(self.server.pages.nothing_here())
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        text = body if self.command == "POST" else parts.query
        self._send(self.server.api.answer(self.command, parts.path, text, headers))

    def _send(self, answer: Answer) -> None:
        if answer.dropped:
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(answer.body)
