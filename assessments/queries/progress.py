"""Months that are being computed or wait for it, and how far each one has come."""

from dataclasses import dataclass

from django.db import connection

from assessments.models import Revision


@dataclass(frozen=True)
class Run:
    """A revision under way; `step` is None while it waits for the worker."""

    revision: Revision
    step: Revision.Step | None

    @property
    def position(self) -> int:
        """Which step it is at, from 1; 0 while it waits."""
        return list(Revision.Step).index(self.step) + 1 if self.step else 0


def runs() -> list[Run]:
    """Queued and running revisions in order of months."""
    under_way = Revision.objects.filter(status__in=[Revision.Status.QUEUED, Revision.Status.RUNNING])
    rows = list(under_way.select_related("month").order_by("month__first_on", "number"))
    sessions = _session_names() if rows else set()
    return [Run(row, _step(row, sessions)) for row in rows]


def _step(row: Revision, sessions: set[str]) -> Revision.Step | None:
    return next((step for step in Revision.Step if row.session_name(step) in sessions), None)


def _session_names() -> set[str]:
    """What the sessions on this database call themselves (`actions.months` names each step)."""
    with connection.cursor() as cursor:
        cursor.execute("select application_name from pg_stat_activity where datname = current_database()")
        return {name for (name,) in cursor.fetchall()}
