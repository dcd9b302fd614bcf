"""Which commands start the own servers."""

import pytest

from manage import needs_servers


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
