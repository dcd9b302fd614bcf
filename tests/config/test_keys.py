"""The keys that a checkout makes for itself."""

import base64
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from config import servers
from config.servers.keys import NAMES
from config.servers.places import CHECKOUT

MAKE = "import os; from config import servers; servers.load_secrets(create=True); print(os.environ['SHOUYUE_HASH_KEY'])"


@pytest.fixture(autouse=True)
def keyless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without keys, and an environment without them."""
    monkeypatch.setenv("SHOUYUE_HOME", str(tmp_path))
    for name in NAMES:
        monkeypatch.setenv(name, "")
    return tmp_path


def test_keys_are_made_once_and_only_for_their_owner(keyless: Path) -> None:
    servers.load_secrets(create=True)
    made = {name: os.environ[name] for name in NAMES}
    for name in NAMES:
        os.environ[name] = ""
    servers.load_secrets(create=True)
    assert {name: os.environ[name] for name in NAMES} == made
    assert stat.S_IMODE((keyless / "secrets.env").stat().st_mode) == 0o600


def test_keys_have_the_length_that_encryption_needs() -> None:
    servers.load_secrets(create=True)
    key_id, _, key = os.environ["SHOUYUE_IDENTITY_KEYS"].partition(":")
    assert key_id == "1"
    assert len(base64.b64decode(key)) == len(base64.b64decode(os.environ["SHOUYUE_HASH_KEY"])) == 32
    assert len(os.environ["SHOUYUE_SECRET_KEY"]) >= 50


def test_keys_of_the_environment_win(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUYUE_HASH_KEY", "given")
    servers.load_secrets(create=True)
    assert os.environ["SHOUYUE_HASH_KEY"] == "given"


def test_keys_are_not_made_unasked(keyless: Path) -> None:
    servers.load_secrets()
    assert os.environ["SHOUYUE_SECRET_KEY"] == ""
    assert list(keyless.iterdir()) == []


def test_two_first_starts_at_once_agree_on_the_keys() -> None:
    makers = [
        subprocess.Popen([sys.executable, "-c", MAKE], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    assert len({maker.communicate(timeout=30)[0] for maker in makers}) == 1
