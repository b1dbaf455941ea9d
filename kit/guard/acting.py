"""Who makes the changes of a request or a round of work: said once by whoever comes in from outside."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.db.models import Model


@dataclass(frozen=True)
class Actor:
    words: str
    user_id: int | None = None


THE_SITE = Actor("the site")


@contextmanager
def acting(words: str, user: Model | None = None) -> Iterator[None]:
    """For example “Stripe”. A block or a decorator; the innermost counts."""
    token = _actor.set(Actor(words, user.pk if user else None))
    try:
        yield
    finally:
        _actor.reset(token)


def who_acts() -> Actor:
    return _actor.get()


_actor: ContextVar[Actor] = ContextVar("actor", default=THE_SITE)
