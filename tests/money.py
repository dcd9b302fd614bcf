"""A district small enough to count its money by hand: two centres, three teams, months frozen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assessments.actions.freezing import freeze
from assessments.actions.funds import FundTerms, define_fund
from assessments.actions.months import compute
from assessments.actions.runs import begin_run, pay_round, review_round, simulate_round, submit_round
from assessments.models import Assessment, Cycle, Fund, Round, Rubric, RubricVersion, Run
from teams.models import Institution, Role, Team, User
from teams.models.accounts import SYSTEM
from tests.accounts import make_account
from tests.factories import (
    bureau,
    make_coverage,
    make_institution,
    make_package,
    make_resident,
    make_staff,
    make_team,
    make_village,
)

FIRST, LAST = date(2018, 1, 1), date(2018, 3, 1)
MONTHS = (FIRST, date(2018, 2, 1), LAST)


@dataclass(frozen=True)
class MoneyDistrict:
    """Teams A (3 people covered), B (2) of the first centre, C (1) of the second; A has two members, B one, C none."""

    north: Institution
    south: Institution
    a: Team
    b: Team
    c: Team
    official: User
    second: User

    @property
    def teams(self) -> tuple[Team, ...]:
        return self.a, self.b, self.c


def make_money_district(*, months: Sequence[date] = MONTHS) -> MoneyDistrict:
    """The district with its frozen months; everybody is covered by the package BASE for the year 2018."""
    north, south = make_institution(code="N", name="北镇卫生院"), make_institution(code="S", name="南镇卫生院")
    doctor, nurse, other = (make_staff(staff_no=f"W{place}", institution=north) for place in range(3))
    nurse.job = "nurse"
    nurse.save()
    village = make_village()
    made = MoneyDistrict(
        north,
        south,
        make_team(code="TA", name="甲队", institution=north, members=[doctor, nurse], villages=[village]),
        make_team(code="TB", name="乙队", institution=north, members=[other], villages=[village]),
        make_team(code="TC", name="丙队", institution=south, villages=[village]),
        make_account("first", Role.OFFICIAL, institution=bureau()),
        make_account("second", Role.OFFICIAL, institution=bureau()),
    )
    base = make_package(code="BASE", price=Decimal("40.00"))
    for team, people in ((made.a, 3), (made.b, 2), (made.c, 1)):
        for _number in range(people):
            resident = make_resident(institution=team.institution, village=village)
            make_coverage(resident=resident, team=team, packages=[base])
    freeze_months(months)
    return made


def freeze_months(months: Sequence[date]) -> None:
    for month in months:
        freeze(revision=compute(month=month), by=SYSTEM, explanation="-")


def make_fund(payers: Mapping[str, str], *, jobs: Mapping[str, str] | None = None, **fields: object) -> Fund:
    """A fund whose rule is in use."""
    terms = FundTerms(
        {
            name: Decimal(value) if isinstance(value, str) and value[0].isdigit() else value
            for name, value in fields.items()
        },
        {payer: Decimal(amount) for payer, amount in payers.items()},
        jobs={job: Decimal(weight) for job, weight in (jobs or {}).items()},
    )
    define_fund(code="FUND", name="签约服务补助", terms=terms, by=SYSTEM)
    return Fund.objects.get(code="FUND")


def make_cycle(results: Mapping[Team, tuple[str, str]], *, from_month: date = FIRST, to_month: date = LAST) -> Cycle:
    """A published assessment of teams: team -> total, grade."""
    rubric = Rubric.objects.create(code=f"R{Rubric.objects.count()}")
    version = RubricVersion.objects.create(rubric=rubric, number=1, name="考核细则")
    cycle = Cycle.objects.create(
        name=f"考核{Cycle.objects.count()}",
        kind="annual",
        unit_kind="team",
        version=version,
        from_month=from_month,
        to_month=to_month,
        state="published",
        self_due_on=to_month,
        notice_on=to_month,
        appeal_until=to_month,
        published_on=to_month,
    )
    for team, (total, grade) in results.items():
        Assessment.objects.create(
            cycle=cycle, institution=team.institution, team=team, total=Decimal(total), grade=grade, state="reviewed"
        )
    return cycle


def begin(fund: Fund, official: User, from_month: date = FIRST, to_month: date = LAST) -> Run:
    return begin_run(fund=fund, from_month=from_month, to_month=to_month, by=official)


def carry_through(run: Run, stage: str, district: MoneyDistrict, cycle: Cycle | None = None) -> Round:
    """A round from simulation to payment, approved by the second official."""
    row = simulate_round(run=run, stage=stage, cycle=cycle, by=district.official)
    submit_round(row=row, by=district.official)
    review_round(row=row, approved=True, note="", by=district.second)
    return pay_round(row=row, by=district.official)
