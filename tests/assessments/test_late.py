"""What became known after a month was computed: who stands otherwise, and why."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from pytest_django import Settings

from assessments import tasks
from assessments.actions import keeping
from assessments.actions.freezing import freeze
from assessments.actions.months import compute
from assessments.indicators import BY_CODE
from assessments.models import Month, PhoneCheck, Revision, SurveyAnswer
from assessments.queries.differences import changed_figures, moved, then_and_now
from assessments.queries.figures import Key
from assessments.queries.late import Cause, is_touched, reasons
from assessments.queries.units import Selection, select
from contracts.actions.lives import record_departure
from contracts.actions.packages import hold_packages
from contracts.actions.services import correct_service, record_service
from contracts.models import Contract, Coverage, CoveragePackage
from residents.actions.transfers import transfer
from residents.models import Resident
from service_packages.models import Item, PackageVersion
from teams.actions.institutions import move_institution
from teams.actions.teams import dissolve, leave_village, serve_village
from teams.models import PolicyValue, Role, Team, User
from teams.models.accounts import SYSTEM
from tests.accounts import make_account
from tests.factories import make_coverage, make_household, make_resident
from tests.figure_pages import address, signed_in
from tests.small_district import OCTOBER, SmallDistrict, make_small_district

# History is told by the clock of transactions: each step must be one of its own.
pytestmark = pytest.mark.django_db(transaction=True)
TODAY = date(2018, 11, 20)


@pytest.fixture
def district(settings: Settings) -> SmallDistrict:
    settings.TODAY = TODAY
    return make_small_district()


@pytest.fixture
def frozen(district: SmallDistrict) -> Revision:
    return freeze(revision=compute(month=OCTOBER), by=SYSTEM)


def again() -> tuple[Revision, Revision]:
    """The frozen revision and one computed now."""
    compute(month=OCTOBER)
    both = then_and_now(Month.objects.get(first_on=OCTOBER))
    assert both is not None
    return both


def selection(**query: str) -> Selection:
    user = User.objects.filter(username="official").first() or make_account("official", Role.OFFICIAL)
    category = query.pop("category", "all")
    return select(user, {"unit": "B", "month": "2018-10"} | query, category=category)


def causes(residents: list[Resident], both: tuple[Revision, Revision]) -> list[list[Cause]]:
    found = reasons([row.pk for row in residents], *both)
    return [[reason.cause for reason in found[row.pk]] for row in residents]


def test_late_service_shows_the_person_whose_follow_up_it_is(district: SmallDistrict, frozen: Revision) -> None:
    record_service(
        resident=district.wang,
        item=Item.objects.get(code="BP"),
        performed_on=date(2018, 10, 20),
        by=SYSTEM,
        systolic=180,
        diastolic=100,
    )
    both = again()
    chosen = selection(category="hypertension")
    changed = {pair.now.key: (pair.was.numerator, pair.now.numerator) for pair in changed_figures(*both, chosen)}
    assert changed["controlled", "hypertension"] == (1, 0)
    total, rows = moved(*both, chosen, BY_CODE["controlled"])
    assert (total, [row.resident_id for row in rows]) == (1, [district.wang.pk])
    assert (rows[0].was, rows[0].now) == ((1, 1), (0, 1))
    assert causes([district.wang], both) == [[Cause.LATE]]


def test_household_is_moved_by_what_became_known_of_another_member(district: SmallDistrict) -> None:
    """The line of a household is its first member's; the contract that was entered late is the other's."""
    household = make_household()
    first, other = (make_resident(village=district.village, household=household) for _member in range(2))
    freeze(revision=compute(month=OCTOBER), by=SYSTEM)
    make_coverage(resident=other, team=district.team, start_on=date(2018, 10, 1))
    both = again()
    total, rows = moved(*both, selection(), BY_CODE["household_coverage"])
    assert (total, [row.resident_id for row in rows]) == (1, [first.pk])
    assert causes([first], both) == [[]]
    found = reasons([first.pk], *both, by_household=True)[first.pk]
    assert [(reason.cause, reason.day, reason.is_of_household) for reason in found] == [
        (Cause.LATE, date(2018, 10, 1), True)
    ]
    page = signed_in(User.objects.get(username="official")).get(
        address("month_difference", month="2018-10", indicator="household_coverage")
    )
    assert "(another member of the household)" in page.content.decode()


def test_nothing_new_makes_no_difference(district: SmallDistrict, frozen: Revision) -> None:
    both = again()
    assert changed_figures(*both, selection()) == []
    assert moved(*both, selection(), BY_CODE["coverage"]) == (0, [])


def test_late_contract_is_found_in_coverage(district: SmallDistrict, frozen: Revision) -> None:
    make_coverage(resident=district.zheng, team=district.idle_team, start_on=date(2018, 10, 1))
    both = again()
    total, rows = moved(*both, selection(), BY_CODE["coverage"])
    assert (total, rows[0].resident_id, rows[0].was, rows[0].now) == (1, district.zheng.pk, (0, 1), (1, 1))
    assert causes([district.zheng], both) == [[Cause.LATE]]


def test_person_registered_late_was_not_there_then(district: SmallDistrict, frozen: Revision) -> None:
    new = make_resident(village=district.village)
    both = again()
    total, rows = moved(*both, selection(), BY_CODE["coverage"])
    assert (total, rows[0].resident_id, rows[0].was, rows[0].now) == (1, new.pk, (0, 0), (0, 1))


def test_corrected_reading_is_a_correction_by_name(district: SmallDistrict, frozen: Revision) -> None:
    service = district.wang.services.get(performed_on=date(2018, 8, 15))
    correct_service(service=service, by=make_account("clerk", Role.CLERK), systolic=130)
    both = again()
    (reason,) = reasons([district.wang.pk], *both)[district.wang.pk]
    assert (reason.cause, reason.day, reason.by) == (Cause.CORRECTION, date(2018, 8, 15), "clerk")


def test_death_reported_late_is_a_correction_of_the_record(district: SmallDistrict, frozen: Revision) -> None:
    Resident.objects.filter(pk=district.li.pk).update(died_on=date(2018, 10, 1))
    both = again()
    total, rows = moved(*both, selection(), BY_CODE["coverage"])
    assert (total, rows[0].now) == (1, (0, 0))
    assert causes([district.li], both) == [[Cause.CORRECTION]]


def test_death_reported_late_is_told_with_its_day_and_by_whom(district: SmallDistrict, frozen: Revision) -> None:
    record_departure(resident=district.li, died_on=date(2018, 10, 1), moved_out_on=None, by=SYSTEM)
    again()
    client = signed_in(make_account("official", Role.OFFICIAL))
    page = client.get(address("month_difference", month="2018-10", unit="B", indicator="coverage")).context
    [reason] = page["people"][0]["reasons"]
    assert (reason["words"], reason["by"]) == ("resident's record 2018-10-01", "the system")


def test_transfer_that_was_entered_late_is_told_as_one(district: SmallDistrict, frozen: Revision) -> None:
    transfer(resident=district.zheng, institution=district.centre, village=None, on=date(2018, 10, 15), by=SYSTEM)
    both = again()
    total, rows = moved(*both, selection(unit="C"), BY_CODE["coverage"])
    assert (total, rows) == (0, [])  # the clinic lies below the centre
    assert causes([district.zheng], both) == [[Cause.TRANSFER]]


def test_changed_setting_explains_whoever_has_no_fact_of_their_own(district: SmallDistrict, frozen: Revision) -> None:
    PolicyValue.objects.create(code="goal_systolic_elderly", value=145, from_on=date(2018, 1, 1))
    both = again()
    total, _rows = moved(*both, selection(category="hypertension"), BY_CODE["controlled"])
    assert total == 1  # her latest pressure is 148
    assert causes([district.wang], both) == [[Cause.SETTING]]


def test_clinic_that_was_moved_late_takes_its_people_along(district: SmallDistrict, frozen: Revision) -> None:
    move(district)
    both = again()
    total, rows = moved(*both, selection(unit="C"), BY_CODE["coverage"])
    assert (total, [(row.resident_id, row.was, row.now) for row in rows]) == (1, [(district.zheng.pk, (0, 1), (0, 0))])
    assert moved(*both, selection(), BY_CODE["coverage"]) == (0, [])
    assert causes([district.zheng], both) == [[Cause.ORGANISATION]]


def test_villages_that_a_team_served_in_truth_make_the_difference(district: SmallDistrict, frozen: Revision) -> None:
    serve(district)
    both = again()
    asked = selection(team="T2")
    (coverage,) = [pair for pair in changed_figures(*both, asked) if pair.now.key == Key("coverage")]
    total, rows = moved(*both, asked, BY_CODE["coverage"])
    assert (coverage.was.denominator, coverage.now.denominator) == (0, 3)
    assert (total, {row.now for row in rows}) == (3, {(0, 1)})


def test_team_of_another_institution_is_told_by_its_own_figures(district: SmallDistrict, frozen: Revision) -> None:
    correct_institution_of_team(district)
    both, asked = again(), selection(team="T2")
    assert asked.tree.path(asked.unit.institution) == [district.bureau, district.centre]
    assert selection(team="T2", known="now").unit.institution == district.clinic
    assert changed_figures(*both, asked) == []


def test_suspension_entered_late_takes_the_person_out(district: SmallDistrict, frozen: Revision) -> None:
    coverage = Coverage.objects.get(resident=district.wang)
    coverage.suspensions.create(from_on=date(2018, 10, 20), reason="外出")
    both = again()
    assert [row.now for row in moved(*both, selection(), BY_CODE["coverage"])[1]] == [(0, 1)]
    assert causes([district.wang], both) == [[Cause.LATE]]


# --- Only months touched by late facts are computed again -----------------------------------------------------------


def test_month_is_touched_by_a_fact_of_its_days_and_not_by_later_ones(district: SmallDistrict) -> None:
    revision = compute(month=OCTOBER)
    item = Item.objects.get(code="BP")
    assert not is_touched(revision)
    record_service(resident=district.wang, item=item, performed_on=date(2018, 11, 2), by=SYSTEM)
    assert not is_touched(revision)
    record_service(resident=district.wang, item=item, performed_on=date(2018, 10, 31), by=SYSTEM)
    assert is_touched(revision)


def test_transfer_of_today_touches_no_month_before(district: SmallDistrict) -> None:
    revision = compute(month=OCTOBER)
    transfer(resident=district.zheng, institution=district.centre, village=None, by=SYSTEM)
    assert not is_touched(revision)


def test_changed_phone_touches_no_month(district: SmallDistrict) -> None:
    revision = compute(month=OCTOBER)
    Resident.objects.filter(pk=district.wang.pk).update(phone_problem="empty")
    assert not is_touched(revision)


def add_package(district: SmallDistrict) -> None:
    coverage = Coverage.objects.get(resident=district.li)
    hold_packages(rows=[(coverage.pk, PackageVersion.objects.get(package__code="PAID").pk)])


def drop_package(district: SmallDistrict) -> None:
    CoveragePackage.objects.filter(coverage__resident=district.li).delete()


def correct_team(district: SmallDistrict) -> None:
    Contract.objects.filter(coverages__resident=district.li).update(team=district.idle_team)


def answer(district: SmallDistrict) -> None:
    SurveyAnswer.objects.create(resident=district.li, answered_on=date(2018, 10, 5), rating=1)


def call(district: SmallDistrict) -> None:
    PhoneCheck.objects.create(resident=district.li, called_on=date(2018, 10, 5), outcome="empty")


def forget_call(district: SmallDistrict) -> None:
    PhoneCheck.objects.filter(resident=district.wu).delete()


def register_earlier(district: SmallDistrict) -> None:
    district.li.registers.update(from_on=date(2018, 4, 1))


def serve(district: SmallDistrict) -> None:
    serve_village(team=district.idle_team, village=district.village, from_on=date(2018, 10, 15), by=SYSTEM)


def leave(district: SmallDistrict) -> None:
    leave_village(served=district.team.villages.get(), on=date(2018, 10, 15), by=SYSTEM)


def end_team(district: SmallDistrict) -> None:
    dissolve(team=district.idle_team, on=date(2018, 10, 31), by=SYSTEM)


def correct_institution_of_team(district: SmallDistrict) -> None:
    Team.objects.filter(pk=district.idle_team.pk).update(institution=district.clinic)


def move(district: SmallDistrict) -> None:
    move_institution(institution=district.clinic, parent=district.bureau, from_on=date(2018, 10, 15), by=SYSTEM)


@pytest.mark.parametrize(
    "become_known",
    [
        *(add_package, drop_package, correct_team, answer, call, forget_call, register_earlier),
        *(serve, leave, end_team, correct_institution_of_team, move),
    ],
)
@pytest.mark.parametrize("is_noted", [False, True])
def test_whatever_changes_a_figure_touches_its_month(
    district: SmallDistrict, become_known: Callable[[SmallDistrict], None], is_noted: bool
) -> None:
    revision = compute(month=OCTOBER)
    if is_noted:
        assert keeping.touched_months(day=TODAY) == []
        revision.refresh_from_db()
    become_known(district)
    assert is_touched(revision)
    assert keeping.touched_months(day=TODAY) == [revision]


def test_what_is_organised_otherwise_from_today_on_touches_no_month_before(district: SmallDistrict) -> None:
    revision = compute(month=OCTOBER)
    serve_village(team=district.idle_team, village=district.village, from_on=TODAY, by=SYSTEM)
    leave_village(served=district.team.villages.get(), on=TODAY, by=SYSTEM)
    move_institution(institution=district.clinic, parent=district.bureau, from_on=TODAY, by=SYSTEM)
    dissolve(team=district.idle_team, on=TODAY, by=SYSTEM)
    assert not is_touched(revision)
    assert keeping.touched_months(day=TODAY) == []


def test_package_added_later_explains_whoever_is_counted_as_paid_now(district: SmallDistrict, frozen: Revision) -> None:
    add_package(district)
    both = again()
    assert [row.now for row in moved(*both, selection(), BY_CODE["paid_coverage"])[1]] == [(1, 1)]
    (reason,) = reasons([district.li.pk], *both)[district.li.pk]
    assert (reason.cause, reason.day) == (Cause.LATE, date(2018, 3, 1))


def test_fact_that_was_being_entered_while_the_month_was_computed_touches_it(district: SmallDistrict) -> None:
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(
                "insert into residents_register (resident_id, category, from_on) values (%s, 'disabled', %s)",
                [district.zheng.pk, date(2018, 10, 9)],
            )
        revision = compute(month=OCTOBER)
        other.commit()
    finally:
        other.close()
    assert is_touched(revision)


def test_month_is_asked_anew_only_about_what_was_entered_since_it_was_asked_last(district: SmallDistrict) -> None:
    revision = compute(month=OCTOBER)
    known_to = revision.known_to
    assert keeping.touched_months(day=TODAY) == []
    revision.refresh_from_db()
    assert known_to and revision.known_to and revision.known_to > known_to
    district.zheng.visits.create(visited_on=date(2018, 10, 3), institution=district.centre, cost=Decimal("1.00"))
    assert keeping.touched_months(day=TODAY) == [revision]
    noted = revision.known_to
    revision.refresh_from_db()
    assert revision.known_to == noted


def test_night_computes_touched_months_only(district: SmallDistrict) -> None:
    september, october = compute(month=date(2018, 9, 1)), compute(month=OCTOBER)
    district.zheng.visits.create(visited_on=date(2018, 10, 3), institution=district.centre, cost=Decimal("1.00"))
    assert keeping.touched_months(day=TODAY) == [october]
    tasks.compute_touched_months()
    september.month.refresh_from_db()
    october.month.refresh_from_db()
    assert (september.month.current, october.month.current.number) == (september, 2)
