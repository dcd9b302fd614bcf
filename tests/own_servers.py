"""Homes for own servers that tests start and stop, apart from the servers that the tests run against."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import servers


@contextlib.contextmanager
def folder(mode: int = 0o755) -> Iterator[Path]:
    """A new folder directly under /tmp, where every account may go; what was started in it is stopped and deleted."""
    parent = Path(tempfile.mkdtemp(prefix="shouyue-test-", dir="/tmp"))
    parent.chmod(mode)
    try:
        yield parent
    finally:
        shutil.rmtree(parent)


@contextlib.contextmanager
def at_home(home: Path) -> Iterator[Path]:
    """Run a block with `home` as the servers' home, and remove them from there afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHOUYUE_HOME", str(home))
        try:
            yield home
        finally:
            servers.remove()
