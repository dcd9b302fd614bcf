"""Kinds of list that can be exported. Apps above register theirs when they are ready (`register`)."""

from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from teams.models import User
from teams.permissions import Permission
from teams.rules import RuleViolation


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
