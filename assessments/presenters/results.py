"""The results of a cycle as a table for a file: a line a unit, the best first."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import attrgetter

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from assessments.models import Assessment, Cycle, Rule, Score
from assessments.presenters.rubrics import ranked
from assessments.queries.assessments import unit_rows


def results_header(cycle: Cycle) -> list[str]:
    """Rank, unit, total and grade; then each section with its rules and what they are worth."""
    head = [_("Rank"), _("Code"), _("Unit"), _("Institution"), _("State"), _("Total"), _("Grade"), _("Vetoes")]
    for section, rules in _sections(cycle):
        head += [f"{section} ({_points(rules)})", *(f"{rule} ({rule.points:f})" for rule in rules)]
    return head


def results_table(rows: QuerySet[Assessment], cycle: Cycle) -> Iterator[list[object]]:
    """The lines. Points that nobody gave yet stay empty; equal totals share a rank."""
    found = list(rows.order_by(F("total").desc(nulls_last=True), "institution__code", "team__code", "staff__staff_no"))
    sections, parts = list(cycle.version.sections.all()), _sections(cycle)
    given = Score.objects.filter(assessment__in=found).values_list("assessment_id", "rule_id", "points")
    points = {(assessment, rule): value for assessment, rule, value in given}
    ranks = ranked([row.total for row in found])
    for rank, row in zip(ranks, unit_rows(found, sections), strict=True):
        unit = row.assessment
        line = [rank, _code(unit), unit.unit_name, unit.institution.name, str(unit.get_state_display()), unit.total]
        line += [str(unit.get_grade_display()), "；".join(row.vetoes)]
        for section, (_name, rules) in zip(sections, parts, strict=True):
            line += [row.sections[section.pk], *(points.get((unit.pk, rule.pk)) for rule in rules)]
        yield line


def _sections(cycle: Cycle) -> list[tuple[str, list[Rule]]]:
    rules = Rule.objects.filter(version=cycle.version_id).select_related("section")
    return [(section.name, list(found)) for section, found in groupby(rules, attrgetter("section"))]


def _points(rules: Sequence[Rule]) -> str:
    return f"{sum(rule.points for rule in rules):f}"


def _code(unit: Assessment) -> str:
    if unit.staff:
        return unit.staff.staff_no
    return unit.team.code if unit.team else unit.institution.code
