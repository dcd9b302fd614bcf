"""The pages of money: from a fund to a statement by clicks, what each role sees, and queries that don't grow."""

import csv
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from assessments.actions.funds import TERMS, publish_fund
from assessments.actions.runs import simulate_round
from assessments.models import Due, Fund, FundVersion, HealthFund, Line, Revision, Round, Run, Transfer
from teams.actions.submissions import fresh_key
from teams.models import AuditEvent, Role, User
from teams.rules import RuleViolation
from tests.accounts import make_account
from tests.factories import make_doctor
from tests.figure_pages import assert_file_is_on_the_page, rows_of, status
from tests.money import MoneyDistrict, begin, carry_through, make_cycle, make_fund, make_money_district

SETTLEMENT = Round.Stage.SETTLEMENT


@pytest.fixture
def district(db: None) -> MoneyDistrict:
    return make_money_district()


@pytest.fixture
def settled(district: MoneyDistrict) -> Round:
    run = begin(make_fund({"finance": "60", "resident": "6"}, quality="none"), district.official)
    return carry_through(run, SETTLEMENT, district)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text(client: Client, name: str, *args: object, **query: object) -> str:
    answer = client.get(reverse(f"assessments:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def send(client: Client, page: str, /, *args: object, **data: object) -> str:
    """Posts and follows; the page that it leads to."""
    answer = client.post(reverse(f"assessments:{page}", args=args), data, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"staff_share": "120"}, "staff_share"),
        ({"prepaid_share": "-1"}, "prepaid_share"),
        ({"kept_share": "100.01"}, "kept_share"),
        ({"referral_fee": "-5"}, "referral_fee"),
        ({"other_weight": "-0.5"}, "other_weight"),
        ({"method": "rate", "withheld": "redistributed"}, "withheld"),
    ],
)
def test_terms_that_cannot_be_are_refused_at_their_field(
    district: MoneyDistrict, said: dict[str, str], field: str
) -> None:
    version = FundVersion.objects.create(fund=Fund.objects.create(code="SUB", name="签约补助"), number=1)
    now = {name: getattr(version, name) for name in TERMS}
    page = signed_in(district.official).post(reverse("assessments:fund_edit", args=[version.pk]), now | said)
    assert page.context["form"].errors.keys() == {field}


def test_an_official_goes_from_a_new_fund_to_a_paid_settlement(district: MoneyDistrict) -> None:
    first, second = signed_in(district.official), signed_in(district.second)
    send(first, "fund_create", submission=fresh_key(), code="SUB", name="签约补助")
    version = FundVersion.objects.get()
    fields = {name: getattr(version, name) for name in ("receiver", "clawback", "work")}
    fields |= dict.fromkeys(("other_weight", "excellent", "good", "passed", "failed", "unassessed"), "1")
    fields |= {"method": "rate", "withheld": "returned", "quality": "score", "prepaid_share": "0", "staff_share": "70"}
    fields |= {"cost_share": "100", "referral_fee": "0", "kept_share": "100", "payer_city_finance": "4"}
    send(first, "fund_edit", version.pk, **fields | {"good": "95"})  # per cent: refused
    assert FundVersion.objects.get().method != "rate"
    send(first, "fund_edit", version.pk, **fields, payer_district_finance="6", job_nurse="0.8")
    send(first, "fund_publish", version.pk)
    send(first, "run_begin", version.fund_id, submission=fresh_key(), from_month="2018-01", to_month="2018-03")
    run = Run.objects.get()
    cycle = make_cycle({district.a: ("90", "excellent")})
    send(first, "run_simulate", run.pk, stage="settlement", cycle=cycle.pk)
    row = Round.objects.get()
    send(first, "run_submit", row.pk)
    send(first, "run_review", row.pk, verdict="approve")
    row.refresh_from_db()
    assert row.state == "submitted"  # not by who submitted it
    send(second, "run_review", row.pk, verdict="approve")
    assert "14.25" in send(first, "run_pay", row.pk)
    row.refresh_from_db()
    assert (row.state, row.approved_by) == ("paid", district.second)
    assert row.lines.get(code="TA").entitled == Decimal("6.75")


def test_a_rule_that_gives_the_staff_too_little_is_not_put_to_use(district: MoneyDistrict) -> None:
    client = signed_in(district.official)
    make_fund({"finance": "10"})
    send(client, "fund_draft", Fund.objects.get().pk)
    draft = FundVersion.objects.get(status="draft")
    FundVersion.objects.filter(pk=draft.pk).update(staff_share=60)
    assert "70" in send(client, "fund_publish", draft.pk)
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_a_rule_that_says_nothing_new_is_not_put_to_use(district: MoneyDistrict) -> None:
    client = signed_in(district.official)
    send(client, "fund_draft", make_fund({"finance": "10"}).pk)
    draft = FundVersion.objects.get(status="draft")
    with pytest.raises(RuleViolation) as refused:
        publish_fund(version=draft, by=district.official)
    assert refused.value.code == "fund.no_change"
    send(client, "fund_publish", draft.pk)
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_a_statement_explains_the_amount_down_to_people(district: MoneyDistrict, settled: Round) -> None:
    client = signed_in(district.official)
    line = settled.lines.get(code="TA")
    page = text(client, "statement", line.pk)
    assert "33.00" in page and "2018年2月" in page
    people = text(client, "statement_people", line.pk, month="2018-02")
    assert people.count('class="mask"') == 3
    assert AuditEvent.objects.filter(kind="people", what__contains="2018-02").exists()
    assert client.get(reverse("assessments:statement_people", args=[line.pk]), {"month": "2019-01"}).status_code == 404


def test_a_clerk_sees_the_own_institution_and_a_doctor_the_own_share(district: MoneyDistrict, settled: Round) -> None:
    clerk = signed_in(make_account("clerk", Role.CLERK, institution=district.north))
    home = text(clerk, "money_home")
    assert "甲队" in home and "丙队" not in home
    assert "W0" in text(clerk, "statement", settled.lines.get(code="TA").pk)
    foreign = settled.lines.get(code="TC")
    assert clerk.get(reverse("assessments:statement", args=[foreign.pk])).status_code == 404
    user = make_doctor(district.a)
    page = text(signed_in(user), "statement", settled.lines.get(code="TA").pk)
    assert "W0" not in page and "W1" not in page
    run = text(clerk, "run_detail", settled.run_id)
    assert "乙队" in run and "丙队" not in run


def test_nobody_but_the_bureau_sees_a_simulation(district: MoneyDistrict) -> None:
    run = begin(make_fund({"finance": "60"}, quality="none"), district.official)
    row = simulate_round(run=run, stage=SETTLEMENT, by=district.official)
    clerk = signed_in(make_account("clerk", Role.CLERK, institution=district.north))
    for name, pk in (("run_detail", run.pk), ("statement", row.lines.get(code="TA").pk)):
        assert clerk.get(reverse(f"assessments:{name}", args=[pk])).status_code == 404


def test_the_payment_file_adds_up_to_what_is_payable(district: MoneyDistrict, settled: Round) -> None:
    client = signed_in(district.official)
    answer = client.get(reverse("assessments:payment_file", args=[settled.pk, "csv"]))
    rows = csv.reader(b"".join(answer.streaming_content).decode("utf-8-sig").splitlines())
    amounts = [Decimal(row[7]) for row in rows if row[7] != "元"]
    assert sum(amounts[:-1]) == amounts[-1] == sum(settled.lines.values_list("payable", flat=True)) == 66
    workbook = client.get(reverse("assessments:payment_file", args=[settled.pk, "xlsx"]))
    assert BytesIO(b"".join(workbook.streaming_content)).read(2) == b"PK"
    assert client.get(reverse("assessments:payment_file", args=[settled.pk, "pdf"])).status_code == 404


@pytest.mark.parametrize(("clawback", "carried"), [("repay", 0), ("carry", Decimal("-0.90"))])
def test_money_prepaid_too_much_is_told_wherever_it_stands(
    district: MoneyDistrict, clawback: str, carried: Decimal
) -> None:
    """3 people covered by A, 2 by B, 1 by C, a yuan a person and month, 80 % of it prepaid; C gets half of it."""
    fund = make_fund({"finance": "12"}, method="rate", withheld="returned", prepaid_share="80", clawback=clawback)
    run = begin(fund, district.official)
    carry_through(run, Round.Stage.PREPAYMENT, district)
    row = carry_through(run, SETTLEMENT, district, make_cycle({district.c: ("10", "fail")}))
    line = row.lines.get(code="TC")
    assert (line.payable, line.carried_on) == (Decimal("-0.90") - carried, carried)
    client = signed_in(district.official)
    seen = client.get(reverse("assessments:run_detail", args=[run.pk])).context
    assert len(seen["debts"]) == 2 and "0.90" in seen["debts"][0]
    assert not (seen["step"].moves or seen["step"].simulates)
    assert "0.90" in client.get(reverse("assessments:statement", args=[line.pk])).content.decode()
    answer = client.get(reverse("assessments:payment_file", args=[row.pk, "csv"]))
    paid = list(csv.reader(b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()))
    own = [cells[7] for cells in paid if cells[3] == "TC"]
    assert own == (["0.00"] if carried else ["-0.63", "-0.27"])
    assert [cells[7] for cells in paid[-1:]] == [f"{sum(each.payable for each in row.lines.all())}"]


def test_what_is_owed_is_told_with_the_next_prepayment(district: MoneyDistrict) -> None:
    fund = make_fund({"finance": "12"}, method="rate", withheld="returned", prepaid_share="80", clawback="carry")
    run = begin(fund, district.official)
    carry_through(run, Round.Stage.PREPAYMENT, district)
    carry_through(run, SETTLEMENT, district, make_cycle({district.c: ("10", "fail")}))
    april = begin(fund, district.official, date(2018, 4, 1), date(2018, 6, 1))
    row = carry_through(april, Round.Stage.PREPAYMENT, district)
    client = signed_in(district.official)
    owed = {line.code: client.get(reverse("assessments:statement", args=[line.pk])) for line in row.lines.all()}
    assert {code: bool(page.context["balance"]) for code, page in owed.items()} == {
        "TA": False,
        "TB": False,
        "TC": True,
    }


def test_another_rule_is_tried_side_by_side_without_writing(district: MoneyDistrict, settled: Round) -> None:
    client = signed_in(district.official)
    send(client, "fund_draft", settled.run.fund_id)
    draft = FundVersion.objects.get(status="draft")
    draft.payers.update(amount=Decimal("66.00"))
    page = text(client, "run_compare", settled.run_id, version=draft.pk)
    assert "66.00" in page and "132.00" in page
    assert Round.objects.count() == 1


def test_a_payers_transfers_are_held_against_its_charges(district: MoneyDistrict) -> None:
    client = signed_in(district.official)
    Due.objects.create(revision_id=first_revision(), payer="city_finance", a_year=120)
    data = {"payer": "city_finance", "from_month": "2018-01", "to_month": "2018-12", "amount": "4.00"}
    send(client, "transfer_create", **data, transferred_on="20180401", submission=fresh_key())
    page = text(client, "transfer_list", year=2018)
    assert "10.00" in page and "6.00" in page
    assert Transfer.objects.get().entered_by == "first"


def test_payers_and_transfers_of_a_year_are_files(district: MoneyDistrict) -> None:
    client = signed_in(district.official)
    client.cookies["django_language"] = "en"
    Due.objects.create(revision_id=first_revision(), payer="city_finance", a_year=12_000_000)
    data = {"payer": "city_finance", "from_month": "2018-01", "to_month": "2018-12", "amount": "1000000.50"}
    send(client, "transfer_create", **data, transferred_on="20180401", note="007", submission=fresh_key())
    payers = assert_file_is_on_the_page(client, "transfer_list", year="2018", table="payers")
    assert payers[1][0] == "Total" and payers[2][1:] == [1_000_000, 1_000_000.5, -0.5]
    head, entered = rows_of(client, "transfer_list", year="2018", table="transfers")
    assert head[0] == "Transferred on" and entered[0] == "2018-04-01" and entered[3:] == (1_000_000.5, "007", "first")
    assert "file=xlsx" not in text(client, "transfer_list", year=2017)
    clerk = signed_in(make_account("c", Role.CLERK, institution=district.north))
    assert status(clerk, "transfer_list", year="2018", file="xlsx", table="payers") == 404


def first_revision() -> int:
    return Revision.objects.order_by("pk").values_list("pk", flat=True)[0]


def test_the_public_health_fund_is_checked_against_its_share(district: MoneyDistrict) -> None:
    client = signed_in(district.official)
    carry_through(
        begin(make_fund({"public_health_fund": "40"}, quality="none"), district.official), SETTLEMENT, district
    )
    assert "notice success" in send(client, "health_fund_set", year=2018, amount="100.00")
    assert "notice warning" in send(client, "health_fund_set", year=2018, amount="100.01")
    assert HealthFund.objects.get().amount == Decimal("100.01")


@pytest.mark.parametrize("name", ["money_home", "fund_detail", "run_detail", "statement", "transfer_list"])
def test_pages_of_money_ask_the_database_little(
    name: str, district: MoneyDistrict, settled: Round, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = signed_in(district.official)
    keys = {
        "fund_detail": settled.run.fund_id,
        "run_detail": settled.run_id,
        "statement": Line.objects.values_list("pk", flat=True)[0],
    }
    arguments = [keys[name]] if name in keys else []
    with django_assert_max_num_queries(20):
        text(client, name, *arguments)
