"""What was promised for a year and what became of it: for a person, a contract, a package, an item, a team, a place.

The definition is `contracts/sql/fulfilment.sql`. One contract and one person are counted when asked; teams and places
are read off the counts of the last hour (`FulfilmentCell`) where they are of that day.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from operator import add
from pathlib import Path
from typing import Any

from django.db import connection

from contracts.models import FulfilmentCell
from residents.categories import KEY, Category, categories
from teams.dates import last_born_with_age
from teams.memory import once_a_request
from teams.policy import policy_on

SQL = (Path(__file__).parents[1] / "sql" / "fulfilment.sql").read_text()
# Days out of force where the policy does not count unpaid ones (docs/rules.md, reading 50).
PAUSED_OR_UNPAID = """(
        select coverage_id, from_on, to_on from contracts_suspension
        union all
        select coverage_id, from_on, to_on from contracts_unpaid where payer = 'resident'
    )"""
# The pace is told by what was met in steps of four weeks before the day (contracts.forecast).
STEPS = 6
STEP = timedelta(weeks=4)

_COUNTS = ("promised", "due", "on_time", "late", "ahead", "waived")
_MET_BEFORE = tuple(f"met_{step}" for step in range(1, STEPS + 1))
_TOLD = (*_COUNTS, "packages", "complete", "expected", "unserved")
COLUMNS = (*_TOLD, *_MET_BEFORE)


class By(StrEnum):
    """What the counts are told by."""

    TOTAL = "total"
    INSTITUTION = "institution"
    TEAM = "team"
    VILLAGE = "village"
    PACKAGE = "package"
    ITEM = "item"
    CATEGORY = "category"


_KEYS = {
    By.TOTAL: "null",
    By.INSTITUTION: "cell.institution_id",
    By.TEAM: "cell.team_id",
    By.VILLAGE: "cell.village_id",
    By.PACKAGE: "cell.version_id",
    By.ITEM: "cell.item_id",
    By.CATEGORY: "m.code",
}
# Rows that count something else have no such key.
_COUNTED = {By.PACKAGE: "cell.version_id is not null", By.ITEM: "cell.item_id is not null"}


@dataclass(frozen=True)
class Promises:
    """Whose promises, as of `day`, of its year. What is None narrows nothing.

    `teams` signed them, `institutions` manage the residents; `category` is a code.
    """

    day: date
    teams: tuple[int, ...] | None = None
    institutions: frozenset[int] | None = None
    village: int | None = None
    category: str = ""
    version: int | None = None
    item: int | None = None
    residents: tuple[int, ...] | None = None
    contracts: tuple[int, ...] | None = None

    @property
    def year_end(self) -> date:
        """The last day for which something is promised."""
        return date(self.day.year, 12, 31)

    @property
    def is_personal(self) -> bool:
        """Whether it is about single people, who are counted when asked."""
        return self.residents is not None or self.contracts is not None

    @property
    def is_small(self) -> bool:
        """Whether few coverages are looked at."""
        return self.is_personal or (self.teams is not None and len(self.teams) < 2)


@dataclass(frozen=True)
class Tally:
    """Counts of windows due in the year, and by the day. Waived ones are in no other count.

    promised = due + ahead + open and due = on_time + late + missed. `ahead` are met before they fall due. `met_before`:
    how many were met 1, 2 … STEPS steps of four weeks before the day. `packages` have something due, `complete` ones
    all of it met. `expected` coverages are in force and old enough to be `unserved`.
    """

    promised: int = 0
    due: int = 0
    on_time: int = 0
    late: int = 0
    ahead: int = 0
    waived: int = 0
    met_before: tuple[int, ...] = (0,) * STEPS
    packages: int = 0
    complete: int = 0
    expected: int = 0
    unserved: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        """Both together."""
        sums = {name: getattr(self, name) + getattr(other, name) for name in _TOLD}
        before = tuple(map(add, self.met_before, other.met_before))
        return Tally(**sums, met_before=before)

    @property
    def missed(self) -> int:
        """Due, and not met by the day."""
        return self.due - self.on_time - self.late

    @property
    def met(self) -> int:
        """Met by the day, due or not."""
        return self.on_time + self.late + self.ahead

    @property
    def open(self) -> int:
        """Not due yet, and not met."""
        return self.promised - self.due - self.ahead


def tallies(promises: Promises, by: By) -> dict[Any, Tally]:
    """Key (an id, a category's code, None without village or for the total) -> its counts. Three queries."""
    groups = categories()
    source, where, parameters = _source(promises, groups)
    conditions = [where, _COUNTED.get(by, "true"), *_narrowed(promises, groups, parameters)]
    masks = ""
    if by is By.CATEGORY:
        rows = ", ".join(["(-1, 'key')", *(f"({row.mask}, '{row.code}')" for row in groups)])
        masks = f"join (values {rows}) m (mask, code) on (cell.categories & m.mask) <> 0"
    sums = ", ".join(f"sum(cell.{name})" for name in COLUMNS)
    select = (
        f"{source} select {_KEYS[by]}, {sums} from {_TABLE if not source else 'cell'} cell {masks}"
        f" where {' and '.join(conditions)} group by 1"
    )
    with connection.cursor() as cursor:
        cursor.execute(select, parameters)
        return {row[0]: _tally(row[1:]) for row in cursor.fetchall()}


def tally(promises: Promises, by: By = By.TOTAL, found: Iterable[Tally] = ()) -> Tally:
    """The counts altogether; added up where they were `found` by what never overlaps and leaves nothing out."""
    if by in (By.INSTITUTION, By.TEAM, By.VILLAGE):
        return sum(found, Tally())
    return tallies(promises, By.TOTAL).get(None, Tally())


@once_a_request
def counted_at(day: date) -> datetime | None:
    """When the counts of teams and places were made, if they are as of that day."""
    return FulfilmentCell.objects.filter(day=day).values_list("counted_at", flat=True).first()


def cells(promises: Promises, groups: Sequence[Category]) -> tuple[str, dict[str, Any]]:
    """SQL that begins with the definition and ends before a SELECT from `cell`; and its parameters."""
    registers = " ".join(f"when '{row.code}' then {row.mask}" for row in groups if row.is_register)
    before = [
        f"cast(count(*) filter (where not is_waived and met_on <= %(before_{step})s) as integer) as {name}"
        for step, name in enumerate(_MET_BEFORE, start=1)
    ]
    policy = policy_on(promises.day)
    text = SQL.format(
        pauses="contracts_suspension" if policy["unpaid_in_force"] else PAUSED_OR_UNPAID,
        registers=registers,
        **_joins(promises),
        covered=_covered(promises),
        met_before=", ".join(before),
        met_before_sums=", ".join(f"sum({name}) as {name}" for name in _MET_BEFORE),
        nothing_before=", ".join("0" for _name in _MET_BEFORE),
    )
    return text, _parameters(promises, groups, policy)


_TABLE = FulfilmentCell._meta.db_table


def _source(promises: Promises, groups: Sequence[Category]) -> tuple[str, str, dict[str, Any]]:
    """The definition and what holds of its rows; no definition where the counts of that day are kept."""
    if promises.is_personal or counted_at(promises.day) is None:
        text, parameters = cells(promises, groups)
        return text, "true", parameters
    return "", "cell.day = %(day)s", {"day": promises.day, "teams": list(promises.teams or ())}


def _narrowed(promises: Promises, groups: Sequence[Category], parameters: dict[str, Any]) -> list[str]:
    """Conditions on a cell; puts their values into the parameters."""
    found = ["cell.team_id = any(%(teams)s)"] if promises.teams is not None else []
    if promises.institutions is not None:
        parameters["institutions"] = list(promises.institutions)
        found.append("cell.institution_id = any(%(institutions)s)")
    for name in ("village", "version", "item"):
        if (key := getattr(promises, name)) is not None:
            parameters[name] = key
            found.append(f"cell.{name}_id = %({name})s")
    if promises.category:
        masks = {row.code: row.mask for row in groups}
        parameters["mask"] = -1 if promises.category == KEY else masks.get(promises.category, 0)
        found.append("(cell.categories & %(mask)s) <> 0")
    return found


def _joins(promises: Promises) -> dict[str, str]:
    """Where coverages and windows come from: one by one for a few, which the planner would find by reading all."""
    if not promises.is_small:
        return {
            "coverages": "contracts_coverage c join contracts_contract k on k.id = c.contract_id",
            "windows": "covered v join contracts_obligation o on o.coverage_id = v.coverage_id",
        }
    each = "cross join lateral (select * from {} where {} offset 0)"
    coverages = each.format("contracts_coverage c", "c.contract_id = k.id")
    windows = each.format("contracts_obligation o", "o.coverage_id = v.coverage_id")
    by_resident = "contracts_coverage c join contracts_contract k on k.id = c.contract_id"
    return {
        "coverages": by_resident if promises.residents else f"contracts_contract k {coverages} c",
        "windows": f"covered v {windows} o",
    }


def _covered(promises: Promises) -> str:
    narrowed = {"k.team_id": "teams", "c.resident_id": "residents", "k.id": "contracts"}
    return "".join(
        f" and {column} = any(%({name})s)" for column, name in narrowed.items() if getattr(promises, name) is not None
    )


def _parameters(promises: Promises, groups: Sequence[Category], policy: Mapping[str, int]) -> dict[str, Any]:
    day = promises.day
    masks: Mapping[str, int] = {row.code: row.mask for row in groups}
    return {
        "day": day,
        "year_start": date(day.year, 1, 1),
        "year_end": promises.year_end,
        "elderly": masks["elderly"],
        "child": masks["child"],
        "elderly_born_by": last_born_with_age(policy["elderly_age"], day),
        "grown_born_by": last_born_with_age(policy["child_age"] + 1, day),
        "unserved_since": day - timedelta(days=policy["unserved_window_days"]),
        "unserved_started_by": day - timedelta(days=policy["unserved_after_days"]),
        **{f"before_{step}": day - step * STEP for step in range(1, STEPS + 1)},
        **{name: list(getattr(promises, name) or ()) for name in ("teams", "residents", "contracts")},
    }


def _tally(row: Sequence[Any]) -> Tally:
    counts = dict(zip(COLUMNS, map(int, row), strict=True))
    before = tuple(counts.pop(name) for name in _MET_BEFORE)
    return Tally(**counts, met_before=before)
