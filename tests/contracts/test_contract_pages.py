"""Pages of contracts: the list and its totals, one contract, steps, renewing many, handing over."""

import re
from datetime import date

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from contracts import tasks
from contracts.actions.ending import terminate
from contracts.actions.renewing import renew
from contracts.exports import contracts_sheet
from contracts.models import Batch, Contract, Coverage, Handover
from contracts.queries.contracts import ContractFilter
from teams.actions.submissions import fresh_key
from teams.models import AuditEvent, Role, User
from teams.models.accounts import SYSTEM
from tests.contracts.steps import signed
from tests.factories import bureau, centre, make_doctor, make_package, make_resident, make_team, make_user

pytestmark = pytest.mark.django_db
DECEMBER = date(2018, 12, 15)
LEAVER = "until then they are counted here"
# Session, account and its institutions and teams, transaction.
BESIDE = 7
# Of papers that are opened: the trail's lock and its line.
AUDIT = 2


@pytest.fixture(autouse=True)
def _business_day(settings: Settings) -> None:
    settings.TODAY = DECEMBER


@pytest.fixture
def clerk(client: Client) -> User:
    user = make_user(Role.CLERK, institution=centre())
    client.force_login(user)
    return user


def _address(name: str, *args: int, query: str = "") -> str:
    return reverse(f"contracts:{name}", args=args) + (f"?{query}" if query else "")


def _names(clerk: User, query: str) -> list[str]:
    rows = ContractFilter(QueryDict(query), user=clerk).qs
    return sorted(rows.values_list("resident__name", flat=True))


# --- The list -------------------------------------------------------------------------------------------------------


def test_list_begins_with_what_ends_next_and_leaves_out_what_is_over(client: Client, clerk: User) -> None:
    signed(make_resident(name="甲"), end_on=date(2020, 12, 31))
    signed(make_resident(name="乙"))
    signed(make_resident(name="丙", died_on=date(2018, 6, 1)))

    page = client.get(_address("contract_list")).content.decode()
    assert page.index("乙") < page.index("甲")
    assert "丙" not in page
    assert AuditEvent.objects.get(kind=AuditEvent.Kind.PEOPLE).what == "contracts page 1 status"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["年", "续", "续", "老"]),
        ("status=ending", ["年"]),
        ("status=ending&days=5", []),
        ("status=to_confirm", ["老"]),
        ("status=to_start", ["续"]),
        ("status=died", ["亡"]),
        ("status=all", ["亡", "年", "续", "续", "老"]),
        ("end_to=20181231", ["年", "续"]),
        ("signed_from=2018-12-01", ["续"]),
        ("status=nonsense", []),
    ],
)
def test_filters_find_what_they_say(clerk: User, query: str, names: list[str]) -> None:
    signed(make_resident(name="年"))
    signed(make_resident(name="老"), start_on=date(2017, 1, 1), end_on=date(2019, 12, 31))
    renew(contract=signed(make_resident(name="续")), consent="paper", by=SYSTEM)
    dead = make_resident(name="亡")
    signed(dead)
    dead.died_on = date(2018, 12, 1)
    dead.save()

    if query == "status=nonsense":
        assert not ContractFilter(QueryDict(query), user=clerk).is_valid()
    else:
        assert _names(clerk, query) == sorted(names)


def test_list_is_the_account_s_own(client: Client) -> None:
    own, other = make_team(), make_team()
    signed(make_resident(name="我的"), team=own)
    signed(make_resident(name="别人"), team=other)
    client.force_login(make_doctor(own))

    page = client.get(_address("contract_list", query="status=all")).content.decode()
    assert ("我的" in page, "别人" in page) == (True, False)


def test_total_of_the_list_is_that_of_its_export_with_masked_numbers(client: Client, clerk: User) -> None:
    team = make_team()
    for _ in range(3):
        signed(make_resident(phone="13812345678"), make_resident(), team=team)
    page = client.get(_address("contract_list")).content.decode()
    sheet = contracts_sheet(clerk, "", whole=False)

    rows = list(sheet.rows)
    assert (sheet.total, len(rows)) == (6, 6)
    assert "6" in page.split("</h1>")[0].rsplit("<h1>", 1)[1]
    assert all("*" in str(row[1]) for row in rows)
    assert any(row[sheet.header.index(sheet.header[10])] == "138****5678" for row in rows)


def test_list_asks_as_often_for_one_as_for_many(
    client: Client, clerk: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    version, team = make_package(), make_team()
    for _ in range(20):
        signed(make_resident(), versions=[version], team=team)
    with django_assert_max_num_queries(12 + BESIDE):
        client.get(_address("contract_list"))


def test_numbers_are_found_without_standing_in_the_address(client: Client, clerk: User) -> None:
    contract = signed(make_resident(name="张三", phone="13812345678"))

    found = client.post(_address("contract_find"), {"text": contract.number.lower()})
    assert found.url == _address("contract_detail", contract.pk)
    found = client.post(_address("contract_find"), {"text": "13812345678"})
    assert "1381234" not in found.url
    assert "张三" in client.get(found.url).content.decode()
    missing = client.post(_address("contract_find"), {"text": "13800000000"}, follow=True)
    assert missing.redirect_chain[-1][0] == _address("contract_list")


# --- One contract ---------------------------------------------------------------------------------------------------


def test_contract_tells_its_members_fee_and_sequence_and_what_is_next(client: Client, clerk: User) -> None:
    contract = signed(make_resident(name="张三"))
    page = client.get(_address("contract_detail", contract.pk)).content.decode()
    assert "张三" in page
    assert _address("contract_renew", contract.pk) in page

    following = renew(contract=contract, consent="paper", by=clerk)
    page = client.get(_address("contract_detail", contract.pk)).content.decode()
    assert following.number in page
    assert _address("contract_renew", contract.pk) not in page
    assert clerk.username in page


def test_contract_asks_as_often_for_one_member_as_for_many(
    client: Client, clerk: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    team = make_team()
    few, many = (signed(*(make_resident() for _ in range(members)), team=team) for members in (1, 8))
    for contract in (few, many):
        terminate(coverage=contract.coverages.first(), on=DECEMBER, reason="request", note="", by=clerk)
    pages = [_address("contract_detail", contract.pk) for contract in (few, many)]
    client.get(pages[0])
    for page in pages:
        with django_assert_max_num_queries(12 + BESIDE):
            client.get(page)


@pytest.mark.parametrize("page", ["contract_renew", "signed", "agreement", "handbook"])
def test_renewing_and_papers_ask_seldom(
    client: Client, clerk: User, page: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    contract = signed(*(make_resident() for _ in range(4)))
    address = _address(page, contract.pk)
    client.get(address)
    with django_assert_max_num_queries(12 + BESIDE + AUDIT):
        assert client.get(address).status_code == 200


def test_what_cannot_be_renewed_offers_no_button(client: Client, clerk: User) -> None:
    contract = signed()
    assert "<button" in _main(client, "contract_renew", contract)
    renew(contract=contract, consent="paper", by=SYSTEM)
    assert "<button" not in _main(client, "contract_renew", contract)


def _main(client: Client, page: str, contract: Contract) -> str:
    return client.get(_address(page, contract.pk)).content.decode().partition("<main")[2].partition("</main>")[0]


def test_official_reads_a_contract_and_is_offered_no_step(client: Client) -> None:
    contract = signed()
    client.force_login(make_user(Role.OFFICIAL, institution=bureau()))
    page = client.get(_address("contract_detail", contract.pk)).content.decode()

    assert _address("contract_terminate", contract.pk) not in page
    assert "chosen" not in client.get(_address("contract_list")).content.decode()


def _sent(contract: Contract, **fields: object) -> dict:
    return {"submission": fresh_key(), "seen": contract.entries.order_by("pk").last().pk, **fields}


def test_step_sent_twice_is_taken_once(client: Client, clerk: User) -> None:
    contract = signed()
    fields = _sent(contract, years=1, consent="phone")
    first = client.post(_address("contract_renew", contract.pk), fields)
    second = client.post(_address("contract_renew", contract.pk), fields)

    following = contract.following.get()
    assert first.url == second.url == _address("contract_detail", following.pk)


def test_stale_step_keeps_what_was_typed_and_says_who_did_what(client: Client, clerk: User) -> None:
    contract = signed()
    stale = _sent(contract, on="20181220", reason="request", members=[contract.coverages.get().pk], note="搬家")
    client.post(
        _address("contract_suspend", contract.pk),
        _sent(contract, members=[contract.coverages.get().pk], from_on="20181216", reason="住院"),
    )
    page = client.post(_address("contract_terminate", contract.pk), stale).content.decode()

    assert ("搬家" in page, clerk.username in page, "2018-12-16" in page) == (True, True, True)
    assert contract.coverages.get().terminated_on is None


def test_termination_and_its_undoing_on_pages(client: Client, clerk: User) -> None:
    client.cookies["django_language"] = "en"
    contract = signed(make_resident(name="甲"), make_resident(name="乙"))
    first = contract.coverages.order_by("pk").first()
    sent = _sent(contract, on="2018-12-15", reason="moved", members=[first.pk])
    page = client.post(_address("contract_terminate", contract.pk), sent, follow=True).content.decode()
    assert _address("contract_undo", contract.pk) in page
    assert contract.coverages.filter(terminated_on=DECEMBER).get() == first
    assert LEAVER in page

    client.post(_address("contract_undo", contract.pk), _sent(contract))
    assert not contract.coverages.exclude(terminated_on=None).exists()
    again = _sent(contract, on="2018-12-15", reason="request", members=[first.pk])
    page = client.post(_address("contract_terminate", contract.pk), again, follow=True).content.decode()
    assert LEAVER not in page


def test_renewal_signed_ahead_is_named_when_the_contract_before_it_is_ended(client: Client, clerk: User) -> None:
    client.cookies["django_language"] = "en"
    contract = signed()
    renewed = renew(contract=contract, consent="paper", by=SYSTEM)
    sent = _sent(contract, on="2018-12-15", reason="request", members=[contract.coverages.get().pk])
    page = client.post(_address("contract_terminate", contract.pk), sent, follow=True).content.decode()
    assert f"{renewed.number} from 2019-01-01 on stays" in page

    sent = _sent(renewed, on="2019-01-01", reason="request", members=[renewed.coverages.get().pk])
    page = client.post(_address("contract_terminate", renewed.pk), sent, follow=True).content.decode()
    assert "on stays" not in page


def test_nobody_ticked_is_said_at_the_field(client: Client, clerk: User) -> None:
    contract = signed()
    page = client.post(_address("contract_terminate", contract.pk), _sent(contract, on="20181215", reason="lost"))

    assert page.context["form"].errors.keys() == {"members"}


def test_termination_to_come_stands_beside_the_member(client: Client, clerk: User) -> None:
    client.cookies["django_language"] = "en"
    contract = signed()
    terminate(coverage=contract.coverages.get(), on=date(2018, 12, 25), reason="moved", by=SYSTEM)
    page = client.get(_address("contract_detail", contract.pk)).content.decode()
    assert re.search(r"ends on 2018-12-25 \w+", page)


def test_team_and_packages_are_changed_on_pages(client: Client, clerk: User) -> None:
    resident, team, more = make_resident(), make_team(), make_package(name="慢病包")
    contract = signed(resident)
    sent = _sent(contract, team=team.pk, on="20181216", consent="paper")
    client.post(_address("contract_change_team", contract.pk), sent)
    moved = contract.following.get()
    assert moved.team == team

    held = moved.coverages.get().packages.get().version
    sent = _sent(moved, on="20181217", consent="paper") | {f"of_{resident.pk}": [held.pk, more.pk]}
    client.post(_address("contract_change_packages", moved.pk), sent)
    assert moved.following.get().coverages.get().packages.count() == 2


# --- Many -----------------------------------------------------------------------------------------------------------


def test_ticked_contracts_are_looked_at_and_then_renewed_by_the_worker(client: Client, clerk: User) -> None:
    team = make_team()
    good, bad = signed(team=team), signed(make_resident(name="亡者", died_on=date(2018, 12, 1)), team=team)
    chosen = {"kind": "renewal", "chosen": [good.pk, bad.pk], "submission": fresh_key()}
    preview = client.post(_address("batch_create"), chosen, follow=True)
    batch = Batch.objects.get()
    assert (preview.context["able"], preview.context["unable"]) == (1, 1)
    assert "亡者" in preview.content.decode()

    refused = client.post(_address("batch_begin", batch.pk), {"submission": fresh_key(), "consent": ""})
    assert refused.context["form"].errors.keys() == {"consent"}
    client.post(_address("batch_begin", batch.pk), {"submission": fresh_key(), "consent": "phone", "years": "1"})
    tasks.run_batch(batch.pk)
    page = client.get(_address("batch_detail", batch.pk)).content.decode()
    assert good.following.get().number in page
    assert "hx-get" not in page


def test_everything_in_the_list_is_taken_at_once_for_confirmation(client: Client, clerk: User) -> None:
    team = make_team()
    contracts = [
        signed(make_resident(), make_resident(), team=team, start_on=date(2017, 1, 1), end_on=date(2019, 12, 31))
        for _ in range(3)
    ]
    signed(team=team)
    sent = {"kind": "confirmation", "every": "1", "query": "status=to_confirm", "submission": fresh_key()}
    preview = client.post(_address("batch_create"), sent, follow=True)
    assert preview.context["able"] == 3
    batch = Batch.objects.get()
    client.post(_address("batch_begin", batch.pk), {"submission": fresh_key(), "consent": "in_person"})
    tasks.run_batch(batch.pk)

    assert [contract.confirmations.get().year for contract in contracts] == [2, 2, 2]
    assert _names(clerk, "status=to_confirm") == []


def test_nothing_ticked_comes_back_to_the_list(client: Client, clerk: User) -> None:
    sent = {"kind": "renewal", "query": "status=ending", "submission": fresh_key()}
    answer = client.post(_address("batch_create"), sent)

    assert answer.url == _address("contract_list", query="status=ending")
    assert not Batch.objects.exists()


# --- Handing over ---------------------------------------------------------------------------------------------------


def test_handover_goes_from_asking_over_the_review_to_the_new_team(client: Client, clerk: User) -> None:
    team, other = make_team(name="旧团队"), make_team(name="新团队")
    agreed, declined = signed(team=team), signed(team=team)
    sent = {"from_team": team.pk, "to_team": other.pk, "effective_on": "20181220", "reason": "调离"}
    client.post(_address("handover_create"), sent | {"submission": fresh_key()})
    handover = Handover.objects.get()
    for contract, answer in ((agreed, "consented"), (declined, "declined")):
        line = handover.lines.get(contract=contract)
        fields = {"line": [line.pk], "answer": answer, "consent": "phone", "on": "20181214"}
        client.post(_address("handover_answer", handover.pk), fields)
    client.post(_address("handover_submit", handover.pk))
    official = make_user(Role.OFFICIAL, institution=bureau())
    client.force_login(official)
    client.post(_address("handover_review", handover.pk), {"verdict": "approve"})
    tasks.carry_out_handover(handover.pk)

    assert agreed.following.get().team == other
    client.force_login(clerk)
    page = client.get(_address("handover_detail", handover.pk)).content.decode()
    assert _address("contract_terminate", declined.pk) in page
    assert _address("contract_terminate", agreed.pk) not in page


def test_dissolved_team_with_contracts_left_stands_first(client: Client, clerk: User) -> None:
    team = make_team(name="撤销团队")
    signed(make_resident(), make_resident(), team=team)
    team.dissolved_on = date(2018, 12, 1)
    team.save()
    page = client.get(_address("handover_list")).content.decode()

    assert "撤销团队" in page
    assert f"{_address('handover_create')}?team={team.pk}" in page
    assert not Coverage.objects.exclude(terminated_on=None).exists()
