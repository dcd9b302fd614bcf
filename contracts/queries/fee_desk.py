"""The fee desk: contracts with what is still owed, what is overdue, and what is to be given back.

Read off the accounts that the worker counted in the last hour; those with an entry since are worked out anew, until the
worker has done so too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from contracts.models import Coverage, FeeCount
from contracts.queries.accounts import ACCOUNTS, coverages_of
from teams.memory import once_a_request

_SQL = Path(__file__).parents[1] / "sql"
FEE_ACCOUNTS = (_SQL / "fee_accounts.sql").read_text().format(accounts=ACCOUNTS)
FEE_DESK, FEE_VERSIONS = ((_SQL / f"{name}.sql").read_text() for name in ("fee_desk", "fee_versions"))
_LIVE = f"""
    select contract_id, sum(open) as open, min(since) as since, sum(back) as back
    from ({FEE_ACCOUNTS}) account
    where payer = %(payer)s
    group by contract_id
"""
_COUNTED = """
    select contract_id, open, since, back
    from contracts_feeaccount
    where payer = %(payer)s and team_id = any(%(teams)s) and contract_id <> all(%(anew)s)
"""
_NOTHING = "select 0::bigint as contract_id, 0.00 as open, null::date as since, 0.00 as back where false"
# With the cutoff as a value: the planner then knows how few entries these are.
_CHANGED = f"""
    select distinct v.contract_id
    from ({FEE_VERSIONS.format(cutoff="%(cutoff)s")}) v
    left join lateral (
        select version from contracts_feeaccount where contract_id = v.contract_id and payer = v.payer offset 0
    ) a on true
    where v.payer = any(%(payers)s) and (%(teams)s::bigint[] is null or v.team_id = any(%(teams)s))
      and a.version is distinct from v.version
"""


class Standing(TextChoices):
    """Which contracts are looked for."""

    OPEN = "open", _("fee open")
    OVERDUE = "overdue", _("fee overdue")
    BACK = "back", _("to be given back")
    ALL = "all", _("all with a fee")


_STANDINGS = {
    Standing.OPEN: "open > 0",
    Standing.OVERDUE: "open > 0 and since <= %(overdue_by)s",
    Standing.BACK: "back > 0",
    Standing.ALL: "true",
}


@dataclass(frozen=True)
class DeskLine:
    """One contract: yuan that can be asked for now, since when, and yuan to be given back."""

    contract_id: int
    number: str
    team_id: int
    representative_id: int | None
    open: Decimal
    since: date | None
    refundable: Decimal


@dataclass(frozen=True)
class Desk:
    """Some of the contracts found, what is owed longest first, and how many there are with what sums altogether."""

    lines: Sequence[DeskLine]
    count: int
    open: Decimal
    refundable: Decimal


@once_a_request
def fees_counted(day: date) -> FeeCount | None:
    """The last count of fees, if it is as of that day."""
    return FeeCount.objects.filter(day=day).first()


def desk(
    teams: Sequence[int],
    payer: str,
    standing: str,
    day: date,
    policy: Mapping[str, int],
    *,
    limit: int | None = None,
    offset: int = 0,
) -> Desk:
    """The contracts of the teams, what is owed longest first, then what is to be given back. Two or three queries."""
    count = fees_counted(day)
    anew = changed_contracts(teams, [payer], count) if count else []
    if count:
        live = list(Coverage.objects.filter(contract__in=anew).values_list("pk", flat=True)) if anew else []
    else:
        live = coverages_of(teams)
    parameters: dict[str, Any] = {
        "teams": list(teams),
        "anew": anew,
        "coverages": live,
        "payer": payer,
        "payers": [payer],
        "day": day,
        "overdue_by": day - timedelta(days=policy["fee_overdue_days"]),
        "limit": limit,
        "offset": offset,
        "reach": None if limit is None else offset + limit,
    }
    sql = FEE_DESK.format(
        live=_LIVE if live else _NOTHING,
        counted=_COUNTED if count else _NOTHING,
        standing=_STANDINGS[Standing(standing)],
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows = cursor.fetchall()
    return Desk([DeskLine(*row[:7]) for row in rows if row[0]], *rows[0][7:])


def changed_contracts(teams: Sequence[int] | None, payers: Sequence[str], count: FeeCount) -> list[int]:
    """Ids of the teams' contracts (None: of all) with something entered or cancelled that no counted account knows."""
    parameters = {
        "teams": None if teams is None else list(teams),
        "payers": list(payers),
        "cutoff": count.cutoff,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED, parameters)
        return [key for (key,) in cursor.fetchall()]
