"""Which databases the initial migrations can go on from."""

import pytest
from django.core.checks import run_checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

pytestmark = pytest.mark.django_db

INITIAL = "0001_initial"


def forget(**names: str) -> None:
    deleted, _ = MigrationRecorder(connection).migration_qs.filter(**names).delete()
    assert deleted


def refusals() -> set[str | None]:
    return {message.id for message in run_checks(tags=["database"], databases=["default"])}


def test_database_migrated_step_by_step_has_nothing_left_to_run() -> None:
    for app in ("teams", "residents", "service_packages", "contracts", "assessments"):
        forget(app=app, name=INITIAL)

    executor = MigrationExecutor(connection)

    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    assert refusals() == set()


def test_database_of_this_version_is_whole() -> None:
    assert refusals() == set()


def test_no_migration_takes_the_name_of_a_replaced_one() -> None:
    loader = MigrationExecutor(connection).loader
    replaced = {target for migration in loader.replacements.values() for target in migration.replaces}

    assert replaced
    assert replaced.isdisjoint(loader.disk_migrations)


@pytest.mark.parametrize("name", ["0009_known_late", "0001_squashed"])
def test_database_amid_the_replaced_migrations_is_refused(name: str) -> None:
    forget(app="contracts", name=name)

    assert refusals() == {"teams.E001"}
