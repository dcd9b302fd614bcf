"""Start, recognise and end one server process."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import psutil

from config.servers.places import Account, ServersError

STOP_SECONDS = 60


def spawn(command: list[str], log: Path, owner: Account | None, folder: Path) -> int:
    """Start `command` apart from our terminal and our process group, under `owner`, its output going to `log`.

    The shell only puts it into the background and tells its process id, so the server is nobody's child: it neither
    dies with us nor stays behind as a zombie. The previous start's log is kept beside it.
    """
    if log.exists():
        log.replace(log.with_suffix(".log.1"))
    with log.open("ab") as output:
        shell = subprocess.run(
            ["/bin/sh", "-c", '"$@" </dev/null >&2 & echo $!', "sh", *command],
            stdout=subprocess.PIPE,
            stderr=output,
            check=True,
            start_new_session=True,
            **identity(owner, folder),
        )
    return int(shell.stdout)


def identity(owner: Account | None, folder: Path) -> dict[str, Any]:
    """What makes `subprocess.run` run a program as `owner` in `folder`, without the caller's PG* variables."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    arguments: dict[str, Any] = {"cwd": folder, "env": environment | {"LC_ALL": "C"}}
    if owner:
        arguments |= {"user": owner.uid, "group": owner.gid, "extra_groups": []}
    return arguments


def running(pid_file: Path, folder: Path) -> psutil.Process | None:
    """The living server that wrote `pid_file`, recognised by its working folder, or None.

    After a crash or a restart of the machine the number in the file may belong to any other process.
    """
    try:
        pid = int(pid_file.read_text(encoding="utf-8").split(maxsplit=1)[0])
        process = psutil.Process(pid)
        is_ours = process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()) == folder.resolve()
    except (OSError, ValueError, IndexError, psutil.Error):
        return None
    return process if is_ours else None


def is_alive(pid: int) -> bool:
    """Whether process `pid` still runs; one that only waits for its parent to notice does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def end(process: psutil.Process, name: str, quit_signal: signal.Signals) -> None:
    """Ask a server to end and wait until it has. Raises ServersError when it does not within a minute."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(quit_signal)
    deadline = time.monotonic() + STOP_SECONDS
    while is_alive(process.pid):
        if time.monotonic() > deadline:
            raise ServersError(f"{name} (process {process.pid}) does not stop.")
        time.sleep(0.02)


def last_lines(log: Path, count: int = 5) -> str:
    """The end of a log file, for an error message."""
    if not log.exists():
        return "(no log)"
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:])
