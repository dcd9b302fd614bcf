"""The signing desk, by client: finding, registering, ticking, drafts; and what may go wrong there."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from contracts.actions.drafts import discard, gone, keep, prepare, sheet_of
from contracts.models import Draft
from contracts.queries.desk import open_desk
from residents.models import Resident
from service_packages.models import PackageVersion
from teams.actions.submissions import fresh_key
from teams.models import PolicyValue, Role, Team, User
from teams.rules import RuleViolation
from tests.accounts import make_account
from tests.contracts.signing_desk.desks import (
    TODAY,
    add,
    fields_of,
    to_desk,
)
from tests.factories import (
    centre,
    make_coverage,
    make_household,
    make_id_number,
    make_institution,
    make_package,
    make_resident,
    make_team,
)
from tests.processes import at_once

pytestmark = pytest.mark.django_db


# --- Finding --------------------------------------------------------------------------------------------------------


def _search(client: Client, text: str) -> str:
    return client.post(reverse("contracts:sign_search"), {"text": text}).content.decode()


def test_known_person_is_found_by_an_id_number_however_it_is_typed(client: Client) -> None:
    number = make_id_number(date(1950, 1, 1))
    make_resident(name="王桂芳", number=number)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in number.lower())

    for typed in (number, f" {number[:6]} {number[6:14]} {number[14:]} ", wide, number.lower()):
        assert "王桂芳" in _search(client, typed)
    assert number not in _search(client, number)


def test_id_number_is_found_among_the_words_of_a_pasted_line(client: Client) -> None:
    number = make_id_number(date(1950, 1, 1))
    make_resident(name="王桂芳", number=number)
    for pasted in (f"公民身份号码：{number}", f"王桂芳\t{number}\t13812345678", f"3号 {number}，{number}"):
        assert "王桂芳" in _search(client, pasted)
    assert "王桂芳" not in _search(client, f"{number} {make_id_number()}")


def test_wrong_id_number_is_told_why_and_an_unfinished_one_is_left_alone(client: Client) -> None:
    number = make_id_number()
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")

    assert 'role="alert"' in _search(client, wrong)
    assert 'role="alert"' not in _search(client, number[:14])


def test_unknown_id_number_opens_the_fields_to_register(client: Client) -> None:
    page = _search(client, make_id_number(date(1980, 2, 3), "male"))
    assert "1980-02-03" in page
    assert 'id="id_new_name"' in page


def test_person_of_another_institution_is_not_named(client: Client) -> None:

    number = make_id_number()
    make_resident(name="外乡人", number=number, institution=make_institution())
    page = _search(client, number)
    assert "外乡人" not in page
    assert 'role="alert"' in page


# --- The desk -------------------------------------------------------------------------------------------------------


def test_member_brings_the_household_with_packages_team_and_representative(
    client: Client, household: list[Resident], team: Team, basic: PackageVersion
) -> None:
    elderly = make_package(code="ELD", name="老年人包", categories=["elderly"], price=Decimal("10.00"))
    make_package(code="GEN", name="健康包", tier="personalised", price=Decimal("99.00"))
    sheet = sheet_of(add(client, household[2]))

    assert sheet.residents == [member.pk for member in household]
    assert [set(choice.versions or ()) for choice in sheet.members] == [
        {basic.pk, elderly.pk},
        {basic.pk, elderly.pk},
        {basic.pk},
        {basic.pk},
    ]
    assert (sheet.team, sheet.representative, sheet.years) == (team.pk, household[0].pk, 1)


def test_covered_and_dead_members_are_not_ticked_and_named_when_they_are(
    client: Client, household: list[Resident]
) -> None:
    other = make_coverage(resident=household[1], end_on=date(2019, 3, 1), team=make_team(name="王医生团队"))
    Resident.objects.filter(pk=household[2].pk).update(died_on=date(2018, 12, 1))
    draft = add(client, household[0])
    sheet = sheet_of(draft)
    page = to_desk(client, **fields_of(draft, ticked=[member.pk for member in household])).content.decode()

    assert [choice.is_ticked for choice in sheet.members] == [True, False, True]
    assert other.contract.number in page
    assert "王医生团队" in page
    assert "2018-01-01" in page and "2019-03-01" in page


def test_contract_that_begins_after_the_present_one_is_named_too(client: Client, household: list[Resident]) -> None:
    make_coverage(resident=household[0], end_on=date(2018, 12, 31))
    following = make_coverage(resident=household[0], start_on=date(2019, 1, 1), end_on=date(2019, 12, 31))
    draft = add(client, household[0])
    response = to_desk(client, **fields_of(draft, ticked=[household[0].pk], start_on="20190101"))

    (conflict,) = response.context["desk"].conflicts
    assert (conflict.code, conflict.contract) == ("contract.overlap", following.contract)
    assert "查看协议" in response.content.decode()


@pytest.mark.parametrize("number", ["9" * 61, "A\0B"])
def test_number_that_no_contract_can_have_is_told_once(client: Client, household: list[Resident], number: str) -> None:
    client.cookies["django_language"] = "en"
    draft = add(client, household[0])
    response = client.post(reverse("contracts:sign"), fields_of(draft, number=number))
    assert [conflict.code for conflict in response.context["desk"].conflicts] == ["contract.number"]
    assert response.content.decode().count("be a contract number. Characters at most: 60.") == 1


def test_team_at_its_limit_and_package_for_others_are_warnings_only(
    client: Client, household: list[Resident], team: Team, basic: PackageVersion
) -> None:
    PolicyValue.objects.create(code="team_households_most", value=1, from_on=date(2018, 1, 1))
    make_coverage(team=team, end_on=date(2019, 1, 1))
    child = make_package(code="CHI", name="儿童包", categories=["child"])
    draft = add(client, household[0])
    form = fields_of(draft)
    form["package"].append(f"{household[0].pk}-{child.pk}")
    response = to_desk(client, **form)

    conflicts = {conflict.code: conflict.is_error for conflict in response.context["desk"].conflicts}
    assert conflicts == {"team.full": False, "package.unsuitable": False}


def test_team_whose_doctors_have_as_many_residents_as_they_may_is_told(
    client: Client, household: list[Resident], team: Team
) -> None:
    PolicyValue.objects.create(code="doctor_residents_most", value=1, from_on=date(2018, 1, 1))
    draft = add(client, household[0])
    codes = [conflict.code for conflict in to_desk(client, **fields_of(draft)).context["desk"].conflicts]
    assert codes == []
    make_coverage(team=team, end_on=date(2019, 1, 1))
    (warning,) = to_desk(client, **fields_of(draft)).context["desk"].conflicts
    assert (warning.code, warning.is_error) == ("team.doctors_full", False)


def test_package_that_is_a_must_is_refused_to_others(client: Client, household: list[Resident]) -> None:
    child = make_package(code="CHI", name="儿童包", categories=["child"], is_must=True)
    draft = add(client, household[0])
    form = fields_of(draft)
    form["package"].append(f"{household[0].pk}-{child.pk}")

    page = client.post(reverse("contracts:sign"), form)
    assert page.status_code == 200
    (refusal,) = [conflict for conflict in page.context["desk"].conflicts if conflict.is_error]
    assert "儿童包" in str(refusal.message)
    assert page.content.decode().count(str(refusal.message)) == 1


def test_fees_by_payer_follow_the_ticks(client: Client, household: list[Resident]) -> None:
    draft = add(client, household[0])
    whole = to_desk(client, **fields_of(draft)).context["desk"].fees
    two = to_desk(client, **fields_of(draft, ticked=[household[0].pk, household[1].pk])).context["desk"].fees
    assert (whole.total, two.total, two.by_payer) == (Decimal(160), Decimal(80), {"resident": Decimal(80)})


def test_new_member_is_registered_in_place_and_ticked(client: Client, household: list[Resident]) -> None:
    draft, number = add(client, household[0]), make_id_number(date(1980, 2, 3))
    fields = {"id_number": number, "name": "赵敏", "phone": "13912345678", "household": "this"}
    fields |= {"submission": fresh_key()}
    response = client.post(reverse("contracts:sign_register"), fields_of(draft) | fields)

    new = Resident.objects.get(name="赵敏")
    assert (new.household_id, new.institution, new.registered_on) == (household[0].household_id, centre(), TODAY)
    assert [line.is_ticked for line in response.context["desk"].lines if line.resident == new] == [True]
    assert response["HX-Trigger"] == "deskAdded"


def test_first_person_founds_a_household(client: Client, team: Team) -> None:
    number, village = make_id_number(), team.villages.get().village
    fields = {"id_number": number, "name": "孙丽", "household": "own", "village": village.pk}
    fields |= {"submission": fresh_key()}
    first, second = (client.post(reverse("contracts:sign_register"), fields) for _press in range(2))

    new, draft = Resident.objects.get(name="孙丽"), Draft.objects.get()
    assert (new.is_head, new.village, new.household is not None) == (True, village, True)
    assert first["HX-Replace-Url"] == second["HX-Redirect"] == f"/sign/?draft={draft.pk}"
    assert sheet_of(draft).residents == [new.pk]


def test_registering_without_a_name_keeps_what_was_typed(client: Client) -> None:
    fields = {"id_number": make_id_number(), "name": "", "address": "姜堂村12号", "household": "own"}
    page = client.post(reverse("contracts:sign_register"), fields).content.decode()
    assert "姜堂村12号" in page
    assert "1960-05-17" in page  # of the ID number, still told
    assert 'aria-invalid="true"' in page


def test_agreement_of_an_empty_desk_keeps_no_draft(client: Client, household: list[Resident]) -> None:
    page = client.post(reverse("contracts:sign"), {"years": 1})
    assert (page.status_code, Draft.objects.count()) == (200, 0)
    assert page.context["problem"]
    draft = add(client, household[0])
    page = client.post(reverse("contracts:sign"), {"draft": draft.pk, "years": 1})
    assert (page.status_code, Draft.objects.count()) == (200, 0)


def test_other_person_is_taken_into_the_household(client: Client, household: list[Resident]) -> None:
    other = make_resident(name="张强")
    draft = add(client, household[0])
    to_desk(client, **fields_of(draft, add=other.pk))
    to_desk(client, **fields_of(Draft.objects.get(), join=other.pk))

    other.refresh_from_db()
    assert other.household_id == household[0].household_id
    assert sheet_of(Draft.objects.get()).residents[-1] == other.pk


def test_desk_asks_as_much_for_ten_people_as_for_two(
    client: Client, basic: PackageVersion, team: Team, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for category in ("child", "hypertension", "maternal"):
        make_package(categories=[category])
    for people in (2, 10):
        home = make_household()
        members = [make_resident(household=home, village=team.villages.get().village) for _ in range(people)]
        form = fields_of(add(client, members[0]))
        with django_assert_max_num_queries(28):
            to_desk(client, **form)


# --- Drafts ---------------------------------------------------------------------------------------------------------


def test_draft_is_kept_by_itself_encrypted_and_comes_back(client: Client, household: list[Resident]) -> None:
    response = to_desk(client, add=household[0].pk)
    draft = Draft.objects.get()
    assert response["HX-Replace-Url"] == f"/sign/?draft={draft.pk}"
    assert b"members" not in bytes(draft.payload)

    to_desk(client, **fields_of(draft, years=2, ticked=[household[0].pk]))
    page = client.get(reverse("contracts:sign"), {"draft": draft.pk})
    desk = page.context["desk"]
    assert (desk.years, list(desk.members)) == (2, [household[0]])
    assert Draft.objects.count() == 1


def test_draft_is_discarded_and_an_empty_desk_leaves_none(client: Client, household: list[Resident]) -> None:
    draft = add(client, household[0])
    client.post(reverse("contracts:draft_discard", args=[draft.pk]))
    assert not Draft.objects.exists()

    to_desk(client, **fields_of(add(client, household[0]), clear="1"))
    assert not Draft.objects.exists()


@pytest.mark.parametrize("address", ["contracts:sign_desk", "contracts:sign"])
def test_draft_that_was_discarded_meanwhile_does_not_come_back(
    client: Client, household: list[Resident], address: str
) -> None:
    form = fields_of(draft := add(client, household[0]), years=2)
    discard(draft=draft)
    page = client.post(reverse(address), form)

    assert page.status_code == 200
    assert page.context["problem"] == str(gone())
    assert (page.context["draft"], page.context["desk"].years) == (None, 2)
    assert f'value="{draft.pk}"' not in page.content.decode()
    assert not Draft.objects.exists()


def test_desk_that_was_told_so_goes_on_as_a_new_draft(client: Client, household: list[Resident]) -> None:
    form = fields_of(draft := add(client, household[0]))
    discard(draft=draft)
    told = to_desk(client, **form)
    to_desk(client, **form | {"draft": ""})

    assert told["HX-Replace-Url"] == "/sign/"
    assert Draft.objects.get().first == household[0]


def test_first_change_of_a_household_that_was_opened_by_its_address_makes_one_draft(
    client: Client, household: list[Resident], basic: PackageVersion
) -> None:
    form = {"member": [one.pk for one in household], "ticked": [household[0].pk]}
    first = to_desk(client, **form).content.decode()
    draft = Draft.objects.get()

    assert f'name="draft" value="{draft.pk}"' in first


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["keep", "prepare"])
def test_draft_that_is_discarded_while_it_is_saved_does_not_come_back(
    client: Client, household: list[Resident], clerk: User, step: str
) -> None:
    draft = add(client, household[0])
    sheet = sheet_of(draft)

    def save() -> object:
        if step == "keep":
            return keep(draft=draft, sheet=replace(sheet, years=2), by=clerk)
        return prepare(draft=draft, desk=open_desk(sheet, clerk), by=clerk)

    answer = at_once(lambda: discard(draft=Draft.objects.get()), save)

    assert isinstance(answer, RuleViolation)
    assert answer.code == "draft.gone"
    assert not Draft.objects.exists()


def test_colleague_finishes_what_was_begun_and_a_stranger_does_not_see_it(
    client: Client, household: list[Resident]
) -> None:

    draft = add(client, household[0])
    for username, institution, status in (("next", centre(), 200), ("far", make_institution(), 404)):
        other = Client()
        other.force_login(make_account(username, Role.CLERK, institution=institution))
        assert other.get(reverse("contracts:sign"), {"draft": draft.pk}).status_code == status


def test_lapsed_session_leads_to_signing_in_and_back_to_the_draft(client: Client, household: list[Resident]) -> None:
    draft = add(client, household[0])
    client.logout()
    fragment = client.post(reverse("contracts:sign_desk"), fields_of(draft), headers={"HX-Request": "true"})
    page = client.get(reverse("contracts:sign"), {"draft": draft.pk})

    assert fragment["HX-Refresh"] == "true"
    assert page["Location"] == f"/sign-in/?next=/sign/%3Fdraft%3D{draft.pk}"


@pytest.mark.parametrize(
    ("typed", "is_day"), [("20191220", True), ("20191221", False), ("99991231", False), ("someday", False)]
)
def test_first_day_is_a_day_of_the_coming_year(client: Client, typed: str, is_day: bool) -> None:
    make_team(institution=centre())
    draft = add(client, make_resident())
    desk = to_desk(client, **fields_of(draft, start_on=typed)).context["desk"]
    assert desk.has_start is is_day
    assert ("contract.no_date" in {conflict.code for conflict in desk.conflicts}) is not is_day
