"""The own servers, really started and stopped: shared, adopted, from awkward folders, as root and as a plain user."""

import os
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis

from config import servers
from config.servers import places
from tests.own_servers import at_home, folder

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has another account to run servers under")
HOLD = "import sys; from config import servers\nwith servers.running(): print('held', flush=True); sys.stdin.read()"


@pytest.fixture(autouse=True)
def own_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests of this file want the own servers, whatever the others run against."""
    for name in ("DATABASE_URL", "REDIS_URL", "SHOUYUE_REDIS_DATABASE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def shared_home() -> Iterator[Path]:
    """A home whose cluster is made once; the tests that take it leave its servers stopped."""
    with folder() as parent, at_home(parent / "var") as home:
        yield home


@pytest.fixture
def home(shared_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHOUYUE_HOME", str(shared_home))
    return shared_home


def postgres() -> psutil.Process | None:
    """The running PostgreSQL of the present home."""
    from config.servers import processes

    data = servers.base() / "postgres"
    return processes.running(data / "postmaster.pid", data)


def postgres_pid() -> int:
    process = postgres()
    assert process is not None
    return process.pid


def start_user(*, python: str = sys.executable, **arguments: object) -> subprocess.Popen[str]:
    """Another process that holds the servers until its input ends."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "cwd": places.CHECKOUT}
    return subprocess.Popen([python, "-c", HOLD], **pipes, **arguments)  # type: ignore[call-overload,no-any-return]


def wait_until_held(user: subprocess.Popen[str]) -> None:
    assert user.stdout is not None
    assert user.stdout.readline() == "held\n"


def leave(user: subprocess.Popen[str]) -> None:
    user.communicate(timeout=30)
    assert user.returncode == 0


def query(statement: str) -> object:
    connection = psycopg2.connect(servers.database_url())
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            row = cursor.fetchone()
            return row and row[0]
    finally:
        connection.close()


def test_servers_answer_while_held_and_are_gone_afterwards(home: Path) -> None:
    with servers.running():
        assert query("SELECT current_database()") == "shouyue"
        assert redis.Redis.from_url(servers.redis_url()).ping()
    assert postgres() is None
    with pytest.raises(psycopg2.OperationalError):
        query("SELECT 1")


def test_server_knows_chinese_letters_and_shanghai_time(home: Path) -> None:
    with servers.running():
        query("CREATE EXTENSION IF NOT EXISTS pg_trgm; SELECT 1")  # by a role that is no superuser
        assert query("SELECT cardinality(show_trgm('张秀英'))") == 4
        assert query("SHOW timezone") == "Asia/Shanghai"
        assert query("SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


def test_servers_open_no_network_port(home: Path) -> None:
    with servers.running():
        process = postgres()
        assert process is not None
        assert process.net_connections("inet") == []


def test_servers_with_two_users_stay_until_the_last_one_leaves(home: Path) -> None:
    first = servers.hold()
    assert first is not None
    pid = postgres_pid()
    other = start_user()
    wait_until_held(other)
    first.release()
    first.release()
    assert postgres_pid() == pid
    leave(other)
    assert postgres() is None


def test_users_starting_at_once_share_one_server(home: Path) -> None:
    users = [start_user() for _ in range(3)]
    for user in users:
        wait_until_held(user)
    pid = postgres_pid()
    started = [
        p for p in psutil.process_iter(["cmdline"]) if str(servers.base() / "postgres") in (p.info["cmdline"] or [])
    ]
    assert [process.pid for process in started] == [pid]
    for user in users:
        leave(user)
    assert postgres() is None


def test_killed_user_leaves_the_server_to_the_next_one_who_stops_it(home: Path) -> None:
    user = start_user()
    wait_until_held(user)
    pid = postgres_pid()
    user.kill()
    user.communicate()
    assert postgres_pid() == pid
    with servers.running():
        assert postgres_pid() == pid
    assert postgres() is None


def test_killed_server_starts_again_though_its_number_is_taken(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SHOUYUE_PG_FSYNC")  # what was committed must be there again
    with servers.running():
        query("CREATE TABLE kept (); SELECT 1")
        process = postgres()
        assert process is not None
        note = servers.base() / "postgres/postmaster.pid"
        lines = note.read_text().splitlines()
        process.kill()
        psutil.wait_procs([process], timeout=5)
        note.write_text("\n".join([str(os.getpid()), *lines[1:]]))  # as after a restart of the machine
        servers.ensure()
        assert query("SELECT count(*) FROM kept") == 0


def test_forked_child_does_not_let_the_servers_go(home: Path) -> None:
    held = servers.hold()
    assert held is not None
    child = os.fork()
    if child == 0:
        held.release()
        os._exit(0)
    os.waitpid(child, 0)
    assert postgres() is not None
    held.release()
    assert postgres() is None


def test_broken_start_says_why_and_leaves_nothing_behind(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(servers.postgres.SETTINGS, "max_wal_size", "much")
    with pytest.raises(servers.ServersError, match=r'invalid value for parameter "max_wal_size": "much"'):
        servers.hold()
    monkeypatch.undo()
    monkeypatch.setenv("SHOUYUE_HOME", str(home))
    with servers.running():
        pass
    assert postgres() is None


def test_deep_folder_moves_the_sockets_into_a_short_private_one() -> None:
    with folder() as parent, at_home(parent / ("deep" * 30) / "var") as home, servers.running():
        sockets = servers.sockets()
        assert query("SELECT 1") == 1
        assert redis.Redis.from_url(servers.redis_url()).ping()
        assert home not in sockets.parents
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert not sockets.exists()


def test_socket_folder_open_to_others_is_refused() -> None:
    with folder() as parent, at_home(parent / ("deep" * 30) / "var"):
        servers.sockets().mkdir(mode=0o777)
        with pytest.raises(servers.ServersError, match="not a private folder"):
            servers.hold()


def test_folder_with_spaces_capitals_and_chinese_works_beside_another_one(home: Path) -> None:
    with servers.running(), folder() as parent:
        pid = postgres_pid()
        with at_home(parent / 'Zhang\'s 首约, "neu"/var'), servers.running():
            assert query("SELECT 1") == 1
            assert redis.Redis.from_url(servers.redis_url()).ping()
            assert postgres_pid() != pid


@as_root
def test_root_runs_the_servers_under_another_account(home: Path) -> None:
    with servers.running():
        process = postgres()
        assert process is not None
        assert process.uids().real != 0
        assert (servers.base() / "valkey").stat().st_uid == process.uids().real


@as_root
def test_root_leaves_a_closed_folder_closed_and_keeps_the_data_elsewhere() -> None:
    with folder(0o700) as parent, at_home(parent / "var") as home, servers.running():
        assert query("SELECT 1") == 1
        assert servers.base().parent == Path("/var/lib")
        assert (home / "location").read_text().strip() == str(servers.base())
        assert stat.S_IMODE(parent.stat().st_mode) == 0o700


@as_root
def test_programs_that_the_account_cannot_reach_are_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "_is_runnable_by_all", lambda program: False)
    with folder() as parent, at_home(parent / "var") as home, servers.running():
        process = postgres()
        assert process is not None
        assert home in Path(process.exe()).parents


def reachable_python() -> str | None:
    """An interpreter of our version that a plain user can run: ours, or else the system's."""
    system = shutil.which(f"python3.{sys.version_info.minor}", path="/usr/bin:/usr/local/bin")
    candidates = [Path(sys.executable).resolve(), *([Path(system)] if system else [])]
    return next((str(python) for python in candidates if places.is_open_to_all(python.parent)), None)


@as_root
def test_plain_user_runs_the_servers_himself() -> None:
    python = reachable_python()
    if python is None or not places.is_open_to_all(places.CHECKOUT):
        pytest.skip("no interpreter or no checkout that a plain user can reach")
    packages = Path(psutil.__file__).parents[1]
    with folder(0o777) as parent, at_home(parent / "var") as home:
        environment = os.environ | {"PYTHONPATH": str(packages), "PYTHONDONTWRITEBYTECODE": "1"}
        user = start_user(python=python, env=environment, user="nobody", group="nogroup", extra_groups=[])
        wait_until_held(user)
        process = postgres()
        assert process is not None
        assert process.username() == "nobody"
        assert home.stat().st_uid == process.uids().real
        leave(user)
        assert postgres() is None


def test_environment_names_the_servers_and_none_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUYUE_HOME", str(tmp_path / "var"))
    monkeypatch.setenv("DATABASE_URL", "postgres://somebody@database.example/contracts")
    monkeypatch.setenv("REDIS_URL", "redis://redis.example:6379/1")
    with servers.running():
        assert servers.database_url() == "postgres://somebody@database.example/contracts"
        assert servers.redis_url() == servers.celery_broker_url() == "redis://redis.example:6379/1"
    assert not (tmp_path / "var").exists()


def test_urls_are_known_before_anything_exists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUYUE_HOME", str(tmp_path / "var"))
    monkeypatch.setenv("SHOUYUE_REDIS_DATABASE", "7")
    assert servers.database_url() == f"postgres://shouyue@/shouyue?host={servers.sockets()}"
    assert servers.redis_url() == f"unix://{servers.sockets()}/valkey.sock?db=7"
    assert servers.celery_broker_url() == f"redis+socket://{servers.sockets()}/valkey.sock?virtual_host=7"
    assert not (tmp_path / "var").exists()


def test_terminated_command_lets_the_servers_go(home: Path) -> None:
    command = [sys.executable, "manage.py", "shell", "-c", "print('held', flush=True); import time; time.sleep(60)"]
    user = subprocess.Popen(command, cwd=places.CHECKOUT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert user.stdout is not None
    while "held" not in user.stdout.readline():
        assert user.poll() is None
    user.send_signal(signal.SIGTERM)
    user.communicate(timeout=30)
    assert user.returncode == 128 + signal.SIGTERM
    assert postgres() is None
