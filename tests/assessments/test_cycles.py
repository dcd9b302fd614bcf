"""A cycle from its opening to its publication: who may do what when, and what every change of a score leaves behind."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import translation
from pytest_django import DjangoAssertNumQueries, Settings

from assessments.actions import cycles, rubrics, scores
from assessments.actions.cycles import Wanted, open_cycle, rescore
from assessments.actions.freezing import freeze
from assessments.actions.scores import Given, Own, evidence_content
from assessments.models import (
    Appeal,
    Assessment,
    Cycle,
    Evidence,
    Month,
    RubricVersion,
    Score,
    ScoreChange,
    Target,
    VetoHit,
)
from assessments.queries.results import Result, results_of
from assessments.queries.scoring import assessed_units, score, whole
from assessments.rubric_content import Band, Content, RuleContent, SectionContent, VetoContent
from assessments.rules.cycles import why_not_published
from teams.models import Role, Team, TeamMember, User
from teams.models.accounts import SYSTEM
from teams.rules import RuleViolation
from tests.accounts import make_account
from tests.factories import make_institution, make_staff, make_team
from tests.small_district import OCTOBER, SmallDistrict

D = Decimal
CONTENT = Content(
    "考核细则",
    sections=(
        SectionContent(
            "服务质量",
            rules=(
                RuleContent("1.1", "签约覆盖率", D(60), "proportional", source="indicator:coverage", target=D(80)),
                RuleContent("1.2", "制度", D(40), "manual"),
            ),
        ),
        SectionContent("加分", D(5), rules=(RuleContent("2.1", "典型", D(5), "manual"),)),
    ),
    vetoes=(VetoContent("V1", "虚假签约", grade="fail"), VetoContent("V2", "事故", total_most=D(59))),
)

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Stage:
    """A cycle of the centre with its people. The centre covers 3 of 5: 45 of the 60 points."""

    cycle: Cycle
    clerk: User
    official: User
    second: User

    @property
    def assessment(self) -> Assessment:
        return Assessment.objects.get()

    def score(self, code: str) -> Score:
        return Score.objects.get(rule__code=code)

    def own(self, code: str, points: int, text: str = "") -> None:
        scores.save_own(assessment=self.assessment, own={self.score(code).pk: Own(D(points), text)}, by=self.clerk)

    def give(
        self, code: str, points: str, reason: str = "查阅文件", by: User | None = None, edition: int | None = None
    ) -> None:
        row = self.score(code)
        said = Given(D(points), None, reason, row.edition if edition is None else edition)
        scores.review(assessment=self.assessment, given={row.pk: said}, by=by or self.official)

    def step(self, to: str, by: User, reason: str = "") -> Assessment:
        return scores.step(assessment=self.assessment, to=to, by=by, reason=reason)

    def move(self, to: str) -> Cycle:
        return cycles.move(cycle=self.cycle, to=to, by=self.official)

    def put_on_notice(self) -> None:
        self.move("review")
        self.give("1.2", "30")
        self.step("reviewed", self.official)
        self.move("notice")


def wanted(version: RubricVersion, **changes: object) -> Wanted:
    said = Wanted("2018年度", "annual", "institution", version, date(2018, 9, 1), OCTOBER, date(2018, 11, 20))
    return replace(said, **changes)


def in_use(content: Content = CONTENT) -> RubricVersion:
    rubrics.define(code="R", content=content, by=SYSTEM)
    return RubricVersion.objects.get(status="published")


@pytest.fixture
def frozen(district: SmallDistrict) -> Iterator[SmallDistrict]:
    with transaction.atomic():
        current = Month.objects.get(first_on=OCTOBER).current
        assert current is not None
        freeze(revision=current, by=SYSTEM, explanation="小")
        yield district


@pytest.fixture
def stage(frozen: SmallDistrict) -> Stage:
    official = make_account("o1", Role.OFFICIAL, institution=frozen.bureau)
    units = assessed_units("institution", OCTOBER)
    return Stage(
        open_cycle(wanted=wanted(in_use()), units=units, by=official),
        make_account("c1", Role.CLERK, institution=frozen.centre),
        official,
        make_account("o2", Role.OFFICIAL, institution=frozen.bureau),
    )


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
