"""Many visitors from one thread, as a proxy asks: a connection for each request. Made to cost little itself."""

import re
import select
import socket
import sys
import time
from dataclasses import dataclass

MOST_BYTES = 1 << 18
PATIENCE = 30


@dataclass(frozen=True)
class Asked:
    answers: int
    seconds: float

    @property
    def rate(self) -> float:
        return self.answers / self.seconds


def request(host: str, path: str, *, coding: str = "gzip") -> bytes:
    """As deploy/nginx.conf passes it on."""
    lines = [f"GET {path} HTTP/1.0", f"Host: {host}", "X-Forwarded-Proto: https", "X-Forwarded-For: 203.0.113.7"]
    return "\r\n".join([*lines, f"Accept-Encoding: {coding}", "Connection: close", "", ""]).encode()


def request_on(host: str, path: str) -> bytes:
    """As a browser asks that takes gzip, and leaves its connection open."""
    return f"GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\n\r\n".encode()


def answer(port: int, asked: bytes) -> tuple[bytes, bytes]:
    """Head and body of one answer; ends the program unless it is a page."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(asked)
        whole = b"".join(iter(lambda: connection.recv(MOST_BYTES), b""))
    _check(whole, asked)
    head, _, body = whole.partition(b"\r\n\r\n")
    return head, body


def ask(port: int, asked: bytes, *, clients: int, seconds: float) -> Asked:
    """So many at a time, for so long; each that began is waited for."""
    began = time.monotonic()
    poll, open_now, answers = select.epoll(), {}, 0
    for _ in range(clients):
        _begin(poll, open_now, port, asked)
    while open_now:
        for number, _ in _ready(poll, asked):
            if _is_whole(open_now, number, asked):
                open_now.pop(number)[0].close()
                answers += 1
                if time.monotonic() < began + seconds:
                    _begin(poll, open_now, port, asked)
    poll.close()
    return Asked(answers, time.monotonic() - began)


def ask_on(port: int, asked: bytes, *, clients: int, seconds: float) -> Asked:
    """The same on connections that stay open, for as long as the server likes; every answer is as long as the first."""
    began, answers, length = time.monotonic(), 0, _length(port, asked)
    poll, open_now = select.epoll(), {}
    for _ in range(clients):
        _begin(poll, open_now, port, asked)
    while open_now:
        for number, _ in _ready(poll, asked):
            connection, received = open_now[number]
            part = len(connection.recv(MOST_BYTES))
            open_now[number][1] = received = received + part
            is_over = time.monotonic() >= began + seconds
            if part and received < length:
                continue
            answers += bool(part)
            if part and not is_over:
                connection.sendall(asked)
                open_now[number][1] = 0
                continue
            open_now.pop(number)[0].close()
            if not is_over:
                _begin(poll, open_now, port, asked)
    poll.close()
    return Asked(answers, time.monotonic() - began)


def _length(port: int, asked: bytes) -> int:
    """Of a whole answer, head and body."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
        connection.sendall(asked)
        whole = connection.recv(MOST_BYTES)
        _check(whole, asked)
        while b"\r\n\r\n" not in whole:
            whole += connection.recv(MOST_BYTES)
    head = whole.partition(b"\r\n\r\n")[0]
    return len(head) + 4 + int(re.search(rb"(?i)\r\ncontent-length: (\d+)", head)[1])


def _ready(poll: select.epoll, asked: bytes) -> list[tuple[int, int]]:
    if not (ready := poll.poll(PATIENCE)):
        sys.exit(f"No answer came within {PATIENCE} seconds to {asked.decode().splitlines()[0]}.")
    return ready


def _begin(poll: select.epoll, open_now: dict, port: int, asked: bytes) -> None:
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(asked)
    connection.setblocking(False)
    open_now[connection.fileno()] = [connection, 0]
    poll.register(connection, select.EPOLLIN)


def _is_whole(open_now: dict, number: int, asked: bytes) -> bool:
    entry = open_now[number]
    part = entry[0].recv(MOST_BYTES)
    if not entry[1]:
        _check(part, asked)
    entry[1] += len(part)
    return not part


def _check(start: bytes, asked: bytes) -> None:
    if start[9:12] != b"200":
        sys.exit(f"{asked.decode().splitlines()[0]} was answered: {start[:60]!r}")
