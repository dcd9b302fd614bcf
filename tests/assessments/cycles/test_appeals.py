"""Appeals against a score: by when, once, and what they change."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation
from pytest_django import Settings

from assessments.actions import scores
from assessments.models import Appeal
from teams.rules import RuleViolation
from tests.assessments.cycles.stages import Stage

D = Decimal
pytestmark = pytest.mark.django_db


def test_appeal_changes_the_score_once_with_its_reasons(stage: Stage, settings: Settings) -> None:
    settings.TODAY = date(2018, 12, 1)
    stage.put_on_notice()
    made = scores.appeal(score=stage.score("1.2"), text="制度齐全", by=stage.clerk)
    with pytest.raises(RuleViolation) as refused:
        scores.appeal(score=stage.score("1.2"), text="x", by=stage.clerk)
    assert refused.value.code == "appeal.twice"
    settings.TODAY = date(2018, 12, 7)
    with pytest.raises(RuleViolation) as refused:
        stage.move("published")
    assert refused.value.code == "cycle.open_appeals"
    scores.decide(appeal=made, points=D(36), decision="补交属实", by=stage.second)
    assert (stage.assessment.total, stage.score("1.2").points) == (D(81), D(36))
    with pytest.raises(RuleViolation) as refused:
        scores.decide(appeal=made, points=None, decision="x", by=stage.official)
    assert refused.value.code == "appeal.decided" and "o2" in str(refused.value)
    assert stage.move("published").state == "published"


def test_dismissed_appeal_leaves_the_score(stage: Stage, settings: Settings) -> None:
    settings.TODAY = date(2018, 12, 1)
    stage.put_on_notice()
    made = scores.appeal(score=stage.score("1.1"), text="x", by=stage.clerk)
    decided = scores.decide(appeal=made, points=None, decision="以冻结月份为准", by=stage.second)
    assert (decided.state, stage.score("1.1").points) == (Appeal.State.DISMISSED, D(45))


def test_appeal_waits_while_its_cycle_is_reviewed_again(stage: Stage, settings: Settings) -> None:
    settings.TODAY = date(2018, 12, 1)
    stage.put_on_notice()
    made = scores.appeal(score=stage.score("1.1"), text="x", by=stage.clerk)
    stage.move("review")
    with pytest.raises(RuleViolation) as refused:
        scores.decide(appeal=made, points=D(40), decision="属实", by=stage.second)
    assert refused.value.code == "appeal.not_on_notice" and stage.score("1.1").points == D(45)
    stage.move("notice")
    assert scores.decide(appeal=made, points=D(40), decision="属实", by=stage.second).state == Appeal.State.UPHELD


def test_appeal_after_its_days_is_refused(stage: Stage, settings: Settings) -> None:
    settings.TODAY = date(2018, 12, 1)
    stage.put_on_notice()
    settings.TODAY = date(2018, 12, 7)
    with pytest.raises(RuleViolation) as refused:
        scores.appeal(score=stage.score("1.2"), text="x", by=stage.clerk)
    assert refused.value.code == "appeal.too_late"


@pytest.mark.parametrize(("day", "is_asked"), [(6, True), (7, False)])
def test_review_that_is_closed_leads_to_an_appeal_while_there_may_be_one(
    stage: Stage, settings: Settings, day: int, is_asked: bool
) -> None:
    settings.TODAY = date(2018, 12, 1)
    stage.put_on_notice()
    settings.TODAY = date(2018, 12, day)
    with pytest.raises(RuleViolation) as refused:
        stage.give("1.2", "31")
    with translation.override("en"):
        assert (refused.value.code, "appeal" in str(refused.value)) == ("assessment.closed", is_asked)
