"""Migrations that change rows: what stood there before is told in the new columns, and goes back."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PUBLISHED_GRADES = "0003_published_grades"
MONTH = date(2018, 10, 1)


def back(name: str) -> Any:
    """Take back a migration of assessments with all that followed; the models as they were before it."""
    executor = _executor()
    for node in executor.loader.graph.backwards_plan(("assessments", name)):
        if node not in executor.loader.applied_migrations:
            continue
        executor.unapply_migration(executor.loader.project_state(node, at_end=False), executor.loader.graph.nodes[node])
    return executor.loader.project_state(("assessments", name), at_end=False).apps


def forth(name: str) -> Any:
    """Let it run again; the models that it leaves."""
    executor, node = _executor(), ("assessments", name)
    before = executor.loader.project_state(node, at_end=False)
    return executor.apply_migration(before, executor.loader.graph.nodes[node]).apps


def _executor() -> MigrationExecutor:
    """In the test's transaction, which takes everything back: no table is altered while rows of it wait for a check."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
    return MigrationExecutor(connection)


def test_publications_keep_their_cycle_as_that_of_its_kind() -> None:
    old = back(PUBLISHED_GRADES)
    rubric = old.get_model("assessments", "Rubric").objects.create(code="R")
    version = old.get_model("assessments", "RubricVersion").objects.create(rubric=rubric, number=1, name="考核细则")
    days = dict.fromkeys(("from_month", "to_month", "self_due_on", "notice_on", "appeal_until", "published_on"), MONTH)
    make = old.get_model("assessments", "Cycle").objects.create
    cycles = {
        kind: make(name=kind, kind="annual", unit_kind=kind, version=version, state="published", **days).pk
        for kind in ("institution", "team", "staff")
    }
    said = {"first_on": MONTH, "content": {"cells": []}, "published_by": "o", "published_at": timezone.now()}
    publish = old.get_model("assessments", "Publication").objects.create
    made = {publish(cycle_id=cycle, **said).pk: kind for kind, cycle in [*cycles.items(), ("none", None)]}

    rows = forth(PUBLISHED_GRADES).get_model("assessments", "Publication").objects
    assert {made[row.pk]: (row.institution_cycle_id, row.team_cycle_id) for row in rows.all()} == {
        "institution": (cycles["institution"], None),
        "team": (None, cycles["team"]),
        "staff": (None, None),
        "none": (None, None),
    }
    assert {(row.first_on, row.published_by, str(row.content)) for row in rows.all()} == {(MONTH, "o", "{'cells': []}")}

    rows = back(PUBLISHED_GRADES).get_model("assessments", "Publication").objects
    assert {made[row.pk]: row.cycle_id for row in rows.all()} == {**cycles, "staff": None, "none": None}
