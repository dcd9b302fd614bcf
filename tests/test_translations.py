"""The Chinese texts: every one there, none doubtful, and what the product reads is what the translators wrote."""

import gettext
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config.servers.places import CHECKOUT

CATALOG = Path("locale/zh_Hans/LC_MESSAGES/django.po")
NOT_SOURCE = shutil.ignore_patterns(".*", "var", "docs", "tests", "__pycache__", "staticfiles")
COLLECT = ["makemessages", "--locale", "zh_Hans", "--no-location", "--no-obsolete", "--no-wrap"]


@pytest.fixture(autouse=True)
def gettext_tools() -> None:
    """Skip where GNU gettext is not installed; CI must not."""
    if shutil.which("xgettext") is None and not os.environ.get("CI"):
        pytest.skip("GNU gettext is not installed")


def entries(catalog: Path) -> list[str]:
    """The entries of a .po file without its head, whose date changes with every collection."""
    return catalog.read_text(encoding="utf-8").strip().split("\n\n")[1:]


def texts(compiled: Path) -> dict[object, str]:
    """The translations of a .mo file without its head."""
    with compiled.open("rb") as file:
        catalog = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    return {text: translation for text, translation in catalog.items() if text}


def test_catalog_holds_every_text_of_the_source_and_no_other(tmp_path: Path) -> None:
    copy = tmp_path / "checkout"
    shutil.copytree(CHECKOUT, copy, ignore=NOT_SOURCE)
    subprocess.run([sys.executable, "manage.py", *COLLECT], cwd=copy, check=True, capture_output=True)
    assert entries(CHECKOUT / CATALOG) == entries(copy / CATALOG), "run `make messages` and translate what is new"


def test_every_text_is_translated_and_none_is_doubtful(tmp_path: Path) -> None:
    command = ["msgfmt", "--check-format", "--statistics", "-o", str(tmp_path / "out.mo"), str(CHECKOUT / CATALOG)]
    result = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"LC_ALL": "C"}, check=False)
    assert re.fullmatch(r"\d+ translated messages?\.\n", result.stderr), result.stderr


def test_compiled_catalog_is_the_present_one(tmp_path: Path) -> None:
    compiled = tmp_path / "out.mo"
    subprocess.run(["msgfmt", "-o", str(compiled), str(CHECKOUT / CATALOG)], check=True, capture_output=True)
    assert texts((CHECKOUT / CATALOG).with_suffix(".mo")) == texts(compiled), "run `make messages`"
