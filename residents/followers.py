"""What apps above residents know and must know of them: they add themselves when Django starts."""

from collections.abc import Callable, Collection, Set

# Told when people's registers change.
registers_changed: list[Callable[[Collection[int]], object]] = []
# Tells of which of these residents something is recorded from after they died or moved away.
recorded_after_leaving: list[Callable[[Collection[int]], Set[int]]] = []


def tell_registers_changed(resident_ids: Collection[int]) -> None:
    """Within the transaction that changed entries of these residents: let everything that follows from them follow."""
    if resident_ids:
        for follow in registers_changed:
            follow(resident_ids)


def contradicted(resident_ids: Collection[int]) -> set[int]:
    """Of those who left, the ones of whom something is recorded from later."""
    return set().union(*(ask(resident_ids) for ask in recorded_after_leaving)) if resident_ids else set()
