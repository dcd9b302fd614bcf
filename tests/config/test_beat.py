"""The schedule's file after a kill."""

from pathlib import Path

from config.beat import Scheduler
from config.celery import app


def test_schedule_that_a_kill_cut_off_is_begun_anew(tmp_path: Path) -> None:
    file = str(tmp_path / "schedule")
    before = Scheduler(app, schedule_filename=file)
    entries = set(before.schedule)
    before.close()
    for written in tmp_path.iterdir():
        if written.suffix in {"", ".dat", ".db"}:
            written.write_bytes(b"")

    after = Scheduler(app, schedule_filename=file)

    assert entries
    assert set(after.schedule) == entries
    after.close()
