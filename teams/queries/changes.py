"""What was changed of rows whose history is kept (teams.history): by whom, when, from where."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from teams.models import User


@dataclass(frozen=True)
class RowChange:
    """A row as it was (`before`) until somebody changed it into `after`; None: deleted."""

    before: Any
    after: Any
    by: str

    @property
    def at(self) -> datetime:
        """When it was changed."""
        at: datetime = self.before.pgh_created_at
        return at

    @property
    def context(self) -> dict[str, Any]:
        """What the history knows of who did it: user, by, action, url, address, source, reason."""
        return context_of(self.before)


def row_changes(pairs: Iterable[tuple[Any, Any]]) -> list[RowChange]:
    """Old rows, loaded with `pgh_context`, each with the row that took its place. One query, for accounts' names."""
    pairs = list(pairs)
    names = User.objects.in_bulk({key for before, _after in pairs if (key := context_of(before).get("user"))})
    return [RowChange(before, after, _who(context_of(before), names)) for before, after in pairs]


def context_of(event: Any) -> dict[str, Any]:
    """What is known of who replaced an old row; empty for a change that no request and no `made_by` stood behind."""
    return event.pgh_context.metadata if event.pgh_context else {}


def _who(context: dict[str, Any], names: dict[int, User]) -> str:
    return str(context.get("by") or names.get(context.get("user") or 0, ""))
