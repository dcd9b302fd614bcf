"""The month's SQL is one text for every engine: what PostgreSQL makes of it, DuckDB makes too, row for row."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

import duckdb
import pytest
from django.db import connection

from assessments import definitions
from residents.categories import CORE, categories
from teams.policy import DEFAULTS, policy_on
from tests.reference.examples import district, on_random_districts

# What one engine has and another hasn't, or what asks a clock or the session instead of the literals of the text.
NOT_PORTABLE = {
    "clock": r"\bnow\s*\(|current_date|current_timestamp|localtime|\bage\s*\(|date_trunc|\binterval\b",
    "cast by colon": r"::",
    "distinct on": r"distinct\s+on\b",
    "json": r"\bjson",
    "lateral": r"\blateral\b",
    "range": r"\b(?:date|int8|int4|ts)range\b|@>|<@|&&",
    "array": r"\barray\b|\bunnest\b|\bany\s*\(",
    "filter": r"\bfilter\s*\(",
    "own functions": r"\bgenerate_series\b|\bto_char\b|\bto_date\b|\bstring_agg\b",
    "regular expressions": r"~|\bilike\b|\bsimilar\s+to\b",
    "boolean tests": r"\bis\s+(?:not\s+)?(?:true|false|unknown)\b",
    "parameters": r"%s|%\(|\$\d",
}
# Contracts that aren't paid for are out of force (docs/rules.md 6).
UNPAID_OUT = {**DEFAULTS, "unpaid_in_force": 0}
FACTS = re.compile(r"\bfact_\w+")
# Types by another name than PostgreSQL's catalogue gives them.
TYPES = {"character varying": "varchar", "numeric": "decimal(18,2)"}


def texts(definition: definitions.Definition) -> dict[str, str]:
    narrow = "(select resident, person, county, institution, village, categories, coverage from resident_rows)"
    return {"residents": definition.resident_rows(), "coverages": definition.coverage_rows(narrow)}


def bare(sql: str) -> str:
    """Without comments."""
    return re.sub(r"--[^\n]*", "", sql).lower()


@pytest.mark.parametrize("construct", NOT_PORTABLE)
def test_text_holds_nothing_that_only_one_engine_knows(construct: str) -> None:
    definition = definitions.Definition(date(2020, 2, 29), UNPAID_OUT, CORE)
    found = {name: re.findall(NOT_PORTABLE[construct], bare(sql)) for name, sql in texts(definition).items()}
    assert found == {"residents": [], "coverages": []}


def test_text_reads_facts_and_the_residents_of_its_month_only() -> None:
    definition = definitions.Definition(date(2020, 2, 29), UNPAID_OUT, CORE)
    for sql in texts(definition).values():
        inner = set(re.findall(r"(?:with|,)\s+(\w+) as \(", bare(sql)))
        read = set(re.findall(r"(?:from|join)\s+(\w+)", bare(sql))) - inner
        assert {name for name in read if not FACTS.fullmatch(name)} <= {"resident_rows", "p"}


@pytest.mark.django_db
@on_random_districts(examples=4)
def test_duckdb_makes_the_same_rows_as_postgresql(tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    folder = tmp_path_factory.mktemp("facts")
    with district(seed, size=40) as days, duckdb.connect() as duck:
        for fact in facts():
            copy(fact, folder, duck)
        for day in Random(seed).sample(days, 3):
            definition = definitions.Definition(day, policy_on(day), categories())
            for name, sql in texts(definition).items():
                ours, theirs = of_postgresql(name, sql), of_duckdb(name, sql, duck)
                assert ours == theirs, f"seed {seed}, as of {day}, {name}"
                assert name == "coverages" or ours, f"seed {seed}, as of {day}: nobody"


def facts() -> Iterator[str]:
    """The fact views that the texts read, whatever the policy."""
    both = [definitions.Definition(date(2020, 2, 29), policy, CORE) for policy in (DEFAULTS, UNPAID_OUT)]
    yield from sorted({name for each in both for sql in texts(each).values() for name in FACTS.findall(bare(sql))})


def copy(fact: str, folder: Path, duck: duckdb.DuckDBPyConnection) -> None:
    """A table of DuckDB like the view, with its rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select column_name, data_type from information_schema.columns where table_name = %s"
            " order by ordinal_position",
            [fact],
        )
        columns = ", ".join(f"{name} {TYPES.get(kind, kind)}" for name, kind in cursor.fetchall())
        with (folder / f"{fact}.csv").open("w", encoding="utf-8") as file:
            cursor.copy_expert(f"copy (select * from {fact}) to stdout with (format csv)", file)
    duck.execute(f"create table {fact} ({columns})")
    duck.execute(f"copy {fact} from '{folder / fact}.csv' (format csv, header false, auto_detect false)")


def of_postgresql(name: str, sql: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute("drop table if exists result")
        cursor.execute(f"create temp table result as {sql}")
        cursor.execute("select * from result order by 1")
        rows = cursor.fetchall()
        if name == "residents":
            cursor.execute("drop table if exists resident_rows")
            cursor.execute("alter table result rename to resident_rows")
        return rows


def of_duckdb(name: str, sql: str, duck: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    duck.execute(f"create or replace table result as {sql}")
    rows = duck.execute("select * from result order by 1").fetchall()
    if name == "residents":
        duck.execute("create or replace table resident_rows as select * from result")
    return rows
