"""The project's own PostgreSQL and Valkey, for every checkout that is not given `DATABASE_URL` and `REDIS_URL`.

Real servers from wheels, their data under `home()`, reached through Unix sockets only. The URLs are known without
starting anything. Whoever uses the servers holds them (`hold`, `running`): the first user starts them, the last one to
leave stops them. A hold is a shared lock of the kernel on one file, so a killed user's hold ends with the user; if
that was the last one, the servers run on until the next user finds them, takes them over and, leaving, stops them.
"""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from config.servers import postgres, valkey
from config.servers.keys import load_secrets
from config.servers.places import ServersError, base, home, prepare, sockets

__all__ = [
    "Hold",
    "ServersError",
    "base",
    "celery_broker_url",
    "database_url",
    "ensure",
    "hold",
    "home",
    "load_secrets",
    "redis_url",
    "remove",
    "running",
    "sockets",
    "start_postgres",
    "start_valkey",
    "stop",
]


def database_url() -> str:
    """`DATABASE_URL`, or the own server's, for `dj_database_url.parse` and for libpq."""
    return os.environ.get("DATABASE_URL") or postgres.url()


def redis_url() -> str:
    """`REDIS_URL`, or the own server's socket (`unix:///…?db=0`), for redis-py and Django's cache.

    `SHOUYUE_REDIS_DATABASE` chooses another of the own server's databases: parallel test runs take one each.
    """
    return os.environ.get("REDIS_URL") or valkey.url(int(os.environ.get("SHOUYUE_REDIS_DATABASE", "0")))


def celery_broker_url() -> str:
    """The same server in the spelling of a Celery broker: `redis+socket:///…?virtual_host=0`."""
    url = redis_url()
    if not url.startswith("unix://"):
        return url
    return url.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=")


def start_postgres() -> None:
    """Start the own PostgreSQL unless it runs; make role and database at need."""
    with _locked():
        postgres.start()


def start_valkey() -> None:
    """Start the own Valkey unless it runs."""
    with _locked():
        valkey.start()


def ensure() -> None:
    """Start whichever server the environment does not name and that does not run yet. Raises ServersError."""
    if _needs_any():
        with _locked():
            _start()


def stop() -> None:
    """Stop both own servers, whoever uses them."""
    if base().exists():
        with _locked():
            _stop()


def remove() -> None:
    """Stop the own servers and delete everything that this package made in `home()`, keys and data included."""
    stop()
    made = [base() / name for name in ("postgres", "postgres.partial", "valkey", "run", "logs")]
    made += [*base().glob("programs-*"), base() / "users.lock", base() / "servers.lock"]
    made += [sockets(), *([base()] if base() != home() else []), home() / "secrets.env", home() / "location"]
    for path in made:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


class Hold:
    """One user's hold on the servers. `release` may be called again, or by a forked child: only the first counts."""

    def __init__(self) -> None:
        self._owner = os.getpid()
        self._lock = os.open(_lock_file("users.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_SH)

    def release(self) -> None:
        """Let the servers go; the last user stops them."""
        if self._lock < 0 or self._owner != os.getpid():
            return
        with _locked():
            self._let_go()

    def _let_go(self) -> None:
        os.close(self._lock)  # not LOCK_UN, which would end the hold of forked children too
        self._lock = -1
        users = os.open(_lock_file("users.lock"), os.O_RDWR)
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return  # somebody else still uses them
        else:
            _stop()
        finally:
            os.close(users)


def hold() -> Hold | None:
    """Start what is needed and hold it until `release`; None when the environment names both servers."""
    if not _needs_any():
        return None
    with _locked():
        held = Hold()
        try:
            _start()
        except BaseException:  # Ctrl-C too: what was started half must not stay behind
            held._let_go()
            raise
        return held


@contextlib.contextmanager
def running() -> Iterator[None]:
    """Hold the servers for the length of a `with` block."""
    held = hold()
    try:
        yield
    finally:
        if held:
            held.release()


def _needs_any() -> bool:
    return not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))


def _start() -> None:
    if not os.environ.get("DATABASE_URL"):
        postgres.start()
    if not os.environ.get("REDIS_URL"):
        valkey.start()


def _stop() -> None:
    valkey.stop()
    postgres.stop()


def _lock_file(name: str) -> Path:
    # Beside the data, not in `home()`: whoever shares the data shares the lock.
    return base() / name


@contextlib.contextmanager
def _locked() -> Iterator[None]:
    """Only one process at a time starts, stops, joins or leaves."""
    prepare()
    try:
        lock = os.open(_lock_file("servers.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError as error:
        raise ServersError(
            f"{error.filename} belongs to another user. Run as that one, or set SHOUYUE_HOME."
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
