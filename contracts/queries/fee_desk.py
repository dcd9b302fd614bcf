"""The fee desk: contracts with what is still owed, what is overdue, and what is to be given back.

Read off the accounts that the worker counted in the last hour; those with an entry since are counted anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from contracts.models import FeeCount, FeeEntry
from contracts.queries.accounts import ACCOUNTS, coverages_of
from teams.memory import once_a_request

_SQL = Path(__file__).parents[1] / "sql"
FEE_ACCOUNTS = (_SQL / "fee_accounts.sql").read_text().format(accounts=ACCOUNTS)
FEE_DESK = (_SQL / "fee_desk.sql").read_text()
_LIVE = f"select contract_id, open, since, back from ({FEE_ACCOUNTS}) live where payer = %(payer)s"
_COUNTED = """
    select contract_id, open, since, back
    from contracts_feeaccount
    where team_id = any(%(teams)s) and payer = %(payer)s and coverage_id <> all(%(coverages)s)
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
    anew = touched(teams, count.cutoff) if count else coverages_of(teams)
    told = [_COUNTED] if count else []
    told += [_LIVE] if anew or not count else []
    parameters: dict[str, Any] = {
        "teams": list(teams),
        "coverages": anew,
        "payer": payer,
        "payers": [payer],
        "day": day,
        "overdue_by": day - timedelta(days=policy["fee_overdue_days"]),
        "limit": limit,
        "offset": offset,
    }
    worth = "true" if standing == Standing.ALL else "open > 0 or back > 0"
    sql = FEE_DESK.format(told=" union all ".join(told), standing=_STANDINGS[Standing(standing)], worth=worth)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows = cursor.fetchall()
    if not rows:
        return Desk((), 0, Decimal("0.00"), Decimal("0.00"))
    return Desk([DeskLine(*row[:7]) for row in rows], *rows[0][7:])


def touched(teams: Sequence[int] | None, since: datetime) -> list[int]:
    """Ids of the teams' coverages (None: of all) with something entered or cancelled since."""
    rows = FeeEntry.objects.filter(Q(entered_at__gte=since) | Q(cancelled_at__gte=since)).order_by()
    rows = rows if teams is None else rows.filter(coverage__team__in=teams)
    return list(rows.values_list("coverage", flat=True).distinct())
