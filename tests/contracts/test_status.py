"""What a coverage is on a day: by hand, and the database's answer against the one for a row in hand."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.models import Coverage, Status, Suspension
from tests.factories import make_coverage, make_resident
from tests.reference.examples import undone

pytestmark = pytest.mark.django_db
D = date(2018, 10, 20)


@pytest.mark.parametrize(
    ("fields", "person", "expected"),
    [
        ({}, {}, Status.IN_FORCE),
        ({"start_on": date(2018, 10, 21)}, {}, Status.TO_START),
        ({}, {"registered_on": date(2018, 10, 21)}, Status.TO_START),
        ({"end_on": D}, {}, Status.IN_FORCE),
        ({"end_on": date(2018, 10, 19)}, {}, Status.EXPIRED),
        ({"terminated_on": D}, {}, Status.TERMINATED),
        ({"terminated_on": date(2018, 10, 21)}, {}, Status.IN_FORCE),
        ({"start_on": date(2018, 12, 1), "terminated_on": date(2018, 12, 1)}, {}, Status.TERMINATED),
        ({"terminated_on": date(2018, 1, 1)}, {"died_on": date(2017, 9, 1)}, Status.TERMINATED),
        ({}, {"died_on": D}, Status.DIED),
        ({}, {"moved_out_on": D}, Status.MOVED),
        ({}, {"died_on": date(2018, 10, 21)}, Status.IN_FORCE),
        ({"terminated_on": date(2018, 9, 1)}, {"died_on": date(2018, 9, 1)}, Status.TERMINATED),
        ({"terminated_on": date(2018, 9, 2)}, {"died_on": date(2018, 9, 1)}, Status.DIED),
        ({}, {"died_on": date(2018, 9, 1), "moved_out_on": date(2018, 8, 1)}, Status.MOVED),
        ({"end_on": date(2018, 9, 30)}, {"died_on": date(2018, 10, 1)}, Status.EXPIRED),
    ],
)
def test_status_by_hand(fields: dict, person: dict, expected: Status) -> None:
    coverage = make_coverage(resident=make_resident(**person), **fields)

    assert coverage.status_on(D) == expected
    assert Coverage.objects.with_status(D).get().status == expected
    assert list(Coverage.objects.having_status(expected, D)) == [coverage]


def test_corrected_day_of_death_brings_a_coverage_back() -> None:
    resident = make_resident(died_on=date(2018, 5, 1))
    coverage = make_coverage(resident=resident)
    assert coverage.status_on(D) == Status.DIED

    resident.died_on = None
    resident.save()
    assert Coverage.objects.with_status(D).get().status == Status.IN_FORCE


_day = st.integers(-12, 12).map(lambda days: D + timedelta(days=days))
_maybe = st.none() | _day


@settings(max_examples=60, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    term=st.tuples(_day, _day).map(sorted),
    terminated_after=st.none() | st.integers(0, 24),
    person=st.fixed_dictionaries({"died_on": _maybe, "moved_out_on": _maybe, "registered_on": _maybe}),
    pause=st.none() | st.tuples(_day, st.none() | st.integers(1, 9)),
)
def test_rows_in_the_database_and_in_hand_have_one_status(
    term: list[date], terminated_after: int | None, person: dict, pause: tuple | None
) -> None:
    with undone():
        ended = None if terminated_after is None else term[0] + timedelta(days=terminated_after)
        coverage = make_coverage(
            resident=make_resident(**person), start_on=term[0], end_on=term[1], terminated_on=ended
        )
        if pause:
            to_on = pause[0] + timedelta(days=pause[1]) if pause[1] else None
            Suspension.objects.create(coverage=coverage, from_on=pause[0], to_on=to_on)

        expected = coverage.status_on(D)
        assert Coverage.objects.with_status(D).get().status == expected
        assert [status for status in Status if Coverage.objects.having_status(status, D).exists()] == [expected]
        assert Coverage.objects.in_force_on(D).exists() == (expected == Status.IN_FORCE)
        running = expected in (Status.TO_START, Status.IN_FORCE, Status.SUSPENDED)
        assert Coverage.objects.not_over_on(D).exists() == running
