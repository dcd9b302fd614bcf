"""A year of assessment and money in the demo: frozen months, three cycles, an appeal, a prepayment and a settlement,
and what waits for somebody today. Everything goes through the actions that a bureau's people use."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction

from assessments.actions import cycles, rubrics, scores
from assessments.actions.freezing import freeze
from assessments.actions.funds import define_fund
from assessments.actions.repayments import enter_repayment
from assessments.actions.runs import begin_run, pay_round, review_round, simulate_round, submit_round
from assessments.actions.transfers import enter_transfer, set_health_fund
from assessments.calendar import CalendarMonth
from assessments.demo.figures import PlaceFacts
from assessments.models import Cycle, Fund, Line, Month, Round, Rubric, Run
from assessments.policy_files import read_policy
from assessments.queries.scoring import assessed_units
from assessments.queries.transfers import reconciled
from assessments.rubric_files import read_rubric
from residents.models import Resident
from teams.clock import today
from teams.models import User
from teams.models.accounts import SYSTEM

LENGTH = 12
# Outpatient funds by the head as Yueyang has them. The per cent of a visit that they bear is made up: some are left.
CAPITATION, COST_SHARE = "yueyang", Decimal("36.00")
CENT = Decimal("0.01")


class DemoYear:
    """The twelve months up to the published figures, by the bureau's two officials and a centre's clerk."""

    def __init__(self, facts: PlaceFacts) -> None:
        self.last, self.first = CalendarMonth.of(facts.as_of), self.first_month(facts.as_of)
        self.rubric, self.health_fund = facts.facts["year"]["rubric"], Decimal(facts.facts["year"]["health_fund"])
        people = User.objects.in_bulk(["official", "second", "clerk"], field_name="username")
        self.official, self.second, self.clerk = people["official"], people["second"], people["clerk"]

    @staticmethod
    def first_month(last: date) -> CalendarMonth:
        """The month that the year up to `last` begins with."""
        return CalendarMonth.of(last).plus(1 - LENGTH)

    def live(self) -> None:
        """Freeze, assess teams twice and centres once, prepay and settle, also by the head; begin the next year's
        prepayment."""
        self._freeze()
        rubrics.define(code=self.rubric, content=read_rubric(self.rubric), by=SYSTEM)
        self._assess("上半年考核", Cycle.Kind.HALF_YEAR, self.first.plus(LENGTH // 2 - 1))
        self._assess("年度机构考核", Cycle.Kind.ANNUAL, self.last, unit_kind="institution")
        annual = self._assess("年度考核", Cycle.Kind.ANNUAL, self.last, appeals=True)
        for fund in Fund.objects.exclude(versions__is_capitation=True):
            self._allocate(fund, annual)
        self._pay_by_head()
        self._receive()

    def _freeze(self) -> None:
        for place in range(LENGTH):
            month = Month.objects.select_related("current").get(first_on=self.first.plus(place).first)
            if month.current and not month.current.frozen_at:
                freeze(revision=month.current, by=self.official, explanation="演示数据")

    @transaction.atomic
    def _assess(
        self, name: str, kind: str, to_month: CalendarMonth, *, unit_kind: str = "team", appeals: bool = False
    ) -> Cycle:
        wanted = cycles.Wanted(
            name=f"{self.last.year}年{name}",
            kind=kind,
            unit_kind=unit_kind,
            version=Rubric.objects.get(code=self.rubric).versions.get(status="published"),
            from_month=self.first.first,
            to_month=to_month.first,
            self_due_on=to_month.last,
        )
        cycle = cycles.open_cycle(wanted=wanted, units=assessed_units(unit_kind, to_month.first), by=self.official)
        cycles.move(cycle=cycle, to=Cycle.State.REVIEW, by=self.official)
        for assessment in cycle.assessments.all():
            scores.step(assessment=assessment, to="reviewed", by=self.official)
        cycle = cycles.move(cycle=cycle, to=Cycle.State.NOTICE, by=self.official)
        if appeals:
            self._appeal(cycle)
        # The demo's clock stands still: the days for appeals lie behind it.
        Cycle.objects.filter(pk=cycle.pk).update(
            notice_on=today() - timedelta(days=9), appeal_until=today() - timedelta(days=2)
        )
        return cycles.move(cycle=cycle, to=Cycle.State.PUBLISHED, by=self.official)

    def _appeal(self, cycle: Cycle) -> None:
        """The clerk's first team asks for more where it lost most, and gets it."""
        assessment = cycle.assessments.visible_to(self.clerk).order_by("team__code")[0]
        rows = assessment.scores.select_related("rule")
        row = max(rows, key=lambda row: row.rule.points - (row.points or 0))
        appeal = scores.appeal(score=row, text="部分服务记录补录较晚，请复核。", by=self.clerk)
        scores.decide(appeal=appeal, points=row.rule.points, decision="经核对随访原始记录，情况属实。", by=self.second)

    def _allocate(self, fund: Fund, cycle: Cycle) -> None:
        run = begin_run(fund=fund, from_month=self.first.first, to_month=self.last.first, by=self.official)
        if run.version.prepaid_share:
            self._carry_through(run, Round.Stage.PREPAYMENT, None)
        self._carry_through(run, Round.Stage.SETTLEMENT, cycle if run.needs_results else None)
        self._take_back(run)
        following = begin_run(
            fund=fund, from_month=self.last.plus(1).first, to_month=self.last.plus(LENGTH).first, by=self.official
        )
        if following.version.prepaid_share:
            row = simulate_round(run=following, stage=Round.Stage.PREPAYMENT, by=self.official)
            submit_round(row=row, by=self.official)

    def _take_back(self, run: Run) -> None:
        """Half of what a first unit has to pay back came in."""
        line = Line.objects.filter(round__run=run).with_debts().filter(owed__gt=CENT).order_by("code").first()
        if line:
            half = (line.owed / 2).quantize(CENT)
            enter_repayment(line=line, amount=half, received_on=today(), note="余款次月退回", by=self.official)

    def _pay_by_head(self) -> None:
        """What is left after the visits of the covered and the patients referred stays with the team."""
        rule = next(rule for rule in read_policy(CAPITATION).funds if rule.terms.fields.get("is_capitation"))
        terms = replace(rule.terms, fields={**rule.terms.fields, "cost_share": COST_SHARE, "paper": ""})
        define_fund(code=rule.code, name=rule.name, terms=terms, by=SYSTEM)
        fund, january = Fund.objects.get(code=rule.code), date(self.last.year, 1, 1)
        run = begin_run(fund=fund, from_month=january, to_month=self.last.first, by=self.official)
        self._carry_through(run, Round.Stage.SETTLEMENT, None)

    def _carry_through(self, run: Run, stage: str, cycle: Cycle | None) -> None:
        row = simulate_round(run=run, stage=stage, cycle=cycle, by=self.official)
        submit_round(row=row, by=self.official)
        review_round(row=row, approved=True, note="", by=self.second)
        pay_round(row=row, by=self.official)

    def _receive(self) -> None:
        """Payers transferred nine tenths of what they owe; the year's public health fund is known."""
        year = self.last.year
        for row in reconciled(self.official, year):
            if amount := (row.due * 9 / 10).quantize(CENT):
                enter_transfer(
                    payer=row.payer,
                    from_month=date(year, 1, 1),
                    to_month=self.last.first,
                    amount=amount,
                    transferred_on=today() - timedelta(days=20),
                    note="",
                    by=self.official,
                )
        residents = Resident.objects.in_population_on(self.last.last).count()
        set_health_fund(year=year, amount=residents * self.health_fund, by=self.official)
