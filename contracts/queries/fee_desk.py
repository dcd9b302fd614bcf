"""The fee desk: contracts with what is still owed, what is overdue, and what is to be given back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from django.db import connection
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from contracts.queries.accounts import ACCOUNTS, coverages_of

FEE_DESK = (Path(__file__).parents[1] / "sql" / "fee_desk.sql").read_text()


class Standing(TextChoices):
    """Which contracts are looked for."""

    OPEN = "open", _("fee open")
    OVERDUE = "overdue", _("fee overdue")
    BACK = "back", _("to be given back")
    ALL = "all", _("all with a fee")


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


def desk_lines(teams: Sequence[int], payer: str, standing: str, day: date, policy: Mapping[str, int]) -> list[DeskLine]:
    """The contracts of the teams, what is owed longest first, then what is to be given back."""
    sql = FEE_DESK.format(accounts=ACCOUNTS)
    with connection.cursor() as cursor:
        cursor.execute(sql, {"coverages": coverages_of(teams), "payer": payer, "payers": [payer], "day": day})
        lines = [DeskLine(*row) for row in cursor.fetchall()]
    overdue_by = day - timedelta(days=policy["fee_overdue_days"])
    tests = {
        Standing.OPEN: lambda line: line.open > 0,
        Standing.OVERDUE: lambda line: line.open > 0 and line.since is not None and line.since <= overdue_by,
        Standing.BACK: lambda line: line.refundable > 0,
        Standing.ALL: lambda line: True,
    }
    chosen = [line for line in lines if tests[Standing(standing)](line)]
    return sorted(chosen, key=lambda line: (line.since or date.max, -line.open, -line.refundable, line.number))
