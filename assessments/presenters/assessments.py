"""Cycles and assessments as lines of tables, and the next step that each role has."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from assessments.calendar import CalendarMonth
from assessments.forms.scores import OwnForm, ReviewForm
from assessments.measures import Measure
from assessments.models import Assessment, Cycle, Score, Section
from assessments.presenters.money import yuan_text
from assessments.presenters.rubrics import grade_chip, measure_words, ranked, target_words
from assessments.presenters.words import plain
from assessments.queries.assessments import UnitRow
from assessments.queries.results import PublicResult
from assessments.rules.scores import is_given_by_hand, section_points
from assessments.tables import NO_FIGURE, count_text
from teams.clock import month_words
from teams.lists import address_of
from teams.rates import PERCENT, YUAN

TONES: Mapping[str, str] = {
    Cycle.State.SELF: "warn",
    Cycle.State.REVIEW: "warn",
    Cycle.State.NOTICE: "info",
    Cycle.State.PUBLISHED: "good",
    Assessment.State.OPEN: "warn",
    Assessment.State.SUBMITTED: "info",
    Assessment.State.REVIEWED: "good",
}
COSTS = "indicator:visit_cost"


def state_chip(thing: Cycle | Assessment) -> dict[str, str]:
    """`label` and `tone` of a state's chip."""
    return {"label": thing.get_state_display(), "tone": TONES.get(thing.state, "")}


def period(cycle: Cycle) -> str:
    """`2018-01 – 2018-12`, or one month."""
    first, last = CalendarMonth.of(cycle.from_month), CalendarMonth.of(cycle.to_month)
    return str(last) if first == last else f"{first} – {last}"


def unit_lines(rows: Sequence[UnitRow], sections: Sequence[Section]) -> list[dict[str, Any]]:
    """A dict a unit: row, url, cells (name of a section, points), total, grade and state chips. Points are texts, empty
    while there are none."""
    return [
        {
            "row": row,
            "url": address_of("assessments:assessment_detail", row.assessment.pk),
            "cells": [(section.name, _points(row.sections[section.pk])) for section in sections],
            "total": _points(row.assessment.total),
            "grade": grade_chip(row.assessment.grade),
            "state": state_chip(row.assessment),
        }
        for row in rows
    ]


def _points(points: Decimal | None) -> str:
    return "" if points is None else str(points)


def notice_lines(results: Sequence[PublicResult]) -> list[dict[str, Any]]:
    """A dict a unit: result, rank, grade in words; the best first."""
    ranks = ranked([result.total for result in results])
    return [
        {"result": result, "rank": rank, "grade": grade_chip(result.grade)}
        for result, rank in zip(results, ranks, strict=True)
    ]


def score_sections(rows: Sequence[Score], form: OwnForm | ReviewForm | None) -> list[dict[str, Any]]:
    """A dict a section: section, full, points (None while incomplete), rows (dicts of `score_line`)."""
    found: dict[int, dict[str, Any]] = {}
    for row in rows:
        section = row.rule.section
        entry = found.setdefault(section.pk, {"section": section, "rows": [], "full": Decimal(0)})
        entry["full"] += row.rule.points
        entry["rows"].append(score_line(row) | {"cells": form.cells(row) if form else {}})
    for entry in found.values():
        points = [line["score"].points for line in entry["rows"]]
        is_bonus = entry["section"].bonus_most is not None
        given = [each for each in points if each is not None]
        entry["points"] = section_points(entry["section"], given) if is_bonus or None not in points else None
        entry["full"] = plain(entry["section"].bonus_most or entry["full"])
    return list(found.values())


def score_line(row: Score) -> dict[str, Any]:
    """A score: what was measured in words, its target, and whether a person gave it."""
    return {
        "score": row,
        "full": plain(row.rule.points),
        "by_hand": is_given_by_hand(row.rule),
        "value": measure_words(_measure(row)),
        "fraction": _fraction(row),
        "target": target_words(row.rule, row.target),
        "month": month_words(row.revision.month.first_on) if row.revision else "",
        "is_changed": row.computed_points is not None and row.points != row.computed_points,
    }


def _measure(row: Score) -> Measure | None:
    if row.numerator is None:
        return None
    unit = YUAN if row.rule.source.startswith(COSTS) else PERCENT
    return Measure(row.numerator, row.denominator, row.evidence_url, row.revision_id, unit)


def _fraction(row: Score) -> str:
    """`1,234 / 5,678`, or nothing for a mere number."""
    if row.numerator is None or row.denominator is None:
        return ""
    if row.rule.source.startswith(COSTS):
        return f"{yuan_text(row.numerator / 100)} / {_whole(row.denominator)}"
    return f"{_whole(row.numerator)} / {_whole(row.denominator)}"


def _whole(value: Decimal) -> str:
    return count_text(int(value)) if value == int(value) else plain(value)


def change_rows(score: Score) -> list[dict[str, Any]]:
    """Who changed a score: at, what, before, after, reason, by; the latest first."""
    return [
        {
            "at": each.at,
            "what": each.get_what_display(),
            "before": NO_FIGURE if each.before is None else each.before,
            "after": NO_FIGURE if each.after is None else each.after,
            "reason": each.reason,
            "by": each.by.get_full_name() or each.by.username if each.by else _("the system"),
        }
        for each in score.changes.select_related("by").order_by("-pk")
    ]
