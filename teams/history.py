"""Row history: a database trigger keeps the old row at every change, bulk ones and COPY included (docs/adr/0005)."""

from typing import TYPE_CHECKING, Any

import pghistory
from django.contrib.postgres.indexes import BrinIndex

if TYPE_CHECKING:
    from django.db.models import Model

    from teams.models.accounts import SystemAccount, User


def track_history(*noted: str, **options: Any) -> Any:
    """Model decorator: keep the row as it was before each update and delete; inserts cost nothing.

    `noted` are labels of what happens to a row without changing it, for `note`.
    """
    return pghistory.track(
        pghistory.UpdateEvent(row=pghistory.Old, condition=pghistory.AnyChange()),
        pghistory.DeleteEvent(),
        *map(pghistory.ManualEvent, noted),
        **options,
    )


def note(row: "Model", label: str) -> None:
    """Let the row's history tell what happened to it, though no field says so."""
    pghistory.create_event(row, label=label)


def entered_index(table: str) -> BrinIndex:
    """Finds the rows of a table of facts that were entered lately; costs next to nothing where rows are only added."""
    return BrinIndex(name=f"{table}_entered", fields=["entered_at"], pages_per_range=32, autosummarize=True)


def track_facts(table: str, **options: Any) -> Any:
    """`track_history` for facts of which months ask what was changed lately (assessments.queries.late)."""
    changed = BrinIndex(name=f"{table}_changed", fields=["pgh_created_at"], pages_per_range=32, autosummarize=True)
    return track_history(meta={"indexes": [changed]}, **options)


def made_by(by: "User | SystemAccount", action: str) -> pghistory.context:
    """For `with`: the rows' history names the account and the action, also where no request stands behind a change."""
    return pghistory.context(user=by.pk, by=str(by), action=action)
