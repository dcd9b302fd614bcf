"""What supervision finds changes a score by the shipped rubrics: findings, activities, calls, proven false signing."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from pytest_django import Settings

from assessments.actions import activities, findings, rubrics
from assessments.actions.activities import Report
from assessments.actions.leads import take_step
from assessments.models import Lead, RubricVersion
from assessments.queries.scoring import Scored, Scoring, assessed_units, rules_of, whole
from assessments.queries.scoring import score as score_units
from assessments.rubric_files import read_rubric
from assessments.rules.scores import Outcome
from teams.models import Role, Team
from teams.models.accounts import SYSTEM
from tests import factories
from tests.assessments.inspecting import NOVEMBER, Ground, make_ground, picture

D = Decimal
MONTH = date(2018, 11, 1)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ground(settings: Settings) -> Ground:
    settings.TODAY = date(2018, 11, 30)
    return make_ground()


def version(name: str) -> RubricVersion:
    rubrics.define(code=name, content=read_rubric(name), by=SYSTEM)
    return whole(RubricVersion.objects.get(rubric__code=name, status="published"))


def scoring(by: RubricVersion, unit_kind: str) -> Scoring:
    return score_units(by, unit_kind, assessed_units(unit_kind, MONTH), MONTH, MONTH)


def scored(by: RubricVersion, unit: int, code: str, unit_kind: str = "institution") -> Scored:
    [rule] = [rule for rule in rules_of(by) if rule.code == code]
    return scoring(by, unit_kind).scores[rule.pk][unit]


def report(ground: Ground, kind: str, *, team: Team | None = None, confirmed: bool = True) -> None:
    said = Report(kind, "活动", MONTH, MONTH, team=team, figures={"people": 30, "staff": 20})
    made = activities.report(institution=ground.centre, said=said, proofs=[picture()], by=ground.clerk)
    if confirmed:
        activities.confirm(activity=made, by=ground.official)


def test_finding_of_an_item_takes_its_points_off_the_rule_that_names_the_item(ground: Ground) -> None:
    national = version("national")
    assert scored(national, ground.centre.pk, "2.3").points == D("6.00")
    _other, wrong = ground.inspect(ground.clinic, "signature", "board")
    row = scored(national, ground.centre.pk, "2.3")
    assert row.points == D("6.00") - wrong.deduction == D("4.00")
    assert row.measure and "item=signature" in row.measure.evidence
    findings.withdraw(finding=wrong, note="误判", by=ground.official)
    assert scored(national, ground.centre.pk, "2.3").points == D("6.00")


def test_confirmed_training_gives_points_and_one_that_nobody_checked_none(ground: Ground) -> None:
    national = version("national")
    report(ground, "training", confirmed=False)
    assert scored(national, ground.centre.pk, "1.3").points == D("0.00")
    report(ground, "training")
    assert scored(national, ground.centre.pk, "1.3").points == D("1.00")
    report(ground, "training")
    assert scored(national, ground.centre.pk, "1.3").points == D("2.00")


def test_activity_without_a_team_counts_for_every_team_of_its_institution(ground: Ground) -> None:
    own, other = (factories.make_team(institution=ground.centre) for _team in range(2))
    elsewhere = factories.make_team()
    zhenhai = version("zhenhai")
    report(ground, "campaign", team=own)
    points = [scored(zhenhai, team.pk, "1.1", "team").points for team in (own, other, elsewhere)]
    assert points == [D("3.00"), D("0.00"), D("0.00")]
    report(ground, "campaign")
    points = [scored(zhenhai, team.pk, "1.1", "team").points for team in (own, other, elsewhere)]
    assert points == [D("3.00"), D("3.00"), D("0.00")]


@pytest.mark.parametrize("name", ["national", "zhenhai", "zhongyuan"])
def test_rules_of_every_shipped_rubric_are_numbered_in_order_without_a_gap(name: str) -> None:
    for place, section in enumerate(read_rubric(name).sections, start=1):
        expected = [f"{place}.{number}" for number in range(1, len(section.rules) + 1)]
        assert [rule.code for rule in section.rules] == expected


@pytest.mark.parametrize("name", ["national", "zhenhai", "zhongyuan"])
def test_false_signing_proven_spoils_the_grade_by_every_shipped_rubric(
    ground: Ground, name: str, confirm: Callable[[Lead], None]
) -> None:
    team, honest = (factories.make_team(institution=ground.centre) for _team in range(2))
    by = version(name)
    lead = Lead.objects.create(
        kind="phone_run", subject=1, weight=5, institution=ground.centre, team=team, evidence={}, mark="m",
        found_on=NOVEMBER, seen_on=NOVEMBER,
    )  # fmt: skip
    assert outcome(by, team).grade == outcome(by, honest).grade != "fail"
    confirm(lead)
    assert (outcome(by, team).grade, outcome(by, honest).grade != "fail") == ("fail", True)


def test_proven_overload_is_no_false_signing(ground: Ground, confirm: Callable[[Lead], None]) -> None:
    team, by = factories.make_team(institution=ground.centre), version("zhongyuan")
    lead = Lead.objects.create(
        kind="over_load", subject=1, weight=2, institution=ground.centre, team=team, evidence={}, mark="m",
        found_on=NOVEMBER, seen_on=NOVEMBER,
    )  # fmt: skip
    confirm(lead)
    assert not scoring(by, "team").hits


@pytest.fixture
def confirm() -> Callable[[Lead], None]:
    def by_two(lead: Lead) -> None:
        first, second = (factories.make_user(Role.OFFICIAL, institution=factories.bureau()) for _one in range(2))
        take_step(lead=lead, step="proposed", mark=lead.mark, reason="逐人电话核实", by=first)
        take_step(lead=lead, step="confirmed", mark=lead.mark, reason="复核属实", by=second)

    return by_two


def outcome(by: RubricVersion, team: Team) -> Outcome:
    """As if every rule had its full points: only vetoes spoil it."""
    full = {rule.pk: rule.points for rule in rules_of(by)}
    return scoring(by, "team").outcome(team.pk, full)
