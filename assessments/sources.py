"""Where the measures of automatic rules and vetoes come from: every family of sources, by the prefix of its codes.

A new kind of source is a `Family` in `queries`, and a line in FAMILIES.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from assessments.measures import Family, Measures, Source
from assessments.queries.activity_sources import ACTIVITY_SOURCES
from assessments.queries.finding_sources import FINDING_SOURCES
from assessments.queries.indicator_sources import INDICATOR_SOURCES

FAMILIES: dict[str, Family] = {
    family.prefix: family for family in (INDICATOR_SOURCES, FINDING_SOURCES, ACTIVITY_SOURCES)
}


def source_of(code: str) -> Source | None:
    """The source of a code such as `indicator:coverage:key`; None when there is no such source."""
    prefix, _colon, rest = code.partition(":")
    family = FAMILIES.get(prefix)
    return family.find(rest) if family else None


def offered_sources() -> list[Source]:
    """Every source that a rule may name, family by family."""
    return [source for family in FAMILIES.values() for source in family.offered()]


def measures(codes: Iterable[str], unit_kind: str, from_month: date, to_month: date) -> dict[str, Measures]:
    """Code -> unit id -> measure; a family that can reads all of its sources at once. Unknown codes measure nothing."""
    rests: dict[str, set[str]] = defaultdict(set)
    for code in codes:
        prefix, _colon, rest = code.partition(":")
        rests[prefix].add(rest)
    found: dict[str, Measures] = {}
    for prefix, those in rests.items():
        family = FAMILIES.get(prefix)
        if family is None:
            found |= {f"{prefix}:{rest}" if rest else prefix: {} for rest in those}
            continue
        if family.read:
            read = family.read(sorted(those), unit_kind, from_month, to_month)
        else:
            sources = {rest: family.find(rest) for rest in sorted(those)}
            read = {
                rest: source.value_of(unit_kind, from_month, to_month) if source else {}
                for rest, source in sources.items()
            }
        found |= {f"{prefix}:{rest}" if rest else prefix: each for rest, each in read.items()}
    return found
