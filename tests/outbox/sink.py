"""A mail server on loopback that can be told to misbehave."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Sink(socketserver.ThreadingTCPServer):
    """`recipient` and `data` are its answers; `hangs` makes it say nothing at all."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Conversation)
        self.recipient, self.data, self.hangs = "250 ok", "250 ok", False
        self.mails: list[str] = []
        self.released = threading.Event()

    @property
    def port(self) -> int:
        return self.server_address[1]


class _Conversation(socketserver.StreamRequestHandler):
    server: Sink

    def handle(self) -> None:
        if self.server.hangs:
            self.server.released.wait(10)
            return
        self._say("220 sink")
        while line := self.rfile.readline().decode().strip():
            word = line.split(" ")[0].split(":")[0].upper()
            if word == "RCPT":
                self._say(self.server.recipient)
            elif word == "DATA":
                self._receive()
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("250 ok")

    def _receive(self) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline().decode()) != ".\r\n":
            lines.append(line)
        if self.server.data.startswith("250"):
            self.server.mails.append("".join(lines))
        self._say(self.server.data)

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def running(port: int = 0) -> Iterator[Sink]:
    with Sink(port) as sink:
        thread = threading.Thread(target=sink.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield sink
        finally:
            sink.released.set()
            sink.shutdown()
            thread.join()
