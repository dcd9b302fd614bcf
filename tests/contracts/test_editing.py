"""Changing residents: old copies are refused and shown, impossible days named, promises worked out again."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from contracts.actions import ledger, lives
from contracts.models import Coverage, Obligation
from contracts.queries.changes import changes
from residents.copies import fingerprint
from residents.identity import parse_id_number
from residents.models import Register, Resident
from teams import cipher
from teams.actions.submissions import fresh_key
from teams.models import Role, User
from teams.models.accounts import SYSTEM
from teams.rules import RuleViolation
from tests import factories

pytestmark = pytest.mark.django_db

TODAY = date(2018, 12, 20)
NUMBER = "341204196005170029"


@pytest.fixture(autouse=True)
def day(settings: Any) -> None:
    settings.TODAY = TODAY


@pytest.fixture
def clerk(client: Client) -> User:
    user = factories.make_user(Role.CLERK, institution=factories.centre())
    client.force_login(user)
    return user


def typed(resident: Resident, **fields: str) -> dict[str, str]:
    sent = {"seen": fingerprint(resident), "name": resident.name, "address": resident.address}
    return sent | {"submission": fresh_key()} | fields


def refused(code: str, do: Any) -> str:
    with pytest.raises(RuleViolation) as refusal:
        do()
    assert refusal.value.code == code
    return str(refusal.value)


def test_record_is_corrected_and_the_history_tells_who_and_what(client: Client, clerk: User) -> None:
    resident = factories.make_resident(name="张秀英", phone="13905580123", address="旧")
    client.post(f"/people/{resident.pk}/edit/", typed(resident, name="张秀莹", phone="139 0558 0124", address="新"))
    resident.refresh_from_db()
    assert (resident.name, resident.address, resident.initials) == ("张秀莹", "新", "zxy")
    assert cipher.decrypt(resident.phone_cipher, field="phone") == "13905580124"
    page = client.get(f"/people/{resident.pk}/changes/").content.decode()
    for text in ("张秀英", "139****0123", "139****0124", clerk.username, "127.0.0.1"):
        assert text in page
    assert "13905580124" not in page


def test_numbers_left_empty_stay_and_a_phone_may_be_taken_away(client: Client, clerk: User) -> None:
    resident = factories.make_resident(number=NUMBER, phone="13905580123")
    client.post(f"/people/{resident.pk}/edit/", typed(resident))
    resident.refresh_from_db()
    assert cipher.decrypt(resident.phone_cipher, field="phone") == "13905580123"
    client.post(f"/people/{resident.pk}/edit/", typed(resident, no_phone="on"))
    resident.refresh_from_db()
    assert (resident.phone_cipher, resident.phone_problem) == (None, "empty")


def test_correction_sent_twice_is_made_once_and_no_old_copy_of_itself(client: Client, clerk: User) -> None:
    resident = factories.make_resident(name="张秀英")
    form = client.get(f"/people/{resident.pk}/edit/").context["form"]
    sent = {field.html_name: field.value() or "" for field in form} | {"name": "张秀莹"}
    answers = [client.post(f"/people/{resident.pk}/edit/", sent) for _click in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].url == answers[1].url == f"/people/{resident.pk}/"
    assert len(changes(resident)) == 1


def test_old_copy_is_refused_with_the_difference_and_nothing_typed_is_lost(client: Client, clerk: User) -> None:
    resident = factories.make_resident(name="张秀英", address="一号")
    old = typed(resident, name="张秀莹", phone="13905580123")
    client.post(f"/people/{resident.pk}/edit/", typed(resident, address="二号", name="张绣英"))

    response = client.post(f"/people/{resident.pk}/edit/", old)

    lines = {str(line["label"]): line for line in response.context["stale"]["lines"]}
    name, address = (response.context["form"][field].label for field in ("name", "address"))
    assert lines[name] | {"label": ""} == {
        "label": "", "then": "张秀英", "now": "张绣英", "yours": "张秀莹", "is_conflict": True,
    }  # fmt: skip
    assert (lines[address]["now"], lines[address]["is_conflict"]) == ("二号", False)
    assert response.context["stale"]["by"] == str(clerk)
    form = response.context["form"]
    assert (form["name"].value(), form["address"].value(), form["phone"].value()) == ("张秀莹", "二号", "13905580123")
    assert Resident.objects.get(pk=resident.pk).name == "张绣英"

    client.post(f"/people/{resident.pk}/edit/", dict(form.data.items()))
    resident.refresh_from_db()
    assert (resident.name, resident.address) == ("张秀莹", "二号")
    assert cipher.decrypt(resident.phone_cipher, field="phone") == "13905580123"


def test_corrected_number_brings_birth_date_and_sex_and_promises_along() -> None:
    resident = factories.make_resident(born=date(1950, 1, 1), sex="male")
    number = parse_id_number(NUMBER, today=TODAY)
    lives.edit_person(resident=resident, seen=fingerprint(resident), number=number, by=SYSTEM)
    resident.refresh_from_db()
    assert (resident.birth_date, resident.sex) == (date(1960, 5, 17), "female")
    assert resident.id_hash.tobytes() == cipher.lookup_hash(NUMBER, field="id_number")


def test_number_of_somebody_else_is_refused_by_name() -> None:
    factories.make_resident(name="李建国", number=NUMBER)
    resident = factories.make_resident()
    number = parse_id_number(NUMBER, today=TODAY)
    said = refused(
        "resident.exists",
        lambda: lives.edit_person(resident=resident, seen=fingerprint(resident), number=number, by=SYSTEM),
    )
    assert "李建国" in said


def test_number_that_makes_a_service_precede_birth_is_refused() -> None:
    resident = factories.make_resident(born=date(1950, 1, 1))
    factories.make_service(resident, "ADVICE", date(1960, 5, 16))
    number = parse_id_number(NUMBER, today=TODAY)
    refused(
        "life.service_before_birth",
        lambda: lives.edit_person(resident=resident, seen=fingerprint(resident), number=number, by=SYSTEM),
    )


def test_corrected_village_is_where_the_last_transfer_led_to() -> None:
    resident, village = factories.make_resident(), factories.make_village()
    resident.transfers.create(
        on=date(2018, 1, 1), from_institution=resident.institution, to_institution=resident.institution
    )
    lives.edit_person(resident=resident, seen=fingerprint(resident), village=village, by=SYSTEM)
    assert resident.transfers.get().to_village == village


def test_register_is_entered_left_mended_and_removed_once_at_a_time(client: Client, clerk: User) -> None:
    resident = factories.make_resident()
    url, key = f"/people/{resident.pk}/registers/new/", fresh_key()
    for _time in range(2):
        client.post(url, {"category": "hypertension", "from_on": "20180301", "submission": key})
    entry = Register.objects.get()
    again = client.post(url, {"category": "hypertension", "from_on": "20180401", "submission": fresh_key()})
    assert "from_on" in again.context["form"].errors
    client.post(f"/registers/{entry.pk}/", {"from_on": "2018-02-01", "to_on": "20181201", "submission": fresh_key()})
    entry.refresh_from_db()
    assert (entry.from_on, entry.to_on) == (date(2018, 2, 1), date(2018, 12, 1))
    page = client.get(f"/registers/{entry.pk}/")
    sent = {"submission": page.context["submission"]}
    assert sent["submission"] in page.content.decode()
    answers = [client.post(f"/registers/{entry.pk}/delete/", sent) for _click in range(2)]
    assert [answer.url for answer in answers] == [f"/people/{resident.pk}/"] * 2
    assert client.post(f"/registers/{entry.pk}/delete/", {"submission": fresh_key()}).status_code == 404
    assert not Register.objects.exists()
    assert changes(resident)[0].after is None


@pytest.mark.parametrize(
    ("code", "sex", "fields"),
    [
        ("register.sex", "male", {"category": "maternal", "from_on": date(2018, 1, 1)}),
        ("register.before_birth", "female", {"category": "diabetes", "from_on": date(1960, 5, 16)}),
        ("register.in_future", "female", {"category": "diabetes", "from_on": date(2018, 12, 21)}),
        ("register.no_register", "female", {"category": "elderly", "from_on": date(2018, 1, 1)}),
    ],
)
def test_impossible_entries_are_refused(code: str, sex: str, fields: dict[str, Any]) -> None:
    resident = factories.make_resident(sex=sex)
    refused(code, lambda: lives.enter_register(resident=resident, by=SYSTEM, **fields))


def test_leaving_a_register_takes_place_once_and_not_in_the_future() -> None:
    resident = factories.make_resident(registers={"diabetes": date(2018, 1, 1)})
    entry = resident.registers.get()
    refused("register.in_future", lambda: lives.leave_register(entry=entry, to_on=date(2018, 12, 21), by=SYSTEM))
    refused("register.reversed", lambda: lives.leave_register(entry=entry, to_on=date(2017, 12, 31), by=SYSTEM))
    lives.leave_register(entry=entry, to_on=date(2018, 12, 1), by=SYSTEM)
    refused("register.left", lambda: lives.leave_register(entry=entry, to_on=date(2018, 12, 2), by=SYSTEM))


def test_death_and_moving_out_are_held_against_birth_and_registration() -> None:
    resident = factories.make_resident(registered_on=date(2018, 1, 1))

    def record(died_on: date | None = None, moved_out_on: date | None = None) -> Resident:
        return lives.record_departure(resident=resident, died_on=died_on, moved_out_on=moved_out_on, by=SYSTEM)

    refused("resident.died_in_future", lambda: record(died_on=date(2018, 12, 21)))
    refused("resident.dates", lambda: record(died_on=date(2017, 12, 31)))
    refused("resident.dates", lambda: record(moved_out_on=date(1950, 1, 1)))
    refused("resident.moves_too_late", lambda: record(moved_out_on=date(2028, 12, 21)))
    assert record(died_on=date(2018, 6, 1)).died_on == date(2018, 6, 1)
    assert record().died_on is None


def _left(resident: Resident) -> tuple[date | None, date | None]:
    resident.refresh_from_db()
    return resident.died_on, resident.moved_out_on


def test_death_before_what_is_recorded_is_asked_about_again_and_then_goes_in(client: Client, clerk: User) -> None:
    resident = factories.make_resident()
    for day in (date(2018, 6, 1), date(2018, 7, 2)):
        factories.make_service(resident, "ADVICE", day)
    factories.make_coverage(resident=resident, start_on=date(2018, 8, 3))
    url = f"/people/{resident.pk}/departure/"
    form = {"died_on": "20180531", "submission": fresh_key()}
    asked = client.post(url, form)
    services, contracts, _listed = map(str, asked.context["form"].doubts)
    assert ("2" in services, "2018-07-02" in services, "2018-08-03" in contracts) == (True, True, True)
    assert services in asked.content.decode()
    assert _left(resident) == (None, None)

    again = asked.context["form"].data
    assert client.post(url, again | {"died_on": "20180530"}).context["form"].doubts  # another day is another question
    for _time in range(2):
        assert client.post(url, again).status_code == 302
    assert _left(resident) == (date(2018, 5, 31), None)


@pytest.mark.parametrize(
    "days", [{"died_on": "20180601"}, {"moved_out_on": "20180602"}, {"died_on": "20180602", "moved_out_on": ""}, {}]
)
def test_days_after_everything_recorded_are_not_asked_about(client: Client, clerk: User, days: dict[str, str]) -> None:
    resident = factories.make_resident()
    factories.make_service(resident, "ADVICE", date(2018, 6, 1))
    never_in_force = {"start_on": date(2018, 12, 1), "terminated_on": date(2018, 12, 1)}
    factories.make_coverage(resident=resident, **never_in_force)

    assert client.post(f"/people/{resident.pk}/departure/", days | {"submission": fresh_key()}).status_code == 302


def test_record_that_contradicts_itself_is_corrected_in_other_fields() -> None:
    resident = factories.make_resident(died_on=date(2018, 5, 31))
    factories.make_service(resident, "ADVICE", date(2018, 6, 1))
    lives.edit_person(resident=resident, seen=fingerprint(resident), name="张秀莹", by=SYSTEM)
    resident.refresh_from_db()
    assert resident.name == "张秀莹"


def test_death_takes_the_coverage_out_of_force_by_itself() -> None:
    coverage = factories.make_coverage()
    lives.record_departure(resident=coverage.resident, died_on=date(2018, 6, 1), moved_out_on=None, by=SYSTEM)
    assert Coverage.objects.in_force_on(date(2018, 5, 31)).exists()
    assert not Coverage.objects.in_force_on(date(2018, 6, 1)).exists()


def test_transfer_out_of_the_own_institutions_leads_back_to_the_list(client: Client, clerk: User) -> None:
    resident, there = factories.make_resident(), factories.make_institution()
    form = {"institution": there.pk, "on": "20181201", "submission": fresh_key()}
    response = client.post(f"/people/{resident.pk}/transfer/", form)
    assert response.headers["Location"] == "/people/"
    assert Resident.objects.get(pk=resident.pk).institution == there
    assert client.get(f"/people/{resident.pk}/").status_code == 404


def test_household_is_joined_founded_and_left(client: Client, clerk: User) -> None:
    resident, beside = (
        factories.make_resident(),
        factories.make_resident(household=factories.make_household(number="7")),
    )
    url = f"/people/{resident.pk}/household/"
    client.post(url, {"choice": "join", "number": "7", "is_head": "on", "submission": fresh_key()})
    resident.refresh_from_db()
    assert (resident.household, resident.is_head) == (beside.household, True)
    client.post(url, {"choice": "found", "submission": fresh_key()})
    resident.refresh_from_db()
    assert resident.household not in (None, beside.household)
    client.post(url, {"choice": "none", "submission": fresh_key()})
    resident.refresh_from_db()
    assert resident.household is None
    assert "number" in client.post(url, {"choice": "join", "submission": fresh_key()}).context["form"].errors


def test_obligations_by_birth_follow_a_corrected_number() -> None:
    coverage = factories.make_coverage(packages=[factories.make_package(items={"BP": 4})])
    ledger.make_obligations(coverages=Coverage.objects.all())
    before = set(Obligation.objects.values_list("due_on", flat=True))
    number = parse_id_number(NUMBER, today=TODAY)
    resident = coverage.resident
    lives.edit_person(resident=resident, seen=fingerprint(resident), number=number, by=SYSTEM)
    assert set(Obligation.objects.values_list("due_on", flat=True)) == before
