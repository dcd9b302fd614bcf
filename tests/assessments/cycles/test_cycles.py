"""A cycle from its opening to its publication: what is scored, and against what, and when its results hold."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from assessments.actions.cycles import open_cycle, rescore
from assessments.models import (
    Cycle,
    Score,
    ScoreChange,
    Target,
)
from assessments.queries.results import results_of
from assessments.queries.scoring import assessed_units, score, whole
from assessments.rubric_content import Band, Content, RuleContent, SectionContent
from assessments.rules.cycles import why_not_published
from teams.models import Role, Team, TeamMember
from teams.rules import RuleViolation
from tests.accounts import make_account
from tests.assessments.cycles.stages import CONTENT, Stage, in_use, wanted
from tests.factories import make_institution, make_staff, make_team
from tests.small_district import OCTOBER, SmallDistrict

D = Decimal
pytestmark = pytest.mark.django_db


def test_opening_a_cycle_scores_what_measures_itself(stage: Stage) -> None:
    row = stage.score("1.1")
    assert (row.numerator, row.denominator, row.target, row.points) == (3, 5, 80, D("45.00"))
    assert row.revision is not None and row.revision.month.first_on == OCTOBER
    assert "unit=C" in row.evidence_url
    assert stage.score("1.2").points is None
    assert stage.assessment.total is None and results_of(stage.cycle) == {}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"from_month": OCTOBER, "to_month": date(2018, 9, 1)}, "cycle.period"),
        ({"from_month": date(2017, 1, 1), "to_month": date(2017, 12, 1)}, "cycle.no_frozen_month"),
        ({"unit_kind": "planet"}, "cycle.unit_kind"),
    ],
)
def test_cycle_that_makes_no_sense_is_refused(frozen: SmallDistrict, changes: dict[str, object], code: str) -> None:
    official = make_account("o1", Role.OFFICIAL, institution=frozen.bureau)
    with pytest.raises(RuleViolation) as refused:
        open_cycle(wanted=wanted(in_use(), **changes), units=assessed_units("institution", OCTOBER), by=official)
    assert refused.value.code == code


def test_rule_by_the_year_s_target_needs_one_for_every_unit(frozen: SmallDistrict) -> None:
    official = make_account("o1", Role.OFFICIAL, institution=frozen.bureau)
    rule = RuleContent("1.1", "签约覆盖率", D(100), "proportional", source="indicator:coverage")
    version = in_use(replace(CONTENT, sections=(SectionContent("服务质量", rules=(rule,)),)))
    with pytest.raises(RuleViolation) as refused:
        open_cycle(wanted=wanted(version), units=assessed_units("institution", OCTOBER), by=official)
    assert refused.value.code == "cycle.no_target"


def test_head_count_is_a_target_of_heads_and_leaves_bands_to_the_rate(frozen: SmallDistrict) -> None:
    """3 of 5 people: 3 of the 4 heads wanted, and 60 per cent."""
    Target.objects.create(indicator="coverage", year=2018, count=4, scope="institution", institution=frozen.centre)
    rules = (
        RuleContent("1.1", "任务数", D(40), "proportional", source="indicator:coverage"),
        RuleContent("1.2", "覆盖率", D(60), "bands", source="indicator:coverage", bands=(Band(D(50), D(60)),)),
    )
    version = whole(in_use(Content("考核细则", sections=(SectionContent("签约", rules=rules),))))
    units = assessed_units("institution", OCTOBER)
    found = score(version, "institution", units, OCTOBER, OCTOBER).scores.values()
    scored = [row for of_units in found for row in of_units.values()]
    assert [(row.points, row.target) for row in scored] == [(D("30.00"), D(4)), (D("60.00"), None)]


def test_institution_without_figures_is_held_to_its_head_count_too(frozen: SmallDistrict) -> None:
    rule = RuleContent("1.1", "任务数", D(100), "proportional", source="indicator:coverage")
    version = whole(in_use(Content("考核细则", sections=(SectionContent("签约", rules=(rule,)),))))
    empty = make_institution(code="EMPTY")
    Target.objects.create(indicator="coverage", year=2018, count=4, scope="institution", institution=empty)
    units = [unit for unit in assessed_units("institution", OCTOBER) if unit.institution == empty]
    (found,) = score(version, "institution", units, OCTOBER, OCTOBER).scores.values()
    (scored,) = found.values()
    assert (scored.points, scored.measure, scored.target) == (D("0.00"), None, D(4))


def test_institution_that_shut_is_not_assessed_any_more(frozen: SmallDistrict) -> None:
    def assessed(month: date) -> set[int]:
        return {unit.pk for unit in assessed_units("institution", month, [frozen.centre.kind, frozen.clinic.kind])}

    assert assessed(OCTOBER) == {frozen.centre.pk, frozen.clinic.pk}
    make_team(institution=frozen.clinic, dissolved_on=date(2018, 10, 20))
    assert assessed(OCTOBER) == {frozen.centre.pk, frozen.clinic.pk}  # somebody is still managed there
    type(frozen.zheng).objects.filter(institution=frozen.clinic).update(institution=frozen.centre)
    assert assessed(OCTOBER) == {frozen.centre.pk}
    assert assessed(date(2018, 9, 1)) == {frozen.centre.pk, frozen.clinic.pk}
    Team.objects.filter(institution=frozen.centre).update(dissolved_on=date(2018, 10, 20))
    assert assessed(OCTOBER) == {frozen.centre.pk}  # it manages people


def test_name_of_a_cycle_is_taken_once(stage: Stage) -> None:
    with pytest.raises(RuleViolation) as refused:
        open_cycle(wanted=wanted(stage.cycle.version), units=assessed_units("institution", OCTOBER), by=stage.official)
    assert refused.value.code == "cycle.name_taken"


def test_results_wait_for_every_review_and_for_the_days_of_appeal(stage: Stage, settings: Settings) -> None:
    stage.move("review")
    with pytest.raises(RuleViolation) as refused:
        stage.move("notice")
    assert refused.value.code == "cycle.not_reviewed"
    with pytest.raises(RuleViolation) as refused:
        stage.step("reviewed", stage.official)
    assert refused.value.code == "assessment.incomplete"
    stage.give("1.2", "30")
    stage.step("reviewed", stage.official)
    settings.TODAY = date(2018, 12, 1)
    assert stage.move("notice").appeal_until == date(2018, 12, 6)
    with pytest.raises(RuleViolation) as refused:
        stage.move("published")
    assert refused.value.code == "cycle.appeals_running" and why_not_published(Cycle.objects.get())
    settings.TODAY = date(2018, 12, 7)
    assert not why_not_published(Cycle.objects.get())
    assert stage.move("published").published_on == date(2018, 12, 7)
    with pytest.raises(RuleViolation) as refused:
        stage.move("review")
    assert refused.value.code == "cycle.move"


def test_scoring_again_changes_what_was_computed_and_not_what_was_given(stage: Stage) -> None:
    Score.objects.filter(rule__code="1.1").update(points=44, computed_points=44, numerator=2)
    stage.step("submitted", stage.clerk)
    stage.give("1.2", "30")
    assert rescore(cycle=stage.cycle, by=stage.official) == 1
    assert stage.score("1.1").points == 45
    assert ScoreChange.objects.get(what="computed").after == 45
    assert rescore(cycle=stage.cycle, by=stage.official) == 0
    stage.give("1.1", "40")
    Score.objects.filter(rule__code="1.1").update(numerator=2)
    assert rescore(cycle=stage.cycle, by=stage.official) == 1
    assert (stage.score("1.1").numerator, stage.score("1.1").points) == (3, 40)


@pytest.mark.parametrize("kind", ["team", "staff"])
def test_teams_and_doctors_are_assessed_like_institutions(frozen: SmallDistrict, kind: str) -> None:
    official = make_account("o1", Role.OFFICIAL, institution=frozen.bureau)
    TeamMember.objects.create(team=frozen.team, staff=make_staff(institution=frozen.centre), from_on=date(2018, 1, 1))
    units = assessed_units(kind, OCTOBER)
    cycle = open_cycle(wanted=wanted(in_use(), unit_kind=kind), units=units, by=official)
    assert {each.unit_id for each in cycle.assessments.all()} == {unit.pk for unit in units}
    assert Score.objects.filter(assessment__cycle=cycle, rule__code="1.1", points__gt=0).exists()


def test_opening_takes_as_many_queries_for_one_unit_as_for_many(
    frozen: SmallDistrict, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    official = make_account("o1", Role.OFFICIAL, institution=frozen.bureau)
    version, units = in_use(), assessed_units("team", OCTOBER)
    with django_assert_max_num_queries(40) as counted:
        open_cycle(wanted=wanted(version, unit_kind="team"), units=units[:1], by=official)
    first = len(counted.captured_queries)
    with django_assert_max_num_queries(first) as counted:
        open_cycle(wanted=wanted(version, unit_kind="team", name="2"), units=units, by=official)
    assert len(units) > 1
