"""The fee desk, the statement, and the pages that enter, cancel and print."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from python_calamine import CalamineWorkbook

from contracts.actions.ending import terminate
from contracts.actions.fee_counts import count_fees
from contracts.actions.fees import take_receipt
from contracts.fee_exports import fees_sheet, statement_sheet
from contracts.models import Contract, FeeEntry
from contracts.money import in_capitals
from contracts.queries.accounts import accounts_of
from contracts.queries.fee_desk import desk
from teams.actions.submissions import fresh_key
from teams.models import Role, Team, User
from teams.models.accounts import SYSTEM
from teams.policy import policy_on
from tests.contracts.steps import signed
from tests.factories import bureau, centre, make_institution, make_package, make_resident, make_team, make_user

pytestmark = pytest.mark.django_db

TODAY = date(2018, 7, 15)


@pytest.fixture(autouse=True)
def day(settings: Any) -> None:
    settings.TODAY = TODAY


@pytest.fixture
def clerk(client: Client) -> User:
    user = make_user(Role.CLERK, institution=centre())
    client.force_login(user)
    return user


def contract(*names: str, price: str = "20.00", **fields: Any) -> Contract:
    package = make_package(items={"BP": 4}, price=Decimal(price), shares={"resident": Decimal(price)})
    fields.setdefault("team", make_team(institution=centre()))
    return signed(*(make_resident(name=name) for name in names or ("张三",)), versions=[package], **fields)


def page(name: str, *args: int, query: str = "") -> str:
    return reverse(f"contracts:{name}", args=args) + (f"?{query}" if query else "")


def pay(household: Contract, amount: str = "20.00", on: date = TODAY) -> None:
    ids = household.coverages.values_list("pk", flat=True)
    take_receipt(contract=household, amounts=dict.fromkeys(ids, Decimal(amount)), on=on, by=SYSTEM)


def test_household_pays_at_once_and_the_double_click_makes_one_receipt(client: Client, clerk: User) -> None:
    household = contract("张三", "李四")
    form = client.get(page("fee_receive", household.pk)).context["form"]
    fields = {field.html_name: field.value() for field in form}
    assert [value for name, value in fields.items() if name.startswith("of_")] == [Decimal("20.00")] * 2
    sent = {name: "" if value is None else value for name, value in fields.items()}
    answers = [client.post(page("fee_receive", household.pk), sent) for _click in range(2)]
    assert {answer.url for answer in answers} == {page("contract_detail", household.pk) + "#fees"}
    assert FeeEntry.objects.count() == 2
    told = client.get(page("contract_detail", household.pk)).content.decode()
    number = FeeEntry.objects.first().number
    assert number in told
    assert client.get(page("fee_receipt", FeeEntry.objects.first().pk)).getvalue().startswith(b"%PDF")


def test_receipt_above_what_is_owed_keeps_what_was_typed(client: Client, clerk: User) -> None:
    household = contract()
    sent = {f"of_{household.coverages.get().pk}": "20.01", "on": "20180715", "seen": 0, "submission": fresh_key()}
    answer = client.post(page("fee_receive", household.pk), sent)
    assert answer.context["form"].errors
    assert "20.01" in answer.content.decode()
    assert not FeeEntry.objects.exists()


def test_waiving_giving_back_and_cancelling_on_pages(client: Client, clerk: User) -> None:
    household = contract()
    coverage = household.coverages.get()
    key = f"{coverage.pk}:resident"
    sent = {"account": key, "on": "20180715", "seen": 0}
    client.post(page("fee_waive", household.pk), {**sent, "amount": "5", "reason": "低保", "submission": fresh_key()})
    pay(household, "15.00")
    terminate(coverage=coverage, on=TODAY, reason="request", by=SYSTEM)
    offered = client.get(page("fee_refund", household.pk)).context["form"]
    assert offered["amount"].value() == Decimal("8.33")
    last = FeeEntry.objects.order_by("pk").last().pk
    given = {**sent, "seen": last, "amount": "8.33", "reason": "解约", "submission": fresh_key()}
    client.post(page("fee_refund", household.pk), given)
    assert FeeEntry.objects.get(kind="refund").amount == Decimal("8.33")
    refund = FeeEntry.objects.get(kind="refund")
    client.post(page("fee_cancel", refund.pk), {"reason": "输错", "submission": fresh_key()})
    refund.refresh_from_db()
    assert (refund.cancelled_reason, refund.cancelled_by) == ("输错", str(clerk))


@pytest.mark.parametrize("step", ["fee_waive", "fee_refund"])
def test_whole_sum_given_twice_is_given_once_and_leads_to_the_same_place(
    client: Client, clerk: User, step: str
) -> None:
    household = contract()
    if step == "fee_refund":
        pay(household)
        terminate(coverage=household.coverages.get(), on=TODAY, reason="request", by=SYSTEM)
    before = FeeEntry.objects.count()
    form = client.get(page(step, household.pk)).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields} | {"reason": "低保"}
    sent["account"] = form.fields["account"].choices[0][0]
    answers = [client.post(page(step, household.pk), sent) for _click in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url
    assert FeeEntry.objects.count() == before + 1
    assert client.post(page(step, household.pk), sent | {"submission": fresh_key()}).context["form"].errors


def test_entry_cancelled_twice_is_cancelled_once(client: Client, clerk: User) -> None:
    household = contract()
    pay(household)
    entry = FeeEntry.objects.get()
    sent = {"reason": "输错", "submission": fresh_key()}
    answers = [client.post(page("fee_cancel", entry.pk), sent) for _click in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert client.post(page("fee_cancel", entry.pk), sent | {"submission": fresh_key()}).context["form"].errors


def test_desk_shows_the_oldest_debt_first_and_its_sums(client: Client, clerk: User) -> None:
    late, soon = contract("晚"), contract("近", start_on=date(2018, 7, 1), end_on=date(2019, 6, 30))
    paid = contract("付")
    pay(paid)
    shown = client.get(page("fee_list"))
    assert [row["line"].contract_id for row in shown.context["rows"]] == [late.pk, soon.pk]
    assert (shown.context["open"], shown.context["rows"][0]["is_overdue"]) == (Decimal("40.00"), True)
    overdue = client.get(page("fee_list", query="standing=overdue")).context["rows"]
    assert [row["names"] for row in overdue] == ["晚"]
    everyone = client.get(page("fee_list", query="standing=all")).context["rows"]
    assert len(everyone) == 3
    terminate(coverage=paid.coverages.get(), on=TODAY, reason="request", by=SYSTEM)
    (back,) = client.get(page("fee_list", query="standing=back")).context["rows"]
    assert back["line"].refundable == Decimal("8.33")


def test_desk_says_what_the_accounts_say(clerk: User) -> None:
    """What can be asked for is told twice, in SQL for many and in Python for one."""
    cases = [contract(end_on=date(2020, 12, 31)), contract(), contract(), contract()]
    pay(cases[0], "60.00")
    pay(cases[1], "7.00")
    pay(cases[2])
    terminate(coverage=cases[2].coverages.get(), on=date(2018, 9, 1), reason="request", by=SYSTEM)
    terminate(coverage=cases[3].coverages.get(), on=date(2018, 3, 2), reason="request", by=SYSTEM)
    teams = [case.team_id for case in cases]
    lines = {line.contract_id: line for line in desk(teams, "resident", "all", TODAY, policy_on(TODAY)).lines}
    for case in cases:
        (account,) = accounts_of(case, TODAY)
        assert (lines[case.pk].open, lines[case.pk].refundable) == (account.open, account.refundable)


def test_desk_asks_as_often_for_one_as_for_many(
    client: Client, clerk: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(10):
        contract("甲", "乙")
    count_fees()
    for name in ("fee_list", "fee_statement"):
        with django_assert_max_num_queries(19):
            client.get(page(name))


def test_statement_opens_down_to_the_contract_and_equals_its_file(client: Client, clerk: User) -> None:
    household = contract()
    pay(household, "5.00", on=date(2018, 3, 1))
    query = "first=2018-02-01&last=20180630"
    shown = client.get(page("fee_statement", query=query))
    total = shown.context["total"]
    assert [total.opening, total.due, total.received, total.closing] == [20, 0, 5, 15]
    team_page = client.get(shown.context["rows"][0]["url"])
    people = client.get(team_page.context["rows"][0]["url"])
    (row,) = people.context["rows"]
    assert row["url"] == page("contract_detail", household.pk) + "#fees"
    sheet = statement_sheet(clerk, query, whole=False)
    rows = list(sheet.rows)
    assert (len(rows), rows[-1][1:]) == (sheet.total, [20, 0, 5, 0, 0, 0, 15])
    months = client.get(page("fee_statement", query=query + "&by=month")).context["rows"]
    assert [row["line"].closing for row in months] == [20, 15, 15, 15, 15]


@pytest.mark.parametrize("query", ["last=99991231", "first=99991231"])
def test_statement_ends_where_nothing_is_owed_any_more(client: Client, clerk: User, query: str) -> None:
    contract()
    rows = client.get(page("fee_statement", query=f"{query}&by=month")).context["rows"]
    assert rows[-1]["line"].key == date(TODAY.year + 10, TODAY.month, 1)


def test_auditor_reads_sums_and_no_names(client: Client) -> None:
    contract("张三")
    client.force_login(make_user(Role.AUDITOR, institution=bureau()))
    shown = client.get(page("fee_statement", query="by=coverage"))
    assert "张三" not in shown.content.decode()
    assert shown.context["total"].due == 20
    assert [row["url"] for row in shown.context["rows"]] == [""]


def test_auditor_has_the_sums_as_a_file_even_when_asking_for_people(client: Client) -> None:
    contract("张三")
    client.force_login(make_user(Role.AUDITOR, institution=bureau()))
    file = client.get(page("fee_statement_file", query="by=coverage"))
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(file)))
    _head, *rows = book.get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows][:-1] == [Team.objects.get().name]
    assert rows[-1][2] == 20


def test_official_looks_at_one_institution_until_all_are_asked_for(client: Client) -> None:
    other = make_institution(code="0001")
    contract("近", team=make_team(institution=other))
    contract("远")
    official = make_user(Role.OFFICIAL, institution=bureau())
    client.force_login(official)
    assert [row["names"] for row in client.get(page("fee_list")).context["rows"]] == ["近"]
    chosen = client.get(page("fee_list", query=f"institution={centre().pk}"))
    assert [row["names"] for row in chosen.context["rows"]] == ["远"]
    assert [row[0] for row in fees_sheet(official, f"institution={centre().pk}", whole=False).rows] == ["远"]
    everything = client.get(page("fee_list", query="institution=&standing=open"))
    assert {row["names"] for row in everything.context["rows"]} == {"近", "远"}
    assert {row[0] for row in fees_sheet(official, everything.context["query"], whole=False).rows} == {"近", "远"}


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0.05", "伍分"),
        ("10.05", "壹拾元零伍分"),
        ("20.00", "贰拾元整"),
        ("105.30", "壹佰零伍元叁角整"),
        ("10010.00", "壹万零壹拾元整"),
        ("100000000.01", "壹亿元零壹分"),
        ("120030456.78", "壹亿贰仟零叁万零肆佰伍拾陆元柒角捌分"),
    ],
)
def test_receipt_spells_the_sum_out(amount: str, words: str) -> None:
    assert in_capitals(Decimal(amount)) == words
