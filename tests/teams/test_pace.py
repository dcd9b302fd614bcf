"""Imports give way to those who wait for a page."""

from pathlib import Path

import pytest

from teams.imports import pace
from teams.imports.pace import LONGEST_REST, REST, paced, seconds_waited


def _rests(waits: list[float]) -> list[float]:
    """The rests of an import whose batches wait so long for a processor."""
    clock, rests = [0.0], list[float]()
    for wait in paced(waits, waited=lambda: clock[0], rest=rests.append):
        clock[0] += wait
    return rests


def test_import_that_never_waits_for_a_processor_never_rests() -> None:
    assert _rests([0.0, 0.0, 0.0]) == []


def test_import_that_waits_rests_in_proportion_after_that_batch() -> None:
    assert _rests([0.1, 0.0, 0.2]) == pytest.approx([0.1 * REST, 0.2 * REST])


def test_import_on_a_very_busy_machine_goes_on_after_the_longest_rest() -> None:
    assert _rests([60.0]) == [LONGEST_REST]


@pytest.fixture(autouse=True)
def _kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "PRESSURE", tmp_path / "pressure")
    monkeypatch.setattr(pace, "SCHEDULER", tmp_path / "schedstat")


def test_waiting_is_not_told_where_the_system_does_not_tell_it() -> None:
    assert seconds_waited() == 0.0


def test_waiting_of_this_process_is_read_where_the_kernel_does_not_watch_the_machine(tmp_path: Path) -> None:
    (tmp_path / "schedstat").write_text("9000000000 1500000000 12\n")
    assert seconds_waited() == 1.5


def test_waiting_of_the_whole_machine_comes_first(tmp_path: Path) -> None:
    (tmp_path / "schedstat").write_text("9000000000 1500000000 12\n")
    (tmp_path / "pressure").write_text(
        "some avg10=4.88 avg60=23.34 avg300=19.94 total=2500000\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=7\n"
    )
    assert seconds_waited() == 2.5
