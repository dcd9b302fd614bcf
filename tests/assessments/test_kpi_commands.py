"""`compute_kpis` and `export_kpis`: what they print and write, and how they refuse (docs/formats.md)."""

import csv
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from pytest_django import Settings

from assessments import tasks
from assessments.actions.months import compute
from assessments.models import Figure, Month, Tally
from assessments.rules.months import BrokenInvariant
from tests.factories import make_coverage
from tests.importing import assert_both_languages
from tests.small_district import OCTOBER, SmallDistrict, make_small_district

HEADER = ["month", "institution_code", "team_code", "category", "indicator", "numerator", "denominator", "rate"]


@pytest.fixture
def district(db: None) -> SmallDistrict:
    return make_small_district()


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def export(out: Path) -> list[list[str]]:
    call_command("export_kpis", "--month=2018-10", f"--out={out}")
    with out.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def printed(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines printed, each state in English only; it was there in Chinese, too."""
    lines = capsys.readouterr().out.splitlines()
    for line in lines:
        assert_both_languages(line)
    return [re.sub(r"^(\S+ \S+ \S+) .* / ", r"\1 ", line) for line in lines]


# --- The file -------------------------------------------------------------------------------------------------------


def test_csv_has_a_line_for_each_figure_ordered_by_its_columns(district: SmallDistrict, tmp_path: Path) -> None:
    compute(month=OCTOBER)
    header, *lines = export(tmp_path / "kpis.csv")
    assert header == HEADER
    assert len(lines) == Figure.objects.count() == len({tuple(line[:5]) for line in lines})
    assert [line[:5] for line in lines] == sorted(line[:5] for line in lines)


def test_lines_say_what_was_counted(district: SmallDistrict, tmp_path: Path) -> None:
    compute(month=OCTOBER)
    lines = export(tmp_path / "kpis.csv")
    for line in (
        ["2018-10", "B", "", "all", "coverage", "3", "5", "60.00"],
        ["2018-10", "B", "", "all", "visit_cost", "30005", "3", "100.02"],  # yuan, half up
        ["2018-10", "B", "", "key", "coverage", "2", "3", "66.67"],
        ["2018-10", "C", "T1", "all", "coverage", "2", "3", "66.67"],
        ["2018-10", "C", "T2", "all", "coverage", "0", "0", ""],  # no figure
        ["2018-10", "B", "", "child", "coverage", "0", "1", "0.00"],
    ):
        assert line in lines


def test_csv_is_plain_utf8_with_unix_line_ends(district: SmallDistrict, tmp_path: Path) -> None:
    compute(month=OCTOBER)
    export(tmp_path / "kpis.csv")
    content = (tmp_path / "kpis.csv").read_bytes()
    assert content.startswith(b"month,institution_code,team_code,")
    assert b"\r" not in content


def test_workbook_holds_the_same_with_numbers_as_numbers(district: SmallDistrict, tmp_path: Path) -> None:
    compute(month=OCTOBER)
    lines = export(tmp_path / "kpis.csv")
    call_command("export_kpis", "--month=2018-10", f"--out={tmp_path / 'kpis.xlsx'}")
    rows = list(openpyxl.load_workbook(tmp_path / "kpis.xlsx").active.values)
    assert [["" if cell is None else str(cell) for cell in row[:7]] for row in rows] == [line[:7] for line in lines]
    cost = next(row for row in rows if row[1:5] == ("B", None, "all", "visit_cost"))
    assert cost[5:] == (30005, 3, 100.02)


def test_export_is_of_the_shown_figures(district: SmallDistrict, tmp_path: Path) -> None:
    compute(month=OCTOBER)
    first = export(tmp_path / "first.csv")
    make_coverage(resident=district.zheng, team=district.team)
    assert export(tmp_path / "same.csv") == first
    compute(month=OCTOBER)
    assert ["2018-10", "B", "", "all", "coverage", "4", "5", "80.00"] in export(tmp_path / "later.csv")


# --- What is printed ------------------------------------------------------------------------------------------------


def test_command_computes_a_month_and_says_so(district: SmallDistrict, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("compute_kpis", "--month=2018-10")
    assert printed(capsys) == ["2018-10 r1 2018-10-31 complete"]


def test_command_computes_several_months_that_end_with_the_one_named(
    district: SmallDistrict, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("compute_kpis", "--month=2018-02", "--months=3", "--as-of=2018-02-10")
    assert printed(capsys) == [
        "2017-12 r1 2017-12-31 complete",
        "2018-01 r1 2018-01-31 complete",
        "2018-02 r1 2018-02-10 provisional",
    ]


def test_command_freezes_what_it_computed(district: SmallDistrict, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("compute_kpis", "--month=2018-10", "--freeze")
    assert printed(capsys) == ["2018-10 r1 2018-10-31 frozen"]
    assert Month.objects.get().current.frozen_at is not None


def test_freezing_again_leaves_the_frozen_month_and_goes_on_with_the_others(
    district: SmallDistrict, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("compute_kpis", "--month=2018-09", "--freeze")
    call_command("compute_kpis", "--month=2018-10", "--months=2", "--freeze")
    assert printed(capsys) == [
        "2018-09 r1 2018-09-30 frozen",
        "2018-09 r2 2018-09-30 complete; r1 stays frozen",
        "2018-10 r1 2018-10-31 frozen",
    ]


def test_computed_month_is_counted_ahead_by_the_worker(
    district: SmallDistrict, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    sent: list[int] = []
    monkeypatch.setattr(tasks.count_ahead, "delay", sent.append)
    with django_capture_on_commit_callbacks(execute=True):
        call_command("compute_kpis", "--month=2018-10")
    tasks.count_ahead(*sent)
    assert Tally.objects.filter(revision=Month.objects.get().current).exists()
    tasks.count_ahead(0)  # a message that is older than the database


# --- Refusals: one clear line ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--month=October",), "A month is written like 2018-10."),
        (("--month=2019-01",), "This month has not begun yet."),
        (("--month=2018-10", "--as-of=2018-09-30"), "The report date must lie within the month."),
        (("--month=2018-12", "--as-of=2018-12-31"), "The report date must not lie in the future."),
        (("--month=2018-10", "--as-of=2018-10-32"), "“2018-10-32” is not a possible date. Correct it."),
        (("--month=2018-10", "--months=0"), "The number of months must be at least 1."),
        (("--month=2018-12", "--freeze"), "A month is frozen when its last day has been computed."),
    ],
)
@pytest.mark.django_db
def test_computation_that_cannot_be_is_refused_in_one_line(
    settings: Settings, options: tuple[str, ...], said: str
) -> None:
    settings.TODAY = date(2018, 12, 20)
    with pytest.raises(CommandError) as refused:
        call_command("compute_kpis", *options)
    assert_both_languages(str(refused.value))
    assert str(refused.value).endswith(f" / {said}")
    assert refused.value.returncode == 1


def test_broken_rows_are_refused_in_one_line(district: SmallDistrict, monkeypatch: pytest.MonkeyPatch) -> None:
    def find_a_contradiction(*_arguments: object) -> None:
        raise BrokenInvariant("7 residents are missing from the month")

    monkeypatch.setattr("assessments.actions.months.check_rows", find_a_contradiction)
    with pytest.raises(CommandError, match=r": 7 residents are missing from the month$"):
        call_command("compute_kpis", "--month=2018-10")


@pytest.mark.django_db
def test_month_without_figures_is_not_exported(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"/ This month has not been computed yet\.$"):
        call_command("export_kpis", "--month=2018-10", f"--out={tmp_path / 'kpis.csv'}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["kpis.txt", "kpis"])
@pytest.mark.django_db
def test_other_ending_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CommandError, match=r"the ending must be \.csv or \.xlsx\.$"):
        call_command("export_kpis", "--month=2018-10", f"--out={tmp_path / name}")


@pytest.mark.parametrize("name", ["kpis.csv", "kpis.xlsx"])
def test_folder_that_is_not_there_is_named(district: SmallDistrict, tmp_path: Path, name: str) -> None:
    compute(month=OCTOBER)
    out = tmp_path / "nowhere" / name
    with pytest.raises(CommandError) as refused:
        call_command("export_kpis", "--month=2018-10", f"--out={out}")
    assert str(refused.value).endswith(f"{out} cannot be written: No such file or directory")


def test_command_tries_the_settings_of_a_day_beside_a_frozen_month(district: SmallDistrict) -> None:
    call_command("compute_kpis", "--month=2018-10", "--freeze")
    call_command("compute_kpis", "--month=2018-10", "--settings-of=2019-01-01")
    assert Month.objects.get().revisions.order_by("-number")[0].settings_on == date(2019, 1, 1)
