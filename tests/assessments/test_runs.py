"""From frozen months to lines: prepayment, settlement, clawback, the second person, and that nothing approved moves."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum

from assessments.actions.runs import begin_run, drop_run, pay_round, review_round, simulate_round, submit_round
from assessments.models import Line, Round, Run, Share
from assessments.queries.basis import people_of
from assessments.queries.lines import owed_before
from contracts.models import Referral
from teams.models import Team, TeamMember
from teams.rules import RuleViolation
from tests.factories import make_institution
from tests.money import (
    FIRST,
    LAST,
    MoneyDistrict,
    begin,
    carry_through,
    freeze_months,
    make_cycle,
    make_fund,
    make_money_district,
)

PREPAYMENT, SETTLEMENT = Round.Stage.PREPAYMENT, Round.Stage.SETTLEMENT


@pytest.fixture
def district(db: None) -> MoneyDistrict:
    return make_money_district()


def amounts(row: Round, name: str = "payable") -> dict[str, str]:
    return {code: str(amount) for code, amount in row.lines.values_list("code", name)}


def code_of(refusal: "pytest.ExceptionInfo[RuleViolation]") -> str:
    return refusal.value.code


def test_ten_yuan_a_head_are_prepaid_and_settled_after_the_assessment(district: MoneyDistrict) -> None:
    """Three months of ten yuan a year: 2.50 a head; half of it prepaid; team B passed at 0.8, team C failed at 0.5."""
    fund = make_fund(
        {"city_finance": "4", "district_finance": "6"}, method="rate", withheld="returned", prepaid_share="50"
    )
    run = begin(fund, district.official)
    prepaid = carry_through(run, PREPAYMENT, district)
    assert amounts(prepaid) == {"TA": "3.75", "TB": "2.50", "TC": "1.25"}
    assert prepaid.inputs["months"][0]["month"] == "2018-01"
    cycle = make_cycle({district.a: ("95", "excellent"), district.b: ("70", "pass"), district.c: ("40", "fail")})
    settled = carry_through(run, SETTLEMENT, district, cycle)
    assert amounts(settled, "full") == {"TA": "7.50", "TB": "5.00", "TC": "2.50"}
    assert amounts(settled, "entitled") == {"TA": "7.50", "TB": "4.00", "TC": "1.25"}
    assert amounts(settled) == {"TA": "3.75", "TB": "1.50", "TC": "0.00"}
    assert settled.pool == Decimal("15.00") and settled.payers == {"city_finance": "6.00", "district_finance": "9.00"}
    assert settled.returned == {"city_finance": "0.90", "district_finance": "1.35"}


def test_a_line_keeps_what_it_was_computed_from(district: MoneyDistrict) -> None:
    run = begin(make_fund({"finance": "12"}, quality="score"), district.official)
    cycle = make_cycle({district.a: ("90", "excellent"), district.b: ("81.37", "good")})
    row = simulate_round(run=run, stage=SETTLEMENT, cycle=cycle, by=district.official)
    line = row.lines.get(code="TB")
    assert (line.basis, line.person_months, line.score, line.grade) == (6, 6, Decimal("81.37"), "good")
    assert line.coefficient == Decimal("0.8137")
    assert line.inputs["months"] == {"2018-01": 2, "2018-02": 2, "2018-03": 2}
    assert [month["month"] for month in row.inputs["months"]] == ["2018-01", "2018-02", "2018-03"]
    assert len(row.inputs["months"][0]["sha256"]) == 64
    assert row.lines.get(code="TC").coefficient == 1  # nobody assessed it


def test_members_share_the_staff_part_by_role_and_months(district: MoneyDistrict) -> None:
    TeamMember.objects.filter(staff__staff_no="W1").update(to_on=date(2018, 3, 1))
    run = begin(make_fund({"finance": "60"}, quality="none", jobs={"nurse": "0.5"}), district.official)
    row = simulate_round(run=run, stage=SETTLEMENT, by=district.official)
    line = row.lines.get(code="TA")
    assert (line.payable, line.staff_amount, line.unit_amount) == (30, 21, 9)
    shares = {share.staff.staff_no: (share.work, share.amount) for share in line.shares.select_related("staff")}
    assert shares == {"W0": (3, Decimal("15.75")), "W1": (2, Decimal("5.25"))}
    nobody = row.lines.get(code="TC")
    assert nobody.unshared == nobody.staff_amount == 7


def test_clawback_is_paid_back_or_carried_to_the_next_period(district: MoneyDistrict) -> None:
    freeze_months([date(2018, 4, 1)])
    payers = {"finance": "12"}
    fund = make_fund(payers, method="rate", withheld="returned", prepaid_share="80", clawback="carry")
    run = begin(fund, district.official)
    carry_through(run, PREPAYMENT, district)
    row = carry_through(run, SETTLEMENT, district, make_cycle({district.c: ("10", "fail")}))
    line = row.lines.get(code="TC")
    assert (line.entitled, line.prepaid, line.payable) == (Decimal("1.50"), Decimal("2.40"), 0)
    assert line.carried_on == Decimal("-0.90")
    april = begin(fund, district.official, date(2018, 4, 1), date(2018, 4, 1))
    cycle = make_cycle({}, from_month=date(2018, 4, 1), to_month=date(2018, 4, 1))
    later = simulate_round(run=april, stage=SETTLEMENT, cycle=cycle, by=district.official).lines.get(code="TC")
    assert (later.entitled, later.carried, later.payable) == (1, Decimal("-0.90"), Decimal("0.10"))


def test_every_level_adds_up_and_what_left_meanwhile_is_settled_too(district: MoneyDistrict) -> None:
    payers = {"public_health_fund": "20", "medical_insurance": "12", "resident": "8.01"}
    run = begin(make_fund(payers, prepaid_share="33.33"), district.official)
    carry_through(run, PREPAYMENT, district)
    TeamMember.objects.filter(staff__staff_no="W0").update(from_on=date(2017, 1, 1), to_on=date(2018, 1, 1))
    cycle = make_cycle({district.a: ("85", "good"), district.b: ("61", "pass")})
    row = carry_through(run, SETTLEMENT, district, cycle)
    sums = row.lines.aggregate(*(Sum(name) for name in ("payable", "entitled", "prepaid", "staff_amount", "unshared")))
    assert sums["entitled__sum"] + sum(map(Decimal, row.returned.values())) == row.pool == Decimal("40.01")
    shared = Share.objects.filter(line__round=row).aggregate(total=Sum("amount"))["total"]
    assert shared + sums["unshared__sum"] == sums["staff_amount__sum"]
    for payer, amount in row.payers.items():
        borne = sum(Decimal(line.by_payer[payer]) for line in row.lines.all())
        assert borne + Decimal(row.returned[payer]) == Decimal(amount)
    gone = Share.objects.get(line__round=row, staff__staff_no="W0")
    assert gone.total == 0 and gone.amount == -gone.prepaid < 0


def test_settlement_needs_every_month_frozen_and_a_published_assessment(district: MoneyDistrict) -> None:
    fund = make_fund({"finance": "12"})
    run = begin(fund, district.official, FIRST, date(2018, 4, 1))
    cycle = make_cycle({})
    with pytest.raises(RuleViolation) as refusal:
        simulate_round(run=run, stage=SETTLEMENT, cycle=cycle, by=district.official)
    assert code_of(refusal) == "money.months_open"
    freeze_months([date(2018, 4, 1)])
    with pytest.raises(RuleViolation) as refusal:
        simulate_round(run=run, stage=SETTLEMENT, by=district.official)
    assert code_of(refusal) == "round.no_cycle"
    type(cycle).objects.update(state="notice", published_on=None)
    row = simulate_round(run=run, stage=SETTLEMENT, cycle=cycle, by=district.official)
    with pytest.raises(RuleViolation) as refusal:
        submit_round(row=row, by=district.official)
    assert code_of(refusal) == "round.cycle_open"


def test_only_a_second_person_approves(district: MoneyDistrict) -> None:
    run = begin(make_fund({"finance": "12"}, quality="none"), district.official)
    row = simulate_round(run=run, stage=SETTLEMENT, by=district.official)
    submit_round(row=row, by=district.official)
    for by, note, code in ((district.official, "", "round.own"), (district.second, " ", "round.reason")):
        with pytest.raises(RuleViolation) as refusal:
            review_round(row=row, approved=False, note=note, by=by)
        assert code_of(refusal) == code
    assert review_round(row=row, approved=False, note="核对人数", by=district.second).state == "simulated"
    again = simulate_round(run=run, stage=SETTLEMENT, by=district.second)
    submit_round(row=again, by=district.official)
    with pytest.raises(RuleViolation) as refusal:
        review_round(row=again, approved=True, note="", by=district.second)  # who computed it last
    assert code_of(refusal) == "round.own"
    with pytest.raises(RuleViolation) as refusal:
        pay_round(row=again, by=district.official)
    assert code_of(refusal) == "round.state"


def test_the_database_refuses_to_change_what_was_approved(district: MoneyDistrict) -> None:
    run = begin(make_fund({"finance": "12"}, quality="none"), district.official)
    row = carry_through(run, SETTLEMENT, district)
    for change in (
        lambda: Line.objects.filter(round=row).update(basis=1),
        lambda: Line.objects.filter(round=row).delete(),
        lambda: Share.objects.update(work=9),
        lambda: Round.objects.update(pool=1),
        lambda: Round.objects.filter(pk=row.pk).delete(),
        lambda: fundless(run),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    with pytest.raises(RuleViolation) as refusal:
        simulate_round(run=run, stage=SETTLEMENT, by=district.official)
    assert code_of(refusal) == "round.state"


def fundless(run: Run) -> None:
    """The published rule that it rests on."""
    with connection.cursor() as cursor:
        cursor.execute("update assessments_fundpayer set amount = 13 where version_id = %s", [run.version_id])


def test_a_fund_has_one_run_for_a_month(district: MoneyDistrict) -> None:
    fund = make_fund({"finance": "12"}, quality="none")
    run = begin(fund, district.official)
    with pytest.raises(RuleViolation) as refusal:
        begin_run(fund=fund, from_month=LAST, to_month=date(2018, 6, 1), by=district.official)
    assert code_of(refusal) == "run.period_taken"
    with pytest.raises(IntegrityError), transaction.atomic():
        Run.objects.create(fund=fund, version=run.version, from_month=LAST, to_month=LAST)


def test_a_run_begun_by_mistake_is_dropped_until_it_is_submitted(district: MoneyDistrict) -> None:
    fund = make_fund({"finance": "12"}, quality="none")
    run = begin(fund, district.official)
    simulate_round(run=run, stage=SETTLEMENT, by=district.official)
    drop_run(run=run, by=district.official)
    assert not Run.objects.exists()

    run = begin(fund, district.official)
    submit_round(row=simulate_round(run=run, stage=SETTLEMENT, by=district.official), by=district.official)
    with pytest.raises(RuleViolation) as refusal:
        drop_run(run=run, by=district.official)
    assert code_of(refusal) == "run.submitted"


def test_an_earlier_period_is_settled_first(district: MoneyDistrict) -> None:
    fund = make_fund({"finance": "12"}, quality="none")
    begin(fund, district.official, FIRST, FIRST)
    later = begin(fund, district.official, LAST, LAST)
    with pytest.raises(RuleViolation) as refusal:
        simulate_round(run=later, stage=SETTLEMENT, by=district.official)
    assert code_of(refusal) == "round.earlier_open"


def test_a_prepayment_paid_out_does_not_settle_an_earlier_period(district: MoneyDistrict) -> None:
    fund = make_fund({"finance": "12"}, quality="none", prepaid_share="50")
    earlier = begin(fund, district.official, FIRST, FIRST)
    carry_through(earlier, PREPAYMENT, district)
    simulate_round(run=earlier, stage=SETTLEMENT, by=district.official)
    later = begin(fund, district.official, LAST, LAST)
    with pytest.raises(RuleViolation) as refusal:
        simulate_round(run=later, stage=SETTLEMENT, by=district.official)
    assert code_of(refusal) == "round.earlier_open"


def test_team_of_another_institution_by_now_is_settled_with_what_it_was_prepaid(district: MoneyDistrict) -> None:
    run = begin(make_fund({"finance": "12"}, quality="none", prepaid_share="50"), district.official)
    carry_through(run, PREPAYMENT, district)
    Team.objects.filter(pk=district.a.pk).update(institution=district.south)
    row = carry_through(run, SETTLEMENT, district)
    assert list(row.lines.values_list("code", "institution__code", "entitled", "prepaid", "payable")) == [
        ("TA", "S", 6, 3, 3),
        ("TB", "N", 4, 2, 2),
        ("TC", "S", 2, 1, 1),
    ]


def test_debt_goes_with_a_team_to_another_institution(district: MoneyDistrict) -> None:
    april = date(2018, 4, 1)
    freeze_months([april])
    terms = {"method": "rate", "withheld": "returned", "prepaid_share": "80", "clawback": "carry"}
    fund = make_fund({"finance": "12"}, **terms)
    run = begin(fund, district.official)
    carry_through(run, PREPAYMENT, district)
    carry_through(run, SETTLEMENT, district, make_cycle({district.c: ("10", "fail")}))
    Team.objects.filter(pk=district.c.pk).update(institution=district.north)
    row = simulate_round(run=begin(fund, district.official, april, april), stage=PREPAYMENT, by=district.official)
    assert owed_before(row.lines.get(code="TC")) == Decimal("-0.90")


def test_months_of_a_team_stay_with_the_institution_that_it_belonged_to(district: MoneyDistrict) -> None:
    fund = make_fund({"finance": "12"}, method="rate", quality="none", receiver="institution")
    Team.objects.filter(pk=district.b.pk).update(institution=district.south)
    freeze_months([date(2018, 4, 1)])
    run = begin(fund, district.official, FIRST, date(2018, 4, 1))
    row = simulate_round(run=run, stage=SETTLEMENT, by=district.official)
    assert {line.code: [*line.inputs["months"].values()] for line in row.lines.all()} == {
        "N": [5, 5, 5, 3],
        "S": [1, 1, 1, 3],
    }
    for line in row.lines.all():
        for month in row.inputs["months"]:
            people = people_of(line, month["id"], district.official)
            assert people.count() == line.inputs["months"][month["month"]]


def test_institution_with_a_capitation_pays_for_the_patients_of_its_teams(district: MoneyDistrict) -> None:
    terms = {"method": "rate", "quality": "none", "receiver": "institution", "is_capitation": True}
    fund = make_fund({"medical_insurance": "40"}, referral_fee="7", **terms)
    hospital = make_institution(code="H", kind="hospital")
    for team in (district.a, district.b):
        made_on = {"made_on": FIRST, "answer_due_on": FIRST}
        person = team.contracts.order_by("pk")[0].coverages.get().resident
        referral = Referral.objects.create(
            direction="up", resident=person, team=team, hospital=hospital, reason="胸痛", status="seen", **made_on
        )
        referral.steps.create(status="seen", on=FIRST, by="x")
    row = simulate_round(run=begin(fund, district.official), stage=SETTLEMENT, by=district.official)
    assert amounts(row, "passed_on") == {"N": "14.00", "S": "0.00"}
    assert row.lines.get(code="N").hospitals.get().patients == 2
