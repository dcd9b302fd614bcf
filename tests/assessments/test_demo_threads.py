"""Two pieces of a load at a time."""

from functools import partial
from threading import Barrier, get_ident

import pytest
from django.db import connection

from assessments.demo.threads import AT_ONCE, side_by_side


def test_pieces_run_at_the_same_time() -> None:
    met = Barrier(AT_ONCE)
    side_by_side([partial(met.wait, 30)] * AT_ONCE)


def test_failure_is_raised_and_what_has_not_begun_is_left() -> None:
    done: list[int] = []

    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        side_by_side([fail] * AT_ONCE + [partial(done.append, number) for number in range(1000)])
    assert len(done) < 1000


@pytest.mark.django_db
def test_inside_a_transaction_everything_sees_its_rows() -> None:
    threads: list[int] = []
    side_by_side([lambda: threads.append(get_ident())] * 3)
    assert connection.in_atomic_block and set(threads) == {get_ident()}
