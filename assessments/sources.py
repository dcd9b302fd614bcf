"""Where the measures of automatic rules and vetoes come from: every family of sources, by the prefix of its codes.

A new kind of source is a `Family` in `queries`, and a line in FAMILIES.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from assessments.measures import Family, Measure, Measures, Source
from assessments.queries.activity_sources import ACTIVITY_SOURCES
from assessments.queries.finding_sources import FINDING_SOURCES
from assessments.queries.indicator_sources import INDICATOR_SOURCES
from assessments.queries.signal_sources import AUTHENTICITY, FALSE_SIGNING
from teams.memory import remembering

FAMILIES: dict[str, Family] = {
    family.prefix: family
    for family in (INDICATOR_SOURCES, FINDING_SOURCES, ACTIVITY_SOURCES, AUTHENTICITY, FALSE_SIGNING)
}


def sources_of(codes: Iterable[str]) -> dict[str, Source]:
    """Code, such as `indicator:coverage:key`, -> its source; codes that there is no source of are left out."""
    found: dict[str, Source] = {}
    for prefix, named in _by_family(codes).items():
        if family := FAMILIES.get(prefix):
            found |= {named[rest]: source for rest, source in family.find(named).items()}
    return found


def offered_sources() -> list[Source]:
    """Every source that a rule may name, family by family."""
    return [source for family in FAMILIES.values() for source in family.offered()]


def source_labels() -> dict[str, str]:
    """Code -> what the source is called, for pages with many rules."""
    return {source.code: str(source.label) for source in offered_sources()}


def otherwise(code: str) -> Measure | None:
    """The measure of a unit that the source does not name."""
    family = FAMILIES.get(code.partition(":")[0])
    return family.otherwise if family else None


def measures(codes: Iterable[str], unit_kind: str, from_month: date, to_month: date) -> dict[str, Measures]:
    """Code -> unit id -> measure; a family that can reads all of its sources at once. Unknown codes measure nothing."""
    asked = list(codes)
    found: dict[str, Measures] = {code: {} for code in asked}
    with remembering():  # families read some of the same
        for prefix, named in _by_family(asked).items():
            if family := FAMILIES.get(prefix):
                read = _read(family, sorted(named), unit_kind, from_month, to_month)
                found |= {named[rest]: each for rest, each in read.items()}
    return found


def _by_family(codes: Iterable[str]) -> dict[str, dict[str, str]]:
    """Prefix -> rest of the code -> code."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for code in codes:
        prefix, _colon, rest = code.partition(":")
        found[prefix][rest] = code
    return found


def _read(
    family: Family, rests: Sequence[str], unit_kind: str, from_month: date, to_month: date
) -> Mapping[str, Measures]:
    if family.read:
        return family.read(rests, unit_kind, from_month, to_month)
    return {rest: each.value_of(unit_kind, from_month, to_month) for rest, each in family.find(rests).items()}
