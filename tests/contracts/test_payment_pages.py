"""What payers have paid: the list, one payment with its contracts, and who records them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from contracts.actions.fee_payments import take_payment
from contracts.models import Contract, FeeEntry
from teams.models import Role, User
from tests.contracts.steps import signed
from tests.factories import bureau, centre, make_institution, make_package, make_resident, make_team, make_user

pytestmark = pytest.mark.django_db

TODAY = date(2018, 7, 15)
LIST = reverse("contracts:fee_payment_list")
# Session, account, transaction, and what a process remembers after its first page.
BESIDE = 7


@pytest.fixture(autouse=True)
def day(settings: Any) -> None:
    settings.TODAY = TODAY


@pytest.fixture
def official() -> User:
    return make_user(Role.OFFICIAL, institution=bureau())


@pytest.fixture
def clerk() -> User:
    return make_user(Role.CLERK, institution=centre())


def contract(*names: str, **fields: Any) -> Contract:
    package = make_package(items={"BP": 4}, price=Decimal("15.01"), shares={"finance": Decimal("15.01")})
    fields.setdefault("team", make_team(institution=centre()))
    return signed(*(make_resident(name=name) for name in names or ("张三",)), versions=[package], **fields)


def pay(contracts: list[Contract], amount: str, by: User) -> FeeEntry:
    keys = [each.pk for each in contracts]
    same: dict[str, Any] = {"payer": "finance", "on": TODAY, "reference": "银行回单 7", "by": by}
    return take_payment(contracts=keys, amount=Decimal(amount), **same)


def page(entry: FeeEntry) -> str:
    return reverse("contracts:fee_payment_detail", args=[entry.pk])


def test_payment_names_its_contracts_with_what_each_got(client: Client, clerk: User) -> None:
    household, other = contract("张三", "李四"), contract("王五")
    client.force_login(clerk)
    entry = pay([household, other], "40.03", clerk)
    shown = client.get(page(entry))
    assert [(row["of"], row["amount"]) for row in shown.context["page"].object_list] == [
        (household.number, Decimal("30.02")),
        (other.number, Decimal("10.01")),
    ]
    assert set(shown.context["page"].object_list[0]["people"]) == {"张三", "李四"}
    assert (shown.context["amount"], shown.context["contracts"], shown.context["may_cancel"]) == (
        Decimal("40.03"),
        2,
        True,
    )


def test_list_leads_to_the_payment_and_narrows_by_period_and_payer(client: Client, clerk: User) -> None:
    entry = pay([contract()], "15.01", clerk)
    client.force_login(clerk)
    assert page(entry) in client.get(LIST).content.decode()
    for query in (f"?last={TODAY - timedelta(1)}", "?payer=medical_insurance", "?first=20180716"):
        assert client.get(LIST + query).context["rows"] == []


def test_cancelling_leads_back_to_the_payment_which_says_so(client: Client, clerk: User) -> None:
    entry = pay([contract(), contract()], "30.02", clerk)
    client.force_login(clerk)
    cancel = reverse("contracts:fee_cancel", args=[entry.pk])
    key = client.get(cancel).context["form"]["submission"].value()
    answer = client.post(cancel, {"reason": "重复", "submission": key}, follow=True)
    assert answer.redirect_chain == [(page(entry), 302)]
    assert "重复" in answer.content.decode()
    assert not answer.context["may_cancel"]


def test_clerk_sees_of_a_payment_of_the_bureau_the_own_contracts(client: Client, clerk: User, official: User) -> None:
    elsewhere = contract(team=make_team(institution=make_institution(code="X1")))
    entry = pay([contract(), elsewhere], "30.02", official)
    assert entry.number.startswith(f"{bureau().code}-R2018-")
    client.force_login(clerk)
    shown = client.get(page(entry)).context
    assert (len(shown["page"].object_list), shown["hidden"], shown["may_cancel"]) == (1, 1, False)
    stranger = make_user(Role.CLERK, institution=make_institution(code="X2"))
    client.force_login(stranger)
    assert client.get(page(entry)).status_code == 404


def test_official_records_what_payers_transfer_but_takes_no_money_of_residents(client: Client, official: User) -> None:
    household = contract()
    client.force_login(official)
    desk = f"?payer=finance&institution={centre().pk}"
    assert client.get(reverse("contracts:fee_payment") + desk).context["owed"] == Decimal("15.01")
    assert reverse("contracts:fee_payment") in client.get(reverse("contracts:fee_list") + desk).content.decode()
    assert client.get(reverse("contracts:fee_receive", args=[household.pk])).status_code == 403


def test_pages_ask_as_often_for_one_as_for_many(
    client: Client, clerk: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    entry = pay([contract() for _ in range(8)], "120.08", clerk)
    client.force_login(clerk)
    for path in (LIST, page(entry)):
        with django_assert_max_num_queries(12 + BESIDE):
            client.get(path)
