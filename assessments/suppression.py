"""Small cells that are not published (trust.md): a count of few people could tell who they are. Pure."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

from teams.rates import rate

Key = TypeVar("Key", bound=Hashable)


def suppressed(cells: Mapping[Key, int], least: int) -> dict[Key, int | None]:
    """The cells of a sum that stands beside them, those from 1 to `least` − 1 as None.

    What the sum would still give away goes, too: while the hidden cells together stay below `least`, or only one is
    hidden, the next smallest one is hidden as well (ties: the lower key's text first).
    """
    order = sorted((key for key, count in cells.items() if count > 0), key=lambda key: (cells[key], str(key)))
    hidden = [key for key in order if cells[key] < least]
    rest = order[len(hidden) :]
    while hidden and rest and (len(hidden) == 1 or sum(cells[key] for key in hidden) < least):
        hidden.append(rest.pop(0))
    gone = set(hidden)
    return {key: None if key in gone else count for key, count in cells.items()}


def share(numerator: int, denominator: int, least: int) -> int | None:
    """A rate in whole per cent; None on fewer than `least` answers, or when fewer than `least` answered one way
    unless nobody did."""
    few = any(0 < count < least for count in (numerator, denominator - numerator))
    if denominator < least or few:
        return None
    found = rate(numerator, denominator, places=0)
    return None if found is None else int(found)
