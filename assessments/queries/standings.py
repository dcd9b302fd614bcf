"""How far a year's targets are reached: each with the figure it is held against, and the people still missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor

from assessments.models import Figure, Target
from assessments.queries.figures import Count, Key, is_met
from assessments.queries.units import Selection
from teams.models import Institution


@dataclass(frozen=True)
class Standing:
    """A target and the figure of its unit (None: no figure to hold against it, as for all urban units together)."""

    target: Target
    count: Count | None

    @property
    def is_met(self) -> bool | None:
        """Whether it is reached; None without a figure."""
        return is_met(self.count, self.target) if self.count else None

    @property
    def missing(self) -> int | None:
        """How many more (or, where lower is better, how many fewer) reach it; 0 when reached, None without a figure."""
        if self.count is None or (self.count.denominator == 0 and self.target.count is None):
            return None
        return missing(self.count, self.target)


def missing(count: Count, target: Target) -> int:
    """People (or services, packages …) between the numerator and the target, on the present denominator."""
    if target.count is not None:
        exact = Decimal(target.count)
    else:
        assert target.rate is not None
        exact = target.rate * count.denominator / 100
    if count.indicator.higher_is_better:
        return max(0, ceil(exact) - count.numerator)
    return max(0, count.numerator - floor(exact))


def standings(selection: Selection, year: int) -> list[Standing]:
    """The targets of a year that the account may see, with the shown month's figures."""
    seen = set(selection.tree.institutions)
    rows = [
        row
        for row in Target.objects.filter(year=year).select_related("institution")
        if row.institution_id is None or row.institution_id in seen
    ]
    counts = _counts(selection, rows)
    return [Standing(row, counts.get((_unit(selection, row), Key(row.indicator, row.category)))) for row in rows]


def _unit(selection: Selection, target: Target) -> int | None:
    """The institution whose own figure the target is held against."""
    if target.institution_id:
        return target.institution_id
    roots = [row for row in selection.tree.roots if row.kind == Institution.Kind.BUREAU]
    return roots[0].pk if roots and target.scope == Target.Scope.ALL else None


def _counts(selection: Selection, targets: Sequence[Target]) -> dict[tuple[int | None, Key], Count]:
    figures = Figure.objects.visible_to(selection.user).filter(
        revision=selection.revision,
        team_key=0,
        institution__in={_unit(selection, row) for row in targets} - {None},
        indicator__in={row.indicator for row in targets},
    )
    found: dict[tuple[int | None, Key], Count] = {}
    for institution, indicator, category, numerator, denominator in figures.values_list(
        "institution_id", "indicator", "category", "numerator", "denominator"
    ):
        key = Key(indicator, category)
        found[institution, key] = Count(key, numerator, denominator)
    return found
