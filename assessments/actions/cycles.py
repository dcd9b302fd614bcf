"""Cycles: opened with every unit scored by the figures, computed again, and moved on to their publication."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessments.models import Assessment, Cycle, RubricVersion, Score, ScoreChange, Veto, VetoHit
from assessments.queries.indicator_sources import frozen_revision
from assessments.queries.scoring import Assessed, Scored, Scoring, rules_of, score, whole
from assessments.rules.cycles import (
    Account,
    check_can_open,
    check_can_rescore,
    check_has_targets,
    check_may_review,
    check_move,
)
from assessments.rules.rubrics import TO_TARGET
from assessments.rules.scores import is_given_by_hand, outcome, parts_of
from teams.actions.twins import only_one
from teams.clock import today
from teams.history import made_by
from teams.models import User
from teams.policy import policy_on
from teams.rules import RuleViolation

AT_ONCE = 2000
COMPARED = ("revision_id", "numerator", "denominator", "target", "evidence_url", "computed_points", "points")
MEASURED = ("revision", "numerator", "denominator", "target", "evidence_url", "computed_points", "points", "edition")


@dataclass(frozen=True)
class Wanted:
    """A cycle to be opened: the months are given by their first days."""

    name: str
    kind: str
    unit_kind: str
    version: RubricVersion
    from_month: date
    to_month: date
    self_due_on: date


@transaction.atomic
def open_cycle(*, wanted: Wanted, units: Sequence[Assessed], by: Account) -> Cycle:
    """Begin the assessment of the units; rules that measure themselves are scored at once.

    Raises RuleViolation: assessment.not_allowed, cycle.not_published, .unit_kind, .period, .no_frozen_month, .no_units,
    .no_target, .name_taken.
    """
    check_may_review(by)
    period = (wanted.from_month, wanted.to_month)
    frozen = frozen_revision(*period)
    check_can_open(version=wanted.version, unit_kind=wanted.unit_kind, period=period, has_frozen=frozen is not None)
    if not units:
        raise RuleViolation("cycle.no_units", _("There is nobody to assess."))
    version = whole(wanted.version)
    scoring = score(version, wanted.unit_kind, units, *period)
    _check_targets(version, scoring, units)
    with made_by(by, "assessments.open_cycle"):
        cycle = _create(wanted, by)
        assessments = Assessment.objects.bulk_create(
            Assessment(cycle=cycle, institution=unit.institution, team=unit.team, staff=unit.staff) for unit in units
        )
        scores = (
            _measured(Score(assessment=each, rule=rule), scoring.scores[rule.pk][each.unit_id])
            for each in assessments
            for rule in rules_of(version)
        )
        Score.objects.bulk_create(scores, batch_size=AT_ONCE)
        _hit(assessments, scoring, by)
        retotal(assessments=assessments, version=version)
        return cycle


@transaction.atomic
def rescore(*, cycle: Cycle, by: Account) -> int:
    """Compute the scores again, from months frozen since; how many changed. What somebody gave by hand stays.

    Raises RuleViolation: assessment.not_allowed, cycle.move.
    """
    check_may_review(by)
    cycle = Cycle.objects.select_for_update().get(pk=cycle.pk)
    check_can_rescore(cycle)
    version = whole(cycle.version)
    assessments = list(cycle.assessments.select_for_update(of=("self",)).select_related("institution", "team", "staff"))
    units = [Assessed(a.unit_id, a.unit_name, a.institution, a.team, a.staff) for a in assessments]
    scoring = score(version, cycle.unit_kind, units, cycle.from_month, cycle.to_month)
    with made_by(by, "assessments.rescore"):
        changed = _update_scores(assessments, scoring, by)
        _hit(assessments, scoring, by)
        retotal(assessments=assessments, version=version)
    return changed


@transaction.atomic
def move(*, cycle: Cycle, to: str, by: Account) -> Cycle:
    """Take a cycle to its next state (`rules.cycles.MOVES`).

    Raises RuleViolation: assessment.not_allowed, cycle.move, .not_reviewed, .open_appeals, .appeals_running.
    """
    check_may_review(by)
    cycle = Cycle.objects.select_for_update().get(pk=cycle.pk)
    check_move(cycle, to)
    with made_by(by, f"assessments.cycle_{to}"):
        cycle.state, day = to, today()
        if to == Cycle.State.NOTICE:
            days = policy_on(day)["assessment_appeal_days"]
            cycle.notice_on, cycle.appeal_until = day, day + timedelta(days=days)
        elif to == Cycle.State.REVIEW:
            cycle.notice_on = cycle.appeal_until = None
        elif to == Cycle.State.PUBLISHED:
            cycle.published_on = day
        cycle.save()
        return cycle


def retotal(*, assessments: Sequence[Assessment], version: RubricVersion) -> None:
    """Work out totals and grades of assessments of one version (read with `whole`) from what stands in their scores."""
    points: dict[int, dict[int, Decimal | None]] = {each.pk: {} for each in assessments}
    rows = Score.objects.filter(assessment__in=assessments).order_by().values_list("assessment_id", "rule_id", "points")
    for assessment, rule, given in rows:
        points[assessment][rule] = given
    hits: dict[int, set[int]] = {}
    for assessment, veto in VetoHit.objects.filter(assessment__in=assessments, lifted_by="").values_list(
        "assessment_id", "veto_id"
    ):
        hits.setdefault(assessment, set()).add(veto)
    changed, parts = [], parts_of(version)
    for each in assessments:
        own = hits.get(each.pk, set())
        found = outcome(version, parts, points[each.pk], [veto for veto in version.vetoes.all() if veto.pk in own])
        if (found.total, found.grade) != (each.total, each.grade):
            each.total, each.grade = found.total, found.grade
            changed.append(each)
    Assessment.objects.bulk_update(changed, ["total", "grade"], batch_size=AT_ONCE)


def _create(wanted: Wanted, by: Account) -> Cycle:
    with only_one("cycle.name_taken", format_lazy(_("There is a cycle “{name}” already."), name=wanted.name)):
        return Cycle.objects.create(**vars(wanted), made_by=by if isinstance(by, User) else None)


def _check_targets(version: RubricVersion, scoring: Scoring, units: Iterable[Assessed]) -> None:
    needing = [rule for rule in rules_of(version) if rule.method in TO_TARGET and not is_given_by_hand(rule)]
    check_has_targets(
        [(rule, unit.name) for rule in needing for unit in units if scoring.scores[rule.pk][unit.pk].target is None]
    )


def _measured(row: Score, scored: Scored) -> Score:
    """The score with what was computed; points that a person gave stay."""
    is_by_hand = row.points != row.computed_points
    measure = scored.measure
    row.revision_id = measure.revision if measure else None
    row.numerator = Decimal(measure.numerator) if measure else None
    row.denominator = Decimal(measure.denominator) if measure and measure.denominator is not None else None
    row.evidence_url = measure.evidence if measure else ""
    row.target, row.computed_points = scored.target, scored.points
    if not is_by_hand:
        row.points = scored.points
    return row


def _update_scores(assessments: Sequence[Assessment], scoring: Scoring, by: Account) -> int:
    units = {each.pk: each.unit_id for each in assessments}
    changed, changes = [], []
    for row in Score.objects.filter(assessment__in=assessments).select_for_update().order_by("pk"):
        before = [getattr(row, name) for name in COMPARED]
        points = row.points
        _measured(row, scoring.scores[row.rule_id][units[row.assessment_id]])
        if [getattr(row, name) for name in COMPARED] == before:
            continue
        row.edition += 1
        changed.append(row)
        if row.points != points:
            changes.append(change(row, ScoreChange.What.COMPUTED, points, row.points, by))
    # An upsert: for thousands of rows many times as quick as an update with a case for each of them.
    Score.objects.bulk_create(
        changed, batch_size=AT_ONCE, update_conflicts=True, unique_fields=["id"], update_fields=MEASURED
    )
    ScoreChange.objects.bulk_create(changes, batch_size=AT_ONCE)
    return len(changed)


def change(
    row: Score, what: str, before: Decimal | None, after: Decimal | None, by: Account, reason: str = ""
) -> ScoreChange:
    """The line that keeps who changed a score, before, after and why."""
    account = by if isinstance(by, User) else None
    return ScoreChange(score=row, what=what, before=before, after=after, reason=reason, by=account)


def _hit(assessments: Iterable[Assessment], scoring: Scoring, by: Account) -> None:
    """Note the vetoes that hit; one that was noted (or lifted) before stays as it is."""
    those = {veto for own in scoring.hits.values() for veto in own}
    veto_names = dict(Veto.objects.filter(pk__in=those).values_list("pk", "name"))
    VetoHit.objects.bulk_create(
        (
            VetoHit(
                assessment=each,
                veto_id=veto,
                reason=f"{veto_names[veto]}: {measure.numerator}",
                evidence_url=measure.evidence,
                by=str(by),
            )
            for each in assessments
            for veto, measure in scoring.hits.get(each.unit_id, {}).items()
        ),
        ignore_conflicts=True,
    )
