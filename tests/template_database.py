"""A database with every migration applied, which test databases are copied from.

Migrating an empty database takes many seconds, copying one a fraction; so each state of the migrations is migrated once
per checkout. A changed migration or dependency makes a new template, and the old ones go.
"""

import contextlib
import fcntl
import hashlib
import os
import subprocess
import sys

import psycopg2

from config import servers
from config.servers.places import CHECKOUT

PREFIX = "test_template_"


def ensure() -> str:
    """The template's name; it is made first if need be. Other processes of this home wait for it."""
    name = PREFIX + _fingerprint()
    with (servers.home() / "template.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if name not in _templates():
            for old in _templates():
                _execute(f'DROP DATABASE "{old}"')
            _make(name)
    return name


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for path in [*sorted(CHECKOUT.glob("*/migrations/*.*")), CHECKOUT / "requirements-dev.lock"]:
        digest.update(path.relative_to(CHECKOUT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _make(name: str) -> None:
    """Migrate under another name first: a template is whole or absent."""
    partial = f"{PREFIX}partial"
    _execute(f'DROP DATABASE IF EXISTS "{partial}"')
    _execute(f'CREATE DATABASE "{partial}"')
    url = servers.database_url().replace("/shouyue?", f"/{partial}?")
    command = [sys.executable, str(CHECKOUT / "manage.py"), "migrate", "--no-input", "--verbosity", "0"]
    subprocess.run(command, check=True, env=os.environ | {"DATABASE_URL": url})
    _execute(f'ALTER DATABASE "{partial}" RENAME TO "{name}"')


def _templates() -> list[str]:
    return [name for (name,) in _execute(f"SELECT datname FROM pg_database WHERE datname LIKE '{PREFIX}%'")]


def _execute(statement: str) -> list[tuple[str]]:
    with contextlib.closing(psycopg2.connect(servers.database_url())) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
