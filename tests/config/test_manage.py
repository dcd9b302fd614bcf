"""Which commands start the own servers, and what a command says when the database is away or not prepared."""

import subprocess
import sys

import pytest

from config.servers.places import CHECKOUT
from manage import needs_servers
from tests.processes import database_url, environment


@pytest.mark.parametrize(
    "command", ["migrate", "makemigrations --check", "check --database default", "runserver", "shell"]
)
def test_command_that_asks_the_database_starts_the_servers(command: str) -> None:
    assert needs_servers(command.split())


@pytest.mark.parametrize(
    "command", ["", "help migrate", "check --deploy", "compilemessages", "migrate --help", "--version"]
)
def test_command_that_reads_files_only_starts_none(command: str) -> None:
    assert not needs_servers(command.split())


def ended(*, without: str = "", **changes: str) -> subprocess.CompletedProcess[str]:
    """A command that asks the database, with a changed environment."""
    command = [sys.executable, "manage.py", "export_kpis", "--month", "2018-10", "--out", "never-written.csv"]
    said = {name: value for name, value in environment(**changes).items() if name != without}
    return subprocess.run(command, cwd=CHECKOUT, env=said, capture_output=True, text=True)


def test_command_says_in_a_line_which_key_is_missing() -> None:
    keyless = ended(DATABASE_URL="postgres://nobody@127.0.0.1:1/nothing", without="SHOUYUE_SECRET_KEY")
    assert (keyless.returncode, keyless.stderr.count("\n")) == (1, 1)
    assert "SHOUYUE_SECRET_KEY" in keyless.stderr


def test_command_says_in_a_line_that_the_database_is_away() -> None:
    away = ended(DATABASE_URL="postgres://nobody@127.0.0.1:1/nothing")
    assert (away.returncode, away.stderr.count("\n")) == (1, 1)
    assert "DATABASE_URL" in away.stderr


@pytest.mark.django_db
def test_command_says_in_a_line_that_the_database_is_not_prepared() -> None:
    empty = ended(DATABASE_URL=database_url("postgres"))
    assert (empty.returncode, empty.stderr.count("\n")) == (1, 1)
    assert "manage.py migrate" in empty.stderr
