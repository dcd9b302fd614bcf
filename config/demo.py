"""`make demo`: the whole product on this machine, and `make clean-demo`, which forgets it.

One supervisor: it starts the servers, brings the database up to date, loads a district on the first run, and then keeps
web, worker and beat running until Ctrl-C. Its children have process groups of their own, so that Ctrl-C reaches only
the supervisor, which ends them one after the other.
"""

import contextlib
import ctypes
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType

from config import servers
from config.demo_web import GO
from config.servers.places import CHECKOUT

# The day on which the published figures of the district were true (docs/rules.md).
DEMO_DAY = "2018-12-20"
MANAGE = [sys.executable, str(CHECKOUT / "manage.py")]
MADE_HERE = ("demo.lock", "demo-loading", "demo-accounts.txt", "celerybeat-schedule*", "static")
# How long each may take to leave when asked, then when pressed; then it is killed. A task cut off is taken up again.
PATIENCE = ((signal.SIGTERM, 5.0), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 5.0))


class DemoError(RuntimeError):
    """The demo cannot go on; the text says why."""


def main(arguments: list[str]) -> int:
    """Run the demo, or with `clean` forget it. Returns the exit code."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    try:
        clean() if arguments == ["clean"] else run()
    except KeyboardInterrupt:
        return 0
    except (DemoError, servers.ServersError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0


def run() -> None:
    """Set up and serve until a signal comes (KeyboardInterrupt) or a child ends (DemoError)."""
    os.environ.setdefault("SHOUYUE_DEMO", "1")
    os.environ.setdefault("SHOUYUE_TODAY", DEMO_DAY)
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    port = int(os.environ.get("PORT") or 8000)
    servers.home().mkdir(parents=True, exist_ok=True)
    with _only_demo(port):
        _check_port(port)
        print("Starting PostgreSQL and Valkey …", flush=True)
        _prepare()
        web = _load_web(port)  # takes seconds, in which a district can be made
        with servers.running(), _ending({"web": web}) as children:
            _set_up()
            _open(port, children)
            _greet(port)
            _watch(children)


def clean() -> None:
    """Stop the running demo, then delete its data, its keys and everything else that it made."""
    if pid := _running_demo():
        print(f"Stopping the demo (process {pid}) …", flush=True)
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + 60
        while _running_demo():
            if time.monotonic() > deadline:
                raise DemoError(f"process {pid} does not stop.")
            time.sleep(0.1)
    home = servers.home()
    servers.remove()
    for path in (path for pattern in MADE_HERE for path in home.glob(pattern)):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    with contextlib.suppress(OSError):  # not empty: the rest is not ours
        home.rmdir()
    print(f"The demo's data in {home} are gone.")


def _leave(number: int, frame: FrameType | None) -> None:
    # The second Ctrl-C must not break off the orderly end that the first one began.
    for repeated in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(repeated, signal.SIG_IGN)
    raise KeyboardInterrupt


@contextlib.contextmanager
def _only_demo(port: int) -> Iterator[None]:
    """Hold this checkout's demo for the length of a `with` block. Raises DemoError when it is running already."""
    with (servers.home() / "demo.lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            _, _, address = lock.read().partition(" ")
            raise DemoError(f"the demo of this checkout is running already: {address}") from None
        lock.truncate(0)
        lock.write(f"{os.getpid()} {_address(port)}")
        lock.flush()
        yield


def _running_demo() -> int | None:
    """The process id of the running demo, told by the lock that it holds, not by the number in the file."""
    try:
        with (servers.home() / "demo.lock").open(encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return int((servers.home() / "demo.lock").read_text(encoding="utf-8").split()[0])
    return None


def _address(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a page closed a moment ago does not count
        try:
            probe.bind(("127.0.0.1", port))
        except OverflowError:
            raise DemoError(f"{port} is no port.") from None
        except OSError as error:
            raise DemoError(
                f"port {port} is not free ({error.strerror}). Choose another: make demo PORT=8010"
            ) from None


def _prepare() -> None:
    """Make what every child asks for when it begins."""
    servers.load_secrets(create=True)
    (servers.home() / "static").mkdir(exist_ok=True)


def _set_up() -> None:
    """Bring the database up to date and, when it holds no district yet, load one and compute its months."""
    loading = servers.home() / "demo-loading"  # there from the first row to the last month
    if loading.exists():
        _forget_half_a_district()
    print("Bringing the database up to date …", flush=True)
    if _has_district():
        _manage("migrate", "--no-input", "--verbosity", "0")
        return
    scale = os.environ.get("DEMO_SCALE") or "0.03"
    print(f"Loading the district of Yingquan at scale {scale} and computing its months …", flush=True)
    loading.touch()
    _manage("load_demo", "yingquan", "--scale", scale, "--migrate")  # one process: each takes seconds to begin
    loading.unlink()


def _forget_half_a_district() -> None:
    """Empty the own database after a loading that was cut off: its months or its accounts may be missing."""
    if os.environ.get("DATABASE_URL"):
        raise DemoError("the last loading was cut off. Empty the database that DATABASE_URL names, then try again.")
    print("The last loading was cut off: beginning anew …", flush=True)
    servers.postgres.recreate()


def _manage(*arguments: str) -> None:
    """Run a command of manage.py to its end. Raises DemoError when it fails; a signal ends it first."""
    environment = {"SHOUYUE_APP_LOG_LEVEL": "WARNING"} | os.environ  # the command itself says what it does
    process = subprocess.Popen(
        [*MANAGE, *arguments], env=environment, text=True, start_new_session=True, preexec_fn=_end_with_parent()
    )
    try:
        code = process.wait()
    except BaseException:  # Ctrl-C too: the command does not go on alone
        _end(process)
        raise
    if code:
        raise DemoError(f"manage.py {' '.join(arguments)} failed.")


def _has_district() -> bool:
    import psycopg2

    connection = psycopg2.connect(servers.database_url())
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT FROM teams_institution)")
            return bool(cursor.fetchone()[0])  # type: ignore[index]  # EXISTS always gives a row
    except psycopg2.errors.UndefinedTable:  # a new database
        return False
    finally:
        connection.close()


def _load_web(port: int) -> subprocess.Popen[str]:
    """Begin the web server, which opens its port when it is told to (config.demo_web). It ends with the supervisor."""
    web = ["gunicorn", "--config", "python:config.demo_web", "config.wsgi", "--bind", f"127.0.0.1:{port}"]
    return _spawn("web", web, stdin=subprocess.PIPE)


@contextlib.contextmanager
def _ending(children: dict[str, subprocess.Popen[str]]) -> Iterator[dict[str, subprocess.Popen[str]]]:
    """End the processes, those added too, in the order in which they began when a `with` block is left."""
    try:
        yield children
    finally:
        print("\nStopping …", flush=True)
        for process in children.values():
            _end(process)


def _open(port: int, children: dict[str, subprocess.Popen[str]]) -> None:
    """Open the pages, then begin the background work, which would only delay them."""
    if stdin := children["web"].stdin:
        with contextlib.suppress(BrokenPipeError):  # it ended, as the next line finds
            stdin.write(GO)
            stdin.close()
    _wait_for_web(port, children)
    celery = ["celery", "-A", "config", "--quiet"]
    worker = [*celery, "worker", "--concurrency", "2", "--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
    schedule = str(servers.home() / "celerybeat-schedule")
    beat = [*celery, "beat", "--schedule", schedule, "--pidfile=", "--loglevel", "WARNING"]
    for name, command in (("worker", worker), ("beat", beat)):
        children[name] = _spawn(name, command)


def _spawn(name: str, command: list[str], *, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
    """Start a Python program of the environment; its output appears line by line behind its name."""
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=CHECKOUT,
        # Root may run a demo; Celery would say at length that production should not (deploy/ does not).
        env=os.environ | {"PYTHONWARNINGS": "ignore:You're running the worker"},
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
        preexec_fn=_end_with_parent(),
    )
    threading.Thread(target=_relay, args=(name, process), daemon=True).start()
    return process


def _relay(name: str, process: subprocess.Popen[str]) -> None:
    for line in process.stdout or ():
        print(f"{name:6} | {line}", end="", flush=True)


def _end_with_parent() -> Callable[[], None] | None:
    """On Linux, the child's wish to end when the supervisor was killed and could not end it (PR_SET_PDEATHSIG)."""
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    return lambda: library.prctl(1, signal.SIGTERM)


def _end(process: subprocess.Popen[str]) -> None:
    """Ask the process to end, then press, then kill it; nothing of its group stays behind."""
    for number, seconds in PATIENCE:
        if process.poll() is not None:
            break
        if number == signal.SIGKILL:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    with contextlib.suppress(ProcessLookupError, PermissionError):  # none left; macOS says so with the latter
        os.killpg(process.pid, signal.SIGKILL)


def _wait_for_web(port: int, children: dict[str, subprocess.Popen[str]]) -> None:
    """Wait until the web server takes connections; a child that ends meanwhile raises DemoError."""
    while True:
        _check(children)
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)


def _greet(port: int) -> None:
    accounts = servers.home() / "demo-accounts.txt"
    text = accounts.read_text(encoding="utf-8") if accounts.exists() else "The accounts are those of your database."
    print(f"\n{text.strip()}\n\nShouyue is open on {_address(port)} — Ctrl-C ends it.\n", flush=True)


def _watch(children: dict[str, subprocess.Popen[str]]) -> None:
    while True:
        _check(children)
        time.sleep(0.3)


def _check(children: dict[str, subprocess.Popen[str]]) -> None:
    for name, process in children.items():
        if process.poll() is not None:
            raise DemoError(f"{name} ended by itself (exit code {process.returncode}); see its lines above.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
