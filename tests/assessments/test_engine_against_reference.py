"""Every figure of the engine against the reference, on random districts and awkward days, to the digit."""

from datetime import date
from random import Random

import pytest

from assessments.actions.months import compute
from assessments.models import Figure, Month
from tests.reference.examples import district, on_random_districts, undone
from tests.reference.facts import load_facts
from tests.reference.indicators import Figures, figures

REPORTS = 4


@pytest.mark.slow
@pytest.mark.django_db
@on_random_districts(examples=15)
def test_engine_counts_what_the_reference_counts(seed: int) -> None:
    with district(seed) as days:
        _compare(Random(seed).sample(days, REPORTS), f"seed {seed}")


@pytest.mark.django_db
def test_engine_counts_zeros_in_a_district_without_people() -> None:
    with district(seed=1, size=0) as days:
        _compare(days[-1:], "nobody")


def _compare(days: list[date], where: str) -> None:
    facts = load_facts()
    for day in days:
        with undone():
            _assert_same(_engine(day), figures(facts, day), f"{where}, as of {day}")


def _engine(day: date) -> Figures:
    compute(month=day.replace(day=1), as_of=day)
    month = Month.objects.get(first_on=day.replace(day=1))
    rows = Figure.objects.filter(revision=month.current_id).values_list(
        "institution__code", "team__code", "category", "indicator", "numerator", "denominator"
    )
    found = {(place, team or "", category, name): (num, den) for place, team, category, name, num, den in rows}
    assert len(found) == len(rows), "the engine counts a unit twice"
    return found


def _assert_same(engine: Figures, reference: Figures, where: str) -> None:
    """Fail with the first figures that differ, in the order of their keys."""
    differing = [key for key in sorted({*engine, *reference}) if engine.get(key) != reference.get(key)]
    lines = [f"{'/'.join(key)}: engine {engine.get(key)}, reference {reference.get(key)}" for key in differing[:10]]
    assert not differing, f"{where}: {len(differing)} figures differ\n" + "\n".join(lines)
