"""The statement of fees: what was owed, received, waived and given back in a period, by whoever looks at it.

It holds no names: an auditor reads it too. Single coverages are told apart by their ids only. Whole months up to today
are read off the sums that the worker counted in the last hour (`FeeCell`), with what was entered since.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

from django.db import connection
from django.db.models import BigIntegerField, ExpressionWrapper, F, TextChoices
from django.utils.translation import gettext_lazy as _

from contracts.accounts import PAYING
from contracts.models import Coverage, FeeAccount, FeeCount
from contracts.queries.accounts import coverages_of
from contracts.queries.fee_desk import changed_contracts, fees_counted
from teams.clock import today
from teams.dates import ONE_DAY, add_months
from teams.kept import kept
from teams.models import Team, User

_SQL = Path(__file__).parents[1] / "sql"
STATEMENT, DUES, ENTRIES, CELLS = (
    (_SQL / f"{name}.sql").read_text() for name in ("statement", "fee_dues", "fee_entries", "fee_cells")
)
_STANDING = ENTRIES.format(entered="d.cancelled_at is null")
_LIVE = f"{DUES} union all {_STANDING}"
_COUNTED = CELLS.format(
    added=ENTRIES.format(entered="d.entered_at >= %(cutoff)s and d.cancelled_at is null"),
    taken=ENTRIES.format(entered="d.entered_at < %(cutoff)s and d.cancelled_at >= %(cutoff)s"),
)
NOTHING = Decimal("0.00")
SUMS = ("due", "received", "waived", "refunded", "carried")
EVERYTHING = 10**9


class Grouping(TextChoices):
    """What a line of the statement stands for."""

    INSTITUTION = "institution", _("Institution")
    TEAM = "team", _("Team")
    PAYER = "payer", _("Payer")
    MONTH = "month", _("Month")
    COVERAGE = "coverage", _("Person and payer")


_COUNTED_TEAMS = "cross join lateral (select m.team_id) k"
_TEAMS = "join contracts_coverage c on c.id = m.coverage_id join contracts_contract k on k.id = c.contract_id"
# What a line is for, and what must be joined to tell it.
KEYS = {
    Grouping.INSTITUTION: ("t.institution_id", f"{_TEAMS} join teams_team t on t.id = k.team_id"),
    Grouping.TEAM: ("k.team_id", _TEAMS),
    Grouping.PAYER: ("m.payer", ""),
    # Earlier months stand together in the opening balance.
    Grouping.MONTH: ("date_trunc('month', greatest(m.\"on\", %(first)s)::timestamp)::date", ""),
    # Never counted before: each person is looked at.
    Grouping.COVERAGE: ("array[m.coverage_id::text, m.payer]", ""),
}


@dataclass(frozen=True)
class Line:
    """Sums in yuan for one key: an id, a payer, a month's first day, or a coverage's id with a payer."""

    key: Any
    opening: Decimal
    due: Decimal
    received: Decimal
    waived: Decimal
    refunded: Decimal
    carried: Decimal

    @property
    def closing(self) -> Decimal:
        """What is owed at the end of the period; below zero what was paid beforehand."""
        return self.opening + self.due - self.received - self.waived + self.refunded + self.carried

    @classmethod
    def total(cls, lines: Sequence[Self], key: Any = None) -> Self:
        """The lines added up."""
        return cls(key, *(sum((getattr(line, name) for line in lines), NOTHING) for name in ("opening", *SUMS)))


@dataclass(frozen=True)
class Scope:
    """Which coverages and payers a statement is about, and its period, both days in it.

    `teams` is None for the whole district, `coverages` (ids) for everybody of the teams.
    """

    first: date
    last: date
    teams: Sequence[int] | None = None
    payers: Sequence[str] = PAYING
    coverages: Sequence[int] | None = None


def scope_of(
    user: User,
    *,
    first: date,
    last: date,
    institutions: frozenset[int] | None = None,
    team: int | None = None,
    payer: str = "",
) -> Scope:
    """What the account sees of what it asks for; `institutions` with everything below them."""
    teams = Team.objects.visible_to(user).order_by()
    teams = teams if institutions is None else teams.filter(institution__in=institutions)
    teams = teams if team is None else teams.filter(pk=team)
    is_all = user.scope.is_district and institutions is None and team is None
    ids = None if is_all else list(teams.values_list("pk", flat=True))
    return Scope(first, last, ids, [payer] if payer else PAYING)


def statement(scope: Scope, by: Grouping, *, limit: int = EVERYTHING, offset: int = 0) -> tuple[list[Line], int]:
    """The statement's lines in order of their keys, and how many there are without the limit."""
    key, places = KEYS[by]
    count = _count_of(scope, by)
    movement = _COUNTED if count else _LIVE
    parameters = {
        "first": scope.first,
        "last": scope.last,
        "teams": None if scope.teams is None else list(scope.teams),
        "coverages": None if count else _coverages(scope),
        "payers": list(scope.payers),
        "cutoff": count.cutoff if count else None,
        "limit": limit,
        "offset": offset,
    }
    sql = STATEMENT.format(
        key=key, places=places.replace(_TEAMS, _COUNTED_TEAMS) if count else places, movement=movement
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows = cursor.fetchall()
    lines = [Line(found, *(Decimal(fen).scaleb(-2) for fen in sums)) for found, *sums, _count in rows]
    return (_months(scope, lines) if by is Grouping.MONTH else lines), rows[0][-1] if rows else 0


def people_statement(scope: Scope, *, limit: int, offset: int) -> tuple[list[Line], int]:
    """The statement's lines of the people of some contracts, and how many contracts cost anybody anything.

    They are found as the worker counted them, with those that were paid for since; their sums are of this moment.
    """
    contracts, count = _contracts_of(scope, limit, offset)
    coverages = list(Coverage.objects.filter(contract__in=contracts).values_list("pk", flat=True)) if contracts else []
    return statement(replace(scope, coverages=coverages), Grouping.COVERAGE)[0] if coverages else [], count


def _contracts_of(scope: Scope, limit: int, offset: int) -> tuple[list[int], int]:
    """Some ids of the contracts with an account of the payers, and how many there are."""
    count = fees_counted(today())
    if count is None:
        teams = Team.objects.values_list("pk", flat=True) if scope.teams is None else scope.teams
        costly = Coverage.objects.filter(pk__in=coverages_of(list(teams))).order_by("contract")
        every = list(costly.values_list("contract", flat=True).distinct())
        return every[offset : offset + limit], len(every)
    rows = FeeAccount.objects.filter(payer__in=scope.payers)
    rows = rows if scope.teams is None else rows.filter(team__in=scope.teams)
    # The district's are read off the index; those of some teams are found by their team and then sorted, since in the
    # index's order most would be others'.
    place = F("contract") if scope.teams is None else ExpressionWrapper(F("contract") + 0, BigIntegerField())
    counted = rows.annotate(place=place).order_by("place").values_list("place", flat=True).distinct()
    size = kept("fee contracts", count.counted_at, scope.teams, scope.payers, count=counted.count)
    changed = changed_contracts(scope.teams, scope.payers, count)
    new = sorted(set(changed).difference(rows.filter(contract__in=changed).values_list("contract", flat=True)))
    return [*counted[offset : offset + limit], *new[max(offset - size, 0) :]][:limit], size + len(new)


def _coverages(scope: Scope) -> list[int] | None:
    """Ids of the coverages looked at; None: all."""
    if scope.coverages is not None:
        return list(scope.coverages)
    return None if scope.teams is None else coverages_of(scope.teams)


def _count_of(scope: Scope, by: Grouping) -> FeeCount | None:
    """The count that the statement can be read off: of today, for whole months that begin by today."""
    is_whole = scope.first.day == 1 and (scope.last == today() or (scope.last < today() and _ends_month(scope.last)))
    return fees_counted(today()) if is_whole and by is not Grouping.COVERAGE else None


def _ends_month(day: date) -> bool:
    return (day + ONE_DAY).day == 1


def _months(scope: Scope, lines: Sequence[Line]) -> list[Line]:
    """A line for each month of the period; each opens with what the one before closed with."""
    found = {line.key: line for line in lines}
    month, opening = scope.first.replace(day=1), NOTHING
    every = []
    while month <= scope.last:
        line = found.get(month) or Line(month, *(NOTHING,) * 6)
        opening += line.opening
        every.append(Line(month, opening, *(getattr(line, name) for name in SUMS)))
        opening, month = every[-1].closing, add_months(month, 1)
    return every
