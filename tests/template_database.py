"""A database with every migration applied, which test databases are copied from.

Migrating an empty database takes many seconds, copying one a fraction; so each state of the migrations is migrated once
per checkout. Where migrations were only added, what the old template holds is taken over; a changed one begins anew.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import subprocess
import sys

import psycopg2

from config import servers
from config.servers.places import CHECKOUT

PREFIX = "test_template_"


def ensure() -> str:
    """The template's name; it is made first if need be. Other processes of this home wait for it."""
    files = _files()
    name = PREFIX + hashlib.sha256(json.dumps(files).encode()).hexdigest()[:12]
    with (servers.home() / "template.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        templates = _templates()
        if name not in templates:
            ancestors = [old for old, known in templates.items() if known.items() <= files.items()]
            _make(name, files, ancestors[0] if ancestors else "template1")
            for old in templates:
                _execute(f'DROP DATABASE IF EXISTS "{old}"')
    return name


def _files() -> dict[str, str]:
    """What decides the tables: path -> digest, of every migration and of the libraries' versions."""
    paths = [*sorted(CHECKOUT.glob("*/migrations/*.*")), CHECKOUT / "requirements-dev.lock"]
    return {path.relative_to(CHECKOUT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:12] for path in paths}


def _make(name: str, files: dict[str, str], ancestor: str) -> None:
    """Migrate under another name first: a template is whole or absent."""
    partial = f"{PREFIX}partial"
    _execute(f'DROP DATABASE IF EXISTS "{partial}"')
    _execute(f'CREATE DATABASE "{partial}" TEMPLATE "{ancestor}"')
    url = servers.database_url().replace("/shouyue?", f"/{partial}?")
    command = [sys.executable, str(CHECKOUT / "manage.py"), "migrate", "--no-input", "--verbosity", "0"]
    subprocess.run(command, check=True, env=os.environ | {"DATABASE_URL": url})
    _execute(f'ALTER DATABASE "{partial}" RENAME TO "{name}"')
    _execute(f"COMMENT ON DATABASE \"{name}\" IS '{json.dumps(files)}'")


def _templates() -> dict[str, dict[str, str]]:
    """The templates there are, and the files that each was made from."""
    rows = _execute(
        "SELECT datname, coalesce(shobj_description(oid, 'pg_database'), '{\"unknown\": \"\"}') FROM pg_database "
        f"WHERE datname LIKE '{PREFIX}%' AND datname <> '{PREFIX}partial'"
    )
    return {name: json.loads(files) for name, files in rows}


def _execute(statement: str) -> list[tuple[str, ...]]:
    with contextlib.closing(psycopg2.connect(servers.database_url())) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
