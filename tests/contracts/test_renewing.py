"""Renewing one contract and many: what follows, who can't and why, and a worker that is killed on the way."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from contracts.actions import batches
from contracts.actions.ending import terminate_all
from contracts.actions.renewing import renew
from contracts.models import Batch, BatchLine, Contract, LifecycleEntry
from contracts.queries.renewals import Proposal, proposals
from service_packages.models import PackageVersion
from teams.models import Role, User
from teams.models.accounts import SYSTEM
from tests.contracts.steps import TODAY, assert_sound, refused, signed
from tests.factories import centre, make_coverage, make_institution, make_package, make_resident, make_team, make_user

pytestmark = pytest.mark.django_db
DECEMBER = date(2018, 12, 15)


@pytest.fixture(autouse=True)
def _business_day(settings: Settings) -> None:
    settings.TODAY = DECEMBER


def _renew(contract: Contract, **changes: Any) -> Contract:
    return renew(**{"contract": contract, "consent": "paper", "by": SYSTEM} | changes)


def _proposal(contract: Contract, day: date = DECEMBER) -> Proposal:
    return proposals([contract], day)[0]


def test_renewal_begins_on_the_day_after_the_last_one_for_as_long_as_before() -> None:
    contract = signed(make_resident(), make_resident(), start_on=date(2016, 1, 1))
    following = _renew(contract)

    assert (following.previous, following.origin, following.team) == (contract, "renewal", contract.team)
    assert set(following.coverages.values_list("start_on", "end_on")) == {(date(2019, 1, 1), date(2021, 12, 31))}
    assert set(following.coverages.values_list("resident")) == set(contract.coverages.values_list("resident"))
    entry = contract.entries.get(kind="renewed")
    assert (entry.on, entry.reason, entry.consent) == (date(2019, 1, 1), following.number, "paper")
    assert_sound()


def test_expired_contract_is_renewed_from_today(settings: Settings) -> None:
    contract = signed()
    settings.TODAY = date(2019, 3, 5)

    coverage = _renew(contract, years=1).coverages.get()
    assert (coverage.start_on, coverage.end_on) == (date(2019, 3, 5), date(2020, 3, 4))


def test_renewal_takes_the_present_version_and_names_what_changed() -> None:
    old = make_package(code="A", name="慢病包", price=Decimal("100.00"))
    contract = signed(versions=[old, make_package(code="B", name="中医包")])
    new = make_package(code="A", name="慢病包", price=Decimal("120.00"))
    PackageVersion.objects.filter(package__code="B").update(status=PackageVersion.Status.RETIRED)

    (member,) = _proposal(contract).members
    assert member.versions == [new]
    changed, dropped = map(str, member.notes)
    assert all(part in changed for part in ("慢病包", "100.00", "120.00"))
    assert "中医包" in dropped
    held = _renew(contract).coverages.get().packages.get()
    assert (held.version, held.price) == (new, Decimal("120.00"))


def test_package_that_must_suit_is_left_out_for_whom_it_is_not() -> None:
    child = make_package(name="儿童包", age_to=6, is_must=True)
    contract = signed(make_resident(born=date(2011, 12, 20)), versions=[make_package(name="基础包"), child])

    (member,) = _proposal(contract).members
    assert [version.name for version in member.versions] == ["基础包"]
    assert "6" in str(member.notes[0])


def test_those_who_cannot_go_on_are_named_and_left_behind() -> None:
    dead, moved, elsewhere, present = (make_resident(name=name) for name in ("甲", "乙", "丙", "丁"))
    contract = signed(dead, moved, elsewhere, present)
    dead.died_on, moved.moved_out_on = date(2018, 11, 1), date(2019, 1, 1)
    dead.save()
    moved.save()
    other = make_coverage(resident=elsewhere, start_on=date(2019, 2, 1), end_on=date(2019, 12, 31))

    why = {
        member.resident.name: str(member.refusal.message) for member in _proposal(contract).members if member.refusal
    }
    assert why.keys() == {"甲", "乙", "丙"}
    assert ("2018-11-01" in why["甲"], "2019-01-01" in why["乙"]) == (True, True)
    assert other.contract.number in why["丙"]
    assert _renew(contract).coverages.get().resident == present


@pytest.mark.parametrize("gone", ["died_on", "moved_out_on"])
def test_contract_of_which_nobody_is_left_is_not_renewed(gone: str) -> None:
    resident = make_resident()
    contract = signed(resident)
    setattr(resident, gone, date(2018, 12, 1))
    resident.save()

    with refused("contract.nobody"):
        _renew(contract)


def test_contract_is_renewed_once() -> None:
    contract = signed()
    following = _renew(contract)

    with refused("contract.followed", match=following.number):
        _renew(contract)


def test_renewal_that_was_ended_before_it_began_may_be_signed_again() -> None:
    contract = signed()
    mistaken = _renew(contract, years=3)
    terminate_all(coverages=list(mistaken.coverages.all()), on=date(2019, 1, 1), reason="other", by=SYSTEM)

    assert _renew(contract, years=1).coverages.get().end_on == date(2019, 12, 31)


def test_what_cannot_be_renewed_says_why(settings: Settings) -> None:
    contract = signed(team=make_team(name="李医生团队"))
    with refused("contract.consent"):
        _renew(contract, consent="")
    with refused("contract.term_not_allowed"):
        _renew(contract, years=5)
    contract.team.dissolved_on = date(2019, 1, 1)
    contract.team.save()
    with refused("contract.no_team", match="李医生团队"):
        _renew(contract)
    settings.TODAY = TODAY
    with refused("contract.too_early", match="2018-11-01"):
        _renew(contract)
    terminate_all(coverages=list(contract.coverages.all()), on=TODAY, reason="request", by=SYSTEM)
    with refused("contract.over"):
        _renew(contract)


def test_contract_without_packages_left_is_not_renewed() -> None:
    contract = signed(versions=[make_package(code="A")])
    PackageVersion.objects.update(status=PackageVersion.Status.RETIRED)

    assert _proposal(contract).members[0].refusal.code == "contract.no_packages"
    with refused("contract.nobody"):
        _renew(contract)


def test_proposals_ask_as_often_for_one_as_for_many(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    version, team = make_package(items={"BP": 1}), make_team()
    contracts = [signed(make_resident(), versions=[version], team=team) for _ in range(12)]

    with django_assert_max_num_queries(9):
        assert not any(proposal.refusal for proposal in proposals(contracts, DECEMBER))


# --- Many -----------------------------------------------------------------------------------------------------------


def _batch(*contracts: Contract) -> Batch:
    clerk = make_user(Role.CLERK, institution=centre())
    return batches.choose(kind=Batch.Kind.RENEWAL, contracts=[contract.pk for contract in contracts], by=clerk)


def test_batch_does_nothing_before_it_was_looked_at() -> None:
    batch = _batch(signed())
    batches.run(batch_id=batch.pk)

    assert Contract.objects.count() == 1
    with refused("contract.consent"):
        batches.begin(batch=batch, consent="")


def test_batch_renews_who_can_and_says_why_others_cannot() -> None:
    dead = make_resident(died_on=date(2018, 11, 30))
    team = make_team()
    good, bad = signed(team=team), signed(dead, team=team)
    batch = batches.begin(batch=_batch(good, bad), consent="phone", years=1)
    batches.run(batch_id=batch.pk)

    batch.refresh_from_db()
    assert (batch.status, batch.finished_at is None) == ("done", False)
    first, second = batch.lines.all()
    assert (first.outcome, first.made) == ("done", good.following.get())
    assert (second.outcome, second.made) == ("refused", None)
    assert second.message
    assert good.entries.get(kind="renewed").consent == "phone"


def test_killed_worker_s_batch_is_taken_up_and_each_contract_renewed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    team = make_team()
    contracts = [signed(team=team) for _ in range(4)]
    batch = batches.begin(batch=_batch(*contracts), consent="paper")
    done: list[int] = []

    def killed(**fields: Any) -> Contract:
        if len(done) == 2:
            renew(**fields)
            raise KeyboardInterrupt  # after the contract was written, before the line was
        done.append(fields["contract"].pk)
        return renew(**fields)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(batches, "renew", killed)
        batches.run(batch_id=batch.pk)
    assert batches.waiting() == [batch.pk]
    batches.run(batch_id=batch.pk)
    batches.run(batch_id=batch.pk)

    assert [contract.following.count() for contract in contracts] == [1, 1, 1, 1]
    assert set(batch.lines.values_list("outcome", flat=True)) == {BatchLine.Outcome.DONE}
    assert batches.waiting() == []
    assert LifecycleEntry.objects.filter(kind="renewed").count() == 4
    assert_sound()


def test_batch_leaves_out_contracts_that_the_account_does_not_see() -> None:
    hidden = signed(team=make_team(institution=make_institution(name="乙镇卫生院")))

    with refused("batch.empty"):
        _batch(hidden)


def _failing(bad: Contract, error: BaseException) -> Any:
    """`renew`, which breaks off for one contract when everything of it is written."""

    def renew_or_fail(**fields: Any) -> Contract:
        following = renew(**fields)
        if fields["contract"] == bad:
            raise error
        return following

    return renew_or_fail


def test_line_that_fails_is_marked_and_logged_and_the_others_are_done(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    team = make_team()
    first, bad, last = (signed(team=team) for _ in range(3))
    batch = batches.begin(batch=_batch(first, bad, last), consent="paper")
    monkeypatch.setattr(batches, "renew", _failing(bad, ValueError("nobody foresaw it")))
    batches.run(batch_id=batch.pk)

    batch.refresh_from_db()
    assert batch.status == "done"
    assert list(batch.lines.values_list("outcome", flat=True)) == ["done", "failed", "done"]
    assert not bad.following.exists()
    assert not bad.entries.filter(kind="renewed").exists()
    (record,) = caplog.records
    assert (record.levelname, record.exc_info[0]) == ("ERROR", ValueError)
    assert f"contract {bad.pk} of batch {batch.pk}" in record.getMessage()
    assert_sound()


def test_line_of_which_the_database_refuses_the_rest_later_fails_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    team = make_team()
    bad, good = signed(team=team), signed(team=team)
    batch = batches.begin(batch=_batch(bad, good), consent="paper")

    def dangling(**fields: Any) -> Contract:
        following = renew(**fields)
        if fields["contract"] == bad:  # foreign keys are looked at when the transaction ends
            Contract.objects.filter(pk=following.pk).update(representative_id=0)
        return following

    monkeypatch.setattr(batches, "renew", dangling)
    batches.run(batch_id=batch.pk)

    assert list(batch.lines.values_list("outcome", flat=True)) == ["failed", "done"]
    assert not bad.following.exists()


def test_database_that_is_away_is_no_line_s_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    contract = signed()
    batch = batches.begin(batch=_batch(contract), consent="paper")
    with monkeypatch.context() as patched, pytest.raises(OperationalError):
        patched.setattr(batches, "renew", _failing(contract, OperationalError("gone")))
        batches.run(batch_id=batch.pk)
    assert batches.waiting() == [batch.pk]
    batches.run(batch_id=batch.pk)

    assert batch.lines.get().outcome == "done"


def test_contract_that_became_another_s_since_is_not_renewed() -> None:
    team = make_team()
    mine, others = signed(team=team), signed(team=make_team())
    batch = batches.begin(batch=_batch(mine, others), consent="paper")
    others.team.institution = make_institution(name="乙镇卫生院")
    others.team.save()
    batches.run(batch_id=batch.pk)

    kept, refusal = batch.lines.all()
    assert (kept.outcome, refusal.outcome) == ("done", "refused")
    assert "may no longer" in refusal.message
    assert not others.following.exists()


@pytest.mark.parametrize("change", [{"is_active": False}, {"roles": [Role.AUDITOR]}, {"roles": [Role.OFFICIAL]}])
def test_account_that_may_no_longer_change_contracts_renews_none(change: dict[str, Any]) -> None:
    first, second = (signed(team=make_team()) for _ in range(2))
    batch = batches.begin(batch=_batch(first, second), consent="paper")
    User.objects.filter(pk=batch.by_id).update(**change)
    batches.run(batch_id=batch.pk)

    assert set(batch.lines.values_list("outcome", flat=True)) == {"refused"}
    assert Contract.objects.count() == 2


def test_account_that_changes_on_the_way_renews_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    team = make_team()
    batch = batches.begin(batch=_batch(signed(team=team), signed(team=team)), consent="paper")

    def renew_and_leave(**fields: Any) -> Contract:
        User.objects.filter(pk=batch.by_id).update(is_active=False)
        return renew(**fields)

    monkeypatch.setattr(batches, "renew", renew_and_leave)
    batches.run(batch_id=batch.pk)

    assert list(batch.lines.values_list("outcome", flat=True)) == ["done", "refused"]


def test_batch_s_pages_do_not_name_contracts_that_became_another_s(client: Client) -> None:
    mine, others = (
        signed(make_resident(name="王一"), team=make_team()),
        signed(make_resident(name="赵二"), team=make_team()),
    )
    batch = _batch(mine, others)
    others.team.institution = make_institution(name="乙镇卫生院")
    others.team.save()
    client.force_login(batch.by)
    page = reverse("contracts:batch_detail", args=[batch.pk])
    looked_at = client.get(page).content.decode()
    batches.begin(batch=batch, consent="paper")
    batches.run(batch_id=batch.pk)
    over = client.get(page).content.decode()

    for shown in (looked_at, over):
        assert (mine.number in shown, others.number in shown, "赵二" in shown) == (True, False, False)
