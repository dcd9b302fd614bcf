"""Scoring by the rules that measure themselves: every unit and rule of a period in a few reads, and no write."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from assessments.calendar import CalendarMonth
from assessments.measures import Measure, Measures
from assessments.models import RubricVersion, Rule, Section, Target, UnitKind, Veto
from assessments.queries.figures import Key, Targets
from assessments.queries.units import Unit, existing_teams, open_institutions
from assessments.rules.rubrics import TO_TARGET
from assessments.rules.scores import Outcome, Part, is_given_by_hand, is_triggered, outcome, parts_of, points_of
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

    @cached_property
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
    """The result for many units by one version: rule id -> unit id -> score, and which vetoes hit whom with which
    measure."""

    version: RubricVersion
    scores: Mapping[int, Mapping[int, Scored]]
    hits: Mapping[int, Mapping[int, Measure]]  # unit id -> veto id -> measure

    @cached_property
    def parts(self) -> Sequence[Part]:
        return parts_of(self.version)

    @cached_property
    def by_hand(self) -> Sequence[tuple[Section, Rule]]:
        """The rules that measure nothing, with their sections."""
        return [(part.section, rule) for part in self.parts for rule in part.rules.values() if is_given_by_hand(rule)]

    def outcome(self, unit: int, by_hand: Mapping[int, Decimal | None] | None = None) -> Outcome:
        """A unit's total and grade. `by_hand`: rule id -> points, in place of what was computed."""
        points = {rule: scored[unit].points for rule, scored in self.scores.items()} | dict(by_hand or {})
        hits = self.hits.get(unit)
        return outcome(self.version, self.parts, points, self._vetoes(hits) if hits else ())

    def _vetoes(self, hits: Mapping[int, Measure]) -> list[Veto]:
        return [veto for veto in self.version.vetoes.all() if veto.pk in hits]


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
    staff = Staff.objects.filter(pk__in=members).order_by("institution__code", "staff_no")
    # Many have the same institution: read it once.
    return [Assessed(row.pk, row.name, row.institution, staff=row) for row in staff.prefetch_related("institution")]


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
    known: dict[tuple[Any, ...], dict[int, Scored]] = {}  # what versions have in common is worked out once
    for rule in (rule for version in versions for rule in rules_of(version)):
        if _worth(rule) not in known:
            known[_worth(rule)] = _of_units(rule, units, found, aims)
    return [
        Scoring(version, {rule.pk: known[_worth(rule)] for rule in rules_of(version)}, _all_hits(version, units, found))
        for version in versions
    ]


def _worth(rule: Rule) -> tuple[Any, ...]:
    """What the points of a rule follow from."""
    aim = (rule.target, rule.lower_is_better, *rule.bounds, None, *rule.bound_points)
    return (rule.source, rule.method, rule.points, rule.step, rule.step_points, *aim)


def _of_units(rule: Rule, units: Sequence[Assessed], found: Mapping[str, Measures], aims: "Aims") -> dict[int, Scored]:
    """Unit id -> score. Those with the same measure and aim, such as the doctors of a team, share it."""
    if is_given_by_hand(rule):
        return dict.fromkeys((unit.pk for unit in units), Scored(None))
    measured, nothing, held = found[rule.source], otherwise(rule.source), aims.holds(rule)
    scores, shared = {}, dict[tuple[Any, ...], Scored]()
    for unit in units:
        aim = aims.of(rule, unit.unit) if held else rule.target
        key = measured.get(unit.pk, nothing), aim
        if key not in shared:
            shared[key] = _scored(rule, *key, is_person=unit.staff is not None)
        scores[unit.pk] = shared[key]
    return scores


def _all_hits(
    version: RubricVersion, units: Iterable[Assessed], found: Mapping[str, Measures]
) -> dict[int, dict[int, Measure]]:
    vetoes = [veto for veto in version.vetoes.all() if veto.source]
    return {unit.pk: hits for unit in units if (hits := _hits(vetoes, unit, found))}


class Aims:
    """What rules hold units to: their own target, else the year's target of the unit (read once)."""

    def __init__(self, year: int) -> None:
        self.targets = Targets(year)

    def holds(self, rule: Rule) -> bool:
        """Whether the rule leaves it to the year's targets."""
        return rule.target is None and rule.method in TO_TARGET and rule.source.startswith(INDICATOR)

    def of(self, rule: Rule, unit: Unit) -> Target | Decimal | None:
        """A rule's own target, or a row of the year's targets; None when there is neither, and for bands."""
        if not self.holds(rule):
            return rule.target
        code, _colon, category = rule.source.removeprefix(INDICATOR).partition(":")
        return self.targets.of(unit, Key(code, category or "all"))


def _scored(rule: Rule, measure: Measure | None, aim: Target | Decimal | None, is_person: bool) -> Scored:
    if not isinstance(aim, Target):
        return Scored(points_of(rule, measure, aim), measure, aim)
    if aim.count is None:
        return Scored(points_of(rule, measure, aim.rate), measure, aim.rate)
    if is_person:  # a head count is the task of the institution
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
