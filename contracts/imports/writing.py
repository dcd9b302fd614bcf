"""Writes contracts and coverages, then lets packages, charges, obligations and outcomes follow."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from contracts.actions.ledger import make_obligations, match_services
from contracts.actions.packages import hold_packages
from contracts.imports.stored import Cover, Head, Key, Stored
from contracts.models import Contract, Coverage, CoveragePackage
from teams.imports import bulk

HEAD_FIELDS = ("team_id", "signed_on", "representative_id")
COVER_FIELDS = ("start_on", "end_on", "terminated_on", "termination_reason")


class Change(NamedTuple):
    """A coverage that a line makes or changes."""

    key: Key
    cover: Cover
    is_new: bool


def write(stored: Stored, heads: Mapping[str, Head], changes: Sequence[Change], versions: Mapping[str, int]) -> None:
    """Make the database what the lines say. `heads` are the contracts as they are to be, `versions` ids by package."""
    contract_ids = stored.contract_ids | _write_heads(stored, heads)
    coverage_ids = dict(stored.coverage_ids)
    for turn in _turns(changes):
        coverage_ids |= _write_turn(turn, contract_ids, coverage_ids)
    last = {change.key: change.cover for change in changes}
    _write_packages(stored, {coverage_ids[key]: cover.packages for key, cover in last.items()}, versions)
    touched = [coverage_ids[key] for key, cover in last.items() if _is_owed_otherwise(cover, stored.covers.get(key))]
    if touched:
        coverages = Coverage.objects.filter(pk__in=touched)
        make_obligations(coverages=coverages)
        match_services(coverages=coverages)


def _write_heads(stored: Stored, heads: Mapping[str, Head]) -> dict[str, int]:
    """Write new and changed contracts; number -> id of the new ones."""
    created = [(number, *head) for number, head in heads.items() if number not in stored.heads]
    changed = [
        (stored.contract_ids[number], *head)
        for number, head in heads.items()
        if number in stored.heads and stored.heads[number] != head
    ]
    bulk.update(Contract, HEAD_FIELDS, changed)
    return dict(bulk.insert(Contract, ("number", *HEAD_FIELDS), created, returning=("number", "id")))


def _turns(changes: Iterable[Change]) -> Iterator[list[Change]]:
    """The changes in turns that touch each resident once, in the file's order.

    Coverages of one resident may make room for each other, so that only their order is possible.
    """
    seen: Counter[int] = Counter()
    turns: list[list[Change]] = []
    for change in changes:
        resident = change.key[1]
        if seen[resident] == len(turns):
            turns.append([])
        turns[seen[resident]].append(change)
        seen[resident] += 1
    yield from turns


def _write_turn(
    turn: Sequence[Change], contract_ids: Mapping[str, int], coverage_ids: Mapping[Key, int]
) -> dict[Key, int]:
    """Write one turn; key -> id of the new coverages."""
    created = [(contract_ids[number], resident, *cover[:4]) for (number, resident), cover, is_new in turn if is_new]
    changed = [(coverage_ids[key], *cover[:4]) for key, cover, is_new in turn if not is_new]
    bulk.update(Coverage, COVER_FIELDS, changed)
    made = bulk.insert(
        Coverage,
        ("contract_id", "resident_id", *COVER_FIELDS),
        created,
        returning=("contract_id", "resident_id", "id"),
    )
    ids = {(contract, resident): key for contract, resident, key in made}
    return {key: ids[contract_ids[key[0]], key[1]] for key, _cover, is_new in turn if is_new}


def _write_packages(stored: Stored, wanted: Mapping[int, frozenset[str]], versions: Mapping[str, int]) -> None:
    """Let each coverage hold the packages wanted; those that stay keep the version, price and charges as signed."""
    added, removed = [], []
    for coverage, packages in wanted.items():
        held = stored.held.get(coverage, {})
        added += [(coverage, versions[package]) for package in packages - held.keys()]
        removed += [key for package in held.keys() - packages for key in held[package]]
    if removed:
        CoveragePackage.objects.filter(pk__in=removed).delete()
    hold_packages(rows=added)


def _is_owed_otherwise(cover: Cover, before: Cover | None) -> bool:
    """Whether obligations or what meets them may be others than before."""
    return before is None or cover._replace(termination_reason="") != before._replace(termination_reason="")
