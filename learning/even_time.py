"""Answers that take as long for everybody, where the time alone would tell what was found."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def takes_at_least(seconds: float) -> Iterator[None]:
    """What is left of that time is waited; a transaction within has ended by then."""
    begins = time.monotonic()
    try:
        yield
    finally:
        time.sleep(max(0.0, begins + seconds - time.monotonic()))
