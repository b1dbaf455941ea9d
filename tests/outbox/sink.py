"""A mail server on loopback that can be told to misbehave."""

import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

# RFC 5321, without quoted parts, address literals and SMTPUTF8
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
MAILBOX = rf"(?=[^@]{{1,64}}@)(?=.{{1,254}}>){ATOM}(?:\.{ATOM})*@{LABEL}(?:\.{LABEL})+"
ENVELOPE = re.compile(rf"(?:MAIL FROM|RCPT TO):<{MAILBOX}>.*", re.IGNORECASE)


class Sink(socketserver.ThreadingTCPServer):
    """`recipient` and `data` are its answers; `hangs` makes it say nothing at all."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Conversation)
        self.recipient, self.data, self.hangs = "250 ok", "250 ok", False
        self.mails: list[str] = []
        self.envelopes: list[str] = []  # MAIL FROM and RCPT TO, as they were said
        self.released = threading.Event()

    @property
    def port(self) -> int:
        return self.server_address[1]


class _Conversation(socketserver.StreamRequestHandler):
    server: Sink

    def handle(self) -> None:
        if self.server.hangs:
            self.server.released.wait(60)
            return
        self._say("220 sink")
        while line := self.rfile.readline().decode().strip():
            word = line.split(" ")[0].split(":")[0].upper()
            if word in {"MAIL", "RCPT"}:
                verb, colon, rest = line.partition(":")  # whose case is each Python's own
                self.server.envelopes.append(verb.upper() + colon + rest)
            if word in {"MAIL", "RCPT"} and not ENVELOPE.fullmatch(line):
                self._say("553 no such mailbox name")
            elif word == "RCPT":
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
