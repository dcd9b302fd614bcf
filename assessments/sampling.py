"""How a sample is drawn: sizes, shares and a keyed order. Pure functions: an auditor gets the same sample again.

A frame is a tuple of `Unit`s in order of resident id. Everything that chance decides follows from
sha256(seed | purpose | resident id); nothing from the order of rows, the machine or the day (docs/samples.md).
"""

import gc
import hashlib
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from heapq import nsmallest
from math import ceil
from typing import NamedTuple

# Of the normal distribution: half-widths by confidence (%).
Z = {90: Decimal("1.645"), 95: Decimal("1.960"), 99: Decimal("2.576")}
HALF = Decimal("0.5")  # the share with the widest interval, when nothing is known


class Unit(NamedTuple):
    """Somebody who may be drawn: ids, the stratum (institution and category), and reasons to be added."""

    resident: int
    institution: int
    team: int
    category: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class Design:
    """How many: `size` of each institution, or, where `margin` (points) is given, what that margin needs."""

    seed: str
    size: int
    margin: Decimal | None = None
    confidence: int = 95
    extra_percent: int = 0
    second_percent: int = 0


@dataclass(frozen=True)
class Drawn:
    """Somebody drawn, in the order in which they are called."""

    unit: Unit
    is_extra: bool
    is_second: bool


def cochran(population: int, margin: Decimal, confidence: int) -> int:
    """How many of a population tell a share within ± `margin` points: Cochran, with the finite correction.

    n₀ = z² · p (1 − p) ÷ e² with p = ½, and n = n₀ ÷ (1 + (n₀ − 1) ÷ N), rounded up.
    """
    error = margin / 100
    first = Z[confidence] ** 2 * HALF * HALF / error**2
    corrected = first / (1 + (first - 1) / population)
    return min(population, int(corrected.to_integral_value(ROUND_CEILING)))


def shares(total: int, strata: Mapping[str, int]) -> dict[str, int]:
    """`total` among strata in proportion to their populations by largest remainder, at least one for each while it
    lasts (the largest first), never more than a stratum has. Ties go to the lower code."""
    total = min(total, sum(strata.values()))
    order = sorted(strata, key=lambda code: (-strata[code], code))
    given = {code: int(place < total) for place, code in enumerate(order)}
    everybody = sum(strata.values())
    exact = {code: Decimal(total) * strata[code] / everybody for code in strata}
    for code in order:
        room = total - sum(given.values())
        given[code] += max(0, min(int(exact[code]) - given[code], strata[code] - given[code], room))
    while (room := total - sum(given.values())) > 0:
        open_ones = [code for code in strata if given[code] < strata[code]]
        for code in sorted(open_ones, key=lambda code: (given[code] - exact[code], code))[:room]:
            given[code] += 1
    return given


def draw(frame: Sequence[Unit], design: Design) -> list[Drawn]:
    """The sample: of each institution its size in shares by category, and more of those with a reason."""
    by_institution: dict[int, list[Unit]] = defaultdict(list)
    for unit in frame:
        by_institution[unit.institution].append(unit)
    chosen: list[tuple[Unit, bool]] = []
    for institution in sorted(by_institution):
        units = by_institution[institution]
        random = _random(units, design)
        chosen += [(unit, False) for unit in random]
        chosen += [(unit, True) for unit in _extra(units, random, design)]
    again = _ordered((unit for unit, _extra in chosen), design.seed, "second")
    second = {unit.resident for unit in again[: ceil(len(again) * design.second_percent / 100)]}
    place = {unit.resident: is_extra for unit, is_extra in chosen}
    ordered = _ordered((unit for unit, _extra in chosen), design.seed, "order")
    return [Drawn(unit, place[unit.resident], unit.resident in second) for unit in ordered]


def _random(units: Sequence[Unit], design: Design) -> list[Unit]:
    size = cochran(len(units), design.margin, design.confidence) if design.margin is not None else design.size
    strata: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        strata[unit.category].append(unit)
    wanted = shares(size, {category: len(members) for category, members in strata.items()})
    return [
        unit
        for category in sorted(strata)
        for unit in _first(wanted[category], strata[category], design.seed, "random")
    ]


def _extra(units: Sequence[Unit], random: Sequence[Unit], design: Design) -> list[Unit]:
    """Those with a reason who were not drawn by chance: people of leads first."""
    drawn, wanted = {unit.resident for unit in random}, ceil(len(random) * design.extra_percent / 100)
    others = [unit for unit in units if unit.reasons and unit.resident not in drawn] if wanted else []
    of_leads = _first(wanted, (unit for unit in others if "lead" in unit.reasons), design.seed, "extra")
    left = wanted - len(of_leads)
    return of_leads + _first(left, (unit for unit in others if "lead" not in unit.reasons), design.seed, "extra")


def _ordered(units: Iterable[Unit], seed: str, purpose: str) -> list[Unit]:
    return sorted(units, key=_order(seed, purpose))


def _first(most: int, units: Iterable[Unit], seed: str, purpose: str) -> list[Unit]:
    """So many of the first of `_ordered`: a few of hundreds of thousands."""
    return nsmallest(most, units, key=_order(seed, purpose)) if most else []


def _order(seed: str, purpose: str) -> Callable[[Unit], bytes]:
    # The head is taken in once: frames have hundreds of thousands of people.
    head = hashlib.sha256(f"{seed}|{purpose}|".encode())

    def key(unit: Unit) -> bytes:
        hashed = head.copy()
        hashed.update(b"%d" % unit[0])
        return hashed.digest()

    return key


def pack(frame: Sequence[Unit]) -> bytes:
    """The frame as it is kept: a line for each unit, compressed."""
    return zlib.compress(_text(frame).encode(), level=9)


def unpack(packed: bytes) -> list[Unit]:
    """The frame that `pack` was given."""
    # Column by column: frames have hundreds of thousands of lines, with the same few reasons again and again.
    cells = zlib.decompress(packed).decode().replace("\n", "\t").split("\t")[:-1]
    columns = [cells[place :: len(Unit._fields)] for place in range(len(Unit._fields))]
    known = {text: tuple(filter(None, text.split(","))) for text in set(columns[-1])}
    *ids, categories, reasons = columns
    with _no_collection():
        return list(
            map(Unit._make, zip(*(map(int, each) for each in ids), categories, map(known.get, reasons), strict=True))
        )


@contextmanager
def _no_collection() -> Iterator[None]:
    """Nothing made within is garbage; looking for some takes longer than making it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def packed_hash(packed: bytes) -> str:
    """SHA-256, in hex, of the lines of a frame that `pack` was given."""
    return hashlib.sha256(zlib.decompress(packed)).hexdigest()


def _text(frame: Sequence[Unit]) -> str:
    return "".join(
        f"{unit.resident}\t{unit.institution}\t{unit.team}\t{unit.category}\t{','.join(unit.reasons)}\n"
        for unit in frame
    )


def wilson(hits: int, total: int, confidence: int = 95) -> tuple[Decimal, Decimal] | None:
    """The interval of a share in per cent (Wilson score), one place; None of nobody."""
    if not total:
        return None
    z, share = Z[confidence], Decimal(hits) / total
    spread = z * ((share * (1 - share) + z * z / (4 * total)) / total).sqrt()
    middle, scale = share + z * z / (2 * total), 1 + z * z / total
    bounds = (max(Decimal(0), (middle - spread) / scale), min(Decimal(1), (middle + spread) / scale))
    low, high = ((bound * 100).quantize(Decimal("0.1"), ROUND_HALF_UP) for bound in bounds)
    return low, high
