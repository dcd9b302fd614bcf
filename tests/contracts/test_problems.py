"""Each rule finds what it names and nothing else; a check replaces what the one before found."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import DatabaseError

from contracts import problems as rules
from contracts.actions import problems
from contracts.models import Coverage, Problem, ProblemCheck
from residents.models import Resident
from teams.clock import today
from teams.dates import add_months
from teams.models import PolicyValue, Role, Staff, Team, TeamMember
from tests import factories

pytestmark = pytest.mark.django_db


def check() -> None:
    assert problems.check(check_id=problems.request().pk)


def found(rule: str) -> list[Problem]:
    check()
    return list(Problem.objects.filter(rule=rule).order_by("subject"))


def cover(resident: Resident, **fields: object) -> Coverage:
    """In force for a year."""
    fields = {"start_on": today() - timedelta(days=100), "end_on": today() + timedelta(days=264)} | fields
    return factories.make_coverage(resident=resident, **fields)


def born(years: int) -> date:
    return today().replace(year=today().year - years, day=1)


def test_nothing_is_wrong_with_a_sound_family() -> None:
    village, household = factories.make_village(), factories.make_household()
    staff = factories.make_staff()
    team = factories.make_team(members=[staff], villages=[village])
    home = {"village": village, "household": household, "phone": "13812340001"}
    for place, name in enumerate(("王强", "李丽")):
        resident = factories.make_resident(name=name, is_head=place == 0, **home)
        cover(resident, team=team, packages=[factories.make_package()])
    check()
    assert list(Problem.objects.values_list("rule", flat=True)) == []


def signed(**fields: object) -> Resident:
    made = factories.make_resident(**fields)
    cover(made)
    return made


PEOPLE: dict[str, Callable[[], Resident]] = {
    "phone_missing": lambda: signed(),
    "phone_wrong": lambda: signed(phone="1381234", phone_problem="malformed"),
    "man_on_maternal": lambda: factories.make_resident(sex="male", registers={"maternal": today()}),
    "maternal_age": lambda: factories.make_resident(born=born(60), registers={"maternal": today()}),
    "child_chronic": lambda: factories.make_resident(
        born=born(5), registers={"hypertension": today(), "diabetes": today()}
    ),
    "no_village": lambda: factories.make_resident(),
    "no_household": lambda: factories.make_resident(),
    "covered_after_leaving": lambda: signed(died_on=today() - timedelta(days=101)),
}


@pytest.mark.parametrize("rule", PEOPLE)
def test_rule_names_the_person_once(rule: str) -> None:
    resident = PEOPLE[rule]()
    [problem] = found(rule)
    assert (problem.resident, problem.institution) == (resident, resident.institution)
    assert rules.all_rules()[rule].said(problem.detail) is not None


def test_child_without_telephone_is_no_problem() -> None:
    signed(born=born(10))
    assert found("phone_missing") == []


def test_number_of_one_household_is_shared_by_nobody_else() -> None:
    household = factories.make_household()
    for _member in range(4):
        factories.make_resident(phone="13812340001", household=household)
    assert found("phone_shared") == []


def test_number_of_three_people_of_two_households_is_told_with_how_many() -> None:
    household = factories.make_household()
    for home in (household, household, factories.make_household()):
        factories.make_resident(phone="13812340001", household=home)
    lines = found("phone_shared")
    assert [line.detail for line in lines] == [{"people": 3, "households": 2}] * 3


def test_number_of_staff_is_told_unless_it_is_their_own() -> None:
    stranger = factories.make_resident(name="王强", phone="13812340001")
    factories.make_resident(name="李医生", phone="13812340001")
    Staff.objects.filter(pk=factories.make_staff(name="李医生").pk).update(phone_hash=stranger.phone_hash)
    # Two people of one number, of whom one is the doctor: the number is the doctor's own.
    assert [line.resident for line in found("phone_of_staff")] == [stranger]


def test_household_without_a_head_is_told_once() -> None:
    household = factories.make_household()
    for _member in range(2):
        factories.make_resident(household=household)
    [problem] = found("no_head")
    assert problem.detail == {"people": 2, "heads": 0}


def test_namesakes_of_one_village_and_birthday_are_perhaps_one_person() -> None:
    village = factories.make_village()
    twins = [factories.make_resident(name="王强", village=village) for _record in range(2)]
    factories.make_resident(name="王强", village=factories.make_village())
    assert [line.resident for line in found("maybe_twice")] == twins
    Resident.objects.filter(pk=twins[1].pk).update(sex="female")  # by a wrong digit of the ID number
    assert [line.resident for line in found("maybe_twice")] == twins


def test_services_after_death_are_counted() -> None:
    resident = factories.make_resident(died_on=today() - timedelta(days=10))
    for days in (11, 10, 9, 8):
        factories.make_service(resident, "BP", today() - timedelta(days=days))
    [problem] = found("service_after_leaving")
    assert problem.detail["services"] == 2


def test_contract_signed_after_death_is_told_also_when_it_is_over() -> None:
    dead = factories.make_resident(died_on=date(2018, 1, 31))
    late = factories.make_contract(signed_on=date(2018, 2, 1))
    factories.make_coverage(resident=dead, contract=late, start_on=date(2018, 1, 1), end_on=date(2018, 6, 30))
    factories.make_coverage(resident=dead, start_on=date(2017, 1, 1), end_on=date(2017, 12, 31))
    [problem] = found("covered_after_leaving")
    assert problem.contract == late


def test_contract_that_ended_by_itself_with_a_death_is_no_problem() -> None:
    signed(died_on=today() - timedelta(days=5))
    assert found("covered_after_leaving") == []


@pytest.mark.parametrize("left", ["died_on", "moved_out_on"])
def test_renewal_signed_ahead_of_a_death_never_begins_and_is_no_problem(left: str) -> None:
    resident = signed(**{left: today() - timedelta(days=5)})
    cover(
        resident,
        contract=factories.make_contract(signed_on=today() - timedelta(days=6)),
        start_on=today() + timedelta(days=265),
        end_on=today() + timedelta(days=629),
    )
    assert found("covered_after_leaving") == []


def test_contract_of_a_dissolved_team_is_told() -> None:
    team = factories.make_team()
    coverage = cover(factories.make_resident(), team=team)
    Team.objects.filter(pk=team.pk).update(dissolved_on=today())
    [problem] = found("team_gone")
    assert (problem.subject, problem.contract, problem.team) == (coverage.pk, coverage.contract, team)


def test_contract_without_packages_is_told() -> None:
    coverage = cover(factories.make_resident())
    assert [line.contract for line in found("no_packages")] == [coverage.contract]


@pytest.mark.parametrize(
    ("categories", "fields", "problems_found"),
    [
        (["elderly"], {"born": born(60)}, 1),
        (["elderly"], {"born": born(70)}, 0),
        (["child"], {"born": born(3)}, 0),
        (["key"], {"born": born(40)}, 1),
        (["all"], {"born": born(40)}, 0),
        (["diabetes", "hypertension"], {"born": born(40), "registers": {"hypertension": date(2018, 1, 1)}}, 0),
        ([], {"born": born(40)}, 0),
    ],
)
def test_package_for_a_population_is_told_of_others(categories: list, fields: dict, problems_found: int) -> None:
    version = factories.make_package(categories=categories)
    cover(factories.make_resident(**fields), packages=[version])
    assert len(found("package_for_others")) == problems_found


CONDITIONS: dict[str, tuple[dict, int]] = {
    "suits": ({"age_from": 50, "age_to": 70, "sex": "female", "required": ["hypertension"]}, 0),
    "too young": ({"age_from": 66}, 1),
    "too old": ({"age_to": 50}, 1),
    "other sex": ({"sex": "male"}, 1),
    "not registered": ({"required": ["hypertension", "diabetes"]}, 1),
}


@pytest.mark.parametrize(("fields", "problems_found"), CONDITIONS.values(), ids=list(CONDITIONS))
def test_package_whose_conditions_are_not_met_is_told(fields: dict, problems_found: int) -> None:
    resident = factories.make_resident(born=born(60), registers={"hypertension": born(2)})
    cover(resident, packages=[factories.make_package(**fields)])
    assert len(found("package_conditions")) == problems_found


def test_packages_that_exclude_each_other_are_told() -> None:
    low, high = (factories.make_package(exclusive_group="高血压") for _ in range(2))
    cover(factories.make_resident(), packages=[low, factories.make_package()])
    both = cover(factories.make_resident(), packages=[low, high])
    assert [line.subject for line in found("packages_exclude_each_other")] == [both.pk]


def test_personalised_package_alone_is_told() -> None:
    extra, basic = factories.make_package(tier="personalised"), factories.make_package()
    alone = cover(factories.make_resident(), packages=[extra])
    cover(factories.make_resident(), packages=[extra, basic])
    assert [line.subject for line in found("no_basic_package")] == [alone.pk]


@pytest.mark.parametrize(("months", "days", "problems_found"), [(12, -1, 1), (12, 0, 0), (36, 0, 0), (36, 1, 1)])
def test_term_outside_the_policy_is_told(months: int, days: int, problems_found: int) -> None:
    start = today() - timedelta(days=40)
    last = add_months(start, months) - timedelta(days=1)
    factories.make_coverage(start_on=start, end_on=last + timedelta(days=days))
    assert len(found("term_not_allowed")) == problems_found


def test_household_with_two_teams_is_told_once() -> None:
    household = factories.make_household()
    for _member in range(2):
        cover(factories.make_resident(household=household), team=factories.make_team())
    [problem] = found("household_split")
    assert problem.detail == {"teams": 2, "people": 2}


def test_team_without_leader_and_village_is_told_for_each() -> None:
    team = factories.make_team()
    check()
    assert set(Problem.objects.filter(team=team).values_list("rule", flat=True)) == {
        "team_no_leader",
        "team_no_village",
    }


def test_member_who_left_work_is_told() -> None:
    staff = factories.make_staff()
    team = factories.make_team(members=[staff])
    Staff.objects.filter(pk=staff.pk).update(left_on=today())
    assert [line.team for line in found("member_left")] == [team]


def test_load_above_the_policy_is_told_by_households_and_by_doctors() -> None:
    for code, value in (("team_households_most", 1), ("doctor_residents_most", 2)):
        PolicyValue.objects.create(code=code, value=value, from_on=today())
    team = factories.make_team(members=[factories.make_staff()])
    household = factories.make_household()
    for home in (household, household, None):
        cover(factories.make_resident(household=home), team=team)
    assert [line.detail for line in found("team_over_load")] == [{"households": 2, "most": 1}]
    assert [line.detail for line in found("doctor_over_load")] == [{"people": 3, "doctors": 1}]


def test_village_without_a_team_belongs_to_whoever_manages_most_of_its_people() -> None:
    village, most = factories.make_village(name="陈集村"), factories.make_institution()
    for institution in (most, most, factories.centre()):
        factories.make_resident(village=village, institution=institution)
    [problem] = found("village_unserved")
    assert (problem.institution, problem.detail) == (most, {"village": "陈集村", "people": 3})


def test_mended_problem_goes_and_the_others_keep_the_day_they_were_found() -> None:
    mended, other = factories.make_resident(), factories.make_resident()
    check()
    Problem.objects.update(found_on=date(2018, 1, 1))
    Resident.objects.filter(pk=mended.pk).update(village=factories.make_village())
    [problem] = found("no_village")
    assert (problem.resident, problem.found_on) == (other, date(2018, 1, 1))


def test_failed_check_keeps_what_was_found_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    factories.make_resident()
    check()
    before = set(Problem.objects.values_list("rule", "subject"))
    sick = rules.Rule("sick", "", "", "", rules.Severity.GAP, rules.Page.TEAM, "select nothing")
    monkeypatch.setitem(rules._rules, "sick", sick)
    with pytest.raises(DatabaseError):
        check()
    assert set(Problem.objects.values_list("rule", "subject")) == before
    assert ProblemCheck.objects.first().status == ProblemCheck.Status.FAILED


def test_second_request_joins_the_one_that_waits() -> None:
    first = problems.request()
    assert problems.request() == first
    assert problems.check(check_id=first.pk)
    assert not problems.check(check_id=first.pk)


def test_check_that_a_killed_worker_left_is_over_with_the_next() -> None:
    killed = problems.request()
    ProblemCheck.objects.update(status=ProblemCheck.Status.RUNNING)
    check()
    killed.refresh_from_db()
    assert killed.status == ProblemCheck.Status.DONE


def test_clerk_sees_the_problems_of_the_own_institutions_and_a_doctor_those_of_the_own_people() -> None:
    own, other = factories.make_institution(), factories.make_institution()
    village = factories.make_village()
    team = factories.make_team(institution=own, villages=[village])
    at_home = factories.make_resident(institution=own, village=village)
    elsewhere = factories.make_resident(institution=own)
    factories.make_resident(institution=other)
    check()
    clerk = factories.make_user(Role.CLERK, institution=own)
    doctor = factories.make_doctor(team)
    seen = {
        user.pk: set(Problem.objects.visible_to(user).filter(rule="no_household").values_list("resident", flat=True))
        for user in (clerk, doctor, factories.make_user(Role.AUDITOR))
    }
    assert list(seen.values()) == [{at_home.pk, elsewhere.pk}, {at_home.pk}, set()]
    assert TeamMember.objects.count() == 1
