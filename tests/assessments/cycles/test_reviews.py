"""Who may score what in a cycle, and what every change of a score leaves behind."""

from decimal import Decimal

import pytest

from assessments.actions import scores
from assessments.actions.scores import evidence_content
from assessments.models import (
    Evidence,
    ScoreChange,
    VetoHit,
)
from assessments.queries.results import Result, results_of
from teams.models import Role
from teams.rules import RuleViolation
from tests.accounts import make_account
from tests.assessments.cycles.stages import Stage

D = Decimal
pytestmark = pytest.mark.django_db


def test_unit_says_its_own_score_with_evidence_and_hands_in(stage: Stage) -> None:
    stage.own("1.2", 38, "制度上墙")
    kept = scores.add_evidence(score=stage.score("1.2"), name="制度.pdf", content=b"%PDF-1.7 x", by=stage.clerk)
    assert bytes(Evidence.objects.get().content) != b"%PDF-1.7 x"
    assert evidence_content(kept) == b"%PDF-1.7 x"
    assert stage.step("submitted", stage.clerk).submitted_by == stage.clerk
    with pytest.raises(RuleViolation) as refused:
        stage.own("1.2", 40)
    assert refused.value.code == "assessment.not_open"
    assert stage.score("1.2").points is None


@pytest.mark.parametrize(("content", "code"), [(b"MZ\x90", "evidence.kind"), (b"", "evidence.size")])
def test_file_that_is_no_evidence_is_refused(stage: Stage, content: bytes, code: str) -> None:
    with pytest.raises(RuleViolation) as refused:
        scores.add_evidence(score=stage.score("1.2"), name="x", content=content, by=stage.clerk)
    assert refused.value.code == code


def test_whoever_hands_in_does_not_review(stage: Stage) -> None:
    both = make_account("b", Role.CLERK, Role.OFFICIAL, institution=stage.assessment.institution)
    stage.step("submitted", both)
    with pytest.raises(RuleViolation) as refused:
        stage.give("1.2", "30", by=both)
    assert refused.value.code == "assessment.second_person"
    stage.give("1.2", "30")
    assert stage.score("1.2").points == 30


def test_review_needs_a_reason_and_points_within_the_rule(stage: Stage) -> None:
    stage.step("submitted", stage.clerk)
    wrong = (("30", " ", "score.reason"), ("40.01", "x", "score.points"), ("-1", "x", "score.points"))
    for points, reason, code in wrong:
        with pytest.raises(RuleViolation) as refused:
            stage.give("1.2", points, reason)
        assert refused.value.code == code


def test_second_of_two_reviewers_learns_who_was_quicker(stage: Stage) -> None:
    stage.step("submitted", stage.clerk)
    stage.give("1.2", "30", by=stage.second, edition=0)
    with pytest.raises(RuleViolation) as refused:
        stage.give("1.2", "20", edition=0)
    assert refused.value.code == "score.changed_meanwhile"
    assert "o2" in str(refused.value) and "30" in str(refused.value)


def test_every_change_keeps_who_before_after_and_why(stage: Stage) -> None:
    stage.step("submitted", stage.clerk)
    stage.give("1.1", "40", "抽查有误")
    stage.give("1.1", "42", "复查", by=stage.second)
    told = ScoreChange.objects.values_list("what", "before", "after", "reason", "by__username")
    assert list(told) == [
        ("review", D(45), D(40), "抽查有误", "o1"),
        ("review", D(40), D(42), "复查", "o2"),
    ]


def test_total_is_there_when_every_ordinary_rule_has_points(stage: Stage) -> None:
    stage.move("review")
    stage.give("1.2", "40")
    assert (stage.assessment.total, stage.assessment.grade) == (D(85), "good")
    stage.give("2.1", "5")
    assert results_of(stage.cycle) == {stage.assessment.institution_id: Result(D(90), "excellent")}


def test_veto_fails_the_unit_until_it_is_lifted(stage: Stage) -> None:
    stage.put_on_notice()
    stage.move("review")
    stage.step("submitted", stage.official, "核查")
    fake, accident = stage.cycle.version.vetoes.all()
    hit = scores.hit_veto(assessment=stage.assessment, veto=fake, reason="核实两户", by=stage.official)
    assert (stage.assessment.total, stage.assessment.grade) == (D(75), "fail")
    scores.hit_veto(assessment=stage.assessment, veto=accident, reason="x", by=stage.official)
    assert stage.assessment.total == D(59)
    for each in VetoHit.objects.all():
        scores.lift_veto(hit=each, reason="澄清", by=stage.official)
    assert (stage.assessment.total, stage.assessment.grade) == (D(75), "pass")
    hit.refresh_from_db()
    assert hit.lifted_by == "o1"
