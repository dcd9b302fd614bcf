"""What may be shown outside: published results without small cells, and nothing to subtract them from."""

from datetime import date
from decimal import Decimal

import pytest

from assessments.actions import rubrics
from assessments.models import Assessment, Cycle, RubricVersion, Score
from assessments.queries.results import published_of
from assessments.rubric_content import Content, RuleContent, SectionContent
from teams.models.accounts import SYSTEM
from tests.factories import centre

D = Decimal

pytestmark = pytest.mark.django_db


def published(*sections: tuple[int, int | None], state: str = "notice") -> Cycle:
    """A cycle with a section for each (points given, people behind it)."""
    parts = tuple(
        SectionContent(f"s{number}", rules=(RuleContent(f"{number}", "x", D(100) / len(sections), "manual"),))
        for number, _section in enumerate(sections, 1)
    )
    rubrics.define(code="R", content=Content("R", sections=parts), by=SYSTEM)
    day = date(2018, 12, 1)
    on = day if state == "notice" else None
    dates = {"notice_on": on, "appeal_until": on}
    months = {"from_month": date(2018, 1, 1), "to_month": date(2018, 11, 1), "self_due_on": day}
    version = RubricVersion.objects.get()
    cycle = Cycle.objects.create(
        name="x", kind="annual", unit_kind="institution", version=version, state=state, **dates, **months
    )
    total = sum(points for points, _people in sections)
    made = Assessment.objects.create(cycle=cycle, institution=centre(), total=total, grade="good")
    for rule, (points, people) in zip(version.rules.all(), sections, strict=True):
        Score.objects.create(assessment=made, rule=rule, points=points, numerator=1, denominator=people)
    return cycle


def shown(cycle: Cycle) -> tuple[Decimal | None, list[Decimal | None]]:
    (result,) = published_of(cycle)
    return result.total, list(result.sections.values())


def test_nothing_is_shown_before_the_notice() -> None:
    assert published_of(published((20, 100), (30, 100), state="review")) == []


def test_large_cells_are_shown() -> None:
    assert shown(published((20, 5), (20, 100), (20, None), (20, 50))) == (80, [20, 20, 20, 20])


def test_small_cell_takes_the_next_smallest_with_it() -> None:
    assert shown(published((20, 4), (20, 100), (20, None), (20, 50))) == (80, [None, 20, 20, None])


def test_two_small_cells_are_enough() -> None:
    assert shown(published((20, 4), (20, 3), (20, None), (20, 50))) == (80, [None, None, 20, 20])


def test_single_small_section_takes_the_total_with_it() -> None:
    assert shown(published((80, 4))) == (None, [None])
