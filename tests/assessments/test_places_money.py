"""Three places' money from their policy and files to statements: each amount counted by hand."""

from datetime import date
from decimal import Decimal

import pytest

from assessments.actions.policies import load
from assessments.actions.runs import begin_run
from assessments.models import Due, Fund, Round, Share
from assessments.policy_files import read_policy
from assessments.presenters.money import lines_table
from contracts.models import Referral
from teams.models import Institution, Role, Team
from tests.accounts import make_account
from tests.factories import bureau, make_id_number
from tests.importing import put
from tests.money import MoneyDistrict, carry_through, freeze_months, make_cycle

PREPAYMENT, SETTLEMENT = Round.Stage.PREPAYMENT, Round.Stage.SETTLEMENT


def ids(count: int) -> list[str]:
    return [make_id_number() for _number in range(count)]


def places_of_files() -> None:
    """Two centres and three teams put in by files."""
    bureau()
    put(
        "institutions", "code,name,kind,parent_code", "N,北镇卫生院,township_center,B", "S,南镇卫生院,township_center,B"
    )
    put("divisions", "code,name,level", "341204001001,姜堂村,village")
    put(
        "staff",
        "staff_no,name,role,institution_code",
        "W1,李医生,general_practice,N",
        "W2,王护士,nurse,N",
        "W3,赵医生,village_doctor,N",
        "W4,周医生,general_practice,S",
    )
    put(
        "teams",
        "code,name,institution_code,leader_staff_no,member_staff_nos,village_codes",
        "TA,甲队,N,W1,W1;W2,341204001001",
        "TB,乙队,N,W3,W3,341204001001",
        "TC,丙队,S,W4,W4,341204001001",
    )


def district_of_files(package: str, people: dict[str, int], year: int) -> MoneyDistrict:
    """The places, with so many people signed by each team for the year."""
    places_of_files()
    numbers = ids(sum(people.values()))
    teams = [team for team, count in people.items() for _number in range(count)]
    put(
        "residents",
        "id_number,name,village_code,institution_code",
        *(f"{number},张三,341204001001,N" for number in numbers),
    )
    loaded = put(
        "contracts",
        "contract_no,id_number,team_code,signed_on,start_on,end_on,package_codes",
        *(
            f"K{place},{number},{team},{year}-01-01,{year}-01-01,{year}-12-31,{package}"
            for place, (number, team) in enumerate(zip(numbers, teams, strict=True))
        ),
    )
    assert loaded.counts[0] == len(numbers)
    found = {team.code: team for team in Team.objects.all()}
    return MoneyDistrict(
        Institution.objects.get(code="N"),
        Institution.objects.get(code="S"),
        found["TA"],
        found["TB"],
        found["TC"],
        make_account("first", Role.OFFICIAL, institution=bureau()),
        make_account("second", Role.OFFICIAL, institution=bureau()),
    )


def amounts(row: Round, name: str) -> dict[str, Decimal]:
    return dict(row.lines.values_list("code", name))


@pytest.mark.django_db
def test_zhongyuan_pays_ten_yuan_at_four_to_six_prepaid_and_settled() -> None:
    """Four, two and one persons signed over the first quarter of 2017, 2.50 each; half prepaid by January's people."""
    load(policy=read_policy("zhongyuan"))
    district = district_of_files("BASE", {"TA": 4, "TB": 2, "TC": 1}, 2017)
    months = [date(2017, month, 1) for month in (1, 2, 3)]
    freeze_months(months)
    fund = Fund.objects.get(code="SUBSIDY")
    run = begin_run(fund=fund, from_month=months[0], to_month=months[-1], by=district.official)
    prepaid = carry_through(run, PREPAYMENT, district)
    assert amounts(prepaid, "payable") == {"TA": Decimal("5.00"), "TB": Decimal("2.50"), "TC": Decimal("1.25")}
    cycle = make_cycle(
        {district.a: ("92", "excellent"), district.b: ("85", "good"), district.c: ("30", "fail")},
        from_month=months[0],
        to_month=months[-1],
    )
    settled = carry_through(run, SETTLEMENT, district, cycle)
    assert settled.pool == Decimal("17.50") and settled.payers == {"city_finance": "7.00", "district_finance": "10.50"}
    assert amounts(settled, "entitled") == {"TA": 10, "TB": Decimal("4.75"), "TC": Decimal("1.25")}
    assert amounts(settled, "payable") == {"TA": 5, "TB": Decimal("2.25"), "TC": 0}
    line = settled.lines.get(code="TA")
    assert line.by_payer == {"city_finance": "4.00", "district_finance": "6.00"}
    assert amounts(settled, "staff_amount")["TA"] == Decimal("3.50")
    assert settled.returned == {"city_finance": "0.60", "district_finance": "0.90"}


@pytest.mark.django_db
def test_yueyang_gives_seventy_per_cent_of_forty_yuan_to_who_did_the_work() -> None:
    """A month of 40 yuan a year is 3.33 a head: two heads, 6.67; the nurse gave one service, the doctor two."""
    load(policy=read_policy("yueyang"))
    district = district_of_files("BASE", {"TA": 2, "TB": 1, "TC": 0}, 2022)
    number = ids(1)[0]
    put("residents", "id_number,name,institution_code", f"{number},李四,N")
    put(
        "contracts",
        "contract_no,id_number,team_code,signed_on,start_on,end_on,package_codes",
        f"KX,{number},TA,2022-01-01,2022-01-01,2022-12-31,BASE",
    )
    put(
        "services",
        "id_number,item_code,performed_on,staff_no",
        f"{number},CONSULT,2022-01-05,W1",
        f"{number},CONSULT,2022-01-06,W1",
        f"{number},CONSULT,2022-01-07,W2",
    )
    freeze_months([date(2022, 1, 1)])
    assert {due.payer: due.a_year for due in Due.objects.all()} == {
        "public_health_fund": 80,
        "medical_insurance": 48,
        "resident": 32,
    }
    fee = Fund.objects.get(code="FEE")
    run = begin_run(fund=fee, from_month=date(2022, 1, 1), to_month=date(2022, 1, 1), by=district.official)
    cycle = make_cycle({district.a: ("90", "excellent")}, from_month=date(2022, 1, 1), to_month=date(2022, 1, 1))
    settled = carry_through(run, SETTLEMENT, district, cycle)
    # Three heads of team A at 0.90: 40 × 3 ÷ 12 × 0.9 = 9.00; team B, not assessed: 3.33. Together 12.33.
    assert amounts(settled, "entitled") == {"TA": Decimal("9.00"), "TB": Decimal("3.33")}
    line = settled.lines.get(code="TA")
    assert (line.staff_amount, line.unit_amount) == (Decimal("6.30"), Decimal("2.70"))
    shares = dict(Share.objects.filter(line=line).values_list("staff__staff_no", "amount"))
    assert shares == {"W1": Decimal("4.20"), "W2": Decimal("2.10")}
    idle = settled.lines.get(code="TB")
    assert idle.unshared == idle.staff_amount == Decimal("2.33")


@pytest.mark.django_db
def test_yueyang_capitation_bears_visits_and_pays_for_referrals() -> None:
    """Ten yuan a head and month: team B has three heads and referred one patient, which costs it all it has."""
    load(policy=read_policy("yueyang"))
    district = district_of_files("BASE", {"TA": 2, "TB": 3, "TC": 0}, 2022)
    put("institutions", "code,name,kind,parent_code", "H,市一医院,hospital,B")
    person = district.b.contracts.order_by("pk")[0].coverages.get().resident
    referral = Referral.objects.create(
        direction="up",
        resident=person,
        team=district.b,
        hospital=Institution.objects.get(code="H"),
        reason="胸痛",
        status="seen",
        made_on=date(2022, 1, 4),
        answer_due_on=date(2022, 1, 7),
    )
    referral.steps.create(status="seen", on=date(2022, 1, 8), by="x")
    freeze_months([date(2022, 1, 1)])
    fund = Fund.objects.get(code="OUTPATIENT")
    run = begin_run(fund=fund, from_month=date(2022, 1, 1), to_month=date(2022, 1, 1), by=district.official)
    settled = carry_through(run, SETTLEMENT, district)
    line = settled.lines.get(code="TB")
    assert (line.entitled, line.passed_on, line.payable) == (30, 30, 30)
    assert line.staff_amount == line.unit_amount == 0
    hospital = line.hospitals.get()
    assert (hospital.hospital.code, hospital.patients, hospital.amount) == ("H", 1, 30)
    assert settled.lines.get(code="TA").payable == 20
    shown = lines_table(settled, list(settled.lines.with_debts())).total
    assert shown and [cell.text for cell in shown.cells[-3:]] == ["30.00", "14.00", "6.00"]


@pytest.mark.django_db
def test_yingquan_gives_what_weak_results_lose_to_the_excellent() -> None:
    """2,000,000 by 4 : 3 : 1 person-months × weights; team B at 0.8 loses to team A, the only excellent one."""
    load(policy=read_policy("yingquan"))
    district = district_of_files("YQ-BASE", {"TA": 4, "TB": 3, "TC": 1}, 2018)
    freeze_months([date(2018, 1, 1)])
    fund = Fund.objects.get(code="POOL")
    run = begin_run(fund=fund, from_month=date(2018, 1, 1), to_month=date(2018, 1, 1), by=district.official)
    prepaid = carry_through(run, PREPAYMENT, district)
    assert amounts(prepaid, "payable") == {"TA": 600_000, "TB": 450_000, "TC": 150_000}
    cycle = make_cycle(
        {district.a: ("95", "excellent"), district.b: ("70", "pass"), district.c: ("20", "fail")},
        from_month=date(2018, 1, 1),
        to_month=date(2018, 1, 1),
    )
    settled = carry_through(run, SETTLEMENT, district, cycle)
    assert amounts(settled, "earned") == {"TA": 1_000_000, "TB": 600_000, "TC": 125_000}
    assert amounts(settled, "bonus") == {"TA": 275_000, "TB": 0, "TC": 0}
    assert amounts(settled, "payable") == {"TA": 675_000, "TB": 150_000, "TC": 0}
    assert settled.lines.get(code="TC").carried_on == -25_000
    assert set(settled.returned.values()) == {"0.00"}
    share = Share.objects.get(line__round=settled, staff__staff_no="W2")
    # Doctor : nurse = 1.2 : 0.8 of 70 % of 1,275,000, less the nurse's part of the prepayment.
    assert (share.total, share.prepaid, share.amount) == (357_000, 168_000, 189_000)
