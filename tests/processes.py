"""Programs that tests start beside themselves, on the same servers, and how to wait for what others do.

Nothing here sleeps for a fixed time: everything waits for a line, a lock or a state, and fails when it doesn't come.
"""

import contextlib
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import psycopg2
from django.db import connection, transaction

from config import servers
from config.servers.places import CHECKOUT

PATIENCE = 180.0  # a program may take a minute to start where much else runs


def database_url(name: str = "") -> str:
    """The URL of the present test's database, or of another on the same server."""
    return urlsplit(servers.database_url())._replace(path=f"/{name or connection.settings_dict['NAME']}").geturl()


def environment(**changes: str) -> dict[str, str]:
    """For a program that works on the present test's database and Redis."""
    return os.environ | {"DATABASE_URL": database_url(), "REDIS_URL": servers.redis_url()} | changes


class Program:
    """A Python program of the project in a group of its own: what it says is waited for, and it can be killed."""

    def __init__(self, *command: str, env: dict[str, str]) -> None:
        self.said: list[str] = []
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self.process = subprocess.Popen(
            [sys.executable, *command],
            cwd=CHECKOUT,
            env=env | {"PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "ignore"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            self._lines.put(line)
        self._lines.put(None)

    def wait_for(self, text: str) -> str:
        """The next line that holds `text`; fails with what was said instead."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                line = self._lines.get(timeout=max(deadline - time.monotonic(), 0.001))
            except queue.Empty:
                line = None
            if line is None:
                raise AssertionError(f"“{text}” was never said:\n{''.join(self.said)}")
            self.said.append(line)
            if text in line:
                return line

    def kill(self) -> None:
        """SIGKILL for the program and everything that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        if self.process.stdout:
            self.process.stdout.close()


@contextlib.contextmanager
def program(*command: str, env: dict[str, str] | None = None) -> Iterator[Program]:
    """A program for the length of a `with` block; nothing of it stays."""
    started = Program(*command, env=env or environment())
    try:
        yield started
    finally:
        started.kill()


@contextlib.contextmanager
def held(table: str) -> Iterator[Callable[[], None]]:
    """Nobody else reads `table` until the given function is called or the block ends: they wait in the middle."""
    other = psycopg2.connect(database_url())
    try:
        with other.cursor() as cursor:
            cursor.execute(f"lock table {table} in access exclusive mode")
        yield other.rollback
    finally:
        other.close()


def waiting(kind: str = "relation") -> int:
    """How many sessions of this database wait for a lock of the kind (`relation`, `advisory`)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_locks where not granted and locktype = %s"
            " and database = (select oid from pg_database where datname = current_database())",
            [kind],
        )
        return int(cursor.fetchone()[0])


def blocked() -> int:
    """How many sessions wait for this one's transaction to end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from pg_locks where not granted and pg_backend_pid() = any (pg_blocking_pids(pid))"
        )
        return int(cursor.fetchone()[0])


def at_once(first: Callable[[], object], second: Callable[[], object]) -> object:
    """What `second` returns or raises when it runs into `first`, which is done and whose transaction ends only then.

    For tests with `transaction=True`.
    """
    found: list[object] = []

    def run() -> None:
        try:
            found.append(second())
        except Exception as error:
            found.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        first()
        thread.start()
        wait_until(lambda: blocked() or not thread.is_alive(), "the second runs into the first")
    thread.join(PATIENCE)
    return found[0]


def wait_until(condition: Callable[[], object], what: str) -> None:
    """Come back as soon as `condition` holds; fails when it takes too long."""
    deadline, pause = time.monotonic() + PATIENCE, threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"in {PATIENCE:.0f} seconds it never came that {what}")
        pause.wait(0.02)


def free_port() -> int:
    """A TCP port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
