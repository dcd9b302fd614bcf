"""Rubrics read for pages: versions, what differs between two of them, and what a change would have meant."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from assessments.models import Cycle, Grade, RubricVersion, Rule, Score, Veto
from assessments.queries.indicator_sources import frozen_by_month
from assessments.queries.scoring import Assessed, Scoring, score_by
from assessments.rubric_content import Content, RuleContent, SectionContent, VetoContent
from assessments.rules.scores import Outcome, rounded
from assessments.sources import source_labels
from assessments.tables import NO_FIGURE
from teams.models import User


class Difference(NamedTuple):
    """Something that two versions say otherwise; empty on a side where it is not."""

    part: str
    what: str
    before: str
    after: str


@dataclass(frozen=True)
class TrialRow:
    """A unit under two versions."""

    unit: Assessed
    before: Outcome
    after: Outcome

    @property
    def change(self) -> Decimal | None:
        """Points more (or less) under the second version."""
        if self.before.total is None or self.after.total is None:
            return None
        return self.after.total - self.before.total


@dataclass(frozen=True)
class Trial:
    """Two versions tried on the same units and months."""

    rows: Sequence[TrialRow]
    before: Scoring
    after: Scoring

    @property
    def grades(self) -> list[tuple[str, int, int]]:
        """Each grade with how many units have it, before and after."""
        before = Counter(row.before.grade for row in self.rows)
        after = Counter(row.after.grade for row in self.rows)
        return [(str(grade.label), before[grade], after[grade]) for grade in Grade]

    def by_change(self) -> list[TrialRow]:
        """The greatest changes first."""
        return sorted(self.rows, key=lambda row: -abs(row.change or Decimal(0)))


def versions(user: User) -> QuerySet[RubricVersion]:
    """Versions with their rubric, the newest first."""
    return RubricVersion.objects.visible_to(user).select_related("rubric").order_by("rubric__code", "-number")


def frozen_months() -> list[date]:
    """The first days of the frozen months, the latest first."""
    return list(frozen_by_month())


def differences(before: Content, after: Content) -> list[Difference]:
    """What the second content says otherwise, part by part; rules and vetoes are told by their codes."""
    labels = source_labels()
    told = [*_head(before, after), *_sections(before, after), *_rules(before, after), *_vetoes(before, after)]
    return [
        row._replace(before=labels.get(row.before, row.before), after=labels.get(row.after, row.after)) for row in told
    ]


def trial(
    before: RubricVersion, after: RubricVersion, unit_kind: str, units: Sequence[Assessed], period: tuple[date, date]
) -> Trial:
    """Score the units by both versions (read with `whole`). Nothing is written.

    Points by hand are those of the rubric's latest cycle, in proportion where a rule is worth something else now; for a
    rule that nobody has scored yet, all of its points, and of a bonus none.
    """
    given = _given_by_hand(after, unit_kind)
    found = score_by([before, after], unit_kind, units, *period)
    rows = [
        TrialRow(
            unit,
            *(scoring.outcome(unit.pk, hand_points(unit.pk, scoring, given)) for scoring in found),
        )
        for unit in units
    ]
    return Trial(rows, *found)


def hand_points(
    unit: int, scoring: Scoring, given: Mapping[tuple[int, str], tuple[Decimal, Decimal]]
) -> dict[int, Decimal]:
    """Rule id -> points of a unit for the rules that measure nothing."""
    found = {}
    for section, rule in scoring.by_hand:
        assumed = rule.points if section.bonus_most is None else Decimal("0.00")
        points, full = given.get((unit, rule.code), (assumed, rule.points))
        found[rule.pk] = points if full == rule.points else _in_proportion(rule, points, full)
    return found


def _in_proportion(rule: Rule, points: Decimal, full: Decimal) -> Decimal:
    """What was given, as a share of what the rule is worth now."""
    return rounded(Fraction(rule.points) * Fraction(points) / Fraction(full))


def _given_by_hand(version: RubricVersion, unit_kind: str) -> dict[tuple[int, str], tuple[Decimal, Decimal]]:
    """(unit id, rule code) -> points given and the rule's points, in the latest cycle of the rubric."""
    cycles = Cycle.objects.filter(version__rubric=version.rubric_id, unit_kind=unit_kind)
    latest = cycles.exclude(state=Cycle.State.CANCELLED).order_by("-to_month", "-pk").values("pk")[:1]
    scores = Score.objects.filter(assessment__cycle=latest, rule__source="", points__isnull=False).order_by()
    rows = scores.values_list(f"assessment__{unit_kind}_id", "rule__code", "points", "rule__points")
    return {(unit, code): (points, full) for unit, code, points, full in rows}


def _head(before: Content, after: Content) -> Iterator[Difference]:
    for name in Content.HEAD:
        yield from _told(_("Name and grades"), _field(RubricVersion, name), getattr(before, name), getattr(after, name))


def _sections(before: Content, after: Content) -> Iterator[Difference]:
    def told(section: SectionContent) -> str:
        if section.bonus_most is None:
            return _("points: %(points)s") % {"points": section.points}
        return _("bonus, at most %(points)s") % {"points": section.bonus_most}

    old = {each.name: told(each) for each in before.sections}
    new = {each.name: told(each) for each in after.sections}
    for name in dict.fromkeys([*old, *new]):
        yield from _told(_("Rubric section"), name, old.get(name, ""), new.get(name, ""))


def _rules(before: Content, after: Content) -> Iterator[Difference]:
    old = {rule.code: (section.name, rule) for section in before.sections for rule in section.rules}
    new = {rule.code: (section.name, rule) for section in after.sections for rule in section.rules}
    for code in dict.fromkeys([*old, *new]):
        if code not in old or code not in new:
            yield Difference(_("Rubric rule"), code, _summary(old.get(code)), _summary(new.get(code)))
            continue
        (old_section, old_rule), (new_section, new_rule) = old[code], new[code]
        part = f"{code} {new_rule.name}"
        yield from _told(part, _("Rubric section"), old_section, new_section)
        for field in fields(RuleContent):
            yield from _told(
                part, _field(Rule, field.name), getattr(old_rule, field.name), getattr(new_rule, field.name)
            )


def _vetoes(before: Content, after: Content) -> Iterator[Difference]:
    old, new = ({veto.code: veto for veto in content.vetoes} for content in (before, after))
    for code in dict.fromkeys([*old, *new]):
        if code not in old or code not in new:
            names = (side[code].name if code in side else "" for side in (old, new))
            yield Difference(_("Veto"), code, *names)
            continue
        for field in fields(VetoContent):
            yield from _told(
                f"{code} {new[code].name}",
                _field(Veto, field.name),
                getattr(old[code], field.name),
                getattr(new[code], field.name),
            )


def _summary(found: tuple[str, RuleContent] | None) -> str:
    return f"{found[1].name} · {shown(found[1].points)}" if found else ""


def _told(part: str, what: str, before: Any, after: Any) -> Iterator[Difference]:
    if before != after:
        yield Difference(part, what, shown(before), shown(after))


def shown(value: Any) -> str:
    """A field's value in words."""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value is None or value == "" or value == ():
        return NO_FIGURE
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, tuple):
        return "; ".join(f"{shown(band.bound)} → {shown(band.points)}" for band in value)
    if value in Rule.Method.values:
        return str(Rule.Method(value).label)
    if value in Grade.values:
        return str(Grade(value).label)
    return str(value)


def _field(model: type[Any], name: str) -> str:
    if name == "bands":
        return _("Bands")
    return str(model._meta.get_field(name).verbose_name)
