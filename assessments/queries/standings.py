"""How far a year's targets are reached: each with the figure it is held against, and the people still missing."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, floor

from assessments.models import Figure, Target
from assessments.queries.figures import Count, Key, Targets, UnitKey, is_met
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
    """The targets of a year that the account may see, with the shown month's figures.

    Whoever doesn't see the district is told what the own unit is held to: everybody's rates, not the district's tasks.
    """
    targets, is_district = Targets(year), selection.user.scope.is_district
    seen = [row for row in targets.rows.values() if row.institution_id in {None, *selection.tree.institutions}]
    units = {row.pk: (_place if is_district else _own)(selection, row, targets) for row in seen}
    shown = [row for row in seen if is_district or units[row.pk]]
    counts = _counts(selection, shown, {unit for unit in units.values() if unit})
    return [Standing(row, counts.get((units[row.pk], _key(row)))) for row in shown]


def _place(selection: Selection, target: Target, targets: Targets) -> UnitKey | None:
    """The institution whose own figure the target is held against."""
    if target.institution_id:
        return target.institution_id, 0
    roots = [row for row in selection.tree.roots if row.kind == Institution.Kind.BUREAU]
    return (roots[0].pk, 0) if roots and target.scope == Target.Scope.ALL else None


def _own(selection: Selection, target: Target, targets: Targets) -> UnitKey | None:
    """The same for an account of one place: of everybody's targets those that hold for its own unit."""
    if target.institution_id:
        return target.institution_id, 0
    return selection.unit.key if targets.of(selection.unit, _key(target)) is target else None


def _key(target: Target) -> Key:
    return Key(target.indicator, target.category)


def _counts(
    selection: Selection, targets: Sequence[Target], units: Set[UnitKey]
) -> dict[tuple[UnitKey | None, Key], Count]:
    figures = Figure.objects.visible_to(selection.user).filter(
        revision=selection.revision,
        institution__in={institution for institution, _team in units},
        team_key__in={team for _institution, team in units},
        indicator__in={row.indicator for row in targets},
    )
    found: dict[tuple[UnitKey | None, Key], Count] = {}
    for institution, team, indicator, category, numerator, denominator in figures.values_list(
        "institution_id", "team_key", "indicator", "category", "numerator", "denominator"
    ):
        key = Key(indicator, category)
        found[(institution, team), key] = Count(key, numerator, denominator)
    return found
