"""Six people, two teams and a year: small enough to count every indicator by hand (test_indicators_by_hand.py).

The report date that the counts are meant for is 31 October 2018.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assessments.models import PhoneCheck, SurveyAnswer
from contracts.actions import ledger
from contracts.models import Coverage
from residents.models import Resident
from teams.models import Division, Institution, Team
from tests.factories import (
    bureau,
    centre,
    make_coverage,
    make_household,
    make_institution,
    make_item,
    make_package,
    make_resident,
    make_service,
    make_team,
    make_village,
    make_visit,
)

REPORT = date(2018, 10, 31)
OCTOBER = date(2018, 10, 1)


@dataclass(frozen=True)
class SmallDistrict:
    """A bureau with a centre, its clinic and a hospital; `team` serves `village`, `idle_team` serves none."""

    bureau: Institution
    centre: Institution
    clinic: Institution
    hospital: Institution
    village: Division
    team: Team
    idle_team: Team
    wang: Resident  # 68, hypertension, signed with a paid package, served
    li: Resident  # 63, diabetes, signed, never served
    zhou: Resident  # a child of 4 whose contract has run out
    wu: Resident  # signed again after the contract had run out, with the idle team
    sun: Resident  # died in June
    zheng: Resident  # of the clinic, never signed

    @property
    def residents(self) -> tuple[Resident, ...]:
        return self.wang, self.li, self.zhou, self.wu, self.sun, self.zheng


def make_small_district() -> SmallDistrict:
    """The district with its contracts, services matched, visits, answers and calls."""
    root, own = bureau(), centre()
    clinic = make_institution(code="V", name="姜堂村卫生室", kind=Institution.Kind.VILLAGE_CLINIC, parent=own)
    hospital = make_institution(code="H", name="区人民医院", kind=Institution.Kind.LEAD_HOSPITAL)
    village, elsewhere = make_village(name="姜堂村"), make_village(name="陈集村")
    first, second, third = make_household(), make_household(), make_household()
    born, at = date, village
    made = SmallDistrict(
        bureau=root,
        centre=own,
        clinic=clinic,
        hospital=hospital,
        village=village,
        team=make_team(code="T1", name="李医生团队", institution=own, villages=[village]),
        idle_team=make_team(code="T2", name="赵医生团队", institution=own),
        wang=make_resident(name="王秀兰", born=born(1950, 5, 1), village=at, household=first, phone="13800001234"),
        li=make_resident(name="李建国", born=born(1955, 3, 2), sex="male", village=at, household=first),
        zhou=make_resident(name="周小宝", born=born(2014, 10, 31), sex="male", village=at, household=second),
        wu=make_resident(name="吴强", born=born(1980, 1, 1), sex="male", village=elsewhere, household=second),
        sun=make_resident(name="孙桂英", born=born(1940, 1, 1), village=at, died_on=date(2018, 6, 1)),
        zheng=make_resident(name="郑丽", born=born(1990, 7, 7), institution=clinic, household=third),
    )
    _register(made)
    _sign(made)
    _serve(made)
    _visit(made)
    _ask(made)
    return made


def _register(made: SmallDistrict) -> None:
    made.wang.registers.create(category="hypertension", from_on=date(2017, 1, 1))
    made.li.registers.create(category="diabetes", from_on=date(2018, 5, 1))


def _sign(made: SmallDistrict) -> None:
    make_item("BP", name="血压随访", kind="htn_follow_up")
    paid = make_package(code="PAID", name="高血压包", items={"BP": 4}, price=Decimal("120.00"))
    free = make_package(code="FREE", name="基础包", items={"ADVICE": 2})
    make_coverage(resident=made.wang, team=made.team, packages=[paid])
    make_coverage(
        resident=made.li, team=made.team, start_on=date(2018, 3, 1), end_on=date(2019, 2, 28), packages=[free]
    )
    make_coverage(resident=made.zhou, team=made.team, start_on=date(2017, 9, 1), end_on=date(2018, 8, 31))
    make_coverage(resident=made.wu, team=made.idle_team, start_on=date(2017, 8, 15), end_on=date(2018, 8, 14))
    make_coverage(resident=made.wu, team=made.idle_team, start_on=date(2018, 8, 15), end_on=date(2019, 8, 14))
    make_coverage(resident=made.sun, team=made.team)
    ledger.make_obligations(coverages=Coverage.objects.all())


def _serve(made: SmallDistrict) -> None:
    """Wang's windows end in March, June, September and December: the second is missed and made good in August."""
    for day, systolic in (
        (date(2017, 12, 1), 170),
        (date(2018, 2, 10), 150),
        (date(2018, 8, 1), 160),
        (date(2018, 8, 15), 148),
    ):
        make_service(made.wang, "BP", day, systolic=systolic, diastolic=85)
    ledger.match_services()


def _visit(made: SmallDistrict) -> None:
    make_visit(made.wang, date(2018, 4, 1), institution=made.clinic, cost=Decimal("30.50"))
    make_visit(made.wang, date(2018, 5, 5), institution=made.hospital, cost=Decimal("200.00"))
    make_visit(made.li, date(2018, 2, 1), institution=made.centre, cost=Decimal("999.00"))  # not signed yet
    make_visit(made.wu, date(2018, 9, 1), institution=made.hospital, cost=Decimal("69.55"))


def _ask(made: SmallDistrict) -> None:
    for resident, day, rating in (
        (made.wang, date(2018, 6, 1), 5),
        (made.li, date(2018, 6, 1), 4),
        (made.zheng, date(2018, 6, 2), 3),
        (made.zheng, date(2017, 12, 31), 5),  # last year
    ):
        SurveyAnswer.objects.create(resident=resident, answered_on=day, rating=rating)
    for resident, outcome, knows in (
        (made.wang, "resident", True),
        (made.li, "family", False),
        (made.wu, "empty", False),
    ):
        PhoneCheck.objects.create(resident=resident, called_on=date(2018, 7, 1), outcome=outcome, knows_team=knows)
