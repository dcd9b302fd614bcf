"""Scoring: every team of the district by sixty rules, read from the figures of a month, and written as a cycle."""

import time
from datetime import date
from decimal import Decimal
from statistics import median

from django.db import transaction
from django.utils import timezone

from assessments.actions import rubrics
from assessments.actions.cycles import Wanted, open_cycle
from assessments.models import Month, Revision, RubricVersion
from assessments.queries.scoring import assessed_units, score, whole
from assessments.rubric_content import Content, RuleContent, SectionContent
from assessments.sources import offered_sources
from teams.models.accounts import SYSTEM

RULES = 60


def measure(times: int) -> tuple[int, float, float]:
    """How many teams; seconds to score them, and to open a cycle with every score kept (medians). Leaves nothing."""
    scored, opened, teams = [], [], 0
    for _run in range(times):
        with transaction.atomic():
            month, version = _frozen_month(), _rubric()
            started = time.perf_counter()
            units = assessed_units("team", month)
            score(whole(version), "team", units, month, month)
            scored.append(time.perf_counter() - started)
            started = time.perf_counter()
            wanted = Wanted("bench", "annual", "team", version, month, month, month)
            open_cycle(wanted=wanted, units=units, by=SYSTEM)
            opened.append(time.perf_counter() - started)
            teams = len(units)
            transaction.set_rollback(True)
    return teams, median(scored), median(opened)


def _frozen_month() -> date:
    """The latest month, said to be frozen for as long as the transaction lasts."""
    month = Month.objects.exclude(current=None).order_by("-first_on").first()
    assert month is not None and month.current_id is not None
    marks = {"frozen_at": timezone.now(), "frozen_by": "bench", "sha256": "0" * 64}
    Revision.objects.filter(pk=month.current_id, frozen_at=None).update(**marks)
    return month.first_on


def _rubric() -> RubricVersion:
    """Sixty rules by figures of every indicator, in three sections."""
    sources = [source for source in offered_sources() if source.code.startswith("indicator:")]
    rules = [
        RuleContent(
            code=str(number),
            name=str(number),
            points=Decimal("1.67") if number < RULES - 1 else Decimal("1.47"),
            method=("proportional", "deduct", "pass_fail")[number % 3],
            source=sources[number % len(sources)].code,
            target=Decimal(60),
            step=Decimal(1),
            step_points=Decimal("0.1"),
        )
        for number in range(RULES)
    ]
    sections = tuple(SectionContent(str(part), rules=tuple(rules[part::3])) for part in range(3))
    rubrics.define(code="bench", content=Content("bench", sections=sections), by=SYSTEM)
    return RubricVersion.objects.get(rubric__code="bench", status="published")
