"""When an assessment may take its next step, and what a score must be to be kept."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from assessments.models import Appeal, Assessment, Cycle, RubricVersion, Rule, Score, UnitKind
from teams.models import User
from teams.models.accounts import SystemAccount
from teams.permissions import Permission, has_permission
from teams.rules import RuleViolation

Account = User | SystemAccount
State = Cycle.State
MOVES: Mapping[str, frozenset[str]] = {
    State.SELF: frozenset({State.REVIEW, State.CANCELLED}),
    State.REVIEW: frozenset({State.SELF, State.NOTICE, State.CANCELLED}),
    State.NOTICE: frozenset({State.REVIEW, State.PUBLISHED}),
    State.PUBLISHED: frozenset(),
    State.CANCELLED: frozenset(),
}
STEPS: Mapping[str, frozenset[str]] = {
    Assessment.State.OPEN: frozenset({Assessment.State.SUBMITTED, Assessment.State.REVIEWED}),
    Assessment.State.SUBMITTED: frozenset({Assessment.State.OPEN, Assessment.State.REVIEWED}),
    Assessment.State.REVIEWED: frozenset({Assessment.State.SUBMITTED}),
}


def check_may_review(by: Account) -> None:
    """Cycles, reviews and decisions are the bureau's officials'."""
    if not has_permission(by, Permission.ASSESSMENT_REVIEW):
        raise RuleViolation("assessment.not_allowed", _("Only an official of the bureau does this."))


def check_may_report(by: Account) -> None:
    """Self-assessments and appeals are the institution's."""
    if not has_permission(by, Permission.ASSESSMENT_REPORT):
        raise RuleViolation("assessment.not_allowed", _("Only a clerk of the institution does this."))


def check_can_open(*, version: RubricVersion, unit_kind: str, period: tuple[date, date], has_frozen: bool) -> None:
    """A cycle uses a version in use, on months of which one is frozen."""
    if version.status != RubricVersion.Status.PUBLISHED:
        raise RuleViolation("cycle.not_published", _("A cycle uses a rubric that is in use: publish the draft first."))
    if unit_kind not in UnitKind.values:
        raise RuleViolation("cycle.unit_kind", _("There is no such kind of unit."))
    if period[0] > period[1]:
        raise RuleViolation("cycle.period", _("The first month comes before the last."))
    if not has_frozen:
        raise RuleViolation("cycle.no_frozen_month", _("None of these months is frozen: freeze the last one first."))


def check_has_targets(without: list[tuple[Rule, str]]) -> None:
    """Every rule that goes by the year's target finds one for every unit."""
    if without:
        rule, unit = without[0]
        raise RuleViolation(
            "cycle.no_target",
            format_lazy(_("Rule {rule} goes by the year's target, and {unit} has none."), rule=rule.code, unit=unit),
        )


def check_move(cycle: Cycle, to: str) -> None:
    """The cycle may go there; results are published when the days for appeals are over."""
    if to not in MOVES[cycle.state]:
        raise RuleViolation(
            "cycle.move",
            format_lazy(_("“{name}” is in another state now: {state}."), name=cycle, state=cycle.get_state_display()),
        )
    if to == State.NOTICE:
        _check_reviewed(cycle)
    if to == State.PUBLISHED:
        _check_appeals_are_over(cycle)


def why_not_published(cycle: Cycle) -> str:
    """Why results on notice can't be published yet; empty when they can, and in other states."""
    if cycle.state != State.NOTICE:
        return ""
    try:
        _check_appeals_are_over(cycle)
    except RuleViolation as refusal:
        return str(refusal)
    return ""


def _check_reviewed(cycle: Cycle) -> None:
    waiting = cycle.assessments.exclude(state=Assessment.State.REVIEWED)
    if count := waiting.count():
        raise RuleViolation("cycle.not_reviewed", format_lazy(_("Assessments not reviewed yet: {count}."), count=count))


def _check_appeals_are_over(cycle: Cycle) -> None:
    if Appeal.objects.filter(score__assessment__cycle=cycle, state=Appeal.State.OPEN).exists():
        raise RuleViolation("cycle.open_appeals", _("Decide the open appeals first."))
    if cycle.takes_appeals:
        raise RuleViolation(
            "cycle.appeals_running", format_lazy(_("Units may appeal until {day}."), day=cycle.appeal_until)
        )


def check_can_rescore(cycle: Cycle) -> None:
    """Scores are computed again until they were made known."""
    if cycle.state not in (State.SELF, State.REVIEW):
        raise RuleViolation("cycle.move", _("Scores are computed again before the notice only."))


def check_step(assessment: Assessment, to: str) -> None:
    """The assessment may go there, while its cycle is still open."""
    if assessment.cycle.state not in (State.SELF, State.REVIEW):
        raise _closed(assessment.cycle)
    if to not in STEPS[assessment.state]:
        raise RuleViolation(
            "assessment.step",
            format_lazy(_("It is in another state now: {state}."), state=assessment.get_state_display()),
        )
    if to == Assessment.State.SUBMITTED and assessment.cycle.state != State.SELF and not assessment.reviewed_by_id:
        raise RuleViolation("assessment.too_late", _("The time of self-assessment is over."))


def _closed(cycle: Cycle) -> RuleViolation:
    """Nothing more is scored; what the unit can still do."""
    if cycle.state == State.CANCELLED:
        return RuleViolation("assessment.closed", _("This cycle was cancelled."))
    if cycle.takes_appeals:
        message = _("The results were made known; appeal against a score instead.")
        return RuleViolation("assessment.closed", message)
    return RuleViolation("assessment.closed", _("The results were made known."))


def check_can_self_assess(assessment: Assessment, by: Account) -> None:
    """The unit writes its own scores while its self-assessment is open."""
    check_may_report(by)
    if assessment.cycle.state != State.SELF or assessment.state != Assessment.State.OPEN:
        raise RuleViolation("assessment.not_open", _("The self-assessment is closed."))


def check_can_review(assessment: Assessment, by: Account) -> None:
    """A second person reviews what was handed in, or, once self-assessment is over, whatever there is."""
    check_may_review(by)
    if assessment.cycle.state not in (State.SELF, State.REVIEW):
        raise _closed(assessment.cycle)
    if assessment.state == Assessment.State.REVIEWED:
        raise RuleViolation("assessment.reviewed", _("It is reviewed already; open the review again first."))
    if assessment.state == Assessment.State.OPEN and assessment.cycle.state == State.SELF:
        raise RuleViolation("assessment.not_handed_in", _("The unit has not handed its self-assessment in yet."))
    if assessment.submitted_by_id is not None and assessment.submitted_by_id == by.pk:
        raise RuleViolation("assessment.second_person", _("Whoever handed the self-assessment in does not review it."))


def check_points(rule: Rule, points: Decimal | None) -> None:
    """Points lie between 0 and the rule's; all or nothing where the rule says so."""
    if points is None:
        return
    if not 0 <= points <= rule.points:
        raise RuleViolation(
            "score.points",
            format_lazy(_("{rule}: the points lie between 0 and {points}."), rule=rule, points=rule.points),
        )
    if rule.method == Rule.Method.PASS_FAIL and points not in (0, rule.points):
        raise RuleViolation(
            "score.points", format_lazy(_("{rule}: either {points} or 0."), rule=rule, points=rule.points)
        )


def check_reason(rule: Rule, reason: str) -> None:
    """What a person gives has a reason."""
    if not reason.strip():
        raise RuleViolation("score.reason", format_lazy(_("{rule}: give the reason."), rule=rule))


def check_is_whole(assessment: Assessment) -> None:
    """A review is finished when every rule has points."""
    rows = assessment.scores.filter(points=None, rule__section__bonus_most=None).select_related("rule")
    missing = rows.order_by("rule__section__position", "rule__position").first()
    if missing:
        raise RuleViolation("assessment.incomplete", format_lazy(_("{rule} has no points yet."), rule=missing.rule))


def check_can_appeal(score: Score, by: Account) -> None:
    """Once against each score, on the days after the notice."""
    check_may_report(by)
    if not score.assessment.cycle.takes_appeals:
        raise RuleViolation("appeal.too_late", _("The days for appeals are not running."))
    if Appeal.objects.filter(score=score).exists():
        raise RuleViolation("appeal.twice", _("There is an appeal against this score already."))


def check_can_decide(appeal: Appeal, by: Account) -> None:
    """An open appeal, while the results are on notice."""
    check_may_review(by)
    if appeal.state != Appeal.State.OPEN:
        raise RuleViolation(
            "appeal.decided",
            format_lazy(
                _("{name} decided this appeal on {day}: {decision}"),
                name=appeal.decided_by,
                day=appeal.decided_at.date().isoformat() if appeal.decided_at else "",
                decision=appeal.decision,
            ),
        )
    if appeal.score.assessment.cycle.state != State.NOTICE:
        raise RuleViolation("appeal.not_on_notice", _("An appeal is decided while the results are on notice."))
