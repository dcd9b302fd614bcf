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

# What the product counts: behind a number it needs a plural, or the text says "Residents: 3".
COUNTED = (
    "activities appeals assessments bytes changes characters children clinics contracts days departures doctors drafts"
    " entries exports files findings households imports institutions items keys lines members minutes months"
    " obligations others packages patients people persons pictures places points populations problems pressures"
    " readings referrals relapses requests residents rows rules samples scores services settings signings slots spans"
    " steps targets teams times towns townships units values versions villages visits weeks years"
)
NUMBER_AND_NOUN = re.compile(
    rf"(?:%\(\w+\)[sd]|\{{\w+\}})(?:</\w+>)? (?:(?!has )[a-z-]+ ){{0,2}}(?:{'|'.join(COUNTED.split())})\b"
)
# Their number is never one.
ALWAYS_MORE = {
    "%(change)s points": "a fraction, as +1.00",
    "%(months)s months after signing": "3, 6 or 12",
    "%(outcome)s after %(months)s months": "3, 6 or 12",
    "A contract runs for at most {years} years.": "ten",
    "After %(months)s months %(kept)s%% of %(signed)s are still signed, %(served)s%% were served": "3, 6 or 12",
    "At most {count} files for a rule.": "twenty",
    "At most {count} files may be kept here.": "six",
    "By the ID number the person is older than {years} years. Compare the number with the card.": "a lifetime",
    "Name 1 to {most} spans.": "forty",
    "The scale of {name} must lie between {low} and {high}: fewer than {people} people show too little.": "hundreds",
    "This belongs to one payment of ¥%(sum)s for %(contracts)s contracts. It is cancelled in all of them.": "two on",
    "more than %(rate)s requests in a minute; <code>Retry-After</code> says how many seconds to wait": "hundreds",
    "{file}: {size} bytes": "a backup",
    "{length} characters long, but at most {limit} fit. Shorten it.": "above a limit",
    "“{name}” has a line of more than {limit} characters: it is not a table, or is damaged.": "thousands",
}


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


def test_text_with_a_number_before_a_noun_has_a_plural_unless_never_of_one() -> None:
    singular = {text for text in texts((CHECKOUT / CATALOG).with_suffix(".mo")) if isinstance(text, str)}
    found = {text for text in singular if NUMBER_AND_NOUN.search(text)}
    assert found - ALWAYS_MORE.keys() == set(), "use ngettext, or word it as “Residents: 3”"
    assert ALWAYS_MORE.keys() <= found, "no longer said"
