"""Obligations and their outcomes, counted by hand from docs/rules.md 5."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from contracts.actions.ledger import make_obligations, match_entered, match_services, rematch
from contracts.matching import Given, Owed, match
from contracts.models import Coverage, Obligation, Service
from service_packages.models import PackageVersion
from tests.factories import make_coverage, make_package, make_resident, make_service

pytestmark = pytest.mark.django_db


def _coverage(*packages: PackageVersion, **fields: object) -> Coverage:
    coverage = make_coverage(packages=packages, **fields)
    make_obligations(coverages=Coverage.objects.filter(pk=coverage.pk))
    return coverage


def _outcomes(coverage: Coverage, item_code: str = "BP") -> list[str]:
    """`package code, due date, date met` in order of due date and package."""
    rows = coverage.obligations.filter(item__code=item_code).order_by("due_on", "held__version__package__code")
    found = rows.values_list("held__version__package__code", "due_on", "met_on")
    return [f"{code} {due_on:%m-%d} {f'{met_on:%m-%d}' if met_on else '-'}" for code, due_on, met_on in found]


# --- Making ---------------------------------------------------------------------------------------------------------


def test_obligations_are_made_for_every_item_and_window() -> None:
    coverage = _coverage(make_package(code="A", items={"BP": 4, "EXAM": 1}), make_package(code="B", items={"BP": 2}))

    assert coverage.obligations.count() == 7
    assert set(coverage.obligations.values_list("resident", flat=True)) == {coverage.resident_id}


def test_making_again_changes_nothing() -> None:
    coverage = _coverage(make_package(items={"BP": 5}))
    before = list(coverage.obligations.order_by("id").values())

    assert make_obligations(coverages=Coverage.objects.all()) == 0
    assert list(coverage.obligations.order_by("id").values()) == before


def test_shorter_term_removes_and_corrects_obligations() -> None:
    coverage = _coverage(make_package(code="A", items={"BP": 4}))
    Coverage.objects.update(end_on=date(2018, 8, 15))

    assert make_obligations(coverages=Coverage.objects.all()) == 2
    assert _outcomes(coverage) == ["A 03-31 -", "A 06-30 -", "A 08-15 -"]


def test_package_no_longer_held_takes_its_obligations_along() -> None:
    coverage = _coverage(make_package(code="A", items={"BP": 1}), make_package(code="B", items={"BP": 1}))
    coverage.packages.get(version__package__code="A").delete()
    make_obligations(coverages=Coverage.objects.all())

    assert _outcomes(coverage) == ["B 12-31 -"]


def test_waiver_and_outcome_stay_with_an_obligation_that_stays() -> None:
    coverage = _coverage(make_package(code="A", items={"BP": 4}))
    coverage.obligations.filter(opens_on=date(2018, 7, 1)).update(
        waived_on=date(2018, 7, 2), waived_by="李", waiver=Obligation.Waiver.AWAY
    )
    make_service(coverage.resident, "BP", date(2018, 2, 1))
    match_services()
    Coverage.objects.update(end_on=date(2018, 8, 15))
    make_obligations(coverages=Coverage.objects.all())

    assert _outcomes(coverage) == ["A 03-31 02-01", "A 06-30 -", "A 08-15 -"]
    assert coverage.obligations.get(waiver=Obligation.Waiver.AWAY).due_on == date(2018, 8, 15)


def test_waiver_goes_along_when_the_first_day_of_its_window_moves() -> None:
    coverage = _coverage(make_package(code="A", items={"BP": 4}))
    coverage.obligations.filter(opens_on=date(2018, 7, 1)).update(
        waived_on=date(2018, 7, 2), waived_by="李", waiver=Obligation.Waiver.AWAY
    )
    Coverage.objects.update(start_on=date(2018, 1, 11))
    make_obligations(coverages=Coverage.objects.all())

    waived = coverage.obligations.get(waived_on=date(2018, 7, 2))
    assert (waived.opens_on, waived.waived_by, waived.waiver) == (date(2018, 7, 11), "李", Obligation.Waiver.AWAY)
    assert coverage.obligations.filter(waived_on=None).count() == 3
    assert make_obligations(coverages=Coverage.objects.all()) == 0


def test_waiver_of_a_window_that_is_gone_waives_no_other() -> None:
    coverage = _coverage(make_package(code="A", items={"BP": 4}))
    coverage.obligations.filter(opens_on=date(2018, 1, 1)).update(
        waived_on=date(2018, 1, 2), waived_by="李", waiver=Obligation.Waiver.AWAY
    )
    Coverage.objects.update(start_on=date(2018, 5, 1))
    make_obligations(coverages=Coverage.objects.all())

    assert not coverage.obligations.exclude(waived_on=None).exists()


def test_making_leaves_other_coverages_alone() -> None:
    version = make_package(items={"BP": 1})
    one, other = make_coverage(packages=[version]), make_coverage(packages=[version])

    assert make_obligations(coverages=Coverage.objects.filter(pk=one.pk)) == 1
    assert not other.obligations.exists()


def test_making_takes_few_queries_for_many_coverages(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    version = make_package(items={"BP": 4})
    for _ in range(20):
        make_coverage(packages=[version])

    with django_assert_max_num_queries(6):
        make_obligations(coverages=Coverage.objects.all())


# --- Matching -------------------------------------------------------------------------------------------------------


def test_service_meets_the_obligation_whose_window_holds_it() -> None:
    coverage = _coverage(make_package(code="A", items={"BP": 4}))
    service = make_service(coverage.resident, "BP", date(2018, 4, 1))
    match_services()

    assert _outcomes(coverage) == ["A 03-31 -", "A 06-30 04-01", "A 09-30 -", "A 12-31 -"]
    assert coverage.obligations.get(met_by=service).opens_on == date(2018, 4, 1)


def test_second_service_of_a_window_meets_the_oldest_missed_one() -> None:
    coverage = _coverage(make_package(code="A", items={"BP": 4}))
    for day in (date(2018, 8, 1), date(2018, 8, 2), date(2018, 8, 3), date(2018, 8, 4)):
        make_service(coverage.resident, "BP", day)
    match_services()

    assert _outcomes(coverage) == ["A 03-31 08-02", "A 06-30 08-03", "A 09-30 08-01", "A 12-31 -"]


def test_service_before_the_term_or_after_it_meets_nothing() -> None:
    coverage = _coverage(make_package(code="A", items={"BP": 1}))
    make_service(coverage.resident, "BP", date(2017, 12, 31))
    make_service(coverage.resident, "BP", date(2019, 1, 1))
    match_services()

    assert _outcomes(coverage) == ["A 12-31 -"]


def test_service_on_the_day_of_termination_meets_nothing() -> None:
    coverage = _coverage(make_package(code="A", items={"BP": 1}), terminated_on=date(2018, 6, 1))
    make_service(coverage.resident, "BP", date(2018, 6, 1))
    match_services()
    assert _outcomes(coverage) == ["A 12-31 -"]

    make_service(coverage.resident, "BP", date(2018, 5, 31))
    match_services()
    assert _outcomes(coverage) == ["A 12-31 05-31"]


def test_item_held_twice_is_met_in_the_lower_package_first() -> None:
    coverage = _coverage(make_package(code="B", items={"BP": 1}), make_package(code="A", items={"BP": 1}))
    make_service(coverage.resident, "BP", date(2018, 5, 1))
    match_services()
    assert _outcomes(coverage) == ["A 12-31 05-01", "B 12-31 -"]

    make_service(coverage.resident, "BP", date(2018, 5, 2))
    match_services()
    assert _outcomes(coverage) == ["A 12-31 05-01", "B 12-31 05-02"]


def test_window_that_holds_the_day_goes_before_a_missed_one_of_a_lower_package() -> None:
    coverage = _coverage(make_package(code="A", items={"BP": 4}), make_package(code="B", items={"BP": 1}))
    make_service(coverage.resident, "BP", date(2018, 4, 1))
    make_service(coverage.resident, "BP", date(2018, 4, 2))
    make_service(coverage.resident, "BP", date(2018, 4, 3))
    match_services()

    assert _outcomes(coverage) == ["A 03-31 04-03", "A 06-30 04-01", "A 09-30 -", "A 12-31 -", "B 12-31 04-02"]


def test_missed_one_with_the_earlier_due_date_goes_before_a_lower_package() -> None:
    coverage = _coverage(make_package(code="A", items={"BP": 2}), make_package(code="B", items={"BP": 4}))
    for day in (date(2018, 10, 1), date(2018, 10, 2), date(2018, 10, 3)):
        make_service(coverage.resident, "BP", day)
    match_services()

    assert _outcomes(coverage)[0] == "B 03-31 10-03"


def test_waived_obligation_is_no_candidate_from_the_day_of_its_waiver() -> None:
    coverage = _coverage(make_package(code="A", items={"BP": 2}))
    coverage.obligations.filter(opens_on=date(2018, 1, 1)).update(
        waived_on=date(2018, 3, 1), waived_by="李", waiver=Obligation.Waiver.REFUSED
    )
    make_service(coverage.resident, "BP", date(2018, 3, 1))
    match_services()
    assert _outcomes(coverage) == ["A 06-30 -", "A 12-31 -"]

    make_service(coverage.resident, "BP", date(2018, 2, 28))
    match_services()
    assert _outcomes(coverage) == ["A 06-30 02-28", "A 12-31 -"]


def test_older_service_entered_later_takes_its_place() -> None:
    coverage = _coverage(make_package(code="A", items={"BP": 2}))
    make_service(coverage.resident, "BP", date(2018, 8, 1))
    make_service(coverage.resident, "BP", date(2018, 9, 1))
    match_services()
    assert _outcomes(coverage) == ["A 06-30 09-01", "A 12-31 08-01"]

    make_service(coverage.resident, "BP", date(2018, 5, 1))
    match_services()
    assert _outcomes(coverage) == ["A 06-30 05-01", "A 12-31 08-01"]


def test_service_taken_away_leaves_its_obligation_unmet() -> None:
    coverage = _coverage(make_package(code="A", items={"BP": 1}))
    service = make_service(coverage.resident, "BP", date(2018, 5, 1))
    match_services()
    service.delete()

    assert rematch(resident_ids=[coverage.resident_id], item_ids=[service.item_id]) == 1
    assert _outcomes(coverage) == ["A 12-31 -"]


def test_services_are_matched_within_their_own_coverage() -> None:
    version, resident = make_package(code="A", items={"BP": 1}), make_resident()
    first = _coverage(version, resident=resident, start_on=date(2017, 1, 1), end_on=date(2017, 12, 31))
    second = _coverage(version, resident=resident)
    make_service(resident, "BP", date(2018, 5, 1))
    make_service(resident, "BP", date(2018, 5, 2))
    match_services()

    assert (_outcomes(first), _outcomes(second)) == (["A 12-31 -"], ["A 12-31 05-01"])


def test_pairs_match_only_those_residents_and_items() -> None:
    coverage = _coverage(make_package(code="A", items={"BP": 1, "EXAM": 1}))
    service = make_service(coverage.resident, "BP", date(2018, 5, 1))
    make_service(coverage.resident, "EXAM", date(2018, 5, 1))

    assert match_services(pairs=[]) == 0
    assert match_services(pairs=[(coverage.resident_id, service.item_id)]) == 1
    assert _outcomes(coverage, "EXAM") == ["A 12-31 -"]


def test_entered_services_match_only_the_coverage_of_their_day() -> None:
    version, resident = make_package(code="A", items={"BP": 1}), make_resident()
    first = _coverage(version, resident=resident, start_on=date(2017, 1, 1), end_on=date(2017, 12, 31))
    second = _coverage(version, resident=resident)
    make_service(resident, "BP", date(2017, 5, 1))
    service = make_service(resident, "BP", date(2018, 5, 1))

    assert match_entered(services=[]) == 0
    assert match_entered(services=[(resident.pk, service.item_id, service.performed_on)]) == 1
    assert (_outcomes(first), _outcomes(second)) == (["A 12-31 -"], ["A 12-31 05-01"])


def test_matching_again_changes_nothing() -> None:
    coverage = _coverage(make_package(items={"BP": 4}))
    make_service(coverage.resident, "BP", date(2018, 5, 1))

    assert match_services(coverages=Coverage.objects.all()) == 1
    assert match_services(coverages=Coverage.objects.all()) == 0


# --- Whatever the order ---------------------------------------------------------------------------------------------

days = st.integers(0, 364).map(lambda number: date(2018, 1, 1) + timedelta(days=number))


@given(wanted=st.sets(days, max_size=8), mistaken=st.sets(days, max_size=4), data=st.data())
@hypothesis_settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_of_entry_gives_the_ledger_of_entry_by_date(
    wanted: set[date], mistaken: set[date], data: st.DataObject
) -> None:
    packages = [make_package(items={"BP": 5}), make_package(items={"BP": 2})]
    expected, other = _coverage(*packages), _coverage(*packages)
    _enter(expected, sorted(wanted))

    _enter(other, data.draw(st.permutations(sorted(wanted | mistaken))))
    for day in data.draw(st.permutations(sorted(mistaken - wanted))):
        Service.objects.get(resident=other.resident, performed_on=day).delete()
        _rematch(other)

    assert _outcomes(other) == _outcomes(expected)


def _enter(coverage: Coverage, order: Sequence[date]) -> None:
    for day in order:
        make_service(coverage.resident, "BP", day)
        _rematch(coverage)


def _rematch(coverage: Coverage) -> None:
    match_services(coverages=Coverage.objects.filter(pk=coverage.pk))


@given(st.lists(st.tuples(days, days, st.sampled_from("AB")), max_size=8), st.sets(days, max_size=8))
def test_every_service_meets_at_most_one_obligation_that_had_opened(
    windows: list[tuple[date, date, str]], given_on: set[date]
) -> None:
    owed = [Owed(key, (code, 1), min(a, b), max(a, b), None) for key, (a, b, code) in enumerate(windows)]

    met = match(owed, [Given(number, day) for number, day in enumerate(given_on)])

    assert len({service.key for service in met.values()}) == len(met)
    assert all(owed[key].opens_on <= service.performed_on for key, service in met.items())
