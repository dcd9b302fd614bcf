"""What the packages of those covered in frozen months cost, by the prices they had signed or by others."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from django.core.cache import cache
from django.db import connection

from assessments.models import Revision
from assessments.rules.allocation import MONTHS, cents, half_up, yuan
from teams.models import Team

FEES = (Path(__file__).parents[1] / "sql" / "fees.sql").read_text()
KEPT = 24 * 60 * 60

Held = tuple[int, int, int, Decimal]  # team, package, people-months, yuan a year that these had signed


@dataclass(frozen=True)
class Fees:
    """Yuan for the months: each month is a twelfth of the year's price."""

    of_teams: Mapping[int, Decimal]
    of_institutions: Mapping[int, Decimal]

    def of(self, institution: int, team: int | None) -> Decimal:
        """A team's, or those of all the teams of an institution."""
        found = self.of_institutions.get(institution) if team is None else self.of_teams.get(team)
        return found or Decimal("0.00")


def fees(revisions: Sequence[Revision], prices: Mapping[int, Decimal]) -> Fees:
    """Fees of frozen months; `prices` are yuan a year in place of those signed, by package."""
    homes = dict(Team.objects.values_list("pk", "institution"))
    teams: dict[int, Fraction] = defaultdict(Fraction)
    institutions: dict[int, Fraction] = defaultdict(Fraction)
    for team, package, people, a_year in _held(sorted(revision.pk for revision in revisions)):
        amount = people * prices[package] if package in prices else a_year
        teams[team] += Fraction(cents(amount), MONTHS)
        institutions[homes[team]] += Fraction(cents(amount), MONTHS)
    return Fees(_rounded(teams.items()), _rounded(institutions.items()))


def _rounded(amounts: Iterable[tuple[int, Fraction]]) -> dict[int, Decimal]:
    return {unit: yuan(half_up(amount)) for unit, amount in amounts}


def _held(revisions: Sequence[int]) -> list[Held]:
    """What was held in frozen months. They stay as they are, so that the count is kept for a day."""
    key = f"held:{connection.settings_dict['NAME']}:{','.join(map(str, revisions))}"
    found = cache.get(key)
    if found is None:
        with connection.cursor() as cursor:
            cursor.execute(FEES, {"revisions": list(revisions)})
            found = cursor.fetchall()
        cache.set(key, found, KEPT)
    return list(found)
