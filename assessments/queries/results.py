"""What assessments came to, for whoever builds on it (money, published pages)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assessments.models import Assessment, Cycle, Score, Section
from assessments.rules.scores import section_points
from teams.policy import policy_on


@dataclass(frozen=True)
class Result:
    """A unit's total (points, two places) and grade (`assessments.models.Grade`)."""

    total: Decimal
    grade: str


def results_of(cycle: Cycle) -> dict[int, Result]:
    """Unit id (of the cycle's kind of unit) -> result; units without a total yet are left out.

    They hold from `Cycle.State.PUBLISHED` on; before, they are what they would be today.
    """
    rows = Assessment.objects.filter(cycle=cycle).exclude(total=None)
    return {row.unit_id: Result(row.total, row.grade) for row in rows if row.total is not None}


@dataclass(frozen=True)
class PublicResult:
    """What may be shown outside: None where a small cell is left out. `sections`: name -> points, in order."""

    unit: int
    name: str
    institution: int
    total: Decimal | None
    grade: str
    sections: Mapping[str, Decimal | None]


def published_of(cycle: Cycle) -> list[PublicResult]:
    """The results of a cycle on notice or published, the highest total first, small cells suppressed; else nothing."""
    if cycle.notice_on is None:
        return []
    least = policy_on(cycle.notice_on)["published_cell_least"]
    sections = list(cycle.version.sections.all())
    rows = Assessment.objects.filter(cycle=cycle).select_related("institution", "team", "staff")
    cells = _cells(cycle)
    found = [_public(row, sections, cells, least) for row in rows]
    return sorted(found, key=lambda each: (each.total is None, -(each.total or 0), each.name))


@dataclass
class _Cell:
    """A unit's section: its points, and the smallest number of people, answers or services behind one of its rules."""

    points: Decimal = Decimal("0.00")
    least: Decimal | None = None


def _cells(cycle: Cycle) -> dict[tuple[int, int], _Cell]:
    found: dict[tuple[int, int], _Cell] = defaultdict(_Cell)
    scores = Score.objects.filter(assessment__cycle=cycle).order_by()
    for assessment, section, points, number in scores.values_list(
        "assessment_id", "rule__section_id", "points", "denominator"
    ):
        cell = found[assessment, section]
        cell.points += points or 0
        if number is not None:
            cell.least = number if cell.least is None else min(cell.least, number)
    return found


def _public(
    row: Assessment, sections: Sequence[Section], cells: Mapping[tuple[int, int], _Cell], least: int
) -> PublicResult:
    own = {section: cells[row.pk, section.pk] for section in sections}
    hidden = {section for section, cell in own.items() if cell.least is not None and cell.least < least}
    if len(hidden) == 1:
        others = [section for section in sections if section not in hidden]
        # Those without a number behind them last: they are the assessor's, and no cell at all.
        others.sort(key=lambda section: (own[section].least is None, own[section].least or 0, section.position))
        hidden |= set(others[:1])
    shown = {
        section.name: None if section in hidden else section_points(section, [cell.points])
        for section, cell in own.items()
    }
    total = None if hidden and len(sections) == 1 else row.total
    return PublicResult(row.unit_id, row.unit_name, row.institution_id, total, row.grade, shown)
