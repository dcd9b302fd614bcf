"""The project's own PostgreSQL: one cluster, reached through a Unix socket only."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from config.servers import places, processes
from config.servers.places import Account, ServersError

if TYPE_CHECKING:
    from psycopg2.extensions import connection as Connection

DATABASE = "shouyue"
ROLE = "shouyue"  # owns the database and may make test databases, but is no superuser: as in production
START_SECONDS = 120  # after a power cut the server first replays what it had promised

# For a machine of 2 cores and 4 to 24 GiB that also runs web, worker and browser.
SETTINGS = {
    "listen_addresses": "",  # no TCP port: two checkouts never collide, and nobody else gets in
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "1GB",  # the busy tables of a district of 600,000; taken only as it is used
    "effective_cache_size": "2GB",
    "work_mem": "32MB",  # the month's joins hash in memory
    "maintenance_work_mem": "256MB",  # indexes after a load
    "wal_level": "minimal",  # nobody replicates from here: a table filled in the transaction that made it skips the log
    "max_wal_senders": "0",
    "max_wal_size": "4GB",  # with the next line: loading a district does not checkpoint again and again
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",  # the data lie on an SSD or in memory
    "jit": "off",  # costs more than it gives on statements of a second
    "timezone": "Asia/Shanghai",
    "log_timezone": "Asia/Shanghai",
    "datestyle": "iso, ymd",
    "log_checkpoints": "off",
    "log_error_verbosity": "terse",  # with the next line: no row and no statement is quoted, for they hold names
    "log_min_error_statement": "panic",
}


def url() -> str:
    """The database's URL, whether the server runs or not. The socket's folder is an option: hosts lose their case."""
    return f"postgres://{ROLE}@/{DATABASE}?host={quote(str(places.sockets()), safe='/')}"


def start() -> None:
    """Start PostgreSQL unless it runs, and see that the role and the database exist. Raises ServersError."""
    places.prepare()
    log = places.base() / "logs/postgres.log"
    process = processes.running(_data() / "postmaster.pid", _data())
    _wait(process.pid if process else _launch(log), log)
    _create_database()


def stop() -> None:
    """Stop PostgreSQL if it runs: open connections are ended, nothing that was committed is lost."""
    if process := processes.running(_data() / "postmaster.pid", _data()):
        processes.end(process, "PostgreSQL", signal.SIGINT)


def recreate() -> None:
    """Drop the database with all it holds and make it anew. The server must run."""
    with contextlib.closing(_connect()) as connection, connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")
    _create_database()


def _data() -> Path:
    return places.base() / "postgres"


def _is_durable() -> bool:
    return os.environ.get("SHOUYUE_PG_FSYNC") != "off"


def _options() -> list[str]:
    quoted = str(places.sockets()).replace('"', '""')  # the setting is a list: a comma in a folder's name splits it
    settings = SETTINGS | {"unix_socket_directories": f'"{quoted}"', "dynamic_shared_memory_type": _shared_memory()}
    if not _is_durable():
        settings |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def _shared_memory() -> str:
    """Where parallel queries share memory: a container often has 64 MB of /dev/shm, and a parallel join needs more."""
    try:
        return "posix" if shutil.disk_usage("/dev/shm").total >= 1 << 30 else "mmap"
    except OSError:
        return "posix"  # macOS has no such folder and no such limit


def _launch(log: Path) -> int:
    """Start the server, making its cluster first if there is none. Returns its process id."""
    owner, data = places.account(), _data()
    programs, _ = places.binaries(owner)
    places.make_private(places.sockets(), owner)
    if not (data / "PG_VERSION").exists():
        _initialise(programs, data, owner)
    # Left by a server that was killed. If its number is another process's now, PostgreSQL would refuse to start.
    (data / "postmaster.pid").unlink(missing_ok=True)
    return processes.spawn([str(programs / "postgres"), "-D", str(data), *_options()], log, owner, data)


def _initialise(programs: Path, data: Path, owner: Account | None) -> None:
    """Make the cluster, whole or not at all. Raises ServersError.

    `trust` is safe here: the socket lies in a folder that only the servers' account (and root) can enter. Locale
    C.UTF-8 knows letters of every script, which trigram search on Chinese names needs, and sorts the same everywhere.
    """
    partial = data.with_name("postgres.partial")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.rmtree(data, ignore_errors=True)  # without PG_VERSION it never was a cluster
    places.make_private(partial, owner)
    command = [str(programs / "initdb"), "-D", str(partial), "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8"]
    command += ["--auth-local=trust", "--auth-host=reject"] + ([] if _is_durable() else ["--no-sync"])
    result = subprocess.run(command, capture_output=True, text=True, check=False, **processes.identity(owner, partial))
    if result.returncode:
        raise ServersError(f"PostgreSQL cannot make its data folder {data}:\n{result.stderr.strip()}")
    partial.rename(data)


def _wait(pid: int, log: Path) -> None:
    """Wait until the server answers. Raises ServersError with the end of its log when it died or takes too long."""
    import psycopg2

    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            _connect().close()
            return
        except psycopg2.OperationalError as error:
            if not processes.is_alive(pid) or time.monotonic() > deadline:
                raise ServersError(f"PostgreSQL does not start. {log} ends:\n{processes.last_lines(log)}") from error
            time.sleep(0.02)


def _connect() -> "Connection":
    """A connection as the server's superuser, outside transactions: databases are not made in one."""
    import psycopg2

    opened = psycopg2.connect(host=str(places.sockets()), port=5432, user="postgres", dbname="postgres")
    opened.autocommit = True
    return opened


def _create_database() -> None:
    with contextlib.closing(_connect()) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [ROLE])
        if cursor.rowcount == 0:
            cursor.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE])
        if cursor.rowcount == 0:
            cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")
