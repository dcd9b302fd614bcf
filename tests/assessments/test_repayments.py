"""Money that comes back after a settlement: who owes how much, what came in, and sums that hold at every level."""

import csv
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from assessments.actions.repayments import enter_repayment
from assessments.actions.runs import review_round, simulate_round, submit_round
from assessments.models import Line, Repayment, Round
from teams.actions.submissions import fresh_key
from teams.models import Role, TeamMember, User
from teams.rules import RuleViolation
from tests.accounts import make_account
from tests.factories import make_doctor
from tests.money import MoneyDistrict, begin, carry_through, make_cycle, make_fund, make_money_district

D = Decimal
DAY = date(2018, 5, 2)

pytestmark = pytest.mark.django_db


@pytest.fixture
def district() -> MoneyDistrict:
    return make_money_district()


def prepaid(district: MoneyDistrict) -> Round:
    """A yuan a person and month, 80 % of it prepaid; who gets half of it for bad work owes 0.90."""
    fund = make_fund({"finance": "12"}, method="rate", withheld="returned", prepaid_share="80", clawback="repay")
    return carry_through(begin(fund, district.official), Round.Stage.PREPAYMENT, district)


@pytest.fixture
def settled(district: MoneyDistrict) -> Round:
    """C owes 0.90 as a team; of A's two members one had left, and owes what the other gets more."""
    run = prepaid(district).run
    TeamMember.objects.filter(staff__staff_no="W0").update(from_on=date(2017, 1, 1), to_on=date(2018, 1, 1))
    return carry_through(run, Round.Stage.SETTLEMENT, district, make_cycle({district.c: ("10", "fail")}))


def owing(row: Round, code: str) -> Line:
    return row.lines.with_debts().get(code=code)


def enter(line: Line, amount: str, by: User, note: str = "", on: date = DAY) -> Repayment:
    return enter_repayment(line=line, amount=D(amount), received_on=on, note=note, by=by)


def refused(line: Line, amount: str, by: User, note: str = "", on: date = DAY) -> str:
    with pytest.raises(RuleViolation) as refusal:
        enter(line, amount, by, note, on)
    return refusal.value.code


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def payments(client: Client, row: Round) -> list[list[str]]:
    answer = client.get(reverse("assessments:payment_file", args=[row.pk, "csv"]))
    return list(csv.reader(b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()))[1:]


def amount_sums(cells: list[list[str]]) -> list[Decimal]:
    """What the last lines of a payment file add up."""
    return [D(row[7]) for row in cells if not any(row[1:7])]


def test_what_is_owed_is_what_the_payees_of_a_unit_have_to_pay_back(district: MoneyDistrict, settled: Round) -> None:
    payable = {line.code: str(line.payable) for line in settled.lines.all()}
    assert payable == {"TA": "1.80", "TB": "1.20", "TC": "-0.90"}
    left = settled.lines.get(code="TA").shares.get(staff__staff_no="W0")
    assert left.amount < 0
    owed = {line.code: line.owed for line in settled.lines.with_debts()}
    assert owed == {"TA": -left.amount, "TB": 0, "TC": D("0.90")}
    assert not any(line.repaid for line in settled.lines.with_debts())


def test_part_comes_in_then_the_rest_and_never_more(district: MoneyDistrict, settled: Round) -> None:
    official, line = district.official, owing(settled, "TC")
    assert refused(line, "0.91", official) == "repayment.amount"
    enter(line, "0.40", official, "半数")
    assert owing(settled, "TC").still_owed == D("0.50")
    assert refused(line, "0.51", official) == "repayment.amount"
    made = enter(line, "0.50", official)
    assert (made.entered_by, made.received_on) == ("first", DAY) and owing(settled, "TC").still_owed == 0
    assert refused(line, "0.01", official) == refused(line, "0", official) == "repayment.amount"


def test_entry_is_corrected_by_another_with_a_reason_and_never_changed(district: MoneyDistrict, settled: Round) -> None:
    official, line = district.official, owing(settled, "TC")
    assert refused(line, "-0.10", official, "多记") == "repayment.amount"
    made = enter(line, "0.90", official)
    assert refused(line, "-0.10", official) == "repayment.note"
    enter(line, "-0.10", official, "多记")
    assert owing(settled, "TC").repaid == D("0.80")
    with pytest.raises(InternalError), transaction.atomic():
        Repayment.objects.update(amount=1)
    with pytest.raises(InternalError), transaction.atomic():
        made.delete()


def test_nobody_enters_money_of_an_open_settlement_or_of_tomorrow(district: MoneyDistrict) -> None:
    cycle = make_cycle({district.c: ("10", "fail")})
    row = simulate_round(run=prepaid(district).run, stage="settlement", cycle=cycle, by=district.official)
    assert refused(owing(row, "TC"), "0.90", district.official) == "repayment.open"
    submit_round(row=row, by=district.official)
    review_round(row=row, approved=True, note="", by=district.second)
    line = owing(row, "TC")
    assert refused(line, "0.90", district.official, on=date(2100, 1, 1)) == "repayment.in_future"
    clerk = make_account("clerk", Role.CLERK, institution=district.south)
    assert refused(line, "0.90", clerk) == "money.not_allowed"
    assert enter(line, "0.90", district.second)


def test_the_database_refuses_more_than_is_owed_and_money_of_an_open_round(
    district: MoneyDistrict, settled: Round
) -> None:
    fields = {"received_on": DAY, "entered_by": "-"}
    for code, amount in (("TC", "0.91"), ("TC", "-0.01"), ("TB", "0.01")):
        with pytest.raises(IntegrityError, match="more than is owed"), transaction.atomic():
            Repayment.objects.create(line=owing(settled, code), amount=D(amount), **fields)
    assert Repayment.objects.create(line=owing(settled, "TC"), amount=D("0.90"), **fields)
    open_run = begin(settled.run.fund, district.official, date(2018, 4, 1), date(2018, 6, 1))
    line = simulate_round(run=open_run, stage="prepayment", by=district.official).lines.all()[0]
    Line.objects.filter(pk=line.pk).update(payable=-1, entitled=-1, earned=-1, unit_amount=-1, staff_amount=0)
    assert owing(line.round, line.code).owed == 1
    with pytest.raises(IntegrityError, match="more than is owed"), transaction.atomic():
        Repayment.objects.create(line=line, amount=D("1.00"), **fields)


def test_every_level_adds_up_to_the_cent(district: MoneyDistrict, settled: Round) -> None:
    client = signed_in(district.official)
    before = payments(client, settled)
    enter(owing(settled, "TC"), "0.37", district.official)
    enter(owing(settled, "TA"), "0.01", district.official)
    owed = sum(line.owed for line in settled.lines.with_debts())

    after = payments(client, settled)
    payees = [D(row[7]) for row in after if any(row[1:7])]
    out, back, repaid, left, total = amount_sums(after)
    assert (out, back) == (sum(each for each in payees if each > 0), sum(each for each in payees if each < 0))
    assert (back, repaid, left, total) == (-owed, D("0.38"), D("0.38") - owed, sum(payees))
    assert total == amount_sums(before)[-1] == sum(line.payable for line in settled.lines.all())

    context = client.get(reverse("assessments:run_detail", args=[settled.run_id])).context
    for table in (context["table"], context["institutions"]):
        sums = [sum(row.cells[place].value for row in table.rows) for place in (-2, -1)]
        assert sums == [cell.value for cell in table.total.cells[-2:]] == [owed, D("0.38")]
    assert len(context["repayments"]) == 2


def test_official_enters_on_the_page_what_came_in_until_nothing_is_owed(
    district: MoneyDistrict, settled: Round
) -> None:
    client = signed_in(district.official)
    page, home = reverse("assessments:run_detail", args=[settled.run_id]), reverse("assessments:money_home")
    url = reverse("assessments:repayment_create", args=[settled.pk])
    assert [row["next"] for row in client.get(home).context["runs"]] == [client.get(page).context["step"].words]
    offered = dict(client.get(page).context["repayment_form"].fields["line"].choices)
    assert [name.split(" · ")[0] for name in offered.values()] == ["甲队", "丙队"]
    assert "0.90" in offered[owing(settled, "TC").pk].split(" · ")[1]
    data = {"line": owing(settled, "TC").pk, "received_on": "20180502", "note": "转账"}
    wrong = client.post(url, data | {"amount": "5", "submission": fresh_key()})
    assert "amount" in wrong.context["repayment_form"].errors and not Repayment.objects.exists()
    key = fresh_key()
    for _time in range(2):  # a double click
        assert client.post(url, data | {"amount": "", "submission": key}).status_code == 302
    assert [row.amount for row in Repayment.objects.all()] == [D("0.90")]
    statement = client.get(reverse("assessments:statement", args=[owing(settled, "TC").pk]))
    assert not statement.context["is_debt"] and "2018-05-02 转账" in statement.content.decode()
    statement = client.get(reverse("assessments:statement", args=[owing(settled, "TA").pk])).context
    assert statement["balance"] and not statement["is_debt"]  # a member owes, the team as a whole does not
    waits = client.get(page).context
    assert len(waits["debts"]) == 2 and "0.90" not in waits["debts"][0]
    client.post(url, data | {"line": owing(settled, "TA").pk, "amount": "", "submission": fresh_key()})
    done = client.get(page).context
    assert not done["debts"] and done["step"].words == client.get(home).context["runs"][0]["next"]
    assert done["step"].words != waits["step"].words


def test_clerk_and_doctor_read_what_their_own_unit_paid_back(district: MoneyDistrict, settled: Round) -> None:
    enter(owing(settled, "TC"), "0.90", district.official, "丙队转账")
    south, north = (
        signed_in(make_account(place.code, Role.CLERK, institution=place)) for place in (district.south, district.north)
    )
    url = reverse("assessments:run_detail", args=[settled.run_id])
    assert "丙队转账" in south.get(url).content.decode() and "丙队转账" not in north.get(url).content.decode()
    assert south.get(url).context["repayment_form"] is None
    listed = south.get(reverse("assessments:money_home")).context["statements"]
    assert [(row["owes"], bool(row["repaid"])) for row in listed] == [("", True), ("", False)]
    doctor = signed_in(make_doctor(district.a))
    assert "丙队转账" not in doctor.get(url).content.decode()


@pytest.mark.parametrize("name", ["money_home", "run_detail", "statement"])
def test_pages_ask_at_most_twelve_times_whatever_came_in(
    name: str, district: MoneyDistrict, settled: Round, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _number in range(3):
        enter(owing(settled, "TC"), "0.10", district.official)
    client, keys = signed_in(district.official), {"run_detail": settled.run_id, "statement": owing(settled, "TC").pk}
    with django_assert_max_num_queries(4 + 12):
        assert client.get(reverse(f"assessments:{name}", args=[keys[name]] if name in keys else [])).status_code == 200
