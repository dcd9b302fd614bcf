"""`residents`: 100,000 rows of .xlsx, validated, encrypted, de-duplicated (docs/performance.md).

Rows a second are counted after reading: the time of reading the file alone is measured first and taken off.
"""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from benchmarks.memory import watched
from residents.identity import check_digit
from teams.actions.imports import load_file
from teams.imports import find_kind
from teams.imports.engine import open_table
from teams.models import Division, Institution
from teams.models.accounts import SYSTEM
from teams.workbooks import write_rows

HEADER = ("身份证号", "姓名", "联系电话", "家庭编号", "户主", "村居代码", "管理机构编码", "住址", "建档日期")
VILLAGES = 100


@dataclass(frozen=True)
class Measured:
    """Seconds of reading the file alone and of the whole import; memory in MB, before and at the peak, with the reading
    process's."""

    rows: int
    read_seconds: float
    import_seconds: float
    before: int
    peak: int

    @property
    def rows_a_second(self) -> float:
        """After reading."""
        return self.rows / (self.import_seconds - self.read_seconds)


def measure(folder: Path, rows: int = 100_000, seed: int = 1) -> Measured:
    """Import a file of `rows` made-up residents into the present database."""
    path, kind = make_file(folder, rows, seed), find_kind("residents")
    started = time.perf_counter()
    with open_table(path, path.name, kind) as table:
        read = sum(1 for _row in table.rows())
    between = time.perf_counter()
    with watched() as peak:
        totals, _rejects = load_file(path=path, kind=kind, by=SYSTEM)
    ended = time.perf_counter()
    assert totals.rows == read == rows, totals
    return Measured(rows, between - started, ended - between, peak.before, peak.most)


def make_file(folder: Path, rows: int = 100_000, seed: int = 1) -> Path:
    """A file of `rows` made-up residents; another seed makes other people."""
    path = folder / f"residents-{rows}-{seed}.xlsx"
    _make_places()
    write_rows(path, HEADER, _people(rows, random.Random(seed)), format="xlsx", text_columns={0, 2, 3, 5, 6})
    return path


def _make_places() -> None:
    Institution.objects.get_or_create(code="BENCH", defaults={"name": "姜堂村卫生室", "kind": "village_clinic"})
    for number in range(VILLAGES):
        code = f"999999{number:06}"
        Division.objects.get_or_create(code=code, defaults={"name": "姜堂村", "level": "village"})


def _people(count: int, chance: random.Random) -> Iterator[tuple[object, ...]]:
    """Rows in the order of HEADER: households of three, each number once."""
    surnames, given = "王李张刘陈杨赵黄周吴", "秀英芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文辉力"
    for number in range(count):
        born = date(1930, 1, 1) + timedelta(days=chance.randrange(30_000))
        first17 = f"34{number // 999:04}{born:%Y%m%d}{number % 999 + 1:03}"
        yield (
            first17 + check_digit(first17),
            chance.choice(surnames) + chance.choice(given) + chance.choice(given),
            f"13{chance.randrange(10**9):09}",
            f"BENCH{number // 3:08}",
            "是" if number % 3 == 0 else "否",
            f"999999{chance.randrange(VILLAGES):06}",
            "BENCH",
            f"伍明镇姜堂村{number % 400 + 1}号",
            born + timedelta(days=chance.randrange(300)),
        )
