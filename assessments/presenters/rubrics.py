"""Rubrics and scores as lines of tables."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from assessments.indicators import BY_CODE
from assessments.measures import Measure
from assessments.models import Grade, RubricVersion, Rule, UnitKind
from assessments.presenters.words import plain, signed
from assessments.queries.indicator_sources import INDICATOR_SOURCES
from assessments.queries.rubrics import Trial, TrialRow, shown
from assessments.queries.scoring import Scored, rules_of
from assessments.queries.signal_sources import AUTHENTICITY
from assessments.rubric_content import Content, RuleContent
from assessments.rules.scores import Outcome, rounded
from assessments.sources import source_labels
from assessments.tables import NO_FIGURE, Cell, Column, Row, Table, count_cell, count_text
from teams.rates import YUAN

TONES = {Grade.EXCELLENT: "good", Grade.GOOD: "info", Grade.PASS: "warn", Grade.FAIL: "bad"}


def grade_chip(grade: str) -> dict[str, str]:
    """`label` and `tone` of a grade's chip; empty without a grade."""
    return {"label": str(Grade(grade).label), "tone": TONES[Grade(grade)]} if grade else {}


def section_rows(content: Content) -> list[dict[str, Any]]:
    """A dict a section: number, new_rule (key of its form), section, points, bonus, rules."""
    labels = source_labels()
    return [
        {
            "number": number,
            "new_rule": f"new-{number}",
            "section": section,
            "points": plain(section.points),
            "bonus": plain(section.bonus_most),
            "rules": [
                {
                    "rule": rule,
                    "points": plain(rule.points),
                    "method": shown(rule.method),
                    "source": labels.get(rule.source, rule.source) or _("given by the assessor"),
                    "aim": aim_words(rule),
                }
                for rule in section.rules
            ],
        }
        for number, section in enumerate(content.sections, 1)
    ]


def veto_rows(content: Content) -> list[dict[str, Any]]:
    """A dict a veto: veto, source, effect."""
    labels = source_labels() if any(veto.source for veto in content.vetoes) else {}
    return [
        {
            "veto": veto,
            "source": labels.get(veto.source, veto.source) or _("stated by an official"),
            "effect": _("; ").join(
                [
                    *([_("total at most %(points)s") % {"points": plain(veto.total_most)}] if veto.total_most else []),
                    *([_("grade at most: %(grade)s") % {"grade": Grade(veto.grade).label}] if veto.grade else []),
                ]
            ),
        }
        for veto in content.vetoes
    ]


def aim_words(rule: RuleContent | Rule) -> str:
    """What a rule holds units to: target, steps, bands."""
    sign = "≤" if rule.lower_is_better else "≥"
    if rule.method == Rule.Method.BANDS:
        bands = rule.bands if isinstance(rule, RuleContent) else zip(rule.bounds, rule.bound_points, strict=True)
        return _("; ").join(f"{sign} {_bound(bound, rule)} → {plain(points)}" for bound, points in bands)
    if not rule.source or rule.method == Rule.Method.FINDINGS:
        return ""
    target = f"{sign} {_bound(rule.target, rule)}" if rule.target is not None else _("the year's target")
    if rule.method != Rule.Method.DEDUCT:
        return target
    each = _("points off for each %(step)s: %(points)s") % {"points": plain(rule.step_points), "step": plain(rule.step)}
    return _("; ").join([target, each])


def _bound(value: Decimal, rule: RuleContent | Rule) -> str:
    """In the unit of the rule's source; read from its code, since a page has sixty of them."""
    family, _colon, rest = rule.source.partition(":")
    indicator = BY_CODE.get(rest.partition(":")[0]) if family == INDICATOR_SOURCES.prefix else None
    if indicator and indicator.unit == YUAN:
        return f"¥{plain(value)}"
    return f"{plain(value)}%" if indicator or family == AUTHENTICITY.prefix else plain(value)


def measure_words(measure: Measure | None) -> str:
    """A measure's value with two places and its unit."""
    value = measure.value if measure else None
    if measure is None or value is None:
        return NO_FIGURE
    if measure.denominator is None:
        return count_text(int(value)) if value.denominator == 1 else f"{rounded(Fraction(value))}"
    return f"¥{rounded(value)}" if measure.unit == YUAN else f"{rounded(value)}%"


def target_words(rule: Rule, target: Decimal | None) -> str:
    """The target that a score was held to, in the unit of its source."""
    return "" if target is None else f"{'≤' if rule.lower_is_better else '≥'} {_bound(target, rule)}"


def trial_rows(rows: Iterable[TrialRow]) -> list[dict[str, Any]]:
    """A dict a unit: unit, before and after (text and value of the total, chip of the grade), change with its sign and
    value."""
    chips = {grade: grade_chip(grade) for grade in ("", *Grade.values)}

    def side(outcome: Outcome) -> dict[str, Any]:
        value = "" if outcome.total is None else str(outcome.total)
        return {"text": value or NO_FIGURE, "value": value, "chip": chips[outcome.grade]}

    return [
        {
            "unit": row.unit,
            "before": side(row.before),
            "after": side(row.after),
            "change": signed(row.change) if row.change else "",
            "value": "" if row.change is None else str(row.change),
            "is_down": bool(row.change and row.change < 0),
            "is_regraded": row.before.grade != row.after.grade,
        }
        for row in rows
    ]


def trial_table(rows: Sequence[dict[str, Any]], before: RubricVersion, after: RubricVersion, units: str) -> Table:
    """The rows for a file, in the order of assessments/rubric_try.html."""
    grade, is_beside = Column(_("Grade"), numeric=False), before.pk != after.pk
    columns = [Column(_("Institution"), numeric=False)] if units != UnitKind.INSTITUTION else []
    columns += [Column(f"{_('Total')} v{before.number}"), grade] if is_beside else []
    columns += [Column(f"{_('Total')} v{after.number}"), grade]
    columns += [Column(_("More or less"))] if is_beside else []

    def cells(each: dict[str, Any]) -> list[str]:
        place = [each["unit"].institution.name] if units != UnitKind.INSTITUTION else []
        old, new = ((each[side]["text"], each[side]["chip"].get("label", "")) for side in ("before", "after"))
        return [*place, *old, *new, each["change"]] if is_beside else [*place, *new]

    lines = (Row(each["unit"].name, tuple(map(Cell, cells(each)))) for each in rows)
    return Table(_("Scores and grades"), _("Unit"), tuple(columns), tuple(lines))


def grades_table(grades: Iterable[tuple[str, int, int]], before: str, after: str) -> Table:
    """How many units have each grade, for a file; without a name for `before` there is one side only."""
    columns = tuple(Column(head) for head in (before, after) if head)
    rows = ((label, counts if before else counts[1:]) for label, *counts in grades)
    return Table(
        _("Grades"), _("Grade"), columns, tuple(Row(str(label), tuple(map(count_cell, each))) for label, each in rows)
    )


def outcome_texts(total: Decimal | None, chip: Mapping[str, str]) -> tuple[str, str]:
    """A total and its grade as they are shown."""
    return NO_FIGURE if total is None else str(total), chip.get("label", "")


def unit_table(name: str, rows: Sequence[dict[str, Any]], before: RubricVersion, after: RubricVersion) -> Table:
    """The rules of one unit (`unit_rows`) for a file."""
    sides = {"before": before, "after": after} if before.pk != after.pk else {"after": after}
    columns = (Column(_("Value")), *(Column(f"v{version.number}") for version in sides.values()))
    lines = (Row(str(each["rule"]), tuple(Cell(each[key]) for key in ("value", *sides))) for each in rows)
    return Table(name, _("Rubric rule"), columns, tuple(lines))


def unit_rows(trial: Trial, before: RubricVersion, after: RubricVersion, unit: int) -> list[dict[str, Any]]:
    """A dict a rule of one unit: what it measured, and its points under both versions."""
    old = {rule.code: rule for rule in rules_of(before)}
    new = {rule.code: rule for rule in rules_of(after)}
    rows = []
    for code in dict.fromkeys([*old, *new]):
        scores = [
            side.scores[rules[code].pk][unit] if code in rules else None
            for side, rules in ((trial.before, old), (trial.after, new))
        ]
        scored = scores[1] or scores[0]
        assert scored is not None
        rows.append(
            {
                "rule": new.get(code) or old[code],
                "value": measure_words(scored.measure),
                "evidence": scored.measure.evidence if scored.measure else "",
                "before": _points(old.get(code), scores[0]),
                "after": _points(new.get(code), scores[1]),
                "differs": (scores[0] and scores[0].points) != (scores[1] and scores[1].points),
            }
        )
    return rows


def _points(rule: Rule | None, scored: Scored | None) -> str:
    if rule is None or scored is None:
        return NO_FIGURE
    points = _("by hand") if scored.points is None else str(scored.points)
    return f"{points} / {plain(rule.points)}"


def ranked(totals: Sequence[Decimal | None]) -> list[int | None]:
    """The place of each total, the highest first; equal ones share a place, None has none."""
    order = sorted((total for total in totals if total is not None), reverse=True)
    return [None if total is None else order.index(total) + 1 for total in totals]
