"""What became known after a month was computed: facts that arrived late, corrections, transfers (architecture.md).

A fact tells when it was entered (`entered_at`), its history when it was changed; both are held against the time at
which the revision's computation began.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assessments.calendar import CalendarMonth
from assessments.models import Revision
from teams.policy import policy_on


class Cause(StrEnum):
    """Why somebody stands otherwise in a later computation of the same month."""

    LATE = "late"
    CORRECTION = "correction"
    TRANSFER = "transfer"
    SETTING = "setting"
    DEFINITION = "definition"


CAUSE_NAMES: dict[Cause, Promise] = {
    Cause.LATE: _("late entry"),
    Cause.CORRECTION: _("correction"),
    Cause.TRANSFER: _("transfer"),
    Cause.SETTING: _("changed setting"),
    Cause.DEFINITION: _("changed definition"),
}


@dataclass(frozen=True)
class Fact:
    """A kind of fact: its table, whose it is, the day it tells of (of the row `f`).

    `differs` tells of an earlier state `h` and the live row `l` whether figures can see the change.
    """

    name: Promise
    table: str
    day: str
    resident: str = "resident_id"
    cause: Cause = Cause.LATE
    differs: str = "true"

    @property
    def history(self) -> str:
        """The table of its earlier states."""
        return f"{self.table}event"

    @property
    def day_before(self) -> str:
        """The day that an earlier state told of."""
        return self.day.replace("f.", "h.")


# A transfer changes the record, too, but holds from its own day on; anything else corrects the past.
RECORD_DIFFERS = """((h.birth_date, h.registered_on, h.moved_out_on, h.died_on, h.household_id, h.merged_into_id)
    is distinct from (l.birth_date, l.registered_on, l.moved_out_on, l.died_on, l.household_id, l.merged_into_id)
    or (h.institution_id, h.village_id) is distinct from (l.institution_id, l.village_id)
    and not exists
    (select 1 from residents_transfer t where t.resident_id = h.id and t.entered_at >= h.pgh_created_at))"""
FACTS = (
    Fact(_("resident's record"), "residents_resident", "f.birth_date", resident="id", differs=RECORD_DIFFERS),
    Fact(_("register entry"), "residents_register", "f.from_on"),
    Fact(_("transfer"), "residents_transfer", 'f."on"', cause=Cause.TRANSFER),
    Fact(_("contract"), "contracts_coverage", "f.start_on"),
    Fact(_("service"), "contracts_service", "f.performed_on"),
    Fact(_("visit"), "contracts_visit", "f.visited_on"),
)
# Waivers and suspensions are steps of a coverage: their history and days are asked for apart.
SUSPENSION = _("suspension")
WAIVER = _("waiver")


@dataclass(frozen=True)
class Reason:
    """One cause: what arrived or changed, the day it tells of, when that became known, and by whom (if known)."""

    cause: Cause
    fact: Promise | str = ""
    day: date | None = None
    known_at: datetime | None = None
    by: str = ""


def reasons(residents: Collection[int], old: Revision, new: Revision) -> dict[int, list[Reason]]:
    """Resident id -> what became known of them between the two computations, in order of time.

    Whoever has no fact of their own stands otherwise because a setting or the definition changed, if one did.
    """
    found: dict[int, list[Reason]] = {resident: [] for resident in residents}
    span = (old.started_at, new.started_at)
    for fact in FACTS:
        for resident, reason in (*_entered(fact, residents, old, span), *_corrected(fact, residents, span)):
            found[resident].append(reason)
    for resident, reason in (*_suspended(residents, span), *_waived(residents, span)):
        found[resident].append(reason)
    general = _general(old, new)
    return {
        resident: sorted(rows, key=lambda row: (row.known_at is None, row.known_at)) or general
        for resident, rows in found.items()
    }


def is_touched(revision: Revision) -> bool:
    """Whether a fact about the month, or about what it looks back on, became known since it was computed."""
    if revision.started_at is None:
        return True
    later = [
        f"select 1 from {fact.table} f where f.entered_at > %(since)s and {fact.day} <= %(report)s" for fact in FACTS
    ]
    later += [
        f"select 1 from {fact.history} h left join {fact.table} l on l.id = h.pgh_obj_id"
        f" where h.pgh_created_at > %(since)s and {fact.day_before} <= %(report)s and {fact.differs}"
        for fact in FACTS
    ]
    later.append("select 1 from contracts_suspension where entered_at > %(since)s and from_on <= %(report)s")
    later.append("select 1 from contracts_suspensionevent where pgh_created_at > %(since)s and from_on <= %(report)s")
    later.append("select 1 from contracts_obligationevent where pgh_created_at > %(since)s and due_on <= %(report)s")
    if not policy_on(revision.as_of)["unpaid_in_force"]:
        later.append('select 1 from contracts_feeentry where entered_at > %(since)s and "on" <= %(report)s')
        later.append('select 1 from contracts_feeentryevent where pgh_created_at > %(since)s and "on" <= %(report)s')
    query = "select " + " or ".join(f"exists ({text})" for text in later)
    return bool(_fetch(query, {"since": revision.started_at, "report": revision.as_of})[0][0])


def touched_months(day: date, back: int = 24) -> list[Revision]:
    """The last computed revisions of months that are over, up to `back` of them, about which something became known."""
    running = CalendarMonth.of(day)
    over = Revision.objects.filter(month__first_on__lt=running.first, month__first_on__gte=running.plus(-back).first)
    done = over.filter(status=Revision.Status.DONE)
    latest = done.order_by("month__first_on", "-number").distinct("month__first_on").select_related("month")
    return [revision for revision in latest if is_touched(revision)]


def _entered(fact: Fact, residents: Collection[int], old: Revision, span: Sequence[Any]) -> Iterator:
    rows = _fetch(
        f"select f.{fact.resident}, {fact.day}, f.entered_at from {fact.table} f"
        f" where f.{fact.resident} = any(%(residents)s) and f.entered_at > %(since)s and f.entered_at <= %(until)s"
        f" and {fact.day} <= %(report)s",
        {**_parameters(residents, span), "report": old.as_of},
    )
    for resident, day, at in rows:
        yield resident, Reason(fact.cause, fact.name, day, at)


def _corrected(fact: Fact, residents: Collection[int], span: Sequence[Any]) -> Iterator:
    rows = _fetch(
        f"select h.{fact.resident}, {fact.day_before}, h.pgh_created_at, coalesce(c.metadata ->> 'by', '')"
        f" from {fact.history} h left join {fact.table} l on l.id = h.pgh_obj_id"
        " left join pghistory_context c on c.id = h.pgh_context_id"
        f" where h.{fact.resident} = any(%(residents)s) and h.pgh_created_at > %(since)s"
        f" and h.pgh_created_at <= %(until)s and {fact.differs}",
        _parameters(residents, span),
    )
    for resident, day, at, by in rows:
        yield resident, Reason(Cause.CORRECTION, fact.name, day, at, by)


def _suspended(residents: Collection[int], span: Sequence[Any]) -> Iterator:
    rows = _fetch(
        "select c.resident_id, s.from_on, s.entered_at from contracts_suspension s"
        " join contracts_coverage c on c.id = s.coverage_id where c.resident_id = any(%(residents)s)"
        " and s.entered_at > %(since)s and s.entered_at <= %(until)s",
        _parameters(residents, span),
    )
    for resident, day, at in rows:
        yield resident, Reason(Cause.LATE, SUSPENSION, day, at)


def _waived(residents: Collection[int], span: Sequence[Any]) -> Iterator:
    """An obligation's history holds changes of its waiver only (its outcome isn't kept there)."""
    rows = _fetch(
        "select h.resident_id, h.due_on, h.pgh_created_at, coalesce(c.metadata ->> 'by', '')"
        " from contracts_obligationevent h join contracts_obligation o on o.id = h.pgh_obj_id"
        " left join pghistory_context c on c.id = h.pgh_context_id where h.resident_id = any(%(residents)s)"
        " and h.pgh_created_at > %(since)s and h.pgh_created_at <= %(until)s"
        " and h.waived_on is distinct from o.waived_on",
        _parameters(residents, span),
    )
    for resident, day, at, by in rows:
        yield resident, Reason(Cause.LATE, WAIVER, day, at, by)


def _general(old: Revision, new: Revision) -> list[Reason]:
    if old.definitions != new.definitions:
        return [Reason(Cause.DEFINITION, f"{old.definitions} → {new.definitions}")]
    changed = [
        code for code, value in new.basis.get("policy", {}).items() if old.basis.get("policy", {}).get(code) != value
    ]
    return [Reason(Cause.SETTING, ", ".join(changed))] if changed else []


def _parameters(residents: Collection[int], span: Sequence[Any]) -> dict[str, Any]:
    return {"residents": list(residents), "since": span[0], "until": span[1]}


def _fetch(sql: str, parameters: dict[str, Any]) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
