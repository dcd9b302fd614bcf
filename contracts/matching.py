"""Which service meets which obligation (docs/rules.md 5). Pure: one coverage and item at a time."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

# Which package goes first: the lower code; of two versions of one package, the older.
PackageOrder = tuple[str, int]


class Owed(NamedTuple):
    """An obligation: its window, both days in it, and the day of its waiver."""

    key: int
    package: PackageOrder
    opens_on: date
    due_on: date
    waived_on: date | None


class Given(NamedTuple):
    """A service within the coverage's term."""

    key: int
    performed_on: date


def match(owed: Iterable[Owed], given: Iterable[Given]) -> Mapping[int, Given]:
    """Obligation key -> the service that meets it, for all obligations and services of one coverage and item.

    In order of date a service meets the obligation whose window holds its day, the lower package first; when there is
    none unmet, the oldest missed; else nothing. One waived by then is no candidate.
    """
    unmet = sorted(owed, key=lambda one: one.opens_on)
    met = {}
    for service in sorted(given, key=lambda one: one.performed_on):
        found = _find(unmet, service.performed_on)
        if found:
            unmet.remove(found)
            met[found.key] = service
    return met


def _find(unmet: Iterable[Owed], day: date) -> Owed | None:
    """The obligation that a service of that day meets; `unmet` is in order of opening."""
    current = missed = None
    for one in unmet:
        if one.opens_on > day:
            break
        if one.waived_on and one.waived_on <= day:
            continue
        if one.due_on >= day:
            current = one if current is None or one.package < current.package else current
        elif missed is None or (one.due_on, one.package) < (missed.due_on, missed.package):
            missed = one
    return current or missed
