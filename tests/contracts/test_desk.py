"""The signing desk, by client: finding, registering, drafts, the agreement, signing; and what may go wrong there."""

import base64
import hashlib
from datetime import date
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from contracts.actions.drafts import document_of, sheet_of
from contracts.models import Agreement, Contract, Draft
from residents.models import Resident
from service_packages.models import PackageVersion
from teams.models import AuditEvent, PolicyValue, Role, Team, User
from tests.accounts import make_account
from tests.factories import (
    centre,
    make_coverage,
    make_household,
    make_id_number,
    make_institution,
    make_package,
    make_resident,
    make_staff,
    make_team,
    make_village,
)

TODAY = date(2018, 12, 20)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _business_day(settings: Settings) -> None:
    settings.TODAY = TODAY


@pytest.fixture
def clerk() -> User:
    return make_account("clerk", Role.CLERK, institution=centre())


@pytest.fixture
def client(clerk: User) -> Client:
    client = Client()
    client.force_login(clerk)
    return client


@pytest.fixture
def team() -> Team:
    return make_team(members=[make_staff()], villages=[make_village()])


@pytest.fixture
def basic() -> PackageVersion:
    return make_package(code="BASE", price=Decimal("40.00"), items={"BP": 4})


@pytest.fixture
def household(team: Team, basic: PackageVersion) -> list[Resident]:
    """Four who live in the village that the team serves, the head first."""
    home, village = make_household(), team.villages.get().village
    ages = (date(1950, 3, 1), date(1952, 6, 1), date(1978, 1, 1), date(2015, 5, 5))
    return [
        make_resident(name=name, born=born, household=home, village=village, is_head=name == "张建国")
        for name, born in zip(("张建国", "李秀英", "张伟", "张小宝"), ages, strict=True)
    ]


def _form(draft: Draft, **changes: Any) -> dict[str, Any]:
    """What the page of the draft's desk would send."""
    sheet = sheet_of(draft)
    return {
        "draft": draft.pk,
        "member": sheet.residents,
        "ticked": [choice.resident for choice in sheet.members if choice.is_ticked],
        "package": [f"{choice.resident}-{key}" for choice in sheet.members for key in choice.versions or ()],
        "team": sheet.team or "",
        "start_on": sheet.start_on,
        "years": sheet.years,
        "number": sheet.number,
        "representative": sheet.representative or "",
    } | changes


def _desk(client: Client, **fields: Any) -> HttpResponse:
    return client.post(reverse("contracts:sign_desk"), fields)


def _add(client: Client, resident: Resident) -> Draft:
    """Onto an empty desk."""
    _desk(client, add=resident.pk)
    return Draft.objects.latest("pk")


def _prepared(client: Client, resident: Resident, **changes: Any) -> Draft:
    """A draft of the resident's household, with its agreement."""
    draft = _add(client, resident)
    response = client.post(reverse("contracts:sign"), _form(draft, **changes))
    assert response.status_code == 302, response.content.decode()
    draft.refresh_from_db()
    return draft


def _signature(client: Client, draft: Draft, **changes: Any) -> dict[str, Any]:
    page = client.get(reverse("contracts:draft_detail", args=[draft.pk]))
    return {"submission": page.context["submission"], "sha256": draft.document_sha256, "signed": "paper"} | changes


def _sign(client: Client, draft: Draft, **changes: Any) -> HttpResponse:
    return client.post(reverse("contracts:draft_detail", args=[draft.pk]), _signature(client, draft, **changes))


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
    sheet = sheet_of(_add(client, household[2]))

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
    draft = _add(client, household[0])
    sheet = sheet_of(draft)
    page = _desk(client, **_form(draft, ticked=[member.pk for member in household])).content.decode()

    assert [choice.is_ticked for choice in sheet.members] == [True, False, True]
    assert other.contract.number in page
    assert "王医生团队" in page
    assert "2018-01-01" in page and "2019-03-01" in page


def test_team_at_its_limit_and_package_for_others_are_warnings_only(
    client: Client, household: list[Resident], team: Team, basic: PackageVersion
) -> None:
    PolicyValue.objects.create(code="team_households_most", value=1, from_on=date(2018, 1, 1))
    make_coverage(team=team, end_on=date(2019, 1, 1))
    child = make_package(code="CHI", name="儿童包", categories=["child"])
    draft = _add(client, household[0])
    form = _form(draft)
    form["package"].append(f"{household[0].pk}-{child.pk}")
    response = _desk(client, **form)

    conflicts = {conflict.code: conflict.is_error for conflict in response.context["desk"].conflicts}
    assert conflicts == {"team.full": False, "package.unsuitable": False}


def test_package_that_is_a_must_is_refused_to_others(client: Client, household: list[Resident]) -> None:
    child = make_package(code="CHI", name="儿童包", categories=["child"], is_must=True)
    draft = _add(client, household[0])
    form = _form(draft)
    form["package"].append(f"{household[0].pk}-{child.pk}")

    page = client.post(reverse("contracts:sign"), form)
    assert page.status_code == 200
    assert "儿童包" in page.context["problem"]


def test_fees_by_payer_follow_the_ticks(client: Client, household: list[Resident]) -> None:
    draft = _add(client, household[0])
    whole = _desk(client, **_form(draft)).context["desk"].fees
    two = _desk(client, **_form(draft, ticked=[household[0].pk, household[1].pk])).context["desk"].fees
    assert (whole.total, two.total, two.by_payer) == (Decimal(160), Decimal(80), {"resident": Decimal(80)})


def test_new_member_is_registered_in_place_and_ticked(client: Client, household: list[Resident]) -> None:
    draft, number = _add(client, household[0]), make_id_number(date(1980, 2, 3))
    fields = {"id_number": number, "name": "赵敏", "phone": "13912345678", "household": "this"}
    response = client.post(reverse("contracts:sign_register"), _form(draft) | fields)

    new = Resident.objects.get(name="赵敏")
    assert (new.household_id, new.institution, new.registered_on) == (household[0].household_id, centre(), TODAY)
    assert [line.is_ticked for line in response.context["desk"].lines if line.resident == new] == [True]
    assert response["HX-Trigger"] == "deskAdded"


def test_first_person_founds_a_household(client: Client, team: Team) -> None:
    number, village = make_id_number(), team.villages.get().village
    fields = {"id_number": number, "name": "孙丽", "household": "own", "village": village.pk}
    client.post(reverse("contracts:sign_register"), fields)

    new = Resident.objects.get(name="孙丽")
    assert (new.is_head, new.village, new.household is not None) == (True, village, True)


def test_registering_without_a_name_keeps_what_was_typed(client: Client) -> None:
    fields = {"id_number": make_id_number(), "name": "", "address": "姜堂村12号", "household": "own"}
    page = client.post(reverse("contracts:sign_register"), fields).content.decode()
    assert "姜堂村12号" in page
    assert "1960-05-17" in page  # of the ID number, still told
    assert 'aria-invalid="true"' in page


def test_other_person_is_taken_into_the_household(client: Client, household: list[Resident]) -> None:
    other = make_resident(name="张强")
    draft = _add(client, household[0])
    _desk(client, **_form(draft, add=other.pk))
    _desk(client, **_form(Draft.objects.get(), join=other.pk))

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
        form = _form(_add(client, members[0]))
        with django_assert_max_num_queries(28):
            _desk(client, **form)


# --- Drafts ---------------------------------------------------------------------------------------------------------


def test_draft_is_kept_by_itself_encrypted_and_comes_back(client: Client, household: list[Resident]) -> None:
    response = _desk(client, add=household[0].pk)
    draft = Draft.objects.get()
    assert response["HX-Replace-Url"] == f"/sign/?draft={draft.pk}"
    assert b"members" not in bytes(draft.payload)

    _desk(client, **_form(draft, years=2, ticked=[household[0].pk]))
    page = client.get(reverse("contracts:sign"), {"draft": draft.pk})
    desk = page.context["desk"]
    assert (desk.years, list(desk.members)) == (2, [household[0]])
    assert Draft.objects.count() == 1


def test_draft_is_discarded_and_an_empty_desk_leaves_none(client: Client, household: list[Resident]) -> None:
    draft = _add(client, household[0])
    client.post(reverse("contracts:draft_discard", args=[draft.pk]))
    assert not Draft.objects.exists()

    _desk(client, **_form(_add(client, household[0]), clear="1"))
    assert not Draft.objects.exists()


def test_colleague_finishes_what_was_begun_and_a_stranger_does_not_see_it(
    client: Client, household: list[Resident]
) -> None:

    draft = _add(client, household[0])
    for username, institution, status in (("next", centre(), 200), ("far", make_institution(), 404)):
        other = Client()
        other.force_login(make_account(username, Role.CLERK, institution=institution))
        assert other.get(reverse("contracts:sign"), {"draft": draft.pk}).status_code == status


def test_lapsed_session_leads_to_signing_in_and_back_to_the_draft(client: Client, household: list[Resident]) -> None:
    draft = _add(client, household[0])
    client.logout()
    fragment = client.post(reverse("contracts:sign_desk"), _form(draft), headers={"HX-Request": "true"})
    page = client.get(reverse("contracts:sign"), {"draft": draft.pk})

    assert fragment["HX-Refresh"] == "true"
    assert page["Location"] == f"/sign-in/?next=/sign/%3Fdraft%3D{draft.pk}"


# --- The agreement --------------------------------------------------------------------------------------------------


def test_what_was_shown_is_what_was_signed(client: Client, household: list[Resident]) -> None:
    draft = _prepared(client, household[0])
    shown = b"".join(client.get(reverse("contracts:draft_agreement", args=[draft.pk])))
    response = _sign(client, draft)

    contract = Contract.objects.get()
    kept = contract.agreement
    assert response["Location"] == reverse("contracts:signed", args=[contract.pk])
    assert shown.startswith(b"%PDF-")
    assert document_of(kept) == shown
    assert kept.sha256 == hashlib.sha256(shown).hexdigest()
    assert b"".join(client.get(reverse("contracts:agreement", args=[contract.pk]))) == shown
    assert shown not in bytes(kept.document)
    assert not Draft.objects.exists()


def test_contract_bears_the_number_that_was_printed(client: Client, household: list[Resident], team: Team) -> None:
    draft = _prepared(client, household[0])
    assert draft.number == f"{team.institution.code}-2018-00001"
    _sign(client, draft)
    contract = Contract.objects.get()
    assert (contract.number, contract.representative) == (draft.number, household[0])
    assert contract.coverages.count() == 4
    assert contract.entries.get().entered_by == "clerk"


def test_form_changed_after_the_agreement_drops_it(client: Client, household: list[Resident]) -> None:
    draft = _prepared(client, household[0])
    old = _signature(client, draft)
    _desk(client, **_form(draft, years=3))
    response = client.post(reverse("contracts:draft_detail", args=[draft.pk]), old)

    assert response["Location"] == f"/sign/?draft={draft.pk}"
    assert not Contract.objects.exists()


def test_price_changed_after_the_agreement_was_shown_is_not_signed(
    client: Client, household: list[Resident], basic: PackageVersion
) -> None:
    draft = _prepared(client, household[0])
    PackageVersion.objects.filter(pk=basic.pk).update(annual_price=Decimal("50.00"))
    page = _sign(client, draft)

    assert page.status_code == 200
    assert not Contract.objects.exists()
    assert page.context["form"].non_field_errors()


def test_form_sent_twice_signs_once(client: Client, household: list[Resident]) -> None:
    draft = _prepared(client, household[0])
    fields = _signature(client, draft)
    places = [client.post(reverse("contracts:draft_detail", args=[draft.pk]), fields)["Location"] for _ in range(2)]
    assert places[0] == places[1]
    assert Contract.objects.count() == 1


def test_signing_asks_as_much_for_eight_people_as_for_four(
    client: Client, basic: PackageVersion, team: Team, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_package(code="ELD", categories=["elderly"], items={"EXAM": 1})
    for people in (4, 8):
        home = make_household()
        members = [make_resident(household=home, village=team.villages.get().village) for _ in range(people)]
        draft = _prepared(client, members[0])
        fields = _signature(client, draft)
        with django_assert_max_num_queries(47):
            client.post(reverse("contracts:draft_detail", args=[draft.pk]), fields)
        assert Contract.objects.latest("pk").coverages.count() == people


def test_second_clerk_reads_who_signed_when_and_which_contract(client: Client, household: list[Resident]) -> None:
    first, second = _prepared(client, household[0]), _prepared(client, household[1])
    _sign(client, first)
    page = _sign(client, second)
    [refusal] = page.context["form"].non_field_errors()
    assert all(text in refusal for text in (first.number, "2018-12-20", "clerk", "李医生团队"))
    assert Contract.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_clerks_at_once_one_signs_and_the_other_reads_it(
    client: Client, household: list[Resident], clerk: User
) -> None:
    drafts = [_prepared(client, household[0]), _prepared(client, household[1])]
    filled = {draft: _signature(client, draft) for draft in drafts}
    start, pages = Barrier(2), []

    def send(draft: Draft, fields: dict[str, Any]) -> None:
        other = Client()
        other.force_login(clerk)
        start.wait()
        pages.append(other.post(reverse("contracts:draft_detail", args=[draft.pk]), fields))
        connection.close()

    threads = [Thread(target=send, args=sent) for sent in filled.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(page.status_code for page in pages) == [200, 302]
    [refusal] = next(page for page in pages if page.status_code == 200).context["form"].non_field_errors()
    assert Contract.objects.get().number in refusal


def test_household_of_four_is_signed_with_few_queries(
    client: Client, household: list[Resident], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    draft = _prepared(client, household[0])
    fields = _signature(client, draft)
    with django_assert_max_num_queries(80):
        client.post(reverse("contracts:draft_detail", args=[draft.pk]), fields)
    assert Contract.objects.exists()


# --- Signatures and papers ------------------------------------------------------------------------------------------


def _drawn(content: bytes = PNG) -> str:
    return "data:image/png;base64," + base64.b64encode(content).decode()


def test_drawn_signature_is_kept_encrypted_and_shown(client: Client, household: list[Resident]) -> None:
    _sign(client, _prepared(client, household[0]), signed="screen", signature=_drawn())
    kept = Agreement.objects.get()
    assert PNG not in bytes(kept.signature or b"")
    assert b"".join(client.get(reverse("contracts:signature", args=[kept.contract_id]))) == PNG


@pytest.mark.parametrize(
    "fields",
    [
        {"signed": ""},
        {"signed": "screen"},
        {"signed": "screen", "signature": _drawn(b"GIF89a")},
        {"signed": "screen", "signature": "data:text/html;base64,AAAA"},
        {"scan": SimpleUploadedFile("a.pdf", b"MZ\x90\x00")},
        {"scan": SimpleUploadedFile("a.pdf", b"%PDF-" + bytes(5 * 1024 * 1024))},
    ],
    ids=["not said how", "not drawn", "no PNG", "no picture", "no scan", "too large"],
)
def test_signature_that_is_none_is_refused(client: Client, household: list[Resident], fields: dict[str, Any]) -> None:
    page = _sign(client, _prepared(client, household[0]), **fields)
    assert page.status_code == 200
    assert page.context["form"].errors
    assert not Contract.objects.exists()


def test_scan_of_the_signed_paper_is_kept(client: Client, household: list[Resident]) -> None:
    scan = SimpleUploadedFile("a.jpg", b"\xff\xd8\xff\xe0" + bytes(100))
    _sign(client, _prepared(client, household[0]), scan=scan)
    kept = Agreement.objects.get()
    assert client.get(reverse("contracts:signature", args=[kept.contract_id]))["Content-Type"] == "image/jpeg"


def test_papers_are_logged_as_exports(client: Client, household: list[Resident]) -> None:
    _sign(client, _prepared(client, household[0]))
    contract = Contract.objects.get()
    handbook = b"".join(client.get(reverse("contracts:handbook", args=[contract.pk])))
    assert handbook.startswith(b"%PDF-")
    assert AuditEvent.objects.filter(kind="export", what=f"handbook of contract {contract.pk}").exists()


def test_signed_page_offers_the_papers(client: Client, household: list[Resident]) -> None:
    page = client.get(_sign(client, _prepared(client, household[0]))["Location"]).content.decode()
    assert "handbook.pdf" in page and "agreement.pdf" in page and "张小宝" in page


def test_agreement_is_never_changed_and_needs_its_hash_and_signature(client: Client, household: list[Resident]) -> None:
    _sign(client, _prepared(client, household[0]))
    kept = Agreement.objects.get()
    for change in (lambda: Agreement.objects.update(sha256="0" * 64), kept.delete):
        with pytest.raises(Exception, match="pgtrigger"), transaction.atomic():
            change()
    wrong = Agreement(contract=make_coverage().contract, document=b"x", made_by=kept.made_by, signed="screen")
    for wrong.sha256, name in (("x", "hashed"), ("0" * 64, "signature_on_screen")):
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            wrong.save()
