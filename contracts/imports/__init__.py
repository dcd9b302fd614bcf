"""Contracts, services and visits on their way in from files (docs/formats.md)."""

from collections.abc import Iterator
from contextlib import contextmanager

from teams.imports.rows import Rejection
from teams.rules import RuleViolation


@contextmanager
def refusing(column: str) -> Iterator[None]:
    """A rule that is broken within the block refuses the row, because of the column."""
    try:
        yield
    except RuleViolation as violation:
        raise Rejection(column, violation.message) from None
