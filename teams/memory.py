"""Settings and short lists that one request asks for again and again are read once for each request.

Outside a request (tasks, commands) nothing is kept. What is kept belongs to everybody who asks: nobody changes it.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Read = TypeVar("Read")

_kept: ContextVar[dict[Hashable, Any] | None] = ContextVar("kept", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Within this, `once_a_request` functions answer from memory; that of a request goes on."""
    if _kept.get() is not None:
        yield
        return
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def forget() -> None:
    """Whoever changes what is kept says so: the rest of the request reads it anew."""
    if kept := _kept.get():
        kept.clear()


def once_a_request(read: Callable[Arguments, Read]) -> Callable[Arguments, Read]:
    """Decorator of a function without side effects, whose arguments can be keys."""

    @wraps(read)
    def remembered(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Read:
        kept = _kept.get()
        if kept is None:
            return read(*args, **kwargs)
        key = (read, args, tuple(sorted(kwargs.items())))
        if key not in kept:
            kept[key] = read(*args, **kwargs)
        found: Read = kept[key]
        return found

    return remembered
