"""One command backs up, one restores: the same rows come back, the audit chain with them."""

import stat
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from teams import backups
from teams.models import AuditEvent
from tests import factories
from tests.importing import assert_both_languages

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def fresh_database() -> Iterator[dict[str, str]]:
    """How to reach an empty database beside the test database."""
    parameters = backups.connection_parameters()
    name = f"{parameters['dbname']}_restored"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    yield parameters | {"dbname": name}
    with connection.cursor() as cursor:
        # Not WITH (FORCE): that may not end an autovacuum worker of the server's; without it PostgreSQL waits for it.
        cursor.execute(f'DROP DATABASE "{name}"')


def contents(parameters: dict[str, str]) -> dict[str, tuple[int, str]]:
    """Table -> number of rows and a hash of them all, whatever their order."""
    reader = psycopg2.connect(**parameters)
    try:
        with reader.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
            tables = [table for (table,) in cursor.fetchall()]
            found = {}
            for table in tables:
                cursor.execute(f'SELECT count(*), md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM "{table}" t')
                found[table] = cursor.fetchone()
    finally:
        reader.close()
    return found


def test_backup_restored_into_a_fresh_database_holds_the_same_rows(
    tmp_path: Path, fresh_database: dict[str, str]
) -> None:
    factories.make_resident(phone="13855812345")
    file = tmp_path / "district.backup"
    call_command("backup", str(file), stdout=StringIO())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    backups.read_backup(file, fresh_database)
    original = contents(backups.connection_parameters())
    assert original["residents_resident"][0] == 1
    assert contents(fresh_database) == original


def test_backup_never_overwrites_a_file(tmp_path: Path) -> None:
    file = tmp_path / "district.backup"
    file.write_bytes(b"the only good one")
    with pytest.raises(CommandError, match=r"district\.backup"):
        call_command("backup", str(file))
    assert file.read_bytes() == b"the only good one"


def test_backup_that_fails_leaves_no_file(tmp_path: Path) -> None:
    nowhere = backups.connection_parameters() | {"dbname": "no_such_database"}
    with pytest.raises(backups.BackupError, match="no_such_database"):
        backups.write_backup(tmp_path / "district.backup", nowhere)
    assert list(tmp_path.iterdir()) == []


def test_restore_over_a_district_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="--replace") as refused:
        call_command("restore", str(tmp_path / "district.backup"))
    assert_both_languages(str(refused.value))
    with pytest.raises(CommandError, match=r"district\.backup"):
        call_command("restore", str(tmp_path / "district.backup"), replace=True)


def test_restore_of_what_is_no_backup_leaves_the_fresh_database_empty(
    tmp_path: Path, fresh_database: dict[str, str]
) -> None:
    file = tmp_path / "district.backup"
    file.write_text("no backup", encoding="utf-8")
    with pytest.raises(backups.BackupError, match="pg_restore"):
        backups.read_backup(file, fresh_database)
    assert contents(fresh_database) == {}


def test_restore_with_replace_brings_back_what_was_there(tmp_path: Path) -> None:
    factories.make_resident()
    file = tmp_path / "district.backup"
    call_command("backup", str(file), stdout=StringIO())
    before = contents(backups.connection_parameters())
    factories.make_resident(name="李秀兰")
    call_command("restore", str(file), replace=True, stdout=StringIO())
    after = contents(backups.connection_parameters())
    assert after.pop("teams_auditevent") != before.pop("teams_auditevent")
    assert after == before
    assert [event.what for event in AuditEvent.objects.all()] == ["backup", "restore"]
