"""A month's text is cut at its WITHs into statements that make a table each."""

from datetime import date

from assessments import definitions
from assessments.definitions.stages import cut
from residents.categories import CORE
from teams.policy import DEFAULTS

TEXT = """-- What it is.
with ran as (
    select a from fact_a where (a > 1)
),
won as (
    select a from ran group by a
)
select w.a, year(from_on) from won w
left join ran r on r.a = w.a
"""


def test_text_is_cut_into_tables_and_what_reads_them() -> None:
    stages, rows = cut(TEXT, "t_")
    assert stages == [
        ("t_ran", "    select a from fact_a where (a > 1)"),
        ("t_won", "    select a from t_ran group by a"),
    ]
    assert rows == "-- What it is.\nselect w.a, year(from_on) from t_won w\nleft join t_ran r on r.a = w.a\n"


def test_texts_of_a_month_leave_no_with_uncut() -> None:
    definition = definitions.Definition(date(2020, 2, 29), DEFAULTS, CORE)
    for text in (definition.resident_rows(), definition.coverage_rows("resident_rows")):
        stages, rows = cut(text, "t_")
        assert len(stages) >= 4
        assert not [sql for _table, sql in [*stages, ("", rows)] if "with " in sql or "\n)\n" in sql]
