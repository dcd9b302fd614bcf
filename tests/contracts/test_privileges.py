"""What a contract gives at a hospital's till: the answer, who may ask, and what is recorded of it."""

from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from contracts.actions import referrals
from contracts.models import Coverage
from residents.models import Resident
from teams.actions.tokens import create_token, revoke_token
from teams.models import ApiToken, AuditEvent, Institution, PolicyValue, Role, User
from teams.models.accounts import SYSTEM
from teams.rules import RuleViolation
from tests.factories import (
    make_coverage,
    make_doctor,
    make_id_number,
    make_institution,
    make_package,
    make_receipt,
    make_resident,
    make_team,
)
from tests.factories import make_user as make_account

pytestmark = pytest.mark.django_db

URL = "/api/v1/privileges/"
TODAY = date(2018, 10, 2)
NOTHING = {
    "on": "2018-10-02",
    "in_force": False,
    "team_code": "",
    "team_name": "",
    "institution": "",
    "until": None,
    "is_referred": False,
    "registration_fee_waived": False,
    "test_points": 0,
    "prescription_weeks": 0,
}


@pytest.fixture(autouse=True)
def _business_day(settings: Settings) -> None:
    settings.TODAY = TODAY


@pytest.fixture
def hospital() -> Institution:
    return make_institution(code="H", name="区人民医院", kind=Institution.Kind.HOSPITAL)


@pytest.fixture
def cashier(hospital: Institution) -> User:
    return make_account(Role.CLERK, institution=hospital, username="cashier")


@pytest.fixture
def number() -> str:
    return make_id_number()


@pytest.fixture
def coverage(number: str) -> Coverage:
    return make_coverage(team=make_team(code="T1"), resident=make_resident(number=number))


def ask(client: Client, number: str, headers: dict[str, str] | None = None, **fields: Any) -> HttpResponse:
    return client.post(URL, {"id_number": number, **fields}, content_type="application/json", headers=headers)


def test_contract_in_force_gives_what_the_settings_of_the_day_say(
    client: Client, cashier: User, number: str, coverage: Coverage
) -> None:
    client.force_login(cashier)
    PolicyValue.objects.create(code="privilege_prescription_weeks", value=8, from_on=date(2018, 6, 1))
    answer = ask(client, number).json()

    assert (answer["in_force"], answer["team_code"], answer["until"]) == (True, "T1", "2018-12-31")
    assert (answer["registration_fee_waived"], answer["test_points"], answer["prescription_weeks"]) == (True, 0, 8)
    assert ask(client, number, on="2018-03-01").json()["prescription_weeks"] == 12
    assert ask(client, number, on="2019-03-01").json()["in_force"] is False


@pytest.mark.parametrize(
    ("ends", "last"),
    [
        ({"terminated_on": date(2018, 11, 1)}, "2018-10-31"),
        ({"moved_out_on": date(2018, 12, 1)}, "2018-11-30"),
        ({"terminated_on": date(2018, 11, 1), "moved_out_on": date(2018, 12, 1)}, "2018-10-31"),
    ],
)
def test_contract_that_ends_early_is_told_with_its_last_day(
    client: Client, cashier: User, number: str, coverage: Coverage, ends: dict[str, date], last: str
) -> None:
    client.force_login(cashier)
    for row, field in ((coverage, "terminated_on"), (coverage.resident, "moved_out_on")):
        setattr(row, field, ends.get(field))
        row.save()
    assert ask(client, number).json()["until"] == last


def test_unpaid_contract_gives_nothing_where_the_policy_says_so(
    client: Client, cashier: User, number: str, coverage: Coverage
) -> None:
    client.force_login(cashier)
    held = coverage.packages.create(version=make_package(), price=8)
    held.charges.create(payer="resident", amount=8)
    assert ask(client, number).json()["in_force"] is True
    PolicyValue.objects.create(code="unpaid_in_force", value=0, from_on=date(2018, 1, 1))
    assert ask(client, number).json() == NOTHING
    make_receipt(coverage, Decimal(8))
    assert ask(client, number).json()["in_force"] is True


def test_tests_are_cheaper_for_whom_a_team_has_sent_to_this_hospital(
    client: Client, cashier: User, number: str, coverage: Coverage, hospital: Institution
) -> None:
    doctor = make_doctor(coverage.contract.team)
    referral = referrals.refer(
        resident=coverage.resident, hospital=hospital, reason="头晕", priority="routine", by=doctor
    )
    client.force_login(cashier)
    assert ask(client, number).json()["test_points"] == 0

    referrals.accept(referral=referral, appointment_on=TODAY, by=cashier)
    assert ask(client, number).json()["test_points"] == 5
    client.force_login(make_account(Role.CLERK, institution=make_institution(kind=Institution.Kind.HOSPITAL)))
    assert ask(client, number).json()["test_points"] == 0


def test_unknown_and_unsigned_people_look_the_same(client: Client, cashier: User, number: str) -> None:
    make_resident(number=number)
    client.force_login(cashier)

    assert ask(client, number).json() == ask(client, make_id_number()).json() == NOTHING


def test_wrong_number_is_told_and_not_repeated(client: Client, cashier: User) -> None:
    client.force_login(cashier)
    answer = ask(client, "341204196005170000")

    assert answer.status_code == 400
    assert "341204" not in answer.content.decode()


def test_every_question_is_recorded_without_the_number(
    client: Client, cashier: User, number: str, coverage: Coverage
) -> None:
    client.force_login(cashier)
    ask(client, number)
    event = AuditEvent.objects.get(kind=AuditEvent.Kind.PRIVILEGE)

    assert (event.username, event.what) == ("cashier", f"resident {Resident.objects.get().pk} on 2018-10-02")


# --- Keys -----------------------------------------------------------------------------------------------------------


def test_key_opens_the_api_until_it_is_revoked(client: Client, cashier: User, number: str, coverage: Coverage) -> None:
    out = StringIO()
    call_command("api_key", "till", account="cashier", stdout=out)
    key = {"Authorization": f"Bearer {out.getvalue().strip()}"}
    assert ask(client, number, headers=key).json()["in_force"] is True
    assert ApiToken.objects.get().last_used_on == TODAY
    assert out.getvalue().strip() not in str(ApiToken.objects.values())

    call_command("api_key", "till", revoke=True)
    for refused in (key, {"Authorization": "Bearer wrong"}, {}):
        answer = ask(client, number, headers=refused)
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


def test_key_of_a_closed_account_opens_nothing(client: Client, cashier: User, number: str) -> None:
    key = create_token(user=cashier, name="till", by=SYSTEM)
    User.objects.filter(pk=cashier.pk).update(is_active=False)

    assert ask(client, number, headers={"Authorization": f"Bearer {key}"}).status_code == 401


def test_key_opens_no_page(client: Client, cashier: User) -> None:
    key = create_token(user=cashier, name="till", by=SYSTEM)

    assert client.get("/due/", headers={"Authorization": f"Bearer {key}"}).status_code == 302


def test_keys_are_an_administrator_s_and_have_names_of_their_own(cashier: User) -> None:
    with pytest.raises(RuleViolation) as refusal:
        create_token(user=cashier, name="till", by=cashier)
    assert refusal.value.code == "account.not_allowed"
    create_token(user=cashier, name="till", by=SYSTEM)
    with pytest.raises(RuleViolation):
        create_token(user=cashier, name="till", by=SYSTEM)
    with pytest.raises(CommandError):
        call_command("api_key", "other", revoke=True)
    with pytest.raises(CommandError):
        call_command("api_key", "other", account="nobody")
    revoke_token(name="till", by=SYSTEM)
    create_token(user=cashier, name="till", by=SYSTEM)
