"""One payment of a payer for many contracts: its split, its page, cancelling it."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from contracts.accounts import PAYING, Owed, spread
from contracts.actions.fee_counts import count_again, count_fees
from contracts.actions.fee_payments import take_payment
from contracts.actions.fees import cancel_entry
from contracts.models import Contract, FeeCount, FeeEntry
from contracts.queries.accounts import accounts_of
from contracts.queries.fee_desk import changed_contracts, desk
from contracts.queries.statements import Grouping, Line, scope_of, statement
from teams.models import Role, User
from teams.models.accounts import SYSTEM
from teams.policy import policy_on
from tests.contracts.steps import refused, signed
from tests.factories import bureau, centre, make_institution, make_package, make_resident, make_team, make_user

pytestmark = pytest.mark.django_db

TODAY = date(2018, 7, 15)
SHARES = {"finance": Decimal("10.01"), "resident": Decimal("5.00")}
PAGE = reverse("contracts:fee_payment") + "?payer=finance"


@pytest.fixture(autouse=True)
def day(settings: Any) -> None:
    settings.TODAY = TODAY


@pytest.fixture
def clerk(client: Client) -> User:
    user = make_user(Role.CLERK, institution=centre())
    client.force_login(user)
    return user


def contract(start_on: date = date(2018, 1, 1), **fields: Any) -> Contract:
    package = make_package(items={"BP": 4}, price=Decimal("15.01"), shares=SHARES)
    fields.setdefault("team", make_team(institution=centre()))
    end_on = start_on.replace(year=2019) - timedelta(1)
    return signed(make_resident(), versions=[package], start_on=start_on, end_on=end_on, **fields)


def pay(contracts: list[Contract], amount: str, by: User, **fields: Any) -> list[FeeEntry]:
    """The entries of the payment."""
    fields = {"on": TODAY, "reference": "银行回单 7", **fields}
    keys = [each.pk for each in contracts]
    first = take_payment(contracts=keys, payer="finance", amount=Decimal(amount), by=by, **fields)
    return list(FeeEntry.objects.filter(number=first.number).order_by("pk"))


def left(of: Contract, payer: str = "finance") -> Decimal:
    return next(row.left for row in accounts_of(of, TODAY) if row.payer == payer)


def sent(client: Client, **typed: str) -> dict[str, str]:
    """The fields of the page as it stands, with what is typed."""
    form = client.get(PAGE).context["form"]
    fields = {field.html_name: "" if field.value() is None else str(field.value()) for field in form}
    return fields | {"reference": "银行回单 7"} | typed


def previewed(client: Client, **typed: str) -> dict[str, str]:
    form = client.post(PAGE, sent(client, **typed)).context["form"]
    return {field.html_name: str(field.value()) for field in form}


FEN = st.integers(0, 5000)


@given(st.lists(FEN.filter(bool), min_size=1, max_size=30), FEN)
def test_split_is_the_payment_to_the_cent_and_fills_one_after_the_other(opens: list[int], paid: int) -> None:
    owed = [Owed(key, key, str(key), Decimal(fen) / 100) for key, fen in enumerate(opens)]
    amount = min(Decimal(paid) / 100, sum(line.open for line in owed))
    parts = spread(amount, owed)
    assert sum(part for _line, part in parts) == amount
    assert [line for line, _part in parts] == owed[: len(parts)]
    assert all(part == line.open for line, part in parts[:-1])
    assert all(0 < part <= line.open for line, part in parts)


def test_oldest_due_is_paid_first_then_the_lower_number_under_one_number(clerk: User) -> None:
    late = contract(start_on=date(2018, 3, 1))
    first, second = sorted((contract(), contract()), key=lambda each: each.number)
    made = pay([late, second, first], "15.00", clerk)
    assert [(entry.coverage.contract, entry.amount) for entry in made] == [
        (first, Decimal("10.01")),
        (second, Decimal("4.99")),
    ]
    assert {(entry.number, entry.reason) for entry in made} == {(f"{centre().code}-R2018-00001", "银行回单 7")}
    assert (left(second), left(late), left(first, "resident")) == (Decimal("5.02"), Decimal("10.01"), 5)


@pytest.mark.parametrize(
    ("code", "amount", "fields"),
    [
        ("fee.too_much", "20.03", {}),
        ("fee.amount", "0", {}),
        ("fee.day", "1", {"on": date(2018, 7, 16)}),
        ("fee.day", "20", {"on": date(2017, 12, 31)}),
        ("fee.reference", "1", {"reference": " "}),
        ("fee.owed_changed", "1", {"seen_owed": Decimal("20.01")}),
    ],
)
def test_payments_that_cannot_be_are_refused(clerk: User, code: str, amount: str, fields: dict[str, Any]) -> None:
    with refused(code):
        pay([contract(), contract()], amount, clerk, **fields)
    assert not FeeEntry.objects.exists()


def test_second_of_two_reads_who_paid_first(clerk: User) -> None:
    both = [contract(), contract()]
    pay(both, "20.02", clerk, seen=0)
    with refused("fee.changed_since", match=str(clerk)):
        pay(both, "20.02", clerk, seen=0)
    with refused("fee.too_much", match="0.00"):
        pay(both, "20.02", clerk)


def test_another_institution_s_contracts_are_not_paid(clerk: User) -> None:
    own, other = contract(), contract(team=make_team(institution=make_institution(code="X1")))
    with refused("fee.too_much", match="10.01"):
        pay([own, other], "10.02", clerk)
    pay([own, other], "10.01", clerk)
    assert left(other) == Decimal("10.01")


def test_payment_is_cancelled_in_all_its_contracts_by_whoever_sees_them(clerk: User) -> None:
    elsewhere = make_team(institution=make_institution(code="X1"))
    both = [contract(), contract(team=elsewhere)]
    made = pay(both, "20.02", make_user(Role.CLERK, institution=bureau()))
    assert len(made) == 2
    with refused("fee.elsewhere"):
        cancel_entry(entry=made[0], reason="重复", by=clerk)
    cancel_entry(entry=made[1], reason="重复", by=make_user(Role.OFFICIAL, institution=bureau()))
    assert set(FeeEntry.objects.values_list("cancelled_reason", flat=True)) == {"重复"}
    assert [left(each) for each in both] == [Decimal("10.01")] * 2


def test_statement_balances_after_a_payment_and_after_its_cancelling(clerk: User) -> None:
    both = [contract(), contract()]
    scope = scope_of(clerk, first=date(2018, 1, 1), last=TODAY, institutions=None, team=None, payer="finance")

    def total() -> list[Decimal]:
        line = Line.total(statement(scope, Grouping.TEAM)[0])
        return [line.opening, line.due, line.received, line.closing]

    made = pay(both, "15.00", clerk)
    assert total() == [0, Decimal("20.02"), 15, Decimal("5.02")]
    cancel_entry(entry=made[0], reason="输错", by=SYSTEM)
    assert total() == [0, Decimal("20.02"), 0, Decimal("20.02")]


def test_desk_knows_of_a_payment_at_once_and_the_worker_counts_it_for_the_next_look(clerk: User) -> None:
    both = [contract(), contract()]
    count_fees()

    def told() -> tuple[int, Decimal, int]:
        found = desk([each.team_id for each in both], "finance", "open", TODAY, policy_on(TODAY), limit=1)
        return found.count, found.open, len(changed_contracts(None, PAYING, FeeCount.objects.get()))

    assert told() == (2, Decimal("20.02"), 0)
    entry = pay(both, "15.00", clerk)[0]
    assert told() == (1, Decimal("5.02"), 2)
    count_again(entry_id=entry.pk)
    assert told() == (1, Decimal("5.02"), 0)
    cancel_entry(entry=entry, reason="输错", by=SYSTEM)
    assert told() == (2, Decimal("20.02"), 2)
    count_again(entry_id=entry.pk)
    assert told() == (2, Decimal("20.02"), 0)


def test_page_shows_the_split_before_it_enters_once(client: Client, clerk: User) -> None:
    contract(), contract()
    contract(team=make_team(institution=make_institution(code="X1")))
    shown = client.post(PAGE, sent(client, amount="15"))
    preview = shown.context["preview"]
    assert (shown.context["owed"], shown.context["count"]) == (Decimal("20.02"), 2)
    assert (preview["paid"], preview["part"], preview["left"]) == (2, Decimal("4.99"), Decimal("5.02"))
    assert not FeeEntry.objects.exists()
    fields = {field.html_name: str(field.value()) for field in shown.context["form"]}
    answers = [client.post(PAGE, fields) for _click in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert sum(FeeEntry.objects.values_list("amount", flat=True)) == 15
    entry = FeeEntry.objects.first()
    told = client.get(reverse("contracts:contract_detail", args=[entry.coverage.contract_id])).content.decode()
    assert entry.number in told
    assert "银行回单 7" in told


def test_whatever_is_typed_anew_is_shown_anew(client: Client, clerk: User) -> None:
    contract()
    shown = client.post(PAGE, previewed(client, amount="5") | {"amount": "6"})
    assert shown.context["preview"]["amount"] == 6
    assert not FeeEntry.objects.exists()


def test_page_refuses_more_than_is_owed_and_keeps_what_was_typed(client: Client, clerk: User) -> None:
    household = contract()
    answer = client.post(PAGE, sent(client, amount="10.02"))
    assert "amount" in answer.context["form"].errors
    assert answer.context["form"]["amount"].value() == "10.02"
    ready = previewed(client, amount="10.01")
    pay([household], "1.00", clerk)
    assert client.post(PAGE, ready).context["form"].errors
    assert FeeEntry.objects.count() == 1


def test_cancelling_page_names_the_whole_payment(client: Client, clerk: User) -> None:
    entry = pay([contract(), contract()], "20.02", clerk)[0]
    shown = client.get(reverse("contracts:fee_cancel", args=[entry.pk])).context
    assert (shown["contracts"], shown["sum"]) == (2, Decimal("20.02"))
    client.post(
        reverse("contracts:fee_cancel", args=[entry.pk]),
        {"reason": "输错", "submission": shown["form"]["submission"].value()},
    )
    assert not FeeEntry.objects.standing().exists()


def test_residents_pay_contract_by_contract(client: Client, clerk: User) -> None:
    contract()
    assert client.get(reverse("contracts:fee_payment")).status_code == 404
    desk = reverse("contracts:fee_list")
    assert reverse("contracts:fee_payment") not in client.get(desk).content.decode()
    assert reverse("contracts:fee_payment") in client.get(desk + "?payer=finance").content.decode()


def test_payment_takes_as_many_statements_for_one_as_for_many(
    clerk: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    many = [contract() for _ in range(12)]
    with django_assert_max_num_queries(16):
        made = pay(many, "120.12", clerk)
    with django_assert_max_num_queries(16):
        cancel_entry(entry=made[0], reason="输错", by=SYSTEM)
