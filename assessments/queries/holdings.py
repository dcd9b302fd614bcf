"""What those covered in frozen months held: by team, packages, prices and payers, counted month by month and kept.

A frozen month stays as it is, but a price or a charge may still be corrected. Each count is kept under the last such
correction, which therefore makes it stale at once (docs/assessment.md).
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from assessments.models import FundVersion, Revision
from assessments.queries.basis import Unit, owners_of
from assessments.queries.plans import whole_tables
from assessments.queries.stamps import stamp
from assessments.rules.allocation import MONTHS, cents
from contracts.models import Charge, CoveragePackage
from service_packages.models import Payer
from teams.kept import keep, peek
from teams.models import Institution, Team

SQL = Path(__file__).parents[1] / "sql"
HELD, HOLDINGS = (SQL / "held.sql").read_text(), (SQL / "holdings.sql").read_text()
KEPT_AS = "holdings"

Shares = Mapping[str, Fraction]  # payer -> fen; nobody's name: what nobody was charged


class Holding(NamedTuple):
    """People of a team who hold the same (the text that held.sql makes of it); fen of all their visits this year."""

    team: int
    held: str
    people: int
    visits: int


@dataclass(frozen=True)
class Holdings:
    """One frozen month."""

    revision: Revision
    rows: Sequence[Holding]


class Held(NamedTuple):
    """A package that is held: fen a year as signed, and what of it each payer is charged."""

    package: int
    price: int
    charges: Mapping[str, int]


def last_correction() -> list[list[int]]:
    """Where the history of what coverages hold and are charged ends."""
    return stamp((), corrections=(CoveragePackage, Charge))


def holdings(revisions: Sequence[Revision]) -> list[Holdings]:
    """Of each month, counted unless it is kept: for a district in seconds, whatever the number of months."""
    corrected = last_correction()
    found = {row.pk: peek(KEPT_AS, row.pk, row.sha256, corrected) for row in revisions}
    if missing := [row for row in revisions if found[row.pk] is None]:
        with whole_tables() as cursor:
            cursor.execute(HELD)
            cursor.execute("analyze held")
            for row in missing:
                cursor.execute(HOLDINGS, {"revision": row.pk})
                found[row.pk] = cursor.fetchall()
                keep(KEPT_AS, row.pk, row.sha256, corrected, value=found[row.pk])
            cursor.execute("drop table held")
    return [Holdings(row, [Holding(*each) for each in found[row.pk]]) for row in revisions]


def counted(revisions: Sequence[Revision]) -> int:
    """How many of these months are kept already."""
    corrected = last_correction()
    return sum(peek(KEPT_AS, row.pk, row.sha256, corrected) is not None for row in revisions)


def held_of(text: str) -> list[Held]:
    """What held.sql wrote: `package:price:payer=charge,payer=charge;package:…`."""
    return [_held(*part.split(":")) for part in text.split(";") if part]


def _held(package: str, price: str, charges: str) -> Held:
    said = (charge.split("=") for charge in charges.split(",") if charge)
    return Held(int(package), int(price), {payer: int(amount) for payer, amount in said})


def payees(fund: FundVersion, months: Sequence[Holdings]) -> list[Unit]:
    """As `assessments.queries.basis.units_of` the fund says, without the people of each month."""
    weights = _weights(fund, months)
    revisions = sorted((month.revision for month in months), key=lambda row: row.as_of)
    last_of_year = {row.as_of.year: row.pk for row in revisions}.values()
    owners = owners_of(fund, revisions)
    sums: dict[Team | Institution, _Sum] = defaultdict(_Sum)
    for month in months:
        for row in month.rows:
            got = sums[owners[month.revision.pk][row.team]]
            got.basis += row.people * weights[row.held]
            got.person_months += row.people
            got.visits += row.visits if month.revision.pk in last_of_year else 0
    return sorted((_unit(owner, got) for owner, got in sums.items()), key=lambda unit: unit.code)


def _weights(fund: FundVersion, months: Sequence[Holdings]) -> dict[str, Decimal]:
    """What is held -> the highest weight of its packages."""
    said = dict(fund.package_weights.values_list("package", "weight"))
    return {
        text: max((said.get(each.package, fund.other_weight) for each in held_of(text)), default=fund.other_weight)
        for text in {row.held for month in months for row in month.rows}
    }


@dataclass
class _Sum:
    basis: Decimal = Decimal(0)
    person_months: int = 0
    visits: int = 0


def _unit(owner: Team | Institution, got: _Sum) -> Unit:
    team = owner.pk if isinstance(owner, Team) else None
    institution = owner.institution_id if isinstance(owner, Team) else owner.pk
    return Unit(institution, team, owner.code, owner.name, got.basis, got.person_months, visits=got.visits)


@dataclass(frozen=True)
class Fees:
    """Of teams and institutions, for the months together: each month is a twelfth of the year's price."""

    of_teams: Mapping[int, Shares]
    of_institutions: Mapping[int, Shares]

    def shares(self, institution: int, team: int | None) -> Shares:
        """A team's, or those of all the teams of an institution."""
        found = self.of_institutions.get(institution) if team is None else self.of_teams.get(team)
        return found or {}


def fees(months: Sequence[Holdings], prices: Mapping[int, Decimal]) -> Fees:
    """Fees of frozen months; `prices` are yuan a year in place of those signed, by package."""
    homes = dict(Team.objects.values_list("pk", "institution"))
    changed = {package: cents(price) for package, price in prices.items()}
    people: Counter[tuple[int, str]] = Counter()
    for month in months:
        for row in month.rows:
            people[row.team, row.held] += row.people
    a_month = {text: shares_of(held_of(text), changed) for text in {text for _team, text in people}}
    teams: dict[int, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    institutions: dict[int, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for (team, text), count in people.items():
        for payer, share in a_month[text].items():
            teams[team][payer] += count * share
            institutions[homes[team]][payer] += count * share
    return Fees(teams, institutions)


def shares_of(held: Sequence[Held], changed: Mapping[int, int]) -> dict[str, Fraction]:
    """What each payer bears of somebody's packages in a month, in fen.

    At another price each payer bears the part that it bears of the one signed; what was free is the resident's.
    """
    found: dict[str, Fraction] = defaultdict(Fraction)
    for each in held:
        price = changed.get(each.package, each.price)
        if not each.price:
            found[Payer.RESIDENT.value] += Fraction(price, MONTHS)
            continue
        for payer, charge in each.charges.items():
            found[payer] += Fraction(charge * price, each.price * MONTHS)
        uncharged = each.price - sum(each.charges.values())
        found[""] += Fraction(uncharged * price, each.price * MONTHS)
    return {payer: share for payer, share in found.items() if share}
