"""The documents keep up with the code: links lead somewhere, nothing that they must list is missing."""

import re
import subprocess
import unicodedata
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

from assessments.indicators import INDICATORS
from config.servers.places import CHECKOUT
from residents.categories import CORE
from teams.imports import Kind, all_kinds
from teams.policy import DEFAULTS

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
VARIABLE = re.compile(r"\b(SHOUYUE_[A-Z][A-Z_]*[A-Z]|DATABASE_URL|REDIS_URL)\b")
POINTER = re.compile(r"\bdocs/[a-z]+(?:/\d{4}|\.md)")
URL = re.compile(r"https?://[^\s)>\"'`，。）]+")
# Where packages come from, and where this project happens to be worked on, are nobody else's business.
# Written in halves, for this file is looked through as well.
PRIVATE = re.compile(
    "|".join(
        first + last
        for first, last in (
            (r"pypi\.", "org"),
            ("python", "hosted"),
            ("npm", r"js\.(org|com)"),
            (r"docker\.", "io"),
            (r"ghcr\.", "io"),
            (r"mirrors?\.", r"[a-z]+\.(com|cn|edu\.cn)"),
            (r"--(extra-)?index-", "url"),
            (r"(?<![\w.-])/work", r"/[a-z.]"),
            (r"(?<![\w.-])/root", "/"),
            (r"(?<![\w.-])/home", r"/[a-z]"),
            (r"/tmp/", "brief"),
        )
    )
)


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the repository, and those on their way into it; all files where there is no repository."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no git checkout")
    return tuple(path for name in sorted(listed.split("\0")) if name and (path := CHECKOUT / name).is_file())


def documents() -> list[Path]:
    return [path for path in tracked() if path.suffix == ".md"]


def read(name: str) -> str:
    return (CHECKOUT / name).read_text(encoding="utf-8")


def anchors(document: Path) -> set[str]:
    """The headings as links name them: lower case, hyphens for spaces, no punctuation."""
    headings = HEADING.findall(document.read_text(encoding="utf-8"))
    kept = (
        "".join(char for char in text if char in "- _" or unicodedata.category(char)[0] in "LN") for text in headings
    )
    return {text.lower().replace(" ", "-") for text in kept}


def broken_links(document: Path) -> list[str]:
    found = []
    for link in LINK.findall(CODE.sub("", document.read_text(encoding="utf-8"))):
        path, _hash, anchor = unquote(link).partition("#")
        target = (document.parent / path).resolve() if path else document
        if URL.match(link):
            continue
        if not target.exists() or (anchor and anchor not in anchors(target)):
            found.append(f"{document.relative_to(CHECKOUT)}: {link}")
    return found


def test_every_link_between_documents_leads_somewhere() -> None:
    assert [link for document in documents() for link in broken_links(document)] == []


def test_every_document_that_the_code_points_to_exists() -> None:
    missing = {
        f"{path.relative_to(CHECKOUT)}: {pointer}"
        for path in tracked()
        if path.suffix in {".py", ".sql", ".html", ".example", ".yaml"}
        for pointer in POINTER.findall(path.read_text(encoding="utf-8"))
        if not list(CHECKOUT.glob(pointer if pointer.endswith(".md") else f"{pointer}-*.md"))
    }
    assert sorted(missing) == []


def test_every_decision_has_a_number_of_its_own_and_its_line_in_the_architecture() -> None:
    listed = re.findall(r"^(\d+)\. \[.*\]\(adr/(.*)\)$", read("docs/architecture.md"), re.MULTILINE)
    assert [name for _number, name in listed] == sorted(path.name for path in (CHECKOUT / "docs/adr").glob("*.md"))
    assert [(number, name[:4]) for number, name in listed] == [
        (str(place), f"{place:04}") for place in range(1, 1 + len(listed))
    ]


def test_every_variable_of_the_settings_is_documented() -> None:
    sources = [path for path in tracked() if path.is_relative_to(CHECKOUT / "config") and path.suffix == ".py"]
    names = {name for path in sources for name in VARIABLE.findall(path.read_text(encoding="utf-8"))}
    assert names
    assert sorted(name for name in names if f"`{name}`" not in read("docs/configuration.md")) == []


def test_every_variable_of_the_example_is_documented() -> None:
    names = VARIABLE.findall(read(".env.example"))
    assert sorted(name for name in names if f"`{name}`" not in read("docs/configuration.md")) == []


def test_every_indicator_has_a_line_in_the_rules() -> None:
    rules = read("docs/rules.md")
    assert [row.code for row in INDICATORS if f"\n| `{row.code}` |" not in rules] == []


def test_every_key_population_and_standard_service_is_in_the_rules() -> None:
    rules = read("docs/rules.md")
    assert [category.code for category in CORE if f"\n| `{category.code}` |" not in rules] == []
    assert [
        name for name in DEFAULTS if name.startswith("standard_") and name.removeprefix("standard_") not in rules
    ] == []


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.code)
def test_every_column_of_a_kind_of_file_is_in_the_formats(kind: Kind) -> None:
    (line,) = re.findall(rf"^\| `{kind.code}` .*$", read("docs/formats.md"), re.MULTILINE)
    documented = re.findall(r"`(\w+)`(?:\*\*)?(\\\*)? ([^\s,|]+)", line.partition(" | ")[2])
    columns = {(column.name, column.required, column.label) for column in kind.columns}
    assert {(name, bool(star), label) for name, star, label in documented} == columns


def test_no_file_names_a_package_host_or_a_folder_of_this_machine() -> None:
    named = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        lines = enumerate(text.splitlines(), start=1)
        named += [f"{path.relative_to(CHECKOUT)}:{number}" for number, line in lines if PRIVATE.search(line)]
    assert named == []


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_readme_names_no_host_but_the_demo(name: str) -> None:
    assert set(URL.findall(read(name))) == {"http://127.0.0.1:8000"}
