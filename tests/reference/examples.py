"""How many random districts the comparisons try, and a database that forgets each of them.

`SHOUYUE_TEST_DISTRICTS=300 pytest tests/assessments/test_engine_against_reference.py` tries new ones; without it the
same few are tried each time, so that a run of the tests never depends on luck.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from random import Random
from typing import TypeVar

from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.reference.districts import build_district

Test = TypeVar("Test", bound=Callable[..., None])


def on_random_districts(examples: int) -> Callable[[Test], Test]:
    """Decorator: the test gets a `seed` for `district`.

    A failing district isn't made smaller: another seed is another district, and each takes a second.
    """
    wanted = os.environ.get("SHOUYUE_TEST_DISTRICTS")

    def decorate(test: Test) -> Test:
        chosen = settings(
            max_examples=int(wanted) if wanted else examples,
            derandomize=wanted is None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        return chosen(given(seed=st.integers(0, 10**9))(test))

    return decorate


@contextmanager
def district(seed: int, size: int | None = None) -> Iterator[list[date]]:
    """A random district of `size` residents (else a few dozen), gone afterwards. Gives the days worth a report."""
    rng = Random(seed)
    drawn = rng.choice((1, 7, 20, 30, 40, 60))
    with undone():
        yield build_district(rng, drawn if size is None else size)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written in this block is forgotten at its end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
