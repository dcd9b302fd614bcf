"""Signed and not served: exactly the people of the figure, each with the reason that the facts give."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from pytest_django import Settings

from assessments.actions.months import compute
from assessments.models import Figure
from contracts.actions.fulfilment import count_promises
from contracts.exports import unserved_sheet
from contracts.models import Attempt, Coverage
from contracts.presenters.unserved import _place_row
from contracts.queries.fulfilment import By, Promises, tallies
from contracts.queries.unserved import Reason, Standing, UnservedFilter, expected, terms_on, unserved
from residents.models import Resident
from teams.models import Role, Team, User
from tests.factories import (
    bureau,
    make_coverage,
    make_doctor,
    make_institution,
    make_resident,
    make_service,
    make_staff,
    make_team,
    make_user,
    make_village,
)
from tests.reference.examples import district, on_random_districts

pytestmark = pytest.mark.django_db

TODAY = date(2018, 10, 2)
# What every page asks beside: session, account, transaction, and what a process remembers after its first page.
BESIDE = 7
PAGE = "/unserved/"


@pytest.fixture(autouse=True)
def _business_day(settings: Settings) -> None:
    settings.TODAY = TODAY


@pytest.fixture
def team() -> Team:
    return make_team(members=[make_staff()], villages=[make_village()])


@pytest.fixture
def official() -> User:
    return make_user(Role.OFFICIAL)


def sign(team: Team, *, phone: str = "13856780001", **fields: Any) -> Coverage:
    """Somebody signed since New Year whom nobody has served."""
    resident = fields.pop("resident", None) or make_resident(phone=phone)
    return make_coverage(team=team, resident=resident, **fields)


def attempt(resident: Resident, outcome: str, on: date = date(2018, 9, 1)) -> Attempt:
    next_on = on + timedelta(days=7) if outcome in Attempt.WITH_DAY else None
    return Attempt.objects.create(
        resident=resident, tried_on=on, next_on=next_on, outcome=outcome, channel="phone", by=make_user()
    )


def reasons(day: date = TODAY) -> list[str]:
    return [row.reason for row in unserved(Coverage.objects.all(), terms_on(day))]


# --- Who ------------------------------------------------------------------------------------------------------------


def test_person_signed_for_90_days_without_a_service_is_unserved(team: Team) -> None:
    sign(team, start_on=TODAY - timedelta(days=90))
    sign(team, start_on=TODAY - timedelta(days=89))
    served = sign(team)
    make_service(served.resident, "ADVICE", date(2018, 3, 1))

    assert len(reasons()) == 1
    assert expected(Coverage.objects.all(), terms_on(TODAY)).count() == 2


def test_service_before_the_contract_or_longer_than_a_year_ago_does_not_count(team: Team) -> None:
    before = sign(team)
    make_service(before.resident, "ADVICE", date(2017, 12, 31))
    long_ago = sign(team, start_on=date(2016, 1, 1))
    make_service(long_ago.resident, "ADVICE", TODAY - timedelta(days=365))

    assert len(reasons()) == 2


@on_random_districts(examples=6)
def test_people_of_random_districts_are_the_figure_s(settings: Settings, seed: int) -> None:
    with district(seed) as days:
        day = settings.TODAY = Random(seed).choice(days)
        compute(month=day.replace(day=1), as_of=day)
        figures = Figure.objects.filter(revision__as_of=day, indicator="unserved", category="all").exclude(team=None)
        rows = Counter(unserved(Coverage.objects.all(), terms_on(day)).values_list("contract__team_id", flat=True))
        long_enough = Counter(
            expected(Coverage.objects.all(), terms_on(day)).values_list("contract__team_id", flat=True)
        )

        wanted = {
            team: (numerator, denominator)
            for team, numerator, denominator in figures.values_list("team_id", "numerator", "denominator")
        }
        assert {team: (rows[team], long_enough[team]) for team in wanted} == wanted, f"{seed} {day}"
        if seed % 2:
            count_promises(day)
            official = make_user(Role.OFFICIAL)
            listed = UnservedFilter(QueryDict(), user=official)
            assert Counter(listed.qs.values_list("contract__team_id", flat=True)) == rows
            assert sorted(listed.qs.values_list("pk", "reason")) == sorted(
                unserved(Coverage.objects.all(), listed.terms).values_list("pk", "reason")
            )
        told = tallies(Promises(day), By.TEAM)
        assert {team: (one.unserved, one.expected) for team, one in told.items() if one.expected} == {
            team: pair for team, pair in wanted.items() if pair[1]
        }


# --- Why ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (Attempt.Outcome.AGAIN, Reason.NOT_REACHED),
        (Attempt.Outcome.REFUSED, Reason.REFUSED),
        (Attempt.Outcome.AWAY, Reason.REFUSED),
        (Attempt.Outcome.AGREED, Reason.NOBODY_CAME),
        (Attempt.Outcome.DIED, Reason.GONE),
        (Attempt.Outcome.MOVED, Reason.GONE),
    ],
)
def test_reason_is_what_the_last_attempt_came_to(team: Team, outcome: str, reason: Reason) -> None:
    resident = sign(team).resident
    attempt(resident, Attempt.Outcome.REFUSED, date(2018, 8, 1))
    attempt(resident, outcome)

    assert reasons() == [reason]


def test_nobody_tried_since_the_contract_began(team: Team) -> None:
    resident = sign(team, start_on=date(2018, 2, 1)).resident
    attempt(resident, Attempt.Outcome.REFUSED, date(2018, 1, 20))

    assert reasons() == [Reason.UNTRIED]


def test_wrong_phone_stands_before_what_was_tried(team: Team) -> None:
    resident = sign(team).resident
    attempt(resident, Attempt.Outcome.AGAIN)
    Resident.objects.filter(pk=resident.pk).update(phone_problem="wrong_number")

    assert reasons() == [Reason.WRONG_PHONE]


def test_corrected_number_is_to_be_called_again(team: Team) -> None:
    attempt(sign(team).resident, Attempt.Outcome.WRONG_NUMBER)

    assert reasons() == [Reason.NOT_REACHED]


def test_team_without_a_doctor_stands_before_everything(team: Team) -> None:
    resident = sign(team).resident
    attempt(resident, Attempt.Outcome.REFUSED)
    team.members.update(to_on=TODAY)

    assert reasons() == [Reason.NO_DOCTOR]
    assert reasons(TODAY - timedelta(days=1)) == [Reason.REFUSED]


def test_nurse_or_doctor_who_left_is_no_doctor_of_the_team(team: Team) -> None:
    sign(team)
    doctor = team.members.get().staff
    doctor.left_on = TODAY
    doctor.save()

    assert reasons() == [Reason.NO_DOCTOR]


# --- The list -------------------------------------------------------------------------------------------------------


def test_list_tells_why_and_the_next_step(team: Team, client: Client) -> None:
    coverage = sign(team)
    client.force_login(make_doctor(team))

    page = client.get(PAGE).content.decode()

    assert f"/due/{coverage.resident_id}/contact/" in page
    assert "138****0001" in page and "13856780001" not in page


def test_official_sees_no_step_that_is_not_theirs(team: Team, client: Client, official: User) -> None:
    coverage = sign(team)
    client.force_login(official)

    page = client.get(PAGE).content.decode()

    assert f"/people/{coverage.resident_id}/" in page
    assert f"/due/{coverage.resident_id}/contact/" not in page


def test_filters_narrow_the_list_and_its_counts(team: Team, official: User) -> None:
    village = make_village()
    sign(team, resident=make_resident(phone="13856780001", village=village))
    attempt(sign(team).resident, Attempt.Outcome.REFUSED)
    other = make_team(members=[make_staff()])
    sign(other)

    def found(query: str) -> tuple[int, int]:
        filters = UnservedFilter(QueryDict(query), user=official)
        return filters.qs.count(), filters.standing.unserved

    assert found("") == (3, 3)
    assert found(f"team={team.pk}") == (2, 2)
    assert found(f"village={village.pk}") == (1, 1)
    assert found(f"team={team.pk}&reason=refused") == (1, 2)
    assert found("team=0&reason=nonsense")[1] == 3


def test_list_and_figure_stay_as_counted_and_tell_who_was_served_since(team: Team, client: Client) -> None:
    served, other = sign(team), sign(team, start_on=date(2016, 1, 1))
    make_service(other.resident, "ADVICE", date(2016, 3, 1))
    count_promises()
    make_service(served.resident, "ADVICE", TODAY)
    client.force_login(make_doctor(team))

    page = client.get(PAGE)

    assert page.context["counted_at"] is not None
    assert page.context["standing"].unserved == 2 == tallies(Promises(TODAY, (team.pk,)), By.TOTAL)[None].unserved
    assert f"/due/{other.resident_id}/contact/" in page.content.decode()
    assert f"/due/{served.resident_id}/contact/" not in page.content.decode()


@pytest.mark.parametrize("counted", [False, True])
def test_district_is_told_by_institution_and_an_institution_by_team(
    counted: bool, official: User, client: Client
) -> None:
    centres = [make_institution(name=name) for name in ("东镇", "西镇")]
    teams = [
        make_team(name=f"{place}组", institution=centre, members=[make_staff()])
        for place, centre in enumerate((*centres, centres[0]))
    ]
    for place, each in enumerate(teams):
        for _ in range(place + 1):
            sign(each, resident=make_resident(phone="13856780001", institution=each.institution))
    if counted:
        count_promises()
    client.force_login(official)

    def told(query: str) -> dict[str, tuple[int, int]]:
        rows = client.get(f"{PAGE}{query}").context["places"]["rows"]
        for row in rows:
            opened = client.get(f"{PAGE}{row['url']}")
            assert opened.context["standing"].unserved == row["unserved"] == len(opened.context["list"]["rows"])
        return {row["name"]: (row["unserved"], row["expected"]) for row in rows}

    assert told("") == {centres[0].name: (4, 4), centres[1].name: (2, 2)}
    assert told(f"?institution={centres[0].pk}") == {teams[0].name: (1, 1), teams[2].name: (3, 3)}


def test_clerk_sees_what_is_signed_with_the_own_teams(team: Team, client: Client) -> None:
    sign(team)
    sign(make_team(institution=bureau()))
    clerk = make_user(Role.CLERK, institution=team.institution)

    assert UnservedFilter(QueryDict(), user=clerk).qs.count() == 1


def test_export_holds_the_rows_of_the_list(team: Team, official: User) -> None:
    sign(team)

    sheet = unserved_sheet(official, "", False)
    rows = list(sheet.rows)

    assert sheet.total == len(rows) == 1
    assert "138****0001" in rows[0]


def test_list_asks_as_much_for_many_as_for_one(team: Team, client: Client, django_assert_max_num_queries: Any) -> None:
    for _ in range(12):
        sign(team)
    count_promises()
    client.force_login(make_doctor(team))

    with django_assert_max_num_queries(12 + BESIDE):
        assert client.get(PAGE).status_code == 200


def test_rate_of_a_place_is_rounded_half_up_and_nobody_expected_is_no_figure() -> None:
    told = [Standing(expected, Counter(untried=1)) for expected in (16, 0)]
    assert [_place_row("", {}, each, ())["rate"] for each in told] == [Decimal("6.3"), None]
