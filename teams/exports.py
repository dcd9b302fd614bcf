"""Kinds of list that can be exported. Apps above register theirs when they are ready (`register`)."""

from collections.abc import Callable, Iterable, Iterator, Set
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from teams.models import User
from teams.permissions import Permission
from teams.rules import RuleViolation

ROWS_AT_ONCE = 2000
Row = TypeVar("Row")


@dataclass(frozen=True)
class Sheet:
    """A list about to be written: how many rows, the heads, and the rows as they come.

    `text_columns` are positions of codes and numbers that a spreadsheet must not take for amounts.
    """

    total: int
    header: list[str]
    rows: Iterator[list[object]]
    text_columns: Set[int] = frozenset()


@dataclass(frozen=True)
class ExportKind:
    """A list that may be exported. `open` takes the account, the query string, and whether identities stand whole;
    it shows only what the account sees, and holds few rows in memory at a time. `has_people`: it names somebody."""

    code: str
    title: str | Promise
    permission: Permission
    open: Callable[[User, str, bool], Sheet]
    has_people: bool = True


def chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """The rows, as many at a time as are looked up together."""
    left = iter(rows)
    return iter(lambda: list(islice(left, ROWS_AT_ONCE)), [])


_kinds: dict[str, ExportKind] = {}


def register(*kinds: ExportKind) -> None:
    """Make kinds known."""
    _kinds.update({kind.code: kind for kind in kinds})


def find_kind(code: str) -> ExportKind:
    """The kind. Raises RuleViolation `export.kind`."""
    try:
        return _kinds[code]
    except KeyError:
        raise RuleViolation("export.kind", _("There is no such list to export.")) from None
