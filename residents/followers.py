"""Whoever must know when people's registers change: apps above add themselves when Django starts."""

from collections.abc import Callable, Collection

registers_changed: list[Callable[[Collection[int]], object]] = []


def tell_registers_changed(resident_ids: Collection[int]) -> None:
    """Within the transaction that changed entries of these residents: let everything that follows from them follow."""
    if resident_ids:
        for follow in registers_changed:
            follow(resident_ids)
