"""Handing contracts over with consent and review, and reporting a departure."""

from datetime import date
from typing import Any

import pytest
from pytest_django import Settings

from contracts.actions import handovers
from contracts.actions.changing import change_team
from contracts.actions.renewing import renew
from contracts.models import Contract, Departure, Handover, HandoverLine
from teams.dates import ONE_DAY
from teams.models import Role, Team, TeamMember, User
from teams.models.accounts import SYSTEM
from tests.contracts.steps import TODAY, assert_sound, refused, signed
from tests.factories import bureau, centre, make_resident, make_staff, make_team, make_user

pytestmark = pytest.mark.django_db
ON = date(2018, 11, 1)


@pytest.fixture(autouse=True)
def _business_day(settings: Settings) -> None:
    settings.TODAY = TODAY


@pytest.fixture
def clerk() -> User:
    return make_user(Role.CLERK, institution=centre())


@pytest.fixture
def official() -> User:
    return make_user(Role.OFFICIAL, institution=bureau())


def _prepared(clerk: User, team: Team, to_team: Team | None = None) -> Handover:
    return handovers.prepare(
        from_team=team, to_team=to_team or make_team(name="王医生团队"), effective_on=ON, reason="李医生调离", by=clerk
    )


def _answer(handover: Handover, answer: str, *lines: HandoverLine, by: User) -> None:
    chosen = [line.pk for line in lines or handover.lines.all()]
    handovers.answer(handover=handover, lines=chosen, answer=answer, consent="in_person", on=TODAY, by=by)


def _approved(handover: Handover, clerk: User, official: User) -> None:
    handovers.ask_for_review(handover=handover, by=clerk)
    handovers.review(handover=handover, approved=True, note="", by=official)
    handovers.carry_out(handover_id=handover.pk)
    handover.refresh_from_db()


def test_who_consents_is_continued_by_the_other_team_and_who_declines_stays_named(clerk: User, official: User) -> None:
    team = make_team()
    agreeing, declining, unasked = (
        signed(team=team),
        signed(make_resident(), make_resident(), team=team),
        signed(team=team),
    )
    handover = _prepared(clerk, team)
    first, second, third = handover.lines.order_by("contract")
    _answer(handover, "consented", first, by=clerk)
    _answer(handover, "declined", second, by=clerk)
    _approved(handover, clerk, official)

    following = agreeing.following.get()
    assert (following.team.name, following.origin, following.coverages.get().start_on) == ("王医生团队", "handover", ON)
    assert agreeing.entries.get(kind="handed_over").consent == "in_person"
    assert handover.status == Handover.Status.DONE
    for contract in (declining, unasked):
        assert not contract.coverages.exclude(terminated_on=None).exists()
    assert set(handover.lines.filter(made=None).values_list("contract", flat=True)) == {declining.pk, unasked.pk}
    assert handovers.left_with(team, ON) == [declining.pk, unasked.pk]
    assert third.answer == "open"
    assert_sound()


def test_who_agrees_later_is_handed_over_without_another_review(clerk: User, official: User) -> None:
    team = make_team()
    contracts = [signed(team=team), signed(team=team)]
    handover = _prepared(clerk, team)
    first, second = handover.lines.order_by("contract")
    _answer(handover, "consented", first, by=clerk)
    _approved(handover, clerk, official)
    _answer(handover, "consented", second, by=clerk)
    handovers.reopen(handover=handover, by=clerk)
    handovers.carry_out(handover_id=handover.pk)
    handovers.carry_out(handover_id=handover.pk)

    assert [contract.following.count() for contract in contracts] == [1, 1]


def test_nobody_reviews_their_own_handover_and_a_clerk_reviews_none(clerk: User) -> None:
    team = make_team()
    signed(team=team)
    both = make_user(Role.CLERK, Role.OFFICIAL, institution=centre())
    handover = _prepared(both, team)
    with refused("handover.nobody_asked"):
        handovers.ask_for_review(handover=handover, by=both)
    _answer(handover, "consented", by=both)
    with refused("handover.status"):
        handovers.review(handover=handover, approved=True, note="", by=both)
    handovers.ask_for_review(handover=handover, by=both)

    with refused("handover.own"):
        handovers.review(handover=handover, approved=True, note="", by=both)
    with refused("handover.not_reviewer"):
        handovers.review(handover=handover, approved=True, note="", by=clerk)
    with refused("handover.in_review"):
        _answer(handover, "declined", by=both)


def test_handover_that_is_given_back_says_why(clerk: User, official: User) -> None:
    team = make_team()
    signed(team=team)
    handover = _prepared(clerk, team)
    _answer(handover, "consented", by=clerk)
    handovers.ask_for_review(handover=handover, by=clerk)

    with refused("handover.note"):
        handovers.review(handover=handover, approved=False, note="", by=official)
    returned = handovers.review(handover=handover, approved=False, note="请补充书面同意", by=official)
    assert (returned.status, returned.review_note) == ("asking", "请补充书面同意")


def test_contract_that_cannot_be_continued_stays_with_its_reason(clerk: User, official: User) -> None:
    resident = make_resident()
    contract = signed(resident, team=make_team())
    handover = _prepared(clerk, contract.team)
    _answer(handover, "consented", by=clerk)
    resident.died_on = TODAY
    resident.save()
    _approved(handover, clerk, official)

    line = handover.lines.get()
    assert (line.made, "2018-11-01" in line.message) == (None, True)


def test_contract_whose_handing_over_fails_is_named_and_the_others_go_over(
    clerk: User, official: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    team = make_team()
    bad, good = signed(team=team), signed(team=team)
    handover = _prepared(clerk, team)
    _answer(handover, "consented", by=clerk)

    def fail_for_one(**fields: Any) -> Contract:
        following = change_team(**fields)
        if fields["contract"] == bad:
            raise ValueError("nobody foresaw it")
        return following

    monkeypatch.setattr(handovers, "change_team", fail_for_one)
    _approved(handover, clerk, official)

    failed, done = handover.lines.order_by("contract")
    assert (handover.status, done.made) == ("done", good.following.get())
    assert (failed.made, "went wrong" in failed.message, bad.following.exists()) == (None, True, False)
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_renewed_contract_goes_over_with_the_one_that_follows_it(
    clerk: User, official: User, settings: Settings
) -> None:
    settings.TODAY = date(2018, 12, 1)
    contract = signed()
    renewed = renew(contract=contract, consent="paper", by=SYSTEM)
    team = make_team(name="王医生团队")
    handover = handovers.prepare(
        from_team=contract.team, to_team=team, effective_on=date(2018, 12, 10), reason="调离", by=clerk
    )
    _answer(handover, "consented", by=clerk)
    _approved(handover, clerk, official)

    assert contract.following.get(origin="handover").team == team
    assert renewed.following.get().coverages.get().start_on == date(2019, 1, 1)
    assert handovers.left_with(contract.team, date(2018, 12, 10)) == []
    assert_sound()


def test_handover_is_refused_with_its_reason(clerk: User) -> None:
    team = make_team()
    with refused("handover.nothing"):
        _prepared(clerk, team)
    signed(team=team)
    with refused("handover.same_team"):
        _prepared(clerk, team, team)
    with refused("contract.no_team"):
        _prepared(clerk, team, make_team(dissolved_on=TODAY))
    with refused("handover.not_allowed"):
        _prepared(make_user(Role.AUDITOR), team)
    with refused("handover.passed"):
        handovers.prepare(
            from_team=team, to_team=make_team(), effective_on=TODAY - ONE_DAY, reason="李医生调离", by=clerk
        )
    _prepared(clerk, team)
    with refused("handover.nothing"):
        _prepared(clerk, team)


def test_handover_prepared_by_mistake_is_dropped_until_somebody_answered(clerk: User) -> None:
    team = make_team()
    contract = signed(team=team)
    handovers.drop(handover=_prepared(clerk, team), by=clerk)
    assert not Handover.objects.exists()
    assert Contract.objects.get() == contract

    handover = _prepared(clerk, team)
    _answer(handover, "declined", by=clerk)
    with refused("handover.answered"):
        handovers.drop(handover=handover, by=clerk)


def test_departure_ends_the_membership_and_names_vacancy_and_stop_gap() -> None:
    leaving, other = make_staff(name="李医生"), make_staff(name="王医生")
    make_team(members=[leaving, other])
    member = TeamMember.objects.get(staff=leaving)
    fields = {"member": member, "last_on": date(2018, 10, 31), "vacancy": "全科医生1名", "note": "", "by": make_user()}
    with refused("departure.stop_gap"):
        handovers.report_departure(stop_gap=leaving, stop_gap_until=date(2019, 1, 1), **fields)
    with refused("departure.stop_gap_until"):
        handovers.report_departure(stop_gap=other, stop_gap_until=None, **fields)
    with refused("departure.stop_gap_until"):
        handovers.report_departure(stop_gap=other, stop_gap_until=date(2018, 10, 31), **fields)
    with refused("departure.last_on"):
        handovers.report_departure(stop_gap=None, stop_gap_until=None, **fields | {"last_on": date(2028, 10, 31)})
    departure = handovers.report_departure(stop_gap=other, stop_gap_until=date(2019, 3, 31), **fields)

    member.refresh_from_db()
    assert (member.to_on, departure.stop_gap) == (date(2018, 11, 1), other)
    with refused("team.not_allowed"):
        clerk = make_user(Role.CLERK, institution=centre())
        member = TeamMember.objects.get(staff=other)
        fields |= {"member": member, "by": clerk}
        handovers.report_departure(stop_gap=None, stop_gap_until=None, **fields)
    assert Departure.objects.count() == 1
