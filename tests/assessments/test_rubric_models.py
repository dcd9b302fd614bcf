"""What the database itself keeps of rubrics and assessments, whoever writes to it."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from assessments.models import Assessment, Cycle, Rubric, RubricVersion, Rule, Score, ScoreChange, Section
from assessments.queries.results import Result, results_of
from tests.factories import centre

pytestmark = pytest.mark.django_db


def make_version() -> RubricVersion:
    version = RubricVersion.objects.create(rubric=Rubric.objects.create(code="R"), number=1, name="考核细则")
    section = Section.objects.create(version=version, position=1, name="组织管理")
    Rule.objects.create(
        version=version, section=section, position=1, code="1.1", name="制度", points=100, method="manual"
    )
    return version


def make_assessment(version: RubricVersion) -> Assessment:
    cycle = Cycle.objects.create(
        name="2018年度",
        kind="annual",
        unit_kind="institution",
        version=version,
        from_month=date(2018, 1, 1),
        to_month=date(2018, 12, 1),
        self_due_on=date(2019, 1, 15),
    )
    return Assessment.objects.create(cycle=cycle, institution=centre(), total=Decimal("91.50"), grade="excellent")


def test_published_version_and_its_parts_never_change() -> None:
    version = make_version()
    RubricVersion.objects.update(status="published")
    for change in (
        lambda: Rule.objects.update(points=90),
        lambda: Rule.objects.all().delete(),
        lambda: Section.objects.create(version=version, position=2, name="x"),
        lambda: RubricVersion.objects.update(name="x"),
        lambda: RubricVersion.objects.update(status="draft"),
        lambda: RubricVersion.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    RubricVersion.objects.update(status="retired")


def test_draft_goes_with_its_parts() -> None:
    make_version().rubric.delete()
    assert not Rule.objects.exists()


def test_change_of_a_score_is_never_rewritten() -> None:
    version = make_version()
    score = Score.objects.create(assessment=make_assessment(version), rule=version.rules.get())
    ScoreChange.objects.create(score=score, what="review", before=None, after=90, reason="x")
    with pytest.raises(DatabaseError), transaction.atomic():
        ScoreChange.objects.update(after=95)


def test_results_of_a_cycle_are_by_unit() -> None:
    assessment = make_assessment(make_version())
    assert results_of(assessment.cycle) == {centre().pk: Result(Decimal("91.50"), "excellent")}
