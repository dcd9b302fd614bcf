"""`make demo`, started as a person starts it."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from config import servers
from config.servers.places import CHECKOUT
from tests.own_servers import at_home, folder

DEMO = [sys.executable, "-m", "config.demo"]


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of its own for the demo, whose processes and data are gone afterwards."""
    for name in ("DATABASE_URL", "REDIS_URL", "SHOUYUE_REDIS_DATABASE", "DJANGO_SETTINGS_MODULE"):
        monkeypatch.delenv(name, raising=False)
    with folder() as parent, at_home(parent / "var") as path:
        yield path
        subprocess.run([*DEMO, "clean"], cwd=CHECKOUT, check=True, capture_output=True)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(port: int) -> subprocess.Popen[str]:
    environment = os.environ | {"PORT": str(port), "DEMO_SCALE": "0.001"}
    return subprocess.Popen(
        DEMO, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def read_until(demo: subprocess.Popen[str], text: str) -> str:
    """What the demo says up to the line that holds `text`."""
    lines = []
    for line in demo.stdout or ():
        lines.append(line)
        if text in line:
            return "".join(lines)
    raise AssertionError("".join(lines))


def finish(demo: subprocess.Popen[str], number: signal.Signals) -> str:
    demo.send_signal(number)
    output, _ = demo.communicate(timeout=90)
    return output


def processes_of(home: Path) -> list[str]:
    """The command lines of everything that still runs for the demo, its servers included."""
    found = []
    for process in psutil.process_iter():
        try:
            is_ours = process.environ().get("SHOUYUE_HOME") == str(home) and process.pid != os.getpid()
            if is_ours and process.status() != psutil.STATUS_ZOMBIE:
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found


def leave_cut_off_while_loading(port: int) -> None:
    demo = start(port)
    read_until(demo, "2018-01")  # the district stands, its months do not
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)), "no page before there is something to see"
    assert "Error" not in finish(demo, signal.SIGTERM)
    assert demo.returncode == 0


def leave_after_a_look_around(port: int) -> None:
    demo = start(port)
    output = read_until(demo, "is open on")
    assert "cut off: beginning anew" in output
    assert "2018-12" in output
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=60) as answer:
        assert answer.status == 200
    other = start(port)
    assert f"running already: http://127.0.0.1:{port}" in other.communicate(timeout=90)[0]
    assert other.returncode == 1
    finish(demo, signal.SIGINT)
    assert demo.returncode == 0


def leave_because_the_worker_died(port: int) -> None:
    demo = start(port)
    output = read_until(demo, "is open on")
    assert "Loading" not in output
    assert re.search(r"official +\S+", output), "the accounts are told again"
    next(child for child in psutil.Process(demo.pid).children() if "worker" in child.cmdline()).kill()
    assert "Error: worker ended by itself" in demo.communicate(timeout=90)[0]
    assert demo.returncode == 1


@pytest.mark.slow
def test_demo_survives_every_way_of_leaving_and_leaves_no_process(home: Path, port: int) -> None:
    for leave in (leave_cut_off_while_loading, leave_after_a_look_around, leave_because_the_worker_died):
        leave(port)
        assert processes_of(home) == [], leave.__name__


def test_port_in_use_is_said_before_anything_starts(home: Path, port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        demo = start(port)
        output, _ = demo.communicate(timeout=90)
    assert output == f"Error: port {port} is not free (Address already in use). Choose another: make demo PORT=8010\n"
    assert demo.returncode == 1
    assert not (servers.base() / "postgres").exists()


def test_clean_stops_the_demo_and_forgets_its_data(home: Path, port: int) -> None:
    demo = start(port)
    read_until(demo, "Bringing")
    subprocess.run([*DEMO, "clean"], cwd=CHECKOUT, check=True, capture_output=True, timeout=90)
    demo.communicate(timeout=90)
    assert demo.returncode == 0
    assert not home.exists()
    assert processes_of(home) == []
