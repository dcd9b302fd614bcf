"""Scoring by the rules that measure themselves: every unit and rule of a period in a few reads, and no write."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from assessments.calendar import CalendarMonth
from assessments.measures import Measure, Measures
from assessments.models import RubricVersion, Rule, Target, UnitKind, Veto
from assessments.queries.figures import Key, Targets
from assessments.queries.units import Unit, existing_teams, open_institutions
from assessments.rules.rubrics import TO_TARGET
from assessments.rules.scores import Outcome, is_given_by_hand, is_triggered, outcome, points_of
from assessments.sources import measures, otherwise
from teams.models import Institution, Staff, Team, TeamMember

INDICATOR = "indicator:"
# Who is assessed as a single doctor.
DOCTORS = (
    Staff.Job.GENERAL_PRACTICE,
    Staff.Job.INTERNAL_MEDICINE,
    Staff.Job.SURGERY,
    Staff.Job.GYNAECOLOGY,
    Staff.Job.PAEDIATRICS,
    Staff.Job.TCM,
    Staff.Job.VILLAGE_DOCTOR,
)
# What a version read with `whole` holds.
PARTS = ("sections__rules", "vetoes")
CENTRES = (Institution.Kind.TOWNSHIP_CENTER, Institution.Kind.COMMUNITY_CENTER)


@dataclass(frozen=True)
class Assessed:
    """What is assessed: the id in its kind, and the institution, team or person behind it."""

    pk: int
    name: str
    institution: Institution
    team: Team | None = None
    staff: Staff | None = None

    @property
    def unit(self) -> Unit:
        """As figures and targets know it; a person is held to what their institution's teams are held to."""
        return Unit(self.institution, self.team)


@dataclass(frozen=True)
class Scored:
    """What a rule measured of a unit, and the points for it (None: the assessor gives them)."""

    points: Decimal | None
    measure: Measure | None = None
    target: Decimal | None = None


@dataclass(frozen=True)
class Scoring:
    """The result for many units: (unit id, rule id) -> score, and which vetoes hit whom with which measure."""

    scores: Mapping[tuple[int, int], Scored]
    hits: Mapping[int, Mapping[int, Measure]]  # unit id -> veto id -> measure

    def outcome(
        self, version: RubricVersion, unit: int, by_hand: Mapping[int, Decimal | None] | None = None
    ) -> Outcome:
        """A unit's total and grade. `by_hand`: rule id -> points, in place of what was computed."""
        points = {rule.pk: self.scores[unit, rule.pk].points for rule in rules_of(version)} | dict(by_hand or {})
        hits = self.hits.get(unit, {})
        return outcome(version, points, [veto for veto in version.vetoes.all() if veto.pk in hits])


def whole(version: RubricVersion) -> RubricVersion:
    """The version with its sections, rules and vetoes read."""
    return all_whole(version)[0]


def all_whole(*versions: RubricVersion) -> list[RubricVersion]:
    """Several versions, each read with `whole`; four queries, however many."""
    rows = RubricVersion.objects.select_related("rubric").prefetch_related(*PARTS)
    found = rows.in_bulk([version.pk for version in versions])
    return [found[version.pk] for version in versions]


def rules_of(version: RubricVersion) -> list[Rule]:
    """The rules of a version read with `whole`, in order."""
    return [rule for section in version.sections.all() for rule in section.rules.all()]


def assessed_units(unit_kind: str, to_month: date, kinds: Sequence[str] = CENTRES) -> list[Assessed]:
    """Who there is to assess on the last day of a period: institutions of some kinds, teams, or doctors in teams."""
    day = CalendarMonth.of(to_month).last
    if unit_kind == UnitKind.INSTITUTION:
        return [Assessed(row.pk, row.name, row) for row in open_institutions(kinds, day)]
    if unit_kind == UnitKind.TEAM:
        return [Assessed(row.pk, row.name, row.institution, team=row) for row in existing_teams(day)]
    members = TeamMember.objects.on(day).filter(staff__job__in=DOCTORS).values("staff_id")
    staff = Staff.objects.filter(pk__in=members).select_related("institution").order_by("institution__code", "staff_no")
    return [Assessed(row.pk, row.name, row.institution, staff=row) for row in staff]


def score(
    version: RubricVersion, unit_kind: str, units: Sequence[Assessed], from_month: date, to_month: date
) -> Scoring:
    """Score units by a version read with `whole`."""
    return score_by([version], unit_kind, units, from_month, to_month)[0]


def score_by(
    versions: Sequence[RubricVersion], unit_kind: str, units: Sequence[Assessed], from_month: date, to_month: date
) -> list[Scoring]:
    """Score units by several versions (also such as were changed in memory) on the same measures, read once."""
    codes = {rule.source for version in versions for rule in rules_of(version) if rule.source}
    codes |= {veto.source for version in versions for veto in version.vetoes.all() if veto.source}
    found, aims = measures(codes, unit_kind, from_month, to_month), Aims(to_month.year)
    return [_scoring(version, units, found, aims) for version in versions]


def _scoring(version: RubricVersion, units: Sequence[Assessed], found: Mapping[str, Measures], aims: "Aims") -> Scoring:
    rules, vetoes = rules_of(version), [veto for veto in version.vetoes.all() if veto.source]
    return Scoring(
        {
            (unit.pk, rule.pk): _scored(rule, _measure(rule, unit, found), unit, aims)
            for rule in rules
            for unit in units
        },
        {unit.pk: _hits(vetoes, unit, found) for unit in units},
    )


class Aims:
    """What rules hold units to: their own target, else the year's target of the unit (read once)."""

    def __init__(self, year: int) -> None:
        self.targets = Targets(year)

    def of(self, rule: Rule, unit: Unit) -> Target | Decimal | None:
        """A rule's own target, or a row of the year's targets; None when there is neither, and for bands."""
        if rule.target is not None or rule.method not in TO_TARGET or not rule.source.startswith(INDICATOR):
            return rule.target
        code, _colon, category = rule.source.removeprefix(INDICATOR).partition(":")
        return self.targets.of(unit, Key(code, category or "all"))


def _scored(rule: Rule, measure: Measure | None, unit: Assessed, aims: Aims) -> Scored:
    if is_given_by_hand(rule):
        return Scored(None)
    aim = aims.of(rule, unit.unit)
    if not isinstance(aim, Target):
        return Scored(points_of(rule, measure, aim), measure, aim)
    if aim.count is None:
        return Scored(points_of(rule, measure, aim.rate), measure, aim.rate)
    if unit.staff:  # a head count is the task of the institution
        return Scored(points_of(rule, measure, None), measure)
    heads = replace(measure, denominator=None) if measure else None
    return Scored(points_of(rule, heads, Decimal(aim.count)), heads, Decimal(aim.count))


def _measure(each: Rule | Veto, unit: Assessed, found: Mapping[str, Mapping[int, Measure]]) -> Measure | None:
    if not each.source:
        return None
    return found[each.source].get(unit.pk) or otherwise(each.source)


def _hits(vetoes: Iterable[Veto], unit: Assessed, found: Mapping[str, Mapping[int, Measure]]) -> dict[int, Measure]:
    measured = ((veto, _measure(veto, unit, found)) for veto in vetoes)
    return {veto.pk: measure for veto, measure in measured if measure and is_triggered(veto, measure)}
