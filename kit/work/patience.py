"""How long somebody outside is waited for who may be silent: a few times in vain, some seconds in all, then no more.

Whoever asks outside (`orders/stripe_api.py`) tells the patience that it is called in what came of it, and raises its
own error at once when that is over. So all is bounded, whoever has caught the errors on their way.
"""

import threading
import time
from contextvars import ContextVar
from math import inf
from typing import Self


class Fuse:
    """Blown by so many silences in a row, whoever of this process met them: nobody is let through for some seconds;
    after that one may try, and the answer mends it, or it is blown anew."""

    def __init__(self, *, silences: int, seconds: float) -> None:
        self._silences, self._seconds = silences, seconds
        self._lock = threading.Lock()
        self.mend()

    def mend(self) -> None:
        with self._lock:
            self._in_vain, self._blown_until = 0, 0.0

    def note_silence(self) -> None:
        with self._lock:
            self._in_vain += 1
            if self._in_vain >= self._silences:
                self._blown_until = time.monotonic() + self._seconds

    def lets_through(self) -> bool:
        """Whether the caller may ask; of a blown fuse whose time is over, the first caller alone."""
        with self._lock:
            if self._in_vain < self._silences:
                return True
            if time.monotonic() < self._blown_until:
                return False
            self._blown_until = time.monotonic() + self._seconds
            return True


class Patience:
    """`with Patience(...):` bounds what is done within. It is over with the one that it stands in, if not before.

    `silences` are those in a row: an answer makes good for them. Once `stop` is set there is no time left. A `fuse` is
    shared with others who are as little patient.
    """

    def __init__(
        self,
        *,
        silences: float = inf,
        seconds: float = inf,
        stop: threading.Event | None = None,
        fuse: Fuse | None = None,
    ) -> None:
        self._silences, self._seconds, self._stop, self._fuse = silences, seconds, stop, fuse
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

    def may_ask(self) -> bool:
        """To be asked right before each question, and once for it."""
        return not self.is_over and (self._fuse is None or self._fuse.lets_through()) and self._outer_may_ask()

    def note_silence(self, error: Exception, *, was_quick: bool = False) -> None:
        """Told twice of the same error, it counts it once. A quick answer that helps nobody blows no fuse."""
        if error is not self._last:
            self._in_vain += 1
            self._last = error
            if self._fuse and not was_quick:
                self._fuse.note_silence()
        if self._outer:
            self._outer.note_silence(error, was_quick=was_quick)

    def note_answer(self) -> None:
        self._in_vain = 0
        if self._fuse:
            self._fuse.mend()
        if self._outer:
            self._outer.note_answer()

    def _outer_may_ask(self) -> bool:
        return self._outer is None or self._outer.may_ask()


def current_patience() -> Patience | None:
    """What the caller stands in; None where nobody has set a bound."""
    return _current.get()


_current: ContextVar[Patience | None] = ContextVar("patience", default=None)
