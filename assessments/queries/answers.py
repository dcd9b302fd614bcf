"""What a what-if comes to, before and after; kept until something that it follows from changes."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from assessments import models
from assessments.models import Grade, Revision, Scenario
from assessments.queries.holdings import Shares
from assessments.queries.stamps import stamp
from assessments.rules.allocation import half_up, split, yuan
from assessments.rules.scores import Outcome
from contracts.models import Charge, CoveragePackage
from service_packages.models import Package, Payer
from teams.kept import keep, peek
from teams.models import Institution, Staff, Team, TeamMember
from teams.models.places import InstitutionParent

KEPT_AS, FAILED_AS = "scenario", "scenario-failed"
# What scores and money of frozen months follow from besides their figures.
SOURCES = (
    *(models.RubricVersion, models.Section, models.Rule, models.Veto, models.Target),
    *(models.Cycle, models.Assessment, models.Score, models.Checklist, models.Inspection, models.Finding),
    *(models.Activity, models.Sampled, models.Check, models.Lead, models.LeadStep),
    *(models.Fund, models.FundVersion, models.FundPayer, models.PackageWeight),
    *(Institution, InstitutionParent, Team, TeamMember, Staff, Package),
)


class Side(NamedTuple):
    """A unit's total and grade, its yuan from the fund and the yuan of its people's packages; None: there is none."""

    total: Decimal | None = None
    grade: str = ""
    money: Decimal | None = None
    fees: Decimal | None = None


@dataclass(frozen=True)
class Line:
    """A team, institution or doctor before and after; the latter two have no `team`."""

    name: str
    institution: int
    team: int | None
    before: Side
    after: Side

    @property
    def points(self) -> Decimal | None:
        """Points more or less."""
        return _more(self.before.total, self.after.total)

    @property
    def money(self) -> Decimal | None:
        """Yuan more or less from the fund."""
        return _more(self.before.money, self.after.money)

    @property
    def fees(self) -> Decimal | None:
        """Yuan more or less for packages."""
        return _more(self.before.fees, self.after.fees)


class PayerFees(NamedTuple):
    """What a payer bears of all fees, yuan; nobody's name: what nobody was charged."""

    payer: str
    before: Decimal
    after: Decimal


@dataclass(frozen=True)
class Answer:
    """What a scenario comes to. `grades`: how many units have each, before and after; `payers` only where prices are
    changed; `obstacle` says why there is no money in it."""

    lines: Sequence[Line]
    grades: Sequence[tuple[str, int, int]]
    payers: Sequence[PayerFees] = ()
    obstacle: str = ""

    @property
    def has_fees(self) -> bool:
        """Whether prices are changed, and whose fees are known."""
        return bool(self.payers)

    @property
    def sums(self) -> tuple[Decimal, Decimal]:
        """All money before and after."""
        return _sum(line.before.money for line in self.lines), _sum(line.after.money for line in self.lines)

    @property
    def fee_sums(self) -> tuple[Decimal, Decimal]:
        """All fees of packages before and after."""
        return _sum(line.before.fees for line in self.lines), _sum(line.after.fees for line in self.lines)


def _more(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    return None if before is None or after is None else after - before


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount or Decimal(0) for amount in amounts), Decimal("0.00"))


def grades(outcomes: Sequence[tuple[Outcome, Outcome]]) -> list[tuple[str, int, int]]:
    """Each grade with how many units have it, before and after."""
    before, after = (Counter(pair[side].grade for pair in outcomes) for side in (0, 1))
    return [(grade.value, before[grade], after[grade]) for grade in Grade]


def fees_of_units(shares: Sequence[Shares]) -> list[Decimal]:
    """Yuan of each unit, in order: everybody's, rounded half up once, split among the units."""
    return list(_split({str(place): sum(each.values(), Fraction(0)) for place, each in enumerate(shares)}).values())


def payers(before: Sequence[Shares], after: Sequence[Shares]) -> list[PayerFees]:
    """What each payer bears of the units' fees; together they bear as much as the units are told."""
    old, new = _split(_by_payer(before)), _split(_by_payer(after))
    none = Decimal("0.00")
    known = [code for code in (*Payer.values, "") if old.get(code) or new.get(code)]
    return [PayerFees(code, old.get(code, none), new.get(code, none)) for code in known]


def _by_payer(shares: Sequence[Shares]) -> dict[str, Fraction]:
    sums: dict[str, Fraction] = defaultdict(Fraction)
    for each in shares:
        for payer, share in each.items():
            sums[payer] += share
    return sums


def _split(exact: Mapping[str, Fraction]) -> dict[str, Decimal]:
    """The sum rounded to the cent, as parts that add up to it."""
    total = half_up(sum(exact.values(), Fraction(0)))
    return {code: yuan(part) for code, part in split(total, exact).items()}


def keep_answer(scenario: Scenario, frozen: Sequence[Revision], answer: Answer) -> None:
    """Keep what the scenario comes to, for as long as nothing changes that it follows from, at most a day."""
    lines = [(each.name, each.institution, each.team, _texts(each.before), _texts(each.after)) for each in answer.lines]
    kept_payers = [_texts(each) for each in answer.payers]
    keep(KEPT_AS, *_sources(scenario, frozen), value=[lines, answer.grades, kept_payers])


def kept_answer(scenario: Scenario, frozen: Sequence[Revision], obstacle: str) -> Answer | None:
    """The answer that is kept; None when there is none, or when it is stale. One query."""
    found = peek(KEPT_AS, *_sources(scenario, frozen))
    if found is None:
        return None
    lines, counted, by_payer = found
    return Answer(
        [_line(*each) for each in lines],
        [(grade, before, after) for grade, before, after in counted],
        [PayerFees(payer, Decimal(before), Decimal(after)) for payer, before, after in by_payer],
        obstacle,
    )


def note_failure(scenario: Scenario, frozen: Sequence[Revision], *, failed: bool = True) -> None:
    """Keep that the scenario could not be worked out from these sources, or that it is to be tried again."""
    keep(FAILED_AS, *_sources(scenario, frozen), value=failed)


def has_failed(scenario: Scenario, frozen: Sequence[Revision]) -> bool:
    """Whether the last try failed, and nothing that the answer follows from has changed since. One query."""
    return bool(peek(FAILED_AS, *_sources(scenario, frozen)))


def _sources(scenario: Scenario, frozen: Sequence[Revision]) -> list[Any]:
    """All that an answer follows from; `frozen`: the frozen revisions of its months."""
    months = [(row.pk, row.sha256) for row in frozen]
    changes = json.dumps(scenario.changes, sort_keys=True)
    asked = (scenario.version_id, scenario.unit_kind, scenario.from_month, scenario.to_month, changes)
    return [months, asked, stamp(SOURCES, corrections=(CoveragePackage, Charge))]


def _texts(row: Iterable[Any]) -> list[str | None]:
    return [None if value is None else str(value) for value in row]


def _line(name: str, institution: int, team: int | None, before: Sequence[Any], after: Sequence[Any]) -> Line:
    return Line(name, institution, team, _side(before), _side(after))


def _side(texts: Sequence[Any]) -> Side:
    total, grade, money, fees = texts
    return Side(_decimal(total), grade or "", _decimal(money), _decimal(fees))


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
