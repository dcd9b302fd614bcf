"""A year from its first frozen month to the last cent: twelve months, two assessments, an appeal, a prepayment, a
settlement and a clawback, each step by whoever takes it in a bureau, each amount counted by hand and a second time."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from assessments.actions import cycles, rubrics, scores
from assessments.actions.cycles import Wanted, open_cycle
from assessments.actions.freezing import freeze, verify
from assessments.actions.months import compute
from assessments.actions.repayments import enter_repayment
from assessments.actions.runs import begin_run, pay_round, review_round, simulate_round, submit_round
from assessments.actions.scores import Given, Own
from assessments.models import Assessment, Cycle, Month, Round, RubricVersion, Run, Score
from assessments.queries.results import results_of
from assessments.queries.scoring import assessed_units
from assessments.rubric_content import Content, RuleContent, SectionContent
from contracts.models import Coverage
from teams.models import Role, Team, User
from teams.models.accounts import SYSTEM
from tests.accounts import make_account
from tests.money import MoneyDistrict, make_fund, make_money_district
from tests.reference.money import entitlements_by_hand

D = Decimal
CONTENT = Content(
    "签约服务考核细则",
    sections=(
        SectionContent(
            "服务质量",
            rules=(
                RuleContent("1", "签约覆盖率", D(60), "proportional", source="indicator:coverage", target=D(50)),
                RuleContent("2", "组织管理", D(40), "manual"),
            ),
        ),
    ),
)
PAYERS = {"city_finance": "4", "district_finance": "6"}

pytestmark = pytest.mark.django_db


@dataclass
class Year:
    """The people who act, and the calendar on their wall."""

    district: MoneyDistrict
    clerk: User
    settings: Settings

    def on(self, *day: int) -> None:
        self.settings.TODAY = date(*day)

    def freeze(self, *months: int) -> None:
        """On the first of the next month, as the beat and an official do it."""
        for month in months:
            self.on(2018 + month // 12, month % 12 + 1, 1)
            freeze(revision=compute(month=date(2018, month, 1)), by=self.district.official, explanation="-")

    def assess(self, name: str, kind: str, months: tuple[int, int], given: dict[Team, str]) -> Cycle:
        """Open, let the first team assess itself, review by an official, and put the result on notice."""
        first, last = (date(2018, month, 1) for month in months)
        version = RubricVersion.objects.get(status="published")
        wanted = Wanted(name, kind, "team", version, first, last, last)
        cycle = open_cycle(wanted=wanted, units=assessed_units("team", last), by=self.district.official)
        own = self.score(cycle, self.district.a)
        scores.save_own(assessment=own.assessment, own={own.pk: Own(D(40), "制度齐全")}, by=self.clerk)
        scores.step(assessment=own.assessment, to="submitted", by=self.clerk)
        cycle = cycles.move(cycle=cycle, to="review", by=self.district.official)
        for team, points in given.items():
            row = self.score(cycle, team)
            said = Given(D(points), None, "查阅资料", row.edition)
            scores.review(assessment=row.assessment, given={row.pk: said}, by=self.district.official)
            scores.step(assessment=row.assessment, to="reviewed", by=self.district.official)
        return cycles.move(cycle=cycle, to="notice", by=self.district.official)

    def score(self, cycle: Cycle, team: Team) -> Score:
        return Score.objects.select_related("assessment", "rule").get(
            assessment__cycle=cycle, assessment__team=team, rule__code="2"
        )

    def publish(self, cycle: Cycle) -> Cycle:
        self.settings.TODAY = date.fromordinal(cycle.appeal_until.toordinal() + 1)
        return cycles.move(cycle=cycle, to="published", by=self.district.official)

    def carry_through(self, run: Run, stage: str, cycle: Cycle | None = None) -> Round:
        row = simulate_round(run=run, stage=stage, cycle=cycle, by=self.district.official)
        submit_round(row=row, by=self.district.official)
        review_round(row=row, approved=True, note="", by=self.district.second)
        return pay_round(row=row, by=self.district.official)


@pytest.fixture
def year(settings: Settings) -> Year:
    settings.TODAY = date(2018, 1, 31)
    district = make_money_district(months=())
    rubrics.define(code="R", content=CONTENT, by=SYSTEM)
    return Year(district, make_account("clerk", Role.CLERK, institution=district.north), settings)


def amounts(row: Round, name: str) -> dict[str, str]:
    return {code: str(amount) for code, amount in row.lines.values_list("code", name)}


def earned_by_hand(row: Round) -> tuple[int, dict[str, int]]:
    """Fen in all, and by team."""
    payers = {payer: int(amount) * 100 for payer, amount in PAYERS.items()}
    work = {line.code: (Fraction(line.person_months), Fraction(line.coefficient)) for line in row.lines.all()}
    return entitlements_by_hand(payers, work, is_rate=True, withheld="returned")


def test_a_year_from_the_first_frozen_month_to_the_last_cent(year: Year) -> None:
    run = prepay_by_the_first_month(year)
    annual = assess_twice_with_an_appeal(year)
    settled = settle_to_the_cent(year, run, annual)
    assert all(verify(revision=month.current, by=SYSTEM) for month in Month.objects.all())
    read_the_statement(year, settled)
    pay_back_in_parts(year, run, settled)


def prepay_by_the_first_month(year: Year) -> Run:
    fund = make_fund(PAYERS, method="rate", withheld="returned", prepaid_share="50", failed="0.5")
    year.freeze(1)
    run = begin_run(fund=fund, from_month=date(2018, 1, 1), to_month=date(2018, 12, 1), by=year.district.official)
    prepaid = year.carry_through(run, Round.Stage.PREPAYMENT)
    assert amounts(prepaid, "payable") == {"TA": "15.00", "TB": "10.00", "TC": "5.00"}
    return run


def assess_twice_with_an_appeal(year: Year) -> Cycle:
    """The first half of the year, and all of it; in July the contracts of the third team end."""
    district = year.district
    year.freeze(2, 3, 4, 5, 6)
    given = {district.a: "40", district.b: "30", district.c: "10"}
    half = year.publish(year.assess("2018上半年", "half_year", (1, 6), given))
    assert {result.grade for result in results_of(half).values()} == {"excellent", "pass", "fail"}

    Coverage.objects.filter(contract__team=district.c).update(terminated_on=date(2018, 7, 1))
    year.freeze(7, 8, 9, 10, 11, 12)
    annual = year.assess("2018年度", "annual", (1, 12), given)
    appeal = scores.appeal(score=year.score(annual, district.b), text="制度已于十月补齐", by=year.clerk)
    scores.decide(appeal=appeal, points=D(40), decision="核实属实", by=district.second)
    year.publish(annual)
    totals = {row.team.code: (row.total, row.grade) for row in Assessment.objects.filter(cycle=annual)}
    assert totals == {"TA": (100, "excellent"), "TB": (80, "good"), "TC": (10, "fail")}
    return annual


def settle_to_the_cent(year: Year, run: Run, annual: Cycle) -> Round:
    settled = year.carry_through(run, Round.Stage.SETTLEMENT, annual)
    assert amounts(settled, "person_months") == {"TA": "36", "TB": "24", "TC": "6"}
    assert amounts(settled, "entitled") == {"TA": "30.00", "TB": "19.00", "TC": "2.50"}
    assert amounts(settled, "payable") == {"TA": "15.00", "TB": "9.00", "TC": "-2.50"}
    assert settled.returned == {"city_finance": "1.40", "district_finance": "2.10"}
    assert earned_by_hand(settled) == (55_00, {line.code: int(line.earned * 100) for line in settled.lines.all()})
    return settled


def read_the_statement(year: Year, settled: Round) -> None:
    client = Client()
    client.force_login(year.clerk)
    page = client.get(reverse("assessments:statement", args=[settled.lines.get(code="TB").pk])).content.decode()
    assert "19.00" in page and "2018-12" in page and "0.95" in page


def pay_back_in_parts(year: Year, run: Run, settled: Round) -> None:
    """The third team was prepaid more than it earned."""
    district, client = year.district, Client()
    year.on(2019, 2, 1)
    owing = settled.lines.with_debts().get(code="TC")
    assert (owing.owed, owing.still_owed) == (D("2.50"), D("2.50"))
    enter_repayment(line=owing, amount=D("1.00"), received_on=date(2019, 1, 28), note="", by=district.second)
    enter_repayment(line=owing, amount=D("1.50"), received_on=date(2019, 2, 1), note="余款", by=district.official)
    client.force_login(district.official)
    shown = client.get(reverse("assessments:run_detail", args=[run.pk])).context
    assert not shown["debts"] and [row["amount"] for row in shown["repayments"]] == ["1.00", "1.50"]
    file = client.get(reverse("assessments:payment_file", args=[settled.pk, "csv"])).getvalue().decode("utf-8-sig")
    assert [line.split(",")[7] for line in file.splitlines()[-5:]] == ["24.00", "-2.50", "2.50", "0.00", "21.50"]
