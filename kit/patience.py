"""How long somebody outside is waited for who may be silent: a few times in vain, some seconds in all, then no more.

Whoever asks outside (`orders/stripe_api.py`) tells the patience that it is called in what came of it, and raises its
own error at once when that is over. So all is bounded, whoever has caught the errors on their way.
"""

import threading
import time
from contextvars import ContextVar
from math import inf
from typing import Self


class Patience:
    """`with Patience(...):` bounds what is done within. It is over with the one that it stands in, if not before.

    `silences` are those in a row: an answer makes good for them. Once `stop` is set there is no time left.
    """

    def __init__(self, *, silences: float = inf, seconds: float = inf, stop: threading.Event | None = None) -> None:
        self._silences, self._seconds, self._stop = silences, seconds, stop
        self._in_vain = 0
        self._last: Exception | None = None
        self._outer: Patience | None = None
        self._ends_at = inf

    def __enter__(self) -> Self:
        self._outer = _current.get()
        self._ends_at = time.monotonic() + self._seconds
        self._token = _current.set(self)
        return self

    def __exit__(self, *error: object) -> None:
        _current.reset(self._token)

    @property
    def is_over(self) -> bool:
        return self.is_out_of_time or self._in_vain >= self._silences or bool(self._outer and self._outer.is_over)

    @property
    def is_out_of_time(self) -> bool:
        """Whether nothing more should begin, also of what asks nobody."""
        is_stopped = self._stop is not None and self._stop.is_set()
        is_late = time.monotonic() >= self._ends_at
        return is_stopped or is_late or bool(self._outer and self._outer.is_out_of_time)

    def note_silence(self, error: Exception) -> None:
        """Told twice of the same error, it counts it once."""
        if error is not self._last:
            self._in_vain += 1
            self._last = error
        if self._outer:
            self._outer.note_silence(error)

    def note_answer(self) -> None:
        self._in_vain = 0
        if self._outer:
            self._outer.note_answer()


def current_patience() -> Patience | None:
    """What the caller stands in; None where nobody has set a bound."""
    return _current.get()


_current: ContextVar[Patience | None] = ContextVar("patience", default=None)
