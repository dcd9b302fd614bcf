"""What the engine promises of every kind: whole batches, rows in their order, once."""

import io
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from residents.imports import residents
from residents.models import Resident
from teams.imports import Kind, all_kinds, find_kind
from teams.imports.engine import Batch, load, open_table
from teams.imports.kinds import Loader
from teams.imports.rows import Outcome, Totals
from teams.models import Division
from teams.models.accounts import SYSTEM
from teams.workbooks import write_template
from tests.factories import centre, make_id_number

pytestmark = pytest.mark.django_db

CSV = "code,name,level\n" + "".join(f"{number},甲,county\n" for number in range(1, 8))


def batches(kind: Kind, text: str = CSV, **options: object) -> Iterator[Batch]:
    with open_table(io.BytesIO(text.encode()), "a.csv", kind) as table:
        yield from load(table, kind, by=SYSTEM, **options)


def small(code: str, rows: int, **changes: object) -> Kind:
    return replace(find_kind(code), batch_rows=rows, **changes)


def test_rows_go_in_batch_by_batch() -> None:
    assert [len(batch.rows) for batch in batches(small("divisions", 3))] == [3, 3, 1]


def test_batch_never_splits_a_household() -> None:
    centre()
    households = ("H1", "H1", "H1", "H2", "H2", "", "", "")
    rows = "".join(f"{make_id_number()},甲,C,{household}\n" for household in households)
    text = f"id_number,name,institution_code,household_no\n{rows}"
    assert [len(batch.rows) for batch in batches(small("residents", 2), text)] == [3, 2, 2, 1]


def test_group_without_end_is_split_after_all() -> None:
    text = "code,name,level\n" + "".join(f"{number},甲,county\n" for number in range(45))
    assert [len(batch.rows) for batch in batches(small("divisions", 2, group="name"), text)] == [20, 20, 5]


def test_batch_that_fails_leaves_those_before_it() -> None:
    def fail(batch: Batch) -> None:
        if batch.rows[0]["code"] == "4":
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(batches(small("divisions", 3), on_batch=fail))
    assert sorted(Division.objects.values_list("code", flat=True)) == ["1", "2", "3"]


def test_rows_that_are_in_already_are_passed_over() -> None:
    found = [row.number for batch in batches(small("divisions", 3), skip=5) for row in batch.rows]
    assert found == [7, 8]


class Clashing(Loader):
    """Fails the first times, as when somebody else writes the same rows."""

    failures = 0

    def load(self, rows: list) -> None:
        for row in rows:
            row.outcome = Outcome.UNCHANGED if row["code"] != "2" else None
            if row.outcome is None:
                row.reject("code", "no")
        if Clashing.failures:
            Clashing.failures -= 1
            raise IntegrityError


def test_clash_with_other_work_is_tried_again() -> None:
    Clashing.failures = 2
    totals = Totals()
    for batch in batches(small("divisions", 3, loader=Clashing)):
        totals.count(batch.rows)
    assert (totals.unchanged, totals.rejected, totals.rows) == (6, 1, 7)


def test_clash_without_end_is_raised() -> None:
    Clashing.failures = 3
    with pytest.raises(IntegrityError):
        list(batches(small("divisions", 9, loader=Clashing)))


def test_resident_who_was_entered_meanwhile_is_found_at_the_second_try(monkeypatch: pytest.MonkeyPatch) -> None:
    centre()
    number = make_id_number()
    text = f"id_number,name,institution_code\n{number},甲,C\n"
    list(batches(find_kind("residents"), text))
    stored, calls = residents._stored, []

    def late(hashes: object) -> dict:
        calls.append(1)
        return {} if len(calls) == 1 else stored(hashes)

    monkeypatch.setattr(residents, "_stored", late)
    (batch,) = batches(find_kind("residents"), text)
    assert [row.outcome for row in batch.rows] == [Outcome.UNCHANGED]
    assert Resident.objects.count() == 1


@pytest.mark.parametrize("kind", all_kinds(), ids=lambda kind: kind.code)
def test_sample_of_every_template_can_be_read(kind: Kind) -> None:
    columns, sample = kind.template()
    file = io.BytesIO()
    write_template(file, columns, sample)
    with transaction.atomic(), open_table(file, f"{kind.code}.xlsx", kind) as table:
        (batch,) = load(table, kind, by=SYSTEM)
        transaction.set_rollback(True)
    (row,) = batch.rows
    assert set(row.values) == {column.name for column in kind.columns}, row.column
    assert table.headings == [column.label for column in kind.columns]


def test_kinds_are_those_of_the_formats_in_the_order_of_loading() -> None:
    assert [kind.code for kind in all_kinds()] == [
        "divisions",
        "institutions",
        "populations",
        "targets",
        "staff",
        "teams",
        "residents",
        "registers",
        "packages",
        "payer_shares",
        "contracts",
        "services",
        "visits",
    ]
