"""The cache that several processes share: it counts tries, and the site goes on when it does not answer."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

log = logging.getLogger(__name__)

PATIENCE = 0.5  # seconds for a connection, and for an answer
PAUSE = 30  # seconds in which a cache that did not answer is left alone


class CalmClient(RedisCacheClient):
    """Without an answer nothing is found and nothing is kept: a limit that cannot be counted turns nobody away.

    Redis is asked once, and then left alone for a while, because a visitor waits meanwhile. The log says so each time.
    """

    def __init__(self, servers: list[str], **options: Any) -> None:
        waits = {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE, "retry": Retry(NoBackoff(), 0)}
        super().__init__(servers, **waits | options)
        self._left_alone_until = 0.0  # on the clock of time.monotonic

    def add(self, key: str, value: Any, timeout: int | None) -> bool:
        """True without an answer: allauth takes False for somebody else's lock, and would let nobody sign in."""
        return self._or(True, super().add, key, value, timeout)

    def get(self, key: str, default: Any) -> Any:
        return self._or(default, super().get, key, default)

    def set(self, key: str, value: Any, timeout: int | None) -> None:
        self._or(None, super().set, key, value, timeout)

    def touch(self, key: str, timeout: int | None) -> bool:
        return self._or(False, super().touch, key, timeout)

    def delete(self, key: str) -> bool:
        return self._or(False, super().delete, key)

    def get_many(self, keys: list[str]) -> dict[str, Any]:
        return self._or({}, super().get_many, keys)

    def has_key(self, key: str) -> bool:
        return self._or(False, super().has_key, key)

    def incr(self, key: str, delta: int) -> int:
        """Raises ValueError for what is not there, as Django's does, and so without an answer."""
        if (value := self._or(None, super().incr, key, delta)) is None:
            raise ValueError(f"Key {key!r} not found.")
        return value

    def set_many(self, data: dict[str, Any], timeout: int | None) -> None:
        self._or(None, super().set_many, data, timeout)

    def delete_many(self, keys: list[str]) -> None:
        self._or(None, super().delete_many, keys)

    def _or(self, otherwise: Any, ask: Callable[..., Any], *args: Any) -> Any:
        if time.monotonic() < self._left_alone_until:
            return otherwise
        try:
            return ask(*args)
        except RedisError as error:
            log.error("the cache does not answer: %s", type(error).__name__)
            self._left_alone_until = time.monotonic() + PAUSE
            return otherwise


class CalmRedisCache(RedisCache):
    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = CalmClient
