"""What takes long to count is counted once for all and kept in Redis, under everything that it was counted from.

Nothing is ever called back: a new revision of a month, another unit or another day asks under another key, and what
nobody asks for any more is forgotten after a while. While Redis is away everything is counted each time. Only counts
are kept, and a key is a hash: neither tells anything about a person.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import sha256
from typing import Any

import redis
from django.conf import settings

from teams.health import TIMEOUT_SECONDS, is_work_waiting

KEPT_SECONDS = 24 * 3600


def kept(name: str, *sources: object, count: Callable[[], Any], seconds: int = KEPT_SECONDS) -> Any:
    """What `count` gives, a value that JSON can hold, counted only when these sources are new.

    `sources` are all that it follows from, each with a `repr` that tells it from any other. What follows from anything
    else as well is kept for a day at most, which is what `seconds` says otherwise.
    """
    if is_work_waiting():
        return count()
    try:
        found = _client(settings.REDIS_URL).get(_key(name, sources))
    except redis.RedisError:
        return count()
    if found is not None:
        return json.loads(found)
    counted = count()
    keep(name, *sources, value=counted, seconds=seconds)
    return counted


def peek(name: str, *sources: object) -> Any:
    """What is kept under these sources; None when nothing is, or while Redis is away."""
    if is_work_waiting():
        return None
    with suppress(redis.RedisError):
        if (found := _client(settings.REDIS_URL).get(_key(name, sources))) is not None:
            return json.loads(found)
    return None


def keep(name: str, *sources: object, value: Any, seconds: int = KEPT_SECONDS) -> None:
    """Keep a value that was counted elsewhere; nothing happens while Redis is away."""
    with suppress(redis.RedisError):
        _client(settings.REDIS_URL).set(_key(name, sources), json.dumps(value), ex=seconds)


def _key(name: str, sources: tuple[object, ...]) -> str:
    return f"kept:{name}:{sha256(repr(sources).encode()).hexdigest()}"


@cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_connect_timeout=TIMEOUT_SECONDS, socket_timeout=TIMEOUT_SECONDS)
