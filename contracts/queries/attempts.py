"""How many came back after somebody called: by team and by caller."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection

RETURN_DAYS = 15
PERIOD = timedelta(days=90)

# The first attempt of the period for each person and unit; each has had its days by now.
_RETURNED = """
with tried as (
    select distinct on ({unit}, resident_id) {unit} as unit, resident_id, tried_on
    from contracts_attempt
    where team_id = any(%(teams)s) and tried_on between %(first)s and %(last)s
    order by {unit}, resident_id, tried_on
)
select t.unit, count(*), count(*) filter (where exists (
    select from contracts_service s
    where s.resident_id = t.resident_id and s.performed_on between t.tried_on and t.tried_on + %(days)s
))
from tried t
group by t.unit
"""


@dataclass(frozen=True)
class Returned:
    """People tried to reach in the 90 days that ended 15 days ago, and those given a service within 15 days after."""

    tried: int
    returned: int


def returned_by_team(teams: Collection[int], day: date) -> dict[int, Returned]:
    """Team id -> its people."""
    return _returned("team_id", teams, day)


def returned_by_caller(teams: Collection[int], day: date) -> dict[int, Returned]:
    """Account id -> the people of the teams whom it tried to reach."""
    return _returned("by_id", teams, day)


def _returned(unit: str, teams: Collection[int], day: date) -> dict[int, Returned]:
    last = day - timedelta(days=RETURN_DAYS)
    parameters: dict[str, Any] = {"teams": list(teams), "first": last - PERIOD, "last": last, "days": RETURN_DAYS}
    with connection.cursor() as cursor:
        cursor.execute(_RETURNED.format(unit=unit), parameters)
        return {key: Returned(tried, returned) for key, tried, returned in cursor.fetchall()}
