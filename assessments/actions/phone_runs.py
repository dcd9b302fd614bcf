"""Telephone numbers that follow each other with one team (docs/adr/0013): the one signal that needs the numbers."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from django.db import connection

from teams.cipher import decrypt, lookup_hash
from teams.imports.bulk import STAGING, staged

MOBILE_DIGITS = 11
AT_ONCE = 5000
_COLUMNS = {"team_id": "bigint", "first": "bytea", "resident_id": "bigint"}

Numbered = tuple[int, int]  # number, resident
Row = tuple[int, bytes, int]  # team, keyed hash of the run's first number, resident

_CIPHERS = """
    select s.team_id, s.resident_id, r.phone_cipher
    from signed s join residents_resident r on r.id = s.resident_id
    where s.phone_hash is not null and s.phone_problem <> 'dummy'
    order by s.team_id
"""


def write_runs(least: int) -> None:
    """Make the temporary table `runs` from `signed`: whoever's number is one of at least `least` consecutive ones.

    Numbers are decrypted team by team and forgotten with it; what is written tells none of them.
    """
    found: list[Row] = []
    for team, numbers in _by_team():
        for run in consecutive(numbers, least):
            first = lookup_hash(f"{team}:{run[0][0]}", field="phone_run")
            found += [(team, first, resident) for _number, resident in run]
    with staged(_COLUMNS, found), connection.cursor() as cursor:
        cursor.execute(f"create temp table runs on commit drop as select * from {STAGING}")
        cursor.execute("analyze runs")


def consecutive(numbers: Iterable[Numbered], least: int) -> Iterator[list[Numbered]]:
    """Runs of at least `least` different numbers that count up by one, each with everybody who has one of them."""
    run: list[Numbered] = []
    for number, resident in sorted(numbers):
        if run and number > run[-1][0] + 1:
            if _length(run) >= least:
                yield run
            run = []
        run.append((number, resident))
    if run and _length(run) >= least:
        yield run


def _length(run: list[Numbered]) -> int:
    return run[-1][0] - run[0][0] + 1


def _by_team() -> Iterator[tuple[int, list[Numbered]]]:
    """Each team with the mobile numbers of its signed people."""
    for team, rows in groupby(_ciphers(), key=itemgetter(0)):
        texts = ((decrypt(sealed, field="phone"), resident) for _team, resident, sealed in rows)
        yield team, [(int(text), resident) for text, resident in texts if _is_mobile(text)]


def _is_mobile(text: str) -> bool:
    return len(text) == MOBILE_DIGITS and text.isascii() and text.isdecimal()


def _ciphers() -> Iterator[tuple[int, int, bytes]]:
    """Rows of _CIPHERS, a few thousand in memory at a time."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(_CIPHERS)
        while rows := cursor.fetchmany(AT_ONCE):
            yield from rows
