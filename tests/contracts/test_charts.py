"""A person's readings as lines: everything lies between the axes."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from contracts.charts import BOTTOM, LEFT, RIGHT, TOP, Reading, Series, chart

GOAL = [(date.min, Decimal(7))]


def drawn(*values: Decimal) -> Series:
    readings = [Reading(date(2018, 1, day), value, str(value)) for day, value in enumerate(values, start=1)]
    return Series("fasting glucose", "tone-green", readings, GOAL)


@given(st.lists(st.decimals("0.5", "60", places=1), min_size=1, max_size=20))
def test_readings_and_goal_lie_between_the_axes(values: list[Decimal]) -> None:
    made = chart([drawn(*values)], unit=2)
    assert made is not None
    for dot in made.lines[0].dots:
        assert LEFT <= dot.x <= RIGHT and TOP <= dot.y <= BOTTOM
    assert TOP <= made.lines[0].goal_y + 3 <= BOTTOM


def test_nothing_measured_is_no_chart() -> None:
    assert chart([drawn()], unit=2) is None
