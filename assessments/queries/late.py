"""What became known after a month was computed: facts that arrived late, corrections, transfers (architecture.md).

A fact tells when it was entered (`entered_at`), its history when it was changed; both are held against the time at
which the revision's computation began.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import chain
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assessments.calendar import CalendarMonth
from assessments.indicators import Indicator, Rows
from assessments.models import Revision
from assessments.queries.differences import Moved
from assessments.queries.places import places_of
from teams.policy import policy_on


class Cause(StrEnum):
    """Why somebody stands otherwise in a later computation of the same month."""

    LATE = "late"
    CORRECTION = "correction"
    TRANSFER = "transfer"
    ORGANISATION = "organisation"
    SETTING = "setting"
    DEFINITION = "definition"


CAUSE_NAMES: dict[Cause, Promise] = {
    Cause.LATE: _("late entry"),
    Cause.CORRECTION: _("correction"),
    Cause.TRANSFER: _("transfer"),
    Cause.ORGANISATION: _("changed organisation"),
    Cause.SETTING: _("changed setting"),
    Cause.DEFINITION: _("changed definition"),
}


@dataclass(frozen=True)
class Fact:
    """A kind of fact: its table `f`, whose it is, the day it tells of; `join` adds the coverage `k` that it belongs to.

    `differs` tells of an earlier state `h` and the live row `l` whether figures can see the change. Without `is_dated`
    nobody notes when a row was entered: something else that was entered with it tells. `entered_day` and `changed_day`
    are told of a late row and of a change where `day` would tell a reader nothing.
    """

    name: Promise
    table: str
    day: str
    resident: str = "f.resident_id"
    cause: Cause = Cause.LATE
    differs: str = "true"
    join: str = ""
    is_dated: bool = True
    told: str = "true"  # of whose rows reasons tell
    entered_day: str = ""
    changed_day: str = ""

    @property
    def rows(self) -> str:
        """SQL: the live rows."""
        return f"{self.table} f {self.join}"

    @property
    def states(self) -> str:
        """SQL: earlier states, each with its live row if there is one."""
        return f"{self.table}event h left join {self.table} l on l.id = h.pgh_obj_id {self.of_state(self.join)}"

    @staticmethod
    def of_state(sql: str) -> str:
        """What is said of the live row, said of an earlier state."""
        return sql.replace("f.", "h.")


# A transfer changes the record, too, but holds from its own day on; anything else corrects the past.
RECORD_DIFFERS = """((h.birth_date, h.registered_on, h.moved_out_on, h.died_on, h.household_id, h.merged_into_id)
    is distinct from (l.birth_date, l.registered_on, l.moved_out_on, l.died_on, l.household_id, l.merged_into_id)
    or (h.institution_id, h.village_id) is distinct from (l.institution_id, l.village_id)
    and not exists
    (select 1 from residents_transfer t where t.resident_id = h.id and t.entered_at >= h.pgh_created_at))"""
# What was corrected of a record; of a death or a move taken back, the day that it had.
RECORD_CHANGED = """case when h.died_on is distinct from l.died_on then coalesce(l.died_on, h.died_on)
    when h.moved_out_on is distinct from l.moved_out_on then coalesce(l.moved_out_on, h.moved_out_on)
    when h.registered_on is distinct from l.registered_on then coalesce(l.registered_on, h.registered_on) end"""
COVERAGE = "join contracts_coverage k on k.id = f.coverage_id"
FACTS = (
    Fact(
        *(_("resident's record"), "residents_resident", "f.birth_date", "f.id"),
        differs=RECORD_DIFFERS,
        entered_day="f.registered_on",
        changed_day=RECORD_CHANGED,
    ),
    Fact(_("register entry"), "residents_register", "f.from_on"),
    Fact(_("transfer"), "residents_transfer", 'f."on"', cause=Cause.TRANSFER),
    Fact(_("contract"), "contracts_coverage", "f.start_on"),
    Fact(
        *(_("contract"), "contracts_contract", "k.start_on", "k.resident_id"),
        differs="h.team_id is distinct from l.team_id",
        join="join contracts_coverage k on k.contract_id = f.id",
        is_dated=False,
    ),
    Fact(_("package"), "contracts_coveragepackage", "k.start_on", "k.resident_id", join=COVERAGE),
    Fact(_("suspension"), "contracts_suspension", "f.from_on", "k.resident_id", join=COVERAGE),
    Fact(_("service"), "contracts_service", "f.performed_on"),
    Fact(_("visit"), "contracts_visit", "f.visited_on"),
)
# What residents say is in no other figure than its own.
OPINIONS = (
    Fact(_("survey"), "assessments_surveyanswer", "f.answered_on", told="not f.in_confidence"),
    Fact(_("phone check"), "assessments_phonecheck", "f.called_on"),
)
FEES = Fact(_("fee"), "contracts_feeentry", 'f."on"')
# What figures of units follow from: the tree, a team's villages, its institution, its end. Of what became known since,
# the first day on which it makes a difference; `h` is an earlier state, `l` the live row.
_OF_TIME = """case when h.pgh_label = 'served' or l.id is null then h.from_on
    else coalesce(least(h.to_on, l.to_on), least(h.from_on, l.from_on)) end"""
ORGANISATION = (
    ("teams_institutionparent", _OF_TIME),
    ("teams_teamvillage", _OF_TIME),
    (
        "teams_team",
        "case when h.institution_id is distinct from l.institution_id then coalesce(h.formed_on, '-infinity')"
        " else least(h.dissolved_on, l.dissolved_on) end",
    ),
)
# A waiver is a step of an obligation, and what is owed follows from the other facts: only its history is asked for.
WAIVER = _("waiver")


@dataclass(frozen=True)
class Reason:
    """One cause: what arrived or changed, the day it tells of, when that became known, and by whom (if known).
    `is_of_household`: it happened to another member of the household, whose line the person's is."""

    cause: Cause
    fact: Promise | str = ""
    day: date | None = None
    known_at: datetime | None = None
    by: str = ""
    is_of_household: bool = False


def reasons_of(rows: Collection[Moved], old: Revision, new: Revision, indicator: Indicator) -> dict[int, list[Reason]]:
    """Resident id -> why they stand otherwise in the figure."""
    by_household = indicator.code == "household_coverage"
    facts = FACTS if indicator.rows in (Rows.RESIDENT, Rows.COVERAGE) else (*FACTS, *OPINIONS)
    named = {row.resident_id for row in rows if row.resident_id is not None}
    return reasons(named, old, new, by_household=by_household, facts=facts)


def reasons(
    residents: Collection[int],
    old: Revision,
    new: Revision,
    *,
    by_household: bool = False,
    facts: Sequence[Fact] = FACTS,
) -> dict[int, list[Reason]]:
    """Resident id -> what became known of them between the two computations, in order of time; `by_household` also of
    the others of their household, of either computation.

    Whoever has no fact of their own stands otherwise because units, a setting or the definition changed, if one did.
    """
    others = _households(residents, old, new) if by_household else {}
    known = _known({*residents, *chain.from_iterable(others.values())}, old, new, facts)
    general = _general(old, new)
    found: dict[int, list[Reason]] = {}
    for resident in residents:
        of_others = (reason for other in sorted(others.get(resident, ())) for reason in known[other])
        rows = [*known[resident], *(replace(reason, is_of_household=True) for reason in of_others)]
        found[resident] = sorted(rows, key=lambda row: (row.known_at is None, row.known_at)) or general
    return found


def _households(residents: Collection[int], old: Revision, new: Revision) -> dict[int, set[int]]:
    """Resident id -> the other members of their household in either computation."""
    rows = _fetch(
        "select a.resident_id, b.resident_id from assessments_residentmonth a join assessments_residentmonth b"
        " on b.revision_id = a.revision_id and b.household_id = a.household_id and b.resident_id <> a.resident_id"
        " where a.revision_id = any(%(revisions)s) and a.resident_id = any(%(residents)s)",
        {"revisions": [old.pk, new.pk], "residents": list(residents)},
    )
    found: dict[int, set[int]] = {}
    for resident, other in rows:
        found.setdefault(resident, set()).add(other)
    return found


def _known(residents: Collection[int], old: Revision, new: Revision, facts: Sequence[Fact]) -> dict[int, list[Reason]]:
    """Resident id -> their own facts that became known between the two computations."""
    found: dict[int, list[Reason]] = {resident: [] for resident in residents}
    span = (old.known_to or old.started_at, new.started_at)
    for fact in facts:
        for resident, reason in (*_entered(fact, residents, old, span), *_corrected(fact, residents, span)):
            found[resident].append(reason)
    for resident, reason in _waived(residents, span):
        found[resident].append(reason)
    return found


def known_by_now() -> datetime:
    """The time before which nothing will become known any more: whoever still writes began later, or at this time."""
    return _fetch(
        "select coalesce(min(xact_start), clock_timestamp()) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'"
    )[0][0]


def is_touched(revision: Revision) -> bool:
    """Whether a fact about the month, or about what it looks back on, became known since it was computed."""
    since = revision.known_to or revision.started_at
    if since is None:
        return True
    facts = [*FACTS, *OPINIONS]
    if not policy_on(revision.as_of)["unpaid_in_force"]:
        facts.append(FEES)
    later = [
        f"select 1 from {fact.rows} where f.entered_at > %(since)s and {fact.day} <= %(report)s"
        for fact in facts
        if fact.is_dated
    ]
    later += [
        f"select 1 from {fact.states} where h.pgh_created_at > %(since)s"
        f" and {fact.of_state(fact.day)} <= %(report)s and {fact.differs}"
        for fact in facts
    ]
    later.append("select 1 from contracts_obligationevent where pgh_created_at > %(since)s and due_on <= %(report)s")
    later += [
        f"select 1 from {table}event h left join {table} l on l.id = h.pgh_obj_id"
        f" where h.pgh_created_at > %(since)s and {day} <= %(report)s"
        for table, day in ORGANISATION
    ]
    query = "select " + " or ".join(f"exists ({text})" for text in later)
    return bool(_fetch(query, {"since": since, "report": revision.as_of})[0][0])


def months_over(day: date, back: int = 24) -> list[Revision]:
    """The last computed revisions of months that are over, up to `back` of them."""
    running = CalendarMonth.of(day)
    over = Revision.objects.filter(month__first_on__lt=running.first, month__first_on__gte=running.plus(-back).first)
    done = over.filter(status=Revision.Status.DONE)
    return list(done.order_by("month__first_on", "-number").distinct("month__first_on").select_related("month"))


def _entered(fact: Fact, residents: Collection[int], old: Revision, span: Sequence[Any]) -> Iterator:
    if not fact.is_dated:
        return
    rows = _fetch(
        f"select {fact.resident}, {fact.entered_day or fact.day}, f.entered_at from {fact.rows}"
        f" where {fact.resident} = any(%(residents)s) and f.entered_at > %(since)s and f.entered_at <= %(until)s"
        f" and {fact.day} <= %(report)s and {fact.told}",
        {**_parameters(residents, span), "report": old.as_of},
    )
    for resident, day, at in rows:
        yield resident, Reason(fact.cause, fact.name, day, at)


def _corrected(fact: Fact, residents: Collection[int], span: Sequence[Any]) -> Iterator:
    rows = _fetch(
        f"select {fact.of_state(fact.resident)}, {fact.changed_day or fact.of_state(fact.day)}, h.pgh_created_at,"
        f" coalesce(c.metadata ->> 'by', '') from {fact.states}"
        " left join pghistory_context c on c.id = h.pgh_context_id"
        f" where {fact.of_state(fact.resident)} = any(%(residents)s) and h.pgh_created_at > %(since)s"
        f" and h.pgh_created_at <= %(until)s and {fact.differs} and {fact.of_state(fact.told)}",
        _parameters(residents, span),
    )
    for resident, day, at, by in rows:
        yield resident, Reason(Cause.CORRECTION, fact.name, day, at, by)


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
    found = [Reason(Cause.SETTING, ", ".join(changed))] if changed else []
    if places_of(old).pairs != places_of(new).pairs:
        found.append(Reason(Cause.ORGANISATION))
    return found


def _parameters(residents: Collection[int], span: Sequence[Any]) -> dict[str, Any]:
    return {"residents": list(residents), "since": span[0], "until": span[1]}


def _fetch(sql: str, parameters: dict[str, Any] | None = None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
